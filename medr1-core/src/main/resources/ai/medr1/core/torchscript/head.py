# The vocabulary projection, in chunks of rows, so that no [tokens, V] array of a whole batch ever exists.
# h [n, D] normed hidden states, targets [n] -> natural log-probabilities of the targets, float32.


def logits(h: Tensor, weight: Tensor, temperature: float, banned: Tensor) -> Tensor:
  # float32 [rows, V]; banned ids get -inf and so leave the normalisation
  y = __torch__.dense.linear(h, weight, None).to(dtype=6)
  if temperature != 1.0:
    y = y / temperature
  if banned.numel() > 0:
    y = y.index_fill_(1, banned, -inf)
  return y


def logps(h: Tensor, weight: Tensor, targets: Tensor, temperature: float, banned: Tensor, chunk: int) -> Tuple[Tensor, Tensor]:
  # -> log-probabilities [n] and the log of the normaliser [n], which the backward pass uses again
  picked = annotate(List[Tensor], [])
  normalisers = annotate(List[Tensor], [])
  n = h.size(0)
  start = 0
  for i in range((n + chunk - 1) // chunk):
    rows = min(chunk, n - start)
    y = __torch__.head.logits(h.narrow(0, start, rows), weight, temperature, banned)
    z = torch.logsumexp(y, [-1], False)
    t = targets.narrow(0, start, rows).unsqueeze(-1)
    picked.append(torch.gather(y, 1, t).squeeze(-1) - z)
    normalisers.append(z)
    start = start + rows
  return (torch.cat(picked, 0), torch.cat(normalisers, 0))


def backward(h: Tensor, weight: Tensor, targets: Tensor, normaliser: Tensor, d_logps: Tensor, temperature: float, banned: Tensor, chunk: int, d_weight: Tensor) -> Tensor:
  # Logits are computed again, chunk by chunk: d logp / d logits = onehot - softmax. Adds to d_weight (float32 [V, D];
  # empty: the weight is frozen) and returns d h.
  parts = annotate(List[Tensor], [])
  n = h.size(0)
  start = 0
  for i in range((n + chunk - 1) // chunk):
    rows = min(chunk, n - start)
    hc = h.narrow(0, start, rows)
    y = __torch__.head.logits(hc, weight, temperature, banned)
    g = d_logps.narrow(0, start, rows).unsqueeze(-1)
    y = y.sub_(normaliser.narrow(0, start, rows).unsqueeze(-1)).exp_().mul_(torch.neg(g))
    y = y.scatter_add_(1, targets.narrow(0, start, rows).unsqueeze(-1), g)
    if temperature != 1.0:
      y = y.div_(temperature)
    y = y.to(dtype=weight.dtype)
    parts.append(torch.mm(y, weight))
    if d_weight.numel() > 0:
      if weight.dtype == 6:
        d_weight = d_weight.addmm_(y.t(), hc)
      else:
        d_weight = d_weight.add_(torch.mm(y.t(), hc))
    start = start + rows
  return torch.cat(parts, 0)
