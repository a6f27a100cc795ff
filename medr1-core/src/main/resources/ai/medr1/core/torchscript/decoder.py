# The decoder over packed tokens: B prompts, then G continuations of each, no padding anywhere but inside attention.
# Every prompt token attends to its prompt; every continuation token to its prompt and, causally, to its own continuation.
#
# x [N, D], N = prompt tokens + continuation tokens. Prompts are padded on the right to P and continuations to L for
# attention only; p_lengths [B] and c_lengths [B * G] are empty where there is nothing to pad.
# The causal mask alone keeps right padding out of sight; c_mask [B or 1, 1, r * L, P + L] hides it from continuations.


class Batch(NamedTuple):
  # What all layers read of a batch. B prompts, padded to P, of n rows together; G continuations of each, padded to L.
  # rows: those that are wanted of the last layer, all where it is empty.
  ids : Tensor
  image_rows : Tensor
  rows : Tensor
  cos : Tensor
  sin : Tensor
  mask : Tensor
  B : int
  P : int
  G : int
  L : int
  n : int
  p_lengths : List[int]
  c_lengths : List[int]


def batch(s: __torch__.shape.Shape, a: Dict[str, Tensor], dtype: int) -> __torch__.decoder.Batch:
  cos, sin = __torch__.decoder.rope_table(a["positions"], a["axis"], s.theta, dtype)
  B, P, G, L, n = __torch__.nn.ints(a["sizes"])
  mask = __torch__.decoder.continuation_mask(a["c_prompts"], P, L, s.heads // s.kv, dtype)
  return __torch__.decoder.Batch(a["ids"], a["image_rows"], a["rows"], cos, sin, mask, B, P, G, L, n, __torch__.nn.ints(a["p_lengths"]), __torch__.nn.ints(a["c_lengths"]))


def continuation_mask(p_lengths: Tensor, P: int, L: int, r: int, dtype: int) -> Tensor:
  # What a continuation sees, added to the scores: its prompt without padding, and itself causally.
  # [B * G or 1, 1, r * L, P + L]; p_lengths [B * G], or [1] where all prompts are equally long
  n = p_lengths.size(0)
  own = torch.tril(torch.ones([L, L], dtype=BOOL, layout=None, device=p_lengths.device, pin_memory=None))
  own = own.unsqueeze(0).expand([n, L, L])
  at = torch.arange(P, dtype=INT64, layout=None, device=p_lengths.device, pin_memory=None)
  prompt = torch.lt(at, p_lengths.unsqueeze(-1)).unsqueeze(1).expand([n, L, P])
  seen = torch.cat([prompt, own], 2).unsqueeze(1).expand([n, r, L, P + L]).reshape([n, 1, r * L, P + L])
  out = torch.zeros([n, 1, r * L, P + L], dtype=dtype, layout=None, device=p_lengths.device, pin_memory=None)
  return out.masked_fill(torch.logical_not(seen), -inf)


def rope_table(positions: Tensor, axis: Tensor, theta: float, dtype: int) -> Tuple[Tensor, Tensor]:
  # M-RoPE: positions [3, N] (time, row, column); axis [d / 2] says which of them turns a frequency. -> cos, sin [N, 1, d]
  half = axis.size(0)
  steps = torch.arange(0, 2 * half, 2, dtype=FLOAT32, layout=None, device=positions.device, pin_memory=None) / (2 * half)
  inverse = torch.reciprocal(torch.pow(theta, steps))
  f = positions.to(dtype=FLOAT32).index_select(0, axis).t() * inverse
  e = torch.cat([f, f], -1).unsqueeze(1)
  return (torch.cos(e).to(dtype=dtype), torch.sin(e).to(dtype=dtype))


def pack(w: Dict[str, Tensor], p: str) -> NoneType:
  # Adds to w what the layers `project` and `mlp` read then: one product for queries, keys and values and one for gate and
  # up, in the order in which products read a weight.
  a = p + ".self_attn."
  m = p + ".mlp."
  for name in w.keys():
    if name.find(p + ".", 0, -1) == 0 and name.find(".lora_A.", 0, -1) > 0:
      return None
  if m + "gate_proj.bias" in w or m + "up_proj.bias" in w:
    return None
  w[p + ".qkv.weight"] = __torch__.dense.pack(torch.cat([w[a + "q_proj.weight"], w[a + "k_proj.weight"], w[a + "v_proj.weight"]], 0))
  w[p + ".qkv.bias"] = torch.cat([w[a + "q_proj.bias"], w[a + "k_proj.bias"], w[a + "v_proj.bias"]], 0)
  w[p + ".gate_up.weight"] = __torch__.dense.pack(torch.cat([w[m + "gate_proj.weight"], w[m + "up_proj.weight"]], 0))
  for name in [a + "o_proj.weight", m + "down_proj.weight"]:
    w[name] = __torch__.dense.pack(w[name])


def project(s: __torch__.shape.Shape, w: Dict[str, Tensor], p: str, h: Tensor, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  n = h.size(0)
  d = s.head_size
  if p + ".qkv.weight" in w:
    qkv = __torch__.nn.dense(w, p + ".qkv", h).view([n, s.heads + 2 * s.kv, d])
    qk, v = qkv.split([s.heads + s.kv, s.kv], 1)
    q, k = __torch__.nn.rope(qk, cos, sin).split([s.heads, s.kv], 1)
    return (q, k, v)
  q = __torch__.nn.dense(w, p + ".self_attn.q_proj", h).view([n, s.heads, d])
  k = __torch__.nn.dense(w, p + ".self_attn.k_proj", h).view([n, s.kv, d])
  v = __torch__.nn.dense(w, p + ".self_attn.v_proj", h).view([n, s.kv, d])
  return (__torch__.nn.rope(q, cos, sin), __torch__.nn.rope(k, cos, sin), v)


def mlp(w: Dict[str, Tensor], p: str, x: Tensor, eps: float) -> Tensor:
  h = __torch__.nn.rms_norm(x, w[p + ".post_attention_layernorm.weight"], eps)
  if p + ".gate_up.weight" in w:
    gate_up = __torch__.nn.dense(w, p + ".gate_up", h)
    half = gate_up.size(1) // 2
    gate, up = gate_up.split([half, half], 1)
  else:
    gate = __torch__.nn.dense(w, p + ".mlp.gate_proj", h)
    up = __torch__.nn.dense(w, p + ".mlp.up_proj", h)
  h = torch.silu(gate) * up
  return x + __torch__.nn.dense(w, p + ".mlp.down_proj", h)


def prompt_attention(w: Dict[str, Tensor], p: str, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
  # q [B, H, P, d], k and v [B, kv, P, d] -> [B * P, H * d]. Key heads are repeated: the fused kernel of a CPU takes no
  # grouped heads, and a prompt's keys are small beside its activations.
  B = q.size(0)
  H = q.size(1)
  P = q.size(2)
  d = q.size(3)
  kv = k.size(1)
  k = k.unsqueeze(2).expand([B, kv, H // kv, P, d]).reshape([B, H, P, d])
  v = v.unsqueeze(2).expand([B, kv, H // kv, P, d]).reshape([B, H, P, d])
  o = __torch__.nn.attention(w, p + ".prompt", q, k, v, None, True)
  return o.transpose(1, 2).flatten(2, 3).flatten(0, 1)


def group_attention(w: Dict[str, Tensor], p: str, q: Tensor, k: Tensor, v: Tensor, kp: Tensor, vp: Tensor, G: int, L: int, mask: Tensor) -> Tensor:
  # Continuations q [B * G * L, H, d], k and v [B * G * L, kv, d] with the keys and values of their prompts
  # kp, vp [B, kv, P, d]. The query heads that share a key head are folded into the query length, so no key is repeated.
  B = kp.size(0)
  kv = kp.size(1)
  P = kp.size(2)
  d = kp.size(3)
  H = q.size(1)
  r = H // kv
  n = B * G
  q = q.view([n, L, kv, r, d]).permute([0, 2, 3, 1, 4]).reshape([n, kv, r * L, d])
  kc = k.view([n, L, kv, d]).transpose(1, 2)
  vc = v.reshape([n, L, kv, d]).transpose(1, 2)
  kp = kp.unsqueeze(1).expand([B, G, kv, P, d]).reshape([n, kv, P, d])
  vp = vp.unsqueeze(1).expand([B, G, kv, P, d]).reshape([n, kv, P, d])
  o = __torch__.nn.attention(w, p + ".group", q, torch.cat([kp, kc], 2), torch.cat([vp, vc], 2), mask, False)
  return o.view([n, kv, r, L, d]).permute([0, 3, 1, 2, 4]).reshape([n * L, H * d])


def layer(s: __torch__.shape.Shape, w: Dict[str, Tensor], i: int, x: Tensor, batch: __torch__.decoder.Batch) -> Tuple[Tensor, Tensor, Tensor]:
  # -> the layer's output, of the wanted rows alone if it is the last, and the prompts' keys and values [B, kv, P, d]
  p = "model.layers." + str(i)
  B = batch.B
  P = batch.P
  L = batch.L
  h = __torch__.nn.rms_norm(x, w[p + ".input_layernorm.weight"], s.eps)
  q, k, v = __torch__.decoder.project(s, w, p, h, batch.cos, batch.sin)
  n = batch.n
  m = x.size(0) - n
  qp, qc = q.split([n, m], 0)
  kp, kc = k.split([n, m], 0)
  vp, vc = v.split([n, m], 0)
  qp = __torch__.nn.pad(qp, batch.p_lengths, P).view([B, P, s.heads, s.head_size]).transpose(1, 2)
  kp = __torch__.nn.pad(kp, batch.p_lengths, P).view([B, P, s.kv, s.head_size]).transpose(1, 2)
  vp = __torch__.nn.pad(vp, batch.p_lengths, P).view([B, P, s.kv, s.head_size]).transpose(1, 2)
  o = __torch__.nn.unpad(__torch__.decoder.prompt_attention(w, p, qp, kp, vp), batch.p_lengths, P)
  if m > 0:
    qc = __torch__.nn.pad(qc, batch.c_lengths, L)
    kc = __torch__.nn.pad(kc, batch.c_lengths, L)
    vc = __torch__.nn.pad(vc, batch.c_lengths, L)
    oc = __torch__.decoder.group_attention(w, p, qc, kc, vc, kp, vp, batch.G, L, batch.mask)
    o = torch.cat([o, __torch__.nn.unpad(oc, batch.c_lengths, L)], 0)
  if i + 1 == s.layers:
    x = __torch__.nn.rows(x, batch.rows)
    o = __torch__.nn.rows(o, batch.rows)
  x = x + __torch__.nn.dense(w, p + ".self_attn.o_proj", o)
  return (__torch__.decoder.mlp(w, p, x, s.eps), kp, vp)


def decode_layer(s: __torch__.shape.Shape, w: Dict[str, Tensor], i: int, x: Tensor, cos: Tensor, sin: Tensor, kp: Tensor, vp: Tensor, hidden: Tensor, ko: Tensor, vo: Tensor, t: int) -> Tensor:
  # One token of B * G continuations, x [B * G, D]. kp, vp [B, kv, P, d] are the prompts' keys and values, never copied;
  # hidden [B, 1, 1, P] is added to their scores (empty: none). ko, vo [B * G, kv, longest, d] are the continuations' own,
  # of which t are there already.
  p = "model.layers." + str(i)
  heads = s.heads
  kv = s.kv
  d = s.head_size
  B = kp.size(0)
  n = x.size(0)
  G = n // B
  r = heads // kv
  h = __torch__.nn.rms_norm(x, w[p + ".input_layernorm.weight"], s.eps)
  q, k, v = __torch__.decoder.project(s, w, p, h, cos, sin)
  ko.select(2, t).copy_(k, False)
  vo.select(2, t).copy_(v, False)
  q = (q * pow(float(d), -0.5)).view([n, kv, r, d])
  qp = q.view([B, G, kv, r, d]).transpose(1, 2).reshape([B, kv, G * r, d])
  sp = __torch__.dense.matmul(qp, kp.transpose(2, 3)).to(dtype=FLOAT32)
  if hidden.numel() > 0:
    sp = sp + hidden
  P = kp.size(2)
  sp = sp.view([B, kv, G, r, P]).transpose(1, 2).reshape([n, kv, r, P])
  so = __torch__.dense.matmul(q, ko.narrow(2, 0, t + 1).transpose(2, 3)).to(dtype=FLOAT32)
  a = torch.softmax(torch.cat([sp, so], 3), -1).to(dtype=x.dtype)
  ap, ao = a.split([P, t + 1], 3)
  ap = ap.reshape([B, G, kv, r, P]).transpose(1, 2).reshape([B, kv, G * r, P])
  op = __torch__.dense.matmul(ap, vp).view([B, kv, G, r, d]).transpose(1, 2).reshape([n, kv, r, d])
  o = (op + __torch__.dense.matmul(ao, vo.narrow(2, 0, t + 1))).to(dtype=x.dtype).reshape([n, heads * d])
  x = x + __torch__.nn.dense(w, p + ".self_attn.o_proj", o)
  return __torch__.decoder.mlp(w, p, x, s.eps)
