# Drawing continuations of encoded prompts.


def head(s: __torch__.shape.Shape, w: Dict[str, Tensor]) -> Tensor:
  # the projection to the vocabulary, of weights that may be packed
  if "head" in w:
    return __torch__.dense.for_few(w["head"])
  return __torch__.dense.for_few(w[s.head_name()])


def layers(s: __torch__.shape.Shape, w: Dict[str, Tensor]) -> List[__torch__.decoder.Drawn]:
  out = annotate(List[__torch__.decoder.Drawn], [])
  for i in range(s.layers):
    out.append(__torch__.decoder.drawn(s, w, i))
  return out


def sample(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, prefix: List[Tensor], a: Dict[str, Tensor]) -> List[Tensor]:
  # B prompts, G continuations of each, all decoded together; -> ids [B * G, longest] (-1 after the end), their
  # log-probabilities and whether a stop token was drawn [B * G]. Rows that are done leave the batch as soon as a
  # quarter of the work can be saved: it is a rectangle of prompts that still have live rows. What its rows draw is put
  # to the others when the rectangle changes.
  B = prefix[0].size(0)
  G = int(a["group"])
  T = int(a["longest"])
  rules = __torch__.sampling.rules(a)
  w = weights.w
  if int(a["packs"]) == 1 and __torch__.dense.packs():
    w = weights.packed(s)
  layers = __torch__.drawing.layers(s, w)
  embedding = weights.w["model.embed_tokens.weight"]
  head = __torch__.drawing.head(s, w)
  x = prefix[0].repeat_interleave(G, 0)
  bias = __torch__.sampling.head_bias(rules.banned, embedding.size(0), x.dtype)
  norm = weights.w["model.norm.weight"]
  n = x.size(0)
  ids = torch.full([n, T], -1, dtype=INT64, layout=None, device=x.device, pin_memory=None)
  logps = torch.zeros([n, T], dtype=FLOAT32, layout=None, device=x.device, pin_memory=None)
  slots = torch.arange(n, dtype=INT64, layout=None, device=x.device, pin_memory=None)
  done = torch.zeros([n, 1], dtype=BOOL, layout=None, device=x.device, pin_memory=None)
  stops = rules.stops.numel() > 0
  over = 0
  first = a["next"]
  u = list(torch.split(a["uniforms"], 1, -1))
  hidden = a["hidden"]
  mask = __torch__.decoder.key_mask(s, hidden, x.dtype)
  seen = torch.zeros([0], dtype=BOOL, layout=None, device=x.device, pin_memory=None)
  if rules.penalty != 1.0:
    seen = a["seen"].repeat_interleave(G, 0)
  keys = annotate(List[__torch__.decoder.Keys], [])
  pk = annotate(List[Tensor], [])
  pv = annotate(List[Tensor], [])
  for i in range(s.layers):
    pk.append(prefix[1 + 2 * i])
    pv.append(prefix[2 + 2 * i])
    keys.append(__torch__.decoder.keys(pk[i], pv[i], __torch__.decoder.own_room(pk[i], G, T)))
  cos = annotate(List[Tensor], [])
  sin = annotate(List[Tensor], [])
  drawn = annotate(List[Tensor], [])
  lps = annotate(List[Tensor], [])
  t = 0
  going = T > 0
  while going:
    y = __torch__.dense.few(x, head, bias).to(dtype=FLOAT32)
    token, lp = __torch__.sampling.choose(y, u[min(t, len(u) - 1)], seen, rules)
    drawn.append(token)
    lps.append(lp)
    if rules.penalty != 1.0:
      seen = seen.scatter_(1, token, True)
    t = t + 1
    going = t < T
    changed = False
    if stops:
      done = torch.logical_or(done, __torch__.sampling.is_stop(token, rules.stops))
      now = int(done.sum())
      changed = now > over
      over = now
    if changed and going:
      live = torch.logical_not(done).view([B, G])
      counts = live.sum([1])
      widest = int(counts.max())
      left = int(counts.gt(0).sum())
      going = widest > 0
      if going and 4 * left * widest <= 3 * B * G:
        __torch__.drawing.put(ids, slots, drawn, t)
        __torch__.drawing.put(logps, slots, lps, t)
        kept = torch.nonzero(counts).squeeze(-1)
        order = torch.argsort(torch.logical_not(live).to(dtype=INT64), stable=True, dim=1, descending=False)
        order = order.index_select(0, kept).narrow(1, 0, widest)
        chosen = (kept.unsqueeze(-1) * G + order).flatten()
        slots = slots.index_select(0, chosen)
        done = done.index_select(0, chosen)
        over = int(done.sum())
        token = token.index_select(0, chosen)
        first = first.index_select(0, kept)
        if not rules.greedy:
          u = list(torch.split(a["uniforms"].index_select(0, slots), 1, -1))
        if rules.penalty != 1.0:
          seen = seen.index_select(0, chosen)
        if hidden.numel() > 0:
          hidden = hidden.index_select(0, kept)
          mask = __torch__.decoder.key_mask(s, hidden, x.dtype)
        for i in range(s.layers):
          own = __torch__.drawing.rectangle(keys[i].own, chosen, left, widest)
          if left < B:
            pk[i] = pk[i].index_select(0, kept)
            pv[i] = pv[i].index_select(0, kept)
          keys[i] = __torch__.decoder.keys(pk[i], pv[i], own)
        B = left
        G = widest
        cos.clear()
        sin.clear()
        turned = t - 1
    if going:
      if len(cos) == 0:
        cos, sin = __torch__.decoder.turns(s, first + (t - 1), min(64, T - t), x.dtype)
      turn = cos.pop(0), sin.pop(0)
      x = embedding.index_select(0, token.squeeze(1))
      for i in range(s.layers):
        x = __torch__.decoder.decode_layer(s, layers[i], x, turn[0], turn[1], keys[i], mask, G, t - 1)
      x = __torch__.nn.rms_norm_few(x, norm, layers[0].eps)
  __torch__.drawing.put(ids, slots, drawn, t)
  __torch__.drawing.put(logps, slots, lps, t)
  hit = torch.isin(ids, rules.stops)
  after = torch.gt(torch.cumsum(hit, 1) - hit.to(dtype=INT64), 0)
  ids = ids.masked_fill(after, -1)
  return [ids.narrow(1, 0, t), logps.masked_fill(after, 0.0).narrow(1, 0, t), hit.any(1, False)]


def put(all: Tensor, slots: Tensor, columns: List[Tensor], t: int) -> NoneType:
  # Puts what rows have drawn before step t, a column for every step, in their places, and forgets it.
  if len(columns) > 0:
    all.narrow(1, t - len(columns), len(columns)).index_copy_(0, slots, torch.cat(columns, 1))
    columns.clear()


def rectangle(own: Tensor, chosen: Tensor, B: int, G: int) -> Tensor:
  # The chosen rows of own keys and values [2, B before, kv, G before, longest, d] -> [2, B, kv, G, longest, d]
  rows = own.transpose(2, 3).flatten(1, 2).index_select(1, chosen)
  return rows.view([2, B, G, own.size(2), own.size(4), own.size(5)]).transpose(2, 3).contiguous()
