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


# ---- one token at a time. B prompts with G continuations each; H = heads + 2 kv: queries, keys and values side by side.


class Drawn(NamedTuple):
  # A layer's weights for few rows, found once per call. joined: as `pack` left them.
  w : Dict[str, Tensor]
  name : str
  norm1 : Tensor
  norm2 : Tensor
  eps : Tensor
  joined : bool
  qkv : Tensor
  qkv_bias : Optional[Tensor]
  out : Tensor
  gate_up : Tensor
  down : Tensor


def drawn(s: __torch__.shape.Shape, w: Dict[str, Tensor], i: int) -> __torch__.decoder.Drawn:
  p = "model.layers." + str(i)
  norm1 = w[p + ".input_layernorm.weight"]
  norm2 = w[p + ".post_attention_layernorm.weight"]
  eps = torch.full([1], s.eps, dtype=FLOAT32, layout=None, device=norm1.device, pin_memory=None)
  out = w[p + ".self_attn.o_proj.weight"]
  down = w[p + ".mlp.down_proj.weight"]
  if p + ".qkv.weight" not in w or p + ".self_attn.o_proj.bias" in w or p + ".mlp.down_proj.bias" in w:
    return __torch__.decoder.Drawn(w, p, norm1, norm2, eps, False, out, None, out, down, down)
  qkv = __torch__.dense.for_few(w[p + ".qkv.weight"])
  gate_up = __torch__.dense.for_few(w[p + ".gate_up.weight"])
  return __torch__.decoder.Drawn(w, p, norm1, norm2, eps, True, qkv, w[p + ".qkv.bias"], __torch__.dense.for_few(out), gate_up, __torch__.dense.for_few(down))


class Keys(NamedTuple):
  # Of a layer: the prompts' keys [B * kv, d, P] and values [B * kv, P, d], never copied; the continuations' own, room
  # [2, B, kv, G, longest, d], seen as keys [B * kv * G, d, longest] and values [B * kv * G, longest, d].
  k : Tensor
  v : Tensor
  own : Tensor
  own_k : Tensor
  own_v : Tensor


def keys(k: Tensor, v: Tensor, own: Tensor) -> __torch__.decoder.Keys:
  # k and v [B, kv, P, d]
  own_k = own.select(0, 0).flatten(0, 2).transpose(1, 2)
  return __torch__.decoder.Keys(k.flatten(0, 1).transpose(1, 2), v.flatten(0, 1), own, own_k, own.select(0, 1).flatten(0, 2))


def own_room(k: Tensor, G: int, longest: int) -> Tensor:
  # for what continuations of prompts with keys k [B, kv, P, d] will draw
  return torch.empty([2, k.size(0), k.size(1), G, longest, k.size(3)], dtype=k.dtype, layout=None, device=k.device, pin_memory=None, memory_format=None)


def key_mask(s: __torch__.shape.Shape, hidden: Tensor, dtype: int) -> Tensor:
  # hidden [B, 1, 1, P], added to the scores of the prompts' keys -> [B * kv, 1, P]; empty where nothing is hidden
  if hidden.numel() == 0:
    return hidden
  return hidden.flatten(0, 2).repeat_interleave(s.kv, 0).unsqueeze(1).to(dtype=__torch__.products.score_type(dtype))


def turns(s: __torch__.shape.Shape, first: Tensor, steps: int, dtype: int) -> Tuple[List[Tensor], List[Tensor]]:
  # cos and sin [B, 1, H, 2, d / 2] for every step from the positions `first` [B] on, where time, row and column are the
  # same: x * cos + (halves of x exchanged) * sin turns queries, which it scales as well, and keys, and leaves values.
  half = s.head_size // 2
  device = first.device
  at = torch.arange(0, 2 * half, 2, dtype=FLOAT32, layout=None, device=device, pin_memory=None) / (2 * half)
  inverse = torch.reciprocal(torch.pow(s.theta, at))
  step = torch.arange(steps, dtype=INT64, layout=None, device=device, pin_memory=None)
  angles = (first + step.unsqueeze(1)).to(dtype=FLOAT32).unsqueeze(-1) * inverse
  cos = torch.cos(angles).to(dtype=dtype).view([steps, -1, 1, 1, 1, half])
  sin = torch.sin(angles).to(dtype=dtype).view([steps, -1, 1, 1, 1, half])
  factor = torch.zeros([s.heads + 2 * s.kv, 1, 1], dtype=dtype, layout=None, device=device, pin_memory=None)
  factor.narrow(0, 0, s.heads).fill_(pow(float(s.head_size), -0.5))
  factor.narrow(0, s.heads, s.kv).fill_(1.0)
  left = torch.zeros_like(factor)
  left.narrow(0, s.heads + s.kv, s.kv).fill_(1.0)
  sin = sin * factor
  return (list(torch.unbind(cos * factor + torch.cat([left, left], 1), 0)), list(torch.unbind(torch.cat([torch.neg(sin), sin], -2), 0)))


