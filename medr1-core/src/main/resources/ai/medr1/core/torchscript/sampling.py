# Drawing tokens. Filters in the order of the reference: repetition penalty, temperature, top-k, top-p.


def penalize(logits: Tensor, seen: Tensor, penalty: float) -> Tensor:
  # seen [n, V] bool: tokens of the prompt and of the continuation so far
  return torch.where(seen, torch.where(torch.lt(logits, 0), logits * penalty, logits / penalty), logits)


def keep_top_k(logits: Tensor, k: int) -> Tensor:
  least = torch.select((torch.topk(logits, min(k, logits.size(-1)), -1))[0], 1, -1).unsqueeze(-1)
  return logits.masked_fill(torch.lt(logits, least), -inf)


def keep_top_p(logits: Tensor, p: float) -> Tensor:
  # The least likely tokens that together stay within 1 - p go; the most likely one always stays.
  ordered, index = torch.sort(logits, dim=-1, descending=False)
  gone = torch.le(torch.cumsum(torch.softmax(ordered, -1), -1), 1.0 - p)
  last = torch.select(gone, 1, -1).fill_(False)
  return logits.masked_fill(torch.scatter(gone, 1, index, gone), -inf)


def filter(logits: Tensor, seen: Tensor, penalty: float, temperature: float, k: int, p: float) -> Tensor:
  # logits [n, V] float32 -> the logits that are drawn from; removed tokens are -inf
  y = logits
  if penalty != 1.0:
    y = __torch__.sampling.penalize(y, seen, penalty)
  if temperature != 1.0:
    y = y / temperature
  if k > 0:
    y = __torch__.sampling.keep_top_k(y, k)
  if p < 1.0:
    y = __torch__.sampling.keep_top_p(y, p)
  return y


def draw(logits: Tensor, u: Tensor) -> Tensor:
  # Inverts the cumulative distribution at u [n] in (0, 1), without the cost of multinomial.
  top = torch.amax(logits, [-1], True)
  c = torch.cumsum(torch.sub(logits, top).exp_(), -1)
  total = c.narrow(-1, c.size(-1) - 1, 1)
  t = torch.searchsorted(c, u.unsqueeze(-1).to(dtype=6) * total, out_int32=False, right=False, side=None, sorter=None)
  return torch.clamp_max(t, c.size(-1) - 1).squeeze(-1)
