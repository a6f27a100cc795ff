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
  layers = __torch__.drawing.layers(s, w)
  head = __torch__.drawing.head(s, w)
  embedding = weights.w["model.embed_tokens.weight"]
  x = held[0][0]
  bias = __torch__.sampling.head_bias(rules.banned, embedding.size(0), x.dtype)
  norm = weights.w["model.norm.weight"]
  mask = __torch__.decoder.key_mask(s, a["hidden"], x.dtype)
  steps = int(a["steps"])
  cos, sin = __torch__.decoder.turns(s, a["next"], steps, x.dtype)
  keys = annotate(List[__torch__.decoder.Keys], [])
  own_k = annotate(List[Tensor], [])
  own_v = annotate(List[Tensor], [])
  for i in range(s.layers):
    own = __torch__.decoder.own_room(held[1][i], 1, steps)
    keys.append(__torch__.decoder.keys(held[1][i], held[2][i], own))
    own_k.append(own.select(0, 0).squeeze(2))
    own_v.append(own.select(0, 1).squeeze(2))
  seen = torch.zeros([0])
  if "seen" in a:
    seen = a["seen"]
  u = list(torch.split(a["uniforms"], 1, -1))
  left = a["left"].unsqueeze(1)
  ids = annotate(List[Tensor], [])
  logps = annotate(List[Tensor], [])
  stopped = torch.zeros_like(left, dtype=BOOL)
  ended = stopped
  enough = int(a["enough"])
  t = 0
  going = True
  while going:
    y = __torch__.dense.few(x, head, bias).to(dtype=FLOAT32)
    token, logp = __torch__.sampling.choose(y, u[min(t, len(u) - 1)], seen, rules)
    if seen.numel() > 0:
      seen = seen.scatter_(1, token, True)
    ids.append(token.masked_fill(ended, -1))
    logps.append(logp)
    stopped = torch.logical_or(stopped, torch.gt(__torch__.sampling.is_stop(token, rules.stops), ended))
    t = t + 1
    ended = torch.logical_or(torch.logical_or(ended, stopped), torch.le(left, t))
    over = int(ended.sum())
    going = over < enough and t < steps
    if over < x.size(0):
      x = embedding.index_select(0, token.squeeze(1))
      for i in range(s.layers):
        x = __torch__.decoder.decode_layer(s, layers[i], x, cos[t - 1], sin[t - 1], keys[i], mask, 1, t - 1)
      x = __torch__.nn.rms_norm_few(x, norm, layers[0].eps)
  slots.held[handle] = [[x], held[1], held[2], own_k, own_v]
  return [torch.cat(ids, 1), torch.cat(logps, 1), ended.squeeze(1), stopped.squeeze(1)]
