# The vocabulary projection in blocks of rows by slices of the vocabulary, so that no [tokens, V] array of a whole batch
# ever exists, a block stays in the processor's cache, and weight and gradient are read once per block of rows.
# h [n, D] normed hidden states -> natural log-probabilities of the targets, float32.


class Targets(NamedTuple):
  # ids [n] of the scored tokens, and how logits become log-probabilities; chunk: logits that may exist at once
  ids : Tensor
  temperature : float
  banned : List[int]
  chunk : int


def targets(a: Dict[str, Tensor]) -> __torch__.head.Targets:
  return __torch__.head.Targets(a["targets"], float(a["temperature"]), __torch__.nn.ints(a["banned"]), int(a["chunk"]))


def logits(h: Tensor, weight: Tensor, temperature: float, banned: Tensor) -> Tensor:
  # float32 [rows, V]; banned ids get -inf and so leave the normalisation
  y = __torch__.dense.linear(h, weight, None).to(dtype=FLOAT32)
  if temperature != 1.0:
    y = y / temperature
  if banned.numel() > 0:
    y = y.index_fill_(1, banned, -inf)
  return y


def slice_logits(h: Tensor, weight: Tensor, start: int, width: int, t: __torch__.head.Targets) -> Tensor:
  # the columns [start, start + width) of logits
  y = __torch__.dense.linear(h, weight.narrow(0, start, width), None).to(dtype=FLOAT32)
  if t.temperature != 1.0:
    y = y.div_(t.temperature)
  for id in t.banned:
    if id >= start and id < start + width:
      y.select(1, id - start).fill_(-inf)
  return y


def in_slice(ids: Tensor, start: int, width: int) -> Tuple[Tensor, Tensor]:
  # -> the targets' columns in a slice [n, 1], and which targets are in it
  t = (ids - start).unsqueeze(-1)
  return (torch.clamp(t, 0, width - 1), torch.logical_and(torch.ge(t, 0), torch.lt(t, width)))


def block_rows(n: int) -> int:
  return min(n, 1024)


