# The vision tower of Qwen2-VL and Qwen2.5-VL over the patches of several images, packed: x is [n patches, width].


class Runs(NamedTuple):
  # Which patches attend to each other: `count` runs of patches, the longest of `longest`; lengths of each, empty where all
  # are equally long. mask [count, 1, 1, longest] is added to the scores; it is empty with them.
  count : int
  longest : int
  lengths : List[int]
  mask : Tensor


class Images(NamedTuple):
  # order [n / square] puts the merged squares into window order; windowed: by block
  pixels : Tensor
  order : Tensor
  cos : Tensor
  sin : Tensor
  windowed : List[int]
  full : __torch__.vision.Runs
  windows : __torch__.vision.Runs


def images(s: __torch__.shape.Shape, a: Dict[str, Tensor]) -> Optional[__torch__.vision.Images]:
  if "v_pixels" not in a:
    return None
  cos, sin = __torch__.vision.rope_table(a["v_positions"], s.vision_head_size)
  full = __torch__.vision.runs(a["v_full_sizes"], a["v_full_lengths"], a["v_full_mask"])
  windows = __torch__.vision.runs(a["v_window_sizes"], a["v_window_lengths"], a["v_window_mask"])
  return __torch__.vision.Images(a["v_pixels"], a["v_order"], cos, sin, __torch__.nn.ints(a["v_windowed"]), full, windows)


def runs(sizes: Tensor, lengths: Tensor, mask: Tensor) -> __torch__.vision.Runs:
  count, longest = __torch__.nn.ints(sizes)
  return __torch__.vision.Runs(count, longest, __torch__.nn.ints(lengths), mask)


def rope_table(positions: Tensor, head_size: int) -> Tuple[Tensor, Tensor]:
  # positions [n, 2] (row, column) -> cos, sin [n, 1, head_size], float32
  half = head_size // 2
  steps = torch.arange(0, half, 2, dtype=FLOAT32, layout=None, device=positions.device, pin_memory=None) / half
  inverse = torch.reciprocal(torch.pow(10000.0, steps))
  f = (positions.to(dtype=FLOAT32).unsqueeze(-1) * inverse).flatten(1, 2)
  e = torch.cat([f, f], -1).unsqueeze(1)
  return (torch.cos(e), torch.sin(e))


def norm(w: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
  # Qwen2-VL has layer norms with a bias, Qwen2.5-VL root-mean-square norms.
  if name + ".bias" in w:
    return torch.layer_norm(x, [x.size(-1)], w[name + ".weight"], w[name + ".bias"], 1e-06, False)
  return __torch__.nn.rms_norm(x, w[name + ".weight"], 1e-06)


def attention(s: __torch__.shape.Shape, w: Dict[str, Tensor], p: str, x: Tensor, images: __torch__.vision.Images, runs: __torch__.vision.Runs) -> Tensor:
  n = x.size(0)
  heads = s.vision_heads
  d = s.vision_head_size
  qkv = __torch__.nn.dense(w, p + ".qkv", x).view([n, 3, heads, d])
  q = __torch__.nn.rope(qkv.select(1, 0).to(dtype=FLOAT32), images.cos, images.sin).to(dtype=x.dtype)
  k = __torch__.nn.rope(qkv.select(1, 1).to(dtype=FLOAT32), images.cos, images.sin).to(dtype=x.dtype)
  v = qkv.select(1, 2)
  R = runs.count
  M = runs.longest
  q = __torch__.nn.pad(q, runs.lengths, M).view([R, M, heads, d]).transpose(1, 2)
  k = __torch__.nn.pad(k, runs.lengths, M).view([R, M, heads, d]).transpose(1, 2)
  v = __torch__.nn.pad(v, runs.lengths, M).reshape([R, M, heads, d]).transpose(1, 2)
  bias = annotate(Optional[Tensor], None)
  if runs.mask.numel() > 0:
    bias = runs.mask.to(dtype=x.dtype)
  o = __torch__.nn.attention(w, p, q, k, v, bias, False)
  o = __torch__.nn.unpad(o.transpose(1, 2).reshape([R * M, heads * d]), runs.lengths, M)
  return __torch__.nn.dense(w, p + ".proj", o)


def mlp(w: Dict[str, Tensor], p: str, x: Tensor) -> Tensor:
  if p + ".fc1.weight" in w:
    h = __torch__.nn.dense(w, p + ".fc1", x)
    return __torch__.nn.dense(w, p + ".fc2", h * torch.sigmoid(h * 1.702))
  h = torch.silu(__torch__.nn.dense(w, p + ".gate_proj", x)) * __torch__.nn.dense(w, p + ".up_proj", x)
  return __torch__.nn.dense(w, p + ".down_proj", h)


def block(s: __torch__.shape.Shape, w: Dict[str, Tensor], i: int, x: Tensor, images: __torch__.vision.Images) -> Tensor:
  p = "visual.blocks." + str(i)
  runs = images.full
  if images.windowed[i] == 1:
    runs = images.windows
  h = __torch__.vision.norm(w, p + ".norm1", x)
  x = x + __torch__.vision.attention(s, w, p + ".attn", h, images, runs)
  return x + __torch__.vision.mlp(w, p + ".mlp", __torch__.vision.norm(w, p + ".norm2", x))


def embed(w: Dict[str, Tensor], pixels: Tensor, order: Tensor, square: int) -> Tensor:
  # pixels [n, values] -> [n, width]; order [n / square] puts the merged squares into window order.
  name = "visual.patch_embed.proj"
  x = __torch__.nn.product(w, name, pixels.to(dtype=w[name + ".weight"].dtype))
  if order.numel() == 0:
    return x
  return x.view([-1, square, x.size(-1)]).index_select(0, order).flatten(0, 1)


def merge(w: Dict[str, Tensor], p: str, x: Tensor, order: Tensor, square: int) -> Tensor:
  # [n, width] -> [n / square, out width], back in the order of the image.
  h = __torch__.vision.norm(w, p + ".ln_q", x).reshape([-1, square * x.size(-1)])
  h = torch.gelu(__torch__.nn.dense(w, p + ".mlp.0", h), approximate="none")
  y = __torch__.nn.dense(w, p + ".mlp.2", h)
  if order.numel() == 0:
    return y
  return y.index_select(0, torch.argsort(order))
