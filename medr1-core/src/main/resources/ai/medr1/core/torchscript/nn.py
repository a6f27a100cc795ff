# What the vision tower and the decoder share.


def get(w: Dict[str, Tensor], name: str) -> Optional[Tensor]:
  if name in w:
    return w[name]
  return None


def dense(w: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
  # The layer `name`: its weight, its bias where there is one, its LoRA branch where there is one.
  y = __torch__.dense.linear(x, w[name + ".weight"], __torch__.nn.get(w, name + ".bias"))
  a = name + ".lora_A.weight"
  if a in w:
    z = __torch__.dense.linear(__torch__.nn.dropout(w, x), w[a], None) * w[name + ".lora_scale"]
    y = y + __torch__.dense.linear(z, w[name + ".lora_B.weight"], None)
  return y


def dropout(w: Dict[str, Tensor], x: Tensor) -> Tensor:
  # What a LoRA branch sees in training. Every branch of a segment has its own key, so that computing the segment again
  # drops the same values.
  if "lora_key" not in w:
    return x
  key = w["lora_key"]
  p = float(w["lora_dropout"])
  generator = torch.Generator(device=x.device, seed=int(key))
  key = key.add_(1)
  kept = torch.ge(torch.rand(x.size(), generator=generator, dtype=6, layout=None, device=x.device, pin_memory=None), p)
  return x * kept.to(dtype=x.dtype) / (1.0 - p)


def rms_norm(x: Tensor, w: Tensor, eps: float) -> Tensor:
  # Statistics in float32 whatever the dtype, as the reference does.
  y = x.to(dtype=6)
  y = y * torch.rsqrt(y.square().mean([-1], True) + eps)
  return w * y.to(dtype=x.dtype)


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