def slice_width(rows: int, vocabulary: int, budget: int) -> int:
  # budget: logits of a block
  return max(1, min(vocabulary, budget // max(1, rows)))


def logps(h: Tensor, weight: Tensor, t: __torch__.head.Targets, expects: bool) -> Tuple[Tensor, Tensor, Tensor]:
  # -> log-probabilities [n], the log of the normaliser [n], which the backward pass uses again, and, if wanted, the
  # expected row of the weight under the distribution [n, D]: where the weight is frozen, that is all that the backward
  # pass needs. It is summed up as the slices come, like attention over keys that come in blocks.
  picked = annotate(List[Tensor], [])
  normalisers = annotate(List[Tensor], [])
  expected = annotate(List[Tensor], [])
  V = weight.size(0)
  step = __torch__.head.block_rows(h.size(0))
  for block in torch.split(h, step, 0):
    rows = block.size(0)
    own = t.ids.narrow(0, step * len(picked), rows)
    width = __torch__.head.slice_width(rows, V, t.chunk)
    y_own = torch.zeros([rows, 1], dtype=FLOAT32, layout=None, device=h.device, pin_memory=None)
    top = torch.full_like(y_own, -1e+30)
    total = torch.zeros_like(y_own)
    mean = torch.zeros([0], dtype=FLOAT32, layout=None, device=h.device, pin_memory=None)
    if expects:
      mean = torch.zeros([rows, h.size(1)], dtype=FLOAT32, layout=None, device=h.device, pin_memory=None)
    start = 0
    for i in range((V + width - 1) // width):
      w = min(width, V - start)
      y = __torch__.head.slice_logits(block, weight, start, w, t)
      column, inside = __torch__.head.in_slice(own, start, w)
      y_own = torch.where(inside, torch.gather(y, 1, column), y_own)
      higher = torch.maximum(top, torch.amax(y, [-1], True))
      shrink = torch.exp(top - higher)
      top = higher
      y = y.sub_(top).exp_()
      total = total * shrink + y.sum([-1], True)
      if expects:
        mean = __torch__.products.add(mean.mul_(shrink), y.to(dtype=weight.dtype), weight.narrow(0, start, w))
      start = start + w
    z = torch.log(total) + top
    picked.append((y_own - z).squeeze(-1))
    normalisers.append(z.squeeze(-1))
    if expects:
      expected.append(mean.div_(total))
    else:
      expected.append(mean)
  return (torch.cat(picked, 0), torch.cat(normalisers, 0), torch.cat(expected, 0))


def normalisers(h: Tensor, weight: Tensor, t: __torch__.head.Targets, logps: Tensor) -> Tensor:
  # The logs of the normalisers where the log-probabilities are known: only the targets' logits are computed.
  return (h * torch.embedding(weight, t.ids)).sum([-1]) / t.temperature - logps


def expected_rows(h: Tensor, weight: Tensor, t: __torch__.head.Targets, normaliser: Tensor) -> Tensor:
  # The expected rows of the weight that logps sums up, where the normalisers are known.
  parts = annotate(List[Tensor], [])
  V = weight.size(0)
  step = __torch__.head.block_rows(h.size(0))
  for block in torch.split(h, step, 0):
    rows = block.size(0)
    z = normaliser.narrow(0, step * len(parts), rows).unsqueeze(-1)
    width = __torch__.head.slice_width(rows, V, t.chunk)
    mean = torch.zeros([rows, h.size(1)], dtype=FLOAT32, layout=None, device=h.device, pin_memory=None)
    start = 0
    for i in range((V + width - 1) // width):
      w = min(width, V - start)
      y = __torch__.head.slice_logits(block, weight, start, w, t).sub_(z).exp_()
      mean = __torch__.products.add(mean, y.to(dtype=weight.dtype), weight.narrow(0, start, w))
      start = start + w
    parts.append(mean)
  return torch.cat(parts, 0)


def backward_frozen(weight: Tensor, t: __torch__.head.Targets, expected: Tensor, d_logps: Tensor) -> Tensor:
  # d logp / d h = (the target's row of the weight - the expected row) / temperature -> d h, float32
  return (torch.embedding(weight, t.ids).to(dtype=FLOAT32) - expected) * (d_logps / t.temperature).unsqueeze(-1)


def backward(h: Tensor, weight: Tensor, t: __torch__.head.Targets, normaliser: Tensor, d_logps: Tensor, d_weight: Tensor) -> Tensor:
  # Logits are computed again: d logp / d logits = onehot - softmax. Adds to d_weight (float32 [V, D]) and returns d h,
  # float32.
  parts = annotate(List[Tensor], [])
  V = weight.size(0)
  step = __torch__.head.block_rows(h.size(0))
  for block in torch.split(h, step, 0):
    rows = block.size(0)
    first = step * len(parts)
    own = t.ids.narrow(0, first, rows)
    z = normaliser.narrow(0, first, rows).unsqueeze(-1)
    g = d_logps.narrow(0, first, rows).unsqueeze(-1)
    width = __torch__.head.slice_width(rows, V, t.chunk)
    d_block = torch.zeros([rows, h.size(1)], dtype=FLOAT32, layout=None, device=h.device, pin_memory=None)
    start = 0
    for i in range((V + width - 1) // width):
      w = min(width, V - start)
      y = __torch__.head.slice_logits(block, weight, start, w, t)
      y = y.sub_(z).exp_().mul_(torch.neg(g))
      column, inside = __torch__.head.in_slice(own, start, w)
      y = y.scatter_add_(1, column, g * inside)
      if t.temperature != 1.0:
        y = y.div_(t.temperature)
      y = y.to(dtype=weight.dtype)
      d_block = __torch__.products.add(d_block, y, weight.narrow(0, start, w))
      __torch__.products.add(d_weight.narrow(0, start, w), y.t(), block)
      start = start + w
    parts.append(d_block)
  return torch.cat(parts, 0)
