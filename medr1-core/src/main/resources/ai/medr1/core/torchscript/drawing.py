# Drawing continuations of encoded prompts.


def sample(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, prefix: List[Tensor], a: Dict[str, Tensor]) -> List[Tensor]:
  # B prompts, G continuations of each, all decoded together; -> ids [B * G, longest] (-1 after the end), their
  # log-probabilities and whether a stop token was drawn [B * G]. Rows that are done leave the batch as soon as a
  # quarter of the work can be saved: slots are the rows of a rectangle of prompts that still have live rows.
  G = int(a["group"])
  T = int(a["longest"])
  rules = __torch__.sampling.rules(a)
  embedding = weights.w["model.embed_tokens.weight"]
  x = prefix[0].repeat_interleave(G, 0)
  n = x.size(0)
  w = weights.w
  head = w[s.head_name()]
  if int(a["packs"]) == 1 and __torch__.dense.packs():
    w = weights.packed(s)
    head = w["head"]
  ids = torch.full([n, T], -1, dtype=INT64, layout=None, device=x.device, pin_memory=None)
  logps = torch.zeros([n, T], dtype=FLOAT32, layout=None, device=x.device, pin_memory=None)
  ended = torch.zeros([n], dtype=BOOL, layout=None, device=x.device, pin_memory=None)
  slots = torch.arange(n, dtype=INT64, layout=None, device=x.device, pin_memory=None)
  done = torch.zeros([n], dtype=BOOL, layout=None, device=x.device, pin_memory=None)
  first = a["next"].repeat_interleave(G, 0)
  u = a["uniforms"]
  hidden = a["hidden"]
  seen = torch.zeros([0], dtype=BOOL, layout=None, device=x.device, pin_memory=None)
  if rules.penalty != 1.0:
    seen = a["seen"].repeat_interleave(G, 0)
  pk = annotate(List[Tensor], [])
  pv = annotate(List[Tensor], [])
  ok = annotate(List[Tensor], [])
  ov = annotate(List[Tensor], [])
  for i in range(s.layers):
    k = prefix[1 + 2 * i]
    pk.append(k)
    pv.append(prefix[2 + 2 * i])
    ok.append(torch.empty([n, s.kv, T, s.head_size], dtype=k.dtype, layout=None, device=k.device, pin_memory=None, memory_format=None))
    ov.append(torch.empty([n, s.kv, T, s.head_size], dtype=k.dtype, layout=None, device=k.device, pin_memory=None, memory_format=None))
  B = prefix[0].size(0)
  t = 0
  going = T > 0
  while going:
    y = __torch__.head.logits(x, head, 1.0, rules.banned)
    u_now = u
    if not rules.greedy:
      u_now = torch.select(u, 1, t)
    token, lp = __torch__.sampling.choose(y, u_now, seen, rules)
    if rules.penalty != 1.0:
      seen = seen.scatter_(1, token.unsqueeze(-1), True)
    drawn = torch.where(done, torch.full_like(token, -1), token)
    ids = ids.index_put_([slots, torch.full_like(slots, t)], drawn)
    logps = logps.index_put_([slots, torch.full_like(slots, t)], lp.masked_fill(done, 0.0))
    done = torch.logical_or(done, torch.isin(token, rules.stops))
    ended = ended.index_put_([slots], done)
    t = t + 1
    live = torch.logical_not(done).view([B, G])
    counts = live.sum([1])
    widest = int(counts.max())
    going = widest > 0 and t < T
    if going:
      left = int(counts.gt(0).sum())
      if 4 * left * widest <= 3 * B * G:
        kept = torch.nonzero(counts).squeeze(-1)
        order = torch.argsort(torch.logical_not(live).to(dtype=INT64), stable=True, dim=1, descending=False)
        order = order.index_select(0, kept).narrow(1, 0, widest)
        chosen = (kept.unsqueeze(-1) * G + order).flatten()
        slots = slots.index_select(0, chosen)
        done = done.index_select(0, chosen)
        token = token.index_select(0, chosen)
        first = first.index_select(0, chosen)
        if not rules.greedy:
          u = u.index_select(0, chosen)
        if rules.penalty != 1.0:
          seen = seen.index_select(0, chosen)
        fewer = left < B
        if fewer and hidden.numel() > 0:
          hidden = hidden.index_select(0, kept)
        for i in range(s.layers):
          ok[i] = ok[i].index_select(0, chosen)
          ov[i] = ov[i].index_select(0, chosen)
          if fewer:
            pk[i] = pk[i].index_select(0, kept)
            pv[i] = pv[i].index_select(0, kept)
        B = left
        G = widest
      x = torch.embedding(embedding, token)
      cos, sin = __torch__.decoder.rope_table((first + (t - 1)).unsqueeze(0).expand([3, first.size(0)]), a["axis"], s.theta, x.dtype)
      for i in range(s.layers):
        x = __torch__.decoder.decode_layer(s, w, i, x, cos, sin, pk[i], pv[i], hidden, ok[i], ov[i], t - 1)
      x = __torch__.nn.rms_norm(x, weights.w["model.norm.weight"], s.eps)
  return [ids.narrow(1, 0, t), logps.narrow(1, 0, t), ended]
