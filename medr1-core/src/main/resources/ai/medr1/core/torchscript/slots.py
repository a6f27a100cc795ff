# Slots: sequences that are decoded together, each as far as it is. What a slot has drawn lies beside its prompt until the
# slots change; then it moves behind the prompt, so that all slots go on from the same column.


class Slots:
  # by handle: [hidden states [S, D]], prompts' keys, values, own keys, own values, lists over the layers
  held : Dict[int, List[List[Tensor]]]


def moved(k: Tensor, own: Tensor, new: Tensor, kept: List[int], used: List[int], drawn: int, P: int) -> Tensor:
  # Keys or values after a change: [kept + new, kv, P, d], zero behind a slot's end. k [S, kv, P before, d] with `used`
  # columns in every kept slot, own [S, kv, longest, d] with `drawn` columns, new [n, kv, P of new prompts, d].
  m = len(kept)
  out = torch.zeros([m + new.size(0), new.size(1), P, new.size(3)], dtype=new.dtype, layout=None, device=new.device, pin_memory=None)
  for j in range(m):
    row = out.select(0, j)
    row.narrow(1, 0, used[j]).copy_(k.select(0, kept[j]).narrow(1, 0, used[j]), False)
    row.narrow(1, used[j], drawn).copy_(own.select(0, kept[j]).narrow(1, 0, drawn), False)
  out.narrow(0, m, new.size(0)).narrow(2, 0, new.size(2)).copy_(new, False)
  return out


def room(k: Tensor, steps: int) -> Tensor:
  # for the keys or values that the slots of k will draw
  return torch.empty([k.size(0), k.size(1), steps, k.size(3)], dtype=k.dtype, layout=None, device=k.device, pin_memory=None, memory_format=None)


def fill(s: __torch__.shape.Shape, slots: __torch__.slots.Slots, prefix: List[Tensor], a: Dict[str, Tensor]) -> Tensor:
  # Keeps the slots `kept` of a handle and puts encoded prompts behind them.
  handle = int(a["handle"])
  kept = __torch__.nn.ints(a["kept"])
  used = __torch__.nn.ints(a["used"])
  drawn = int(a["drawn"])
  P = int(a["columns"])
  old = annotate(List[List[Tensor]], [prefix, prefix, prefix, prefix, prefix])
  x = prefix[0]
  if len(kept) > 0:
    old = slots.held[handle]
    x = torch.cat([old[0][0].index_select(0, a["kept"]), x], 0)
  k = annotate(List[Tensor], [])
  v = annotate(List[Tensor], [])
  for i in range(s.layers):
    k.append(__torch__.slots.moved(old[1][i], old[3][i], prefix[1 + 2 * i], kept, used, drawn, P))
    v.append(__torch__.slots.moved(old[2][i], old[4][i], prefix[2 + 2 * i], kept, used, drawn, P))
  slots.held[handle] = [[x], k, v, annotate(List[Tensor], []), annotate(List[Tensor], [])]
  return x


def keep(s: __torch__.shape.Shape, slots: __torch__.slots.Slots, a: Dict[str, Tensor]) -> Tensor:
  # Keeps the slots `kept` of a handle.
  old = slots.held[int(a["handle"])]
  none = [old[0][0].narrow(0, 0, 0)]
  for i in range(s.layers):
    none.append(old[1][i].narrow(0, 0, 0).narrow(2, 0, 0))
    none.append(old[2][i].narrow(0, 0, 0).narrow(2, 0, 0))
  return __torch__.slots.fill(s, slots, none, a)


def drop(slots: __torch__.slots.Slots, a: Dict[str, Tensor]) -> NoneType:
  if int(a["handle"]) in slots.held:
    del slots.held[int(a["handle"])]


def decode(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, slots: __torch__.slots.Slots, a: Dict[str, Tensor]) -> List[Tensor]:
  # Draws in all slots until `enough` of them have ended or all have drawn `steps`; a slot ends with a stop token or
  # after `left` tokens. -> ids [S, t] (-1 after the end), log-probabilities, ended [S], stopped [S] by a stop token
  handle = int(a["handle"])
  held = slots.held[handle]
  rules = __torch__.sampling.rules(a)
  w = weights.readable()
  head = w[s.head_name()]
  if "head" in w:
    head = w["head"]
  x = held[0][0]
  k = held[1]
  v = held[2]
  steps = int(a["steps"])
  own_k = annotate(List[Tensor], [])
  own_v = annotate(List[Tensor], [])
  for i in range(s.layers):
    own_k.append(__torch__.slots.room(k[i], steps))
    own_v.append(__torch__.slots.room(v[i], steps))
  seen = torch.zeros([0])
  if "seen" in a:
    seen = a["seen"]
  ids = annotate(List[Tensor], [])
  logps = annotate(List[Tensor], [])
  stopped = torch.zeros_like(a["left"], dtype=BOOL)
  ended = stopped
  enough = int(a["enough"])
  t = 0
  going = True
  while going:
    y = __torch__.head.logits(x, head, 1.0, rules.banned)
    u = a["uniforms"]
    if u.numel() > 0:
      u = torch.select(u, 1, t)
    token, logp = __torch__.sampling.choose(y, u, seen, rules)
    if seen.numel() > 0:
      seen = seen.scatter_(1, token.unsqueeze(-1), True)
    ids.append(token.masked_fill(ended, -1))
    logps.append(logp)
    stopped = torch.logical_or(stopped, torch.logical_and(torch.isin(token, rules.stops), torch.logical_not(ended)))
    t = t + 1
    ended = torch.logical_or(torch.logical_or(ended, stopped), torch.le(a["left"], t))
    over = int(ended.sum())
    going = over < enough and t < steps
    if over < x.size(0):
      x = torch.embedding(weights.w["model.embed_tokens.weight"], token)
      positions = (a["next"] + (t - 1)).unsqueeze(0).expand([3, x.size(0)])
      cos, sin = __torch__.decoder.rope_table(positions, a["axis"], s.theta, x.dtype)
      for i in range(s.layers):
        x = __torch__.decoder.decode_layer(s, w, i, x, cos, sin, k[i], v[i], a["hidden"], own_k[i], own_v[i], t - 1)
      x = __torch__.nn.rms_norm(x, weights.w["model.norm.weight"], s.eps)
  slots.held[handle] = [[x], k, v, own_k, own_v]
  return [torch.stack(ids, 1), torch.stack(logps, 1), ended, stopped]
