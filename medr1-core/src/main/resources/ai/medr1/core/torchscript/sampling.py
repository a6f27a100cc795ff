# Drawing tokens. Filters in the order of the reference: repetition penalty, temperature, top-k, top-p.


class Rules(NamedTuple):
  # How a token is drawn from its logits. banned and stops: ids.
  greedy : bool
  temperature : float
  penalty : float
  top_k : int
  top_p : float
  banned : Tensor
  stops : Tensor


def rules(a: Dict[str, Tensor]) -> __torch__.sampling.Rules:
  return __torch__.sampling.Rules(int(a["greedy"]) == 1, float(a["temperature"]), float(a["penalty"]), int(a["top_k"]), float(a["top_p"]), a["banned"], a["stops"])


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
  # Inverts the cumulative distribution at u [n, 1] in (0, 1) -> [n, 1], without the cost of multinomial.
  top = torch.amax(logits, [-1], True)
  return __torch__.sampling.invert(torch.sub(logits, top).exp_(), u)


def invert(p: Tensor, u: Tensor) -> Tensor:
  # Where u of the sum of p [n, V] is reached -> [n, 1]; never a token without probability.
  c = torch.cumsum(p, -1)
  last = p.size(1) - 1
  # The last token where nothing is found: among NaN. The log-probability tells of them.
  return torch.searchsorted(c, u * c.narrow(1, last, 1), out_int32=False, right=False, side=None, sorter=None).clamp_max_(last)


def draw_from(p: Tensor, u: Tensor) -> Tensor:
  # The same of probabilities p [n, V], where there are many in two levels: the sums of blocks first, then the tokens of one
  # block. A sum over everything costs far less than a cumulative sum.
  V = p.size(1)
  if V <= 4096:
    return __torch__.sampling.invert(p, u)
  n = p.size(0)
  blocks = V // 512
  whole = p.narrow(1, 0, blocks * 512).view([n, blocks, 512]).sum([-1])
  rest = p.narrow(1, blocks * 512, V - blocks * 512).sum([-1], True)
  c = torch.cumsum(torch.cat([whole, rest], 1), -1)
  x = u * c.narrow(1, blocks, 1)
  block = torch.clamp_max(torch.searchsorted(c, x, out_int32=False, right=False, side=None, sorter=None), blocks)
  before = torch.gather(torch.constant_pad_nd(c, [1, 0], 0), 1, block)
  index = block * 512 + torch.arange(512, dtype=INT64, layout=None, device=p.device, pin_memory=None)
  inner = torch.gather(p, 1, torch.clamp_max(index, V - 1)).masked_fill(torch.ge(index, V), 0.0)
  inner = torch.cumsum(inner, -1)
  # Rounding must not lead to a token without probability, at either end of the block.
  x = torch.minimum(torch.clamp_min(x - before, 1e-30), inner.narrow(1, 511, 1))
  at = torch.clamp_max(torch.searchsorted(inner, x, out_int32=False, right=False, side=None, sorter=None), 511)
  return torch.clamp_max(torch.gather(index, 1, at), V - 1)


def likeliest(y: Tensor) -> Tensor:
  # The first greatest of y [n, V] -> [n, 1]: the greatest of blocks, then the place in one block. The maximum is found far
  # faster than its place.
  n = y.size(0)
  V = y.size(1)
  blocks = V // 384
  tops = torch.amax(y.narrow(1, 0, blocks * 384).view([n, blocks, 384]), [-1])
  if V > blocks * 384:
    tops = torch.cat([tops, torch.amax(y.narrow(1, blocks * 384, V - blocks * 384), [-1], True)], 1)
  start = torch.argmax(tops, -1, True) * 384
  index = torch.clamp_max(start + torch.arange(384, dtype=INT64, layout=None, device=y.device, pin_memory=None), V - 1)
  return torch.gather(index, 1, torch.argmax(torch.gather(y, 1, index), -1, True))


def choose(y: Tensor, u: Tensor, seen: Tensor, rules: __torch__.sampling.Rules) -> Tuple[Tensor, Tensor]:
  # Logits [n, V] -> the next tokens [n, 1] and their log-probabilities at the temperature, before filters. u [n, 1]
  # uniform numbers, not used by greedy choice; seen [n, V] counts where there is a repetition penalty. May use y up.
  temperature = rules.temperature
  if rules.greedy:
    z = y
    if rules.penalty != 1.0:
      z = __torch__.sampling.penalize(y, seen, rules.penalty)
    token = __torch__.sampling.likeliest(z)
  elif rules.penalty == 1.0 and rules.top_k <= 0 and rules.top_p >= 1.0:
    if temperature != 1.0:
      y = y.div_(temperature)
    y = torch.softmax(y, -1)
    token = __torch__.sampling.draw_from(y, u)
    return (token, torch.gather(y, 1, token).log_())
  else:
    token = __torch__.sampling.draw(__torch__.sampling.filter(y, seen, rules.penalty, temperature, rules.top_k, rules.top_p), u)
    if temperature != 1.0:
      y = y / temperature
  top = torch.amax(y, [-1], True)
  picked = torch.gather(y, 1, token) - top
  return (token, picked - torch.log(y.sub_(top).exp_().sum([-1], True)))


def head_bias(banned: Tensor, V: int, dtype: int) -> Optional[Tensor]:
  # Added to the logits: what is banned gets -inf, and so leaves the normalisation.
  if banned.numel() == 0:
    return None
  bias = torch.zeros([V], dtype=dtype, layout=None, device=banned.device, pin_memory=None)
  return bias.index_fill_(0, banned, -inf)


def is_stop(token: Tensor, stops: Tensor) -> Tensor:
  # token [n, 1], stops [k] -> [n, 1]
  return torch.any(torch.eq(token, stops), 1, True)
