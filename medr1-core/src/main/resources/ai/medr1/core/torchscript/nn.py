# What the vision tower and the decoder share.


def ints(t: Tensor) -> List[int]:
  # In one copy: a GPU would stop for every element.
  t = t.to(device=torch.device("cpu"))
  out = annotate(List[int], [])
  for i in range(t.size(0)):
    out.append(int(torch.select(t, 0, i)))
  return out


def is_finite(t: Tensor) -> bool:
  # the extremes of NaN are NaN, and need no memory
  return t.numel() == 0 or bool(torch.logical_and(torch.isfinite(t.amin()), torch.isfinite(t.amax())))


def get(w: Dict[str, Tensor], name: str) -> Optional[Tensor]:
  if name in w:
    return w[name]
  return None


def dense(w: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
  # The layer `name`: its weight, its bias where there is one, its LoRA branch where there is one.
  y = __torch__.nn.product(w, name, x)
  a = name + ".lora_A.weight"
  if a in w:
    z = __torch__.nn.product(w, name + ".lora_A", __torch__.nn.dropout(w, x)) * w[name + ".lora_scale"]
    y = y + __torch__.nn.product(w, name + ".lora_B", z)
  return y


# Cuts. Where products are made of widened factors, autograd would keep the widened ones, twice the memory. So the graph is
# cut there: w takes the operation's inputs, of which autograd keeps no more, and "…/z", a zero that was added to its
# output and whose gradient is that of the output. Tape.backward goes on from it by hand.


def cut(w: Dict[str, Tensor], name: str, y: Tensor) -> Tensor:
  z = torch.zeros([1], dtype=y.dtype, layout=None, device=y.device, pin_memory=None).expand(y.size()).requires_grad_(True)
  w[name + "/z"] = z
  return y + z


def product(w: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
  # x times the weight `name`, and its bias where there is one
  weight = w[name + ".weight"]
  if weight.dim() > 2:
    weight = weight.flatten(1, -1)
  bias = __torch__.nn.get(w, name + ".bias")
  if not __torch__.dense.widens() or not (x.requires_grad or weight.requires_grad):
    return __torch__.dense.linear(x, weight, bias)
  plain = annotate(Optional[Tensor], None)
  if bias is not None:
    plain = bias.detach()
  w["dense/" + name + "/x"] = x
  return __torch__.nn.cut(w, "dense/" + name, __torch__.dense.linear(x.detach(), weight.detach(), plain))


def attention(w: Dict[str, Tensor], name: str, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
  # Its backward pass is what is slow in bfloat16.
  if not __torch__.dense.widens() or not q.requires_grad:
    return torch.scaled_dot_product_attention(q, k, v, mask, 0.0, causal, scale=None, enable_gqa=False)
  o = torch.scaled_dot_product_attention(q.detach(), k.detach(), v.detach(), mask, 0.0, causal, scale=None, enable_gqa=False)
  name = "attention/" + name
  w[name + "/q"] = q
  w[name + "/k"] = k
  w[name + "/v"] = v
  if causal:
    w[name + "/causal"] = torch.ones([1])
  if mask is not None:
    w[name + "/mask"] = mask
  return __torch__.nn.cut(w, name, o)


def attention_backward(w: Dict[str, Tensor], name: str, d: Tensor) -> List[Optional[Tensor]]:
  # -> the gradients of q, k and v
  mask = __torch__.nn.get(w, name + "/mask")
  if mask is not None:
    mask = mask.to(dtype=FLOAT32)
  q = w[name + "/q"].detach().to(dtype=FLOAT32).requires_grad_(True)
  k = w[name + "/k"].detach().to(dtype=FLOAT32).requires_grad_(True)
  v = w[name + "/v"].detach().to(dtype=FLOAT32).requires_grad_(True)
  o = torch.scaled_dot_product_attention(q, k, v, mask, 0.0, name + "/causal" in w, scale=None, enable_gqa=False)
  return torch.autograd.grad([o], [q, k, v], annotate(List[Optional[Tensor]], [d.to(dtype=FLOAT32)]), None, False, True)


def product_backward(weight: Tensor, d: Tensor) -> Tensor:
  # The gradient of the input of a product, float32, the weight widened block by block.
  n = weight.size(0)
  out = torch.zeros([d.size(0), weight.size(1)], dtype=FLOAT32, layout=None, device=d.device, pin_memory=None)
  step = max(1, 1048576 // weight.size(1))
  for i in range((n + step - 1) // step):
    start = i * step
    rows = min(step, n - start)
    out = out.addmm_(d.narrow(1, start, rows), weight.narrow(0, start, rows).to(dtype=FLOAT32))
  return out


def dropout(w: Dict[str, Tensor], x: Tensor) -> Tensor:
  # What a LoRA branch sees in training. Every branch of a segment has its own key, so that computing the segment again
  # drops the same values.
  if "lora_key" not in w:
    return x
  key = w["lora_key"]
  p = float(w["lora_dropout"])
  generator = torch.Generator(device=x.device, seed=int(key))
  key.add_(1)
  kept = torch.ge(torch.rand(x.size(), generator=generator, dtype=FLOAT32, layout=None, device=x.device, pin_memory=None), p)
  return x * kept.to(dtype=x.dtype) / (1.0 - p)


def rms_norm(x: Tensor, w: Tensor, eps: float) -> Tensor:
  # Statistics in float32 whatever the dtype, as the reference does.
  y = x.to(dtype=FLOAT32)
  y = y * torch.rsqrt(y.square().mean([-1], True) + eps)
  return w * y.to(dtype=x.dtype)


def rms_norm_few(x: Tensor, w: Tensor, eps: Tensor) -> Tensor:
  # The same in fewer operators, not for autograd; eps [1].
  length = torch.linalg_vector_norm(x, 2, [-1], True, dtype=FLOAT32)
  y = x * torch.addcmul(eps, length, length, value=1.0 / x.size(-1)).rsqrt_()
  if x.dtype != FLOAT32:
    y = y.to(dtype=x.dtype)
  return w * y


def rotate_half(x: Tensor) -> Tensor:
  h = x.size(-1) // 2
  a, b = x.split([h, h], -1)
  return torch.cat([torch.neg(b), a], -1)


def rope(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  # x [N, heads, d]; cos, sin [N, 1, d]
  return x * cos + __torch__.nn.rotate_half(x) * sin


def rows(x: Tensor, index: Tensor) -> Tensor:
  # Rows of x in the order of index; an empty index means as they are.
  if index.numel() == 0:
    return x
  return x.index_select(0, index)


def pad(x: Tensor, lengths: List[int], longest: int) -> Tensor:
  # Packed runs [n, ...] -> [runs * longest, ...], each padded with zeros; no lengths means that all runs are equally
  # long. Splitting and joining differentiate far faster than a gather, whose backward pass is a scatter.
  if len(lengths) == 0:
    return x
  parts = annotate(List[Tensor], [])
  i = 0
  for part in torch.split_with_sizes(x, lengths, 0):
    gap = longest - lengths[i]
    i = i + 1
    if gap > 0:
      widths = [0 for d in range(2 * x.dim() - 1)]
      widths.append(gap)
      part = torch.constant_pad_nd(part, widths, 0)
    parts.append(part)
  return torch.cat(parts, 0)


def unpad(x: Tensor, lengths: List[int], longest: int) -> Tensor:
  # The inverse of pad.
  if len(lengths) == 0:
    return x
  sizes = annotate(List[int], [])
  for n in lengths:
    sizes.append(n)
    sizes.append(longest - n)
  parts = annotate(List[Tensor], [])
  i = 0
  for part in torch.split_with_sizes(x, sizes, 0):
    if i % 2 == 0:
      parts.append(part)
    i = i + 1
  return torch.cat(parts, 0)


def try_products(code: int) -> Tensor:
  # Products as the layers make them, with few rows and with many; all ones where they can be made.
  x = torch.ones([64, 256], dtype=code, layout=None, device=None, pin_memory=None)
  w = torch.full([192, 256], 0.00390625, dtype=x.dtype, layout=None, device=None, pin_memory=None)
  packed = __torch__.dense.pack(w)
  few = __torch__.dense.linear(x.narrow(0, 0, 8), packed, torch.zeros([192], dtype=x.dtype, layout=None, device=None, pin_memory=None))
  return torch.cat([__torch__.dense.linear(x, w, None), __torch__.dense.linear(x, packed, None), few], 0).to(dtype=FLOAT32)