def decode_layer(s: __torch__.shape.Shape, layer: __torch__.decoder.Drawn, x: Tensor, cos: Tensor, sin: Tensor, keys: __torch__.decoder.Keys, hidden: Tensor, G: int, t: int) -> Tensor:
  # One token of B * G continuations, x [B * G, D], of which t tokens are among the keys already. hidden: key_mask's.
  n = x.size(0)
  B = n // G
  kv = s.kv
  r = s.heads // kv
  d = s.head_size
  h = __torch__.nn.rms_norm_few(x, layer.norm1, layer.eps)
  qkv = __torch__.decoder.project_few(layer, h).view([B, G, s.heads + 2 * kv, 2, d // 2])
  q, new = torch.addcmul(qkv * cos, torch.flip(qkv, [3]), sin).split_with_sizes([s.heads, 2 * kv], 2)
  keys.own.select(4, t).copy_(new.view([B, G, 2, kv, d]).permute([2, 0, 3, 1, 4]), False)
  q = q.view([B, G, kv, r, d]).transpose(1, 2).reshape([B * kv, G * r, d])
  if hidden.numel() > 0:
    prompt = __torch__.products.add_batched(hidden, q, keys.k)
  else:
    prompt = __torch__.products.batched(q, keys.k)
  P = prompt.size(2)
  own = __torch__.products.batched(q.view([B * kv * G, r, d]), keys.own_k.narrow(2, 0, t + 1))
  a = torch.softmax(torch.cat([prompt.view([B * kv * G, r, P]), own], 2), -1, dtype=FLOAT32)
  if x.dtype != FLOAT32:
    a = a.to(dtype=x.dtype)
  of_prompt, of_own = a.split_with_sizes([P, t + 1], 2)
  o = __torch__.products.batched(of_prompt.view([B * kv, G * r, P]), keys.v).view([B * kv * G, r, d])
  o = __torch__.products.add_batched(o, of_own, keys.own_v.narrow(1, 0, t + 1))
  o = o.view([B, kv, G, r * d]).transpose(1, 2).reshape([n, s.heads * d])
  if x.dtype != FLOAT32:
    o = o.to(dtype=x.dtype)
  if not layer.joined:
    x = x + __torch__.nn.dense(layer.w, layer.name + ".self_attn.o_proj", o)
    return __torch__.decoder.mlp(layer.w, layer.name, x, s.eps)
  x = __torch__.dense.add_few(x, o, layer.out)
  gate_up = __torch__.dense.few(__torch__.nn.rms_norm_few(x, layer.norm2, layer.eps), layer.gate_up, None)
  half = gate_up.size(1) // 2
  gate, up = gate_up.split_with_sizes([half, half], 1)
  return __torch__.dense.add_few(x, torch.silu(gate).mul_(up), layer.down)


def project_few(layer: __torch__.decoder.Drawn, h: Tensor) -> Tensor:
  # -> queries, keys and values [n, H * d]
  if layer.joined:
    return __torch__.dense.few(h, layer.qkv, layer.qkv_bias)
  p = layer.name + ".self_attn."
  q = __torch__.nn.dense(layer.w, p + "q_proj", h)
  return torch.cat([q, __torch__.nn.dense(layer.w, p + "k_proj", h), __torch__.nn.dense(layer.w, p + "v_proj", h)], 1)
