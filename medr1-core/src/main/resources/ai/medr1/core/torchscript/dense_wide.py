# Dense layers in bfloat16 on a processor that multiplies float32 alone. Factors are widened for the product, a weight in
# blocks that stay in the processor's cache, and what comes out is rounded once, as oneDNN does where it can multiply
# bfloat16. libtorch's own products in bfloat16 take 8 to 30 times as long there.


def block_rows(w: Tensor) -> int:
  # 4 MiB in float32: smaller blocks cost calls, larger ones leave the cache
  return max(1, 1048576 // max(1, w.size(1)))


def linear(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
  # Not for autograd, which would keep the widened weights: see nn.dense.
  wide = x.to(dtype=FLOAT32)
  n = w.size(0)
  y = torch.empty([x.size(0), n], dtype=w.dtype, layout=None, device=w.device, pin_memory=None, memory_format=None)
  step = min(n, __torch__.dense.block_rows(w))
  room = torch.empty([step, w.size(1)], dtype=FLOAT32, layout=None, device=w.device, pin_memory=None, memory_format=None)
  for i in range((n + step - 1) // step):
    start = i * step
    rows = min(step, n - start)
    bias = annotate(Optional[Tensor], None)
    if b is not None:
      bias = b.narrow(0, start, rows).to(dtype=FLOAT32)
    block = room.narrow(0, 0, rows).copy_(w.narrow(0, start, rows), False)
    if block.numel() < 32768:
      part = torch.linear(wide, block, bias)
    else:
      part = ops.mkldnn._linear_pointwise(wide, block, bias, "none", annotate(List[Optional[number]], []), "")
    y.narrow(1, start, rows).copy_(part, False)
  return y


def packs() -> bool:
  # A packed copy would have to be of float32: twice the memory of the weights.
  return False


def pack(w: Tensor) -> Tensor:
  return w


def widens() -> bool:
  # Whether products are made in float32 of widened factors.
  return True


def for_few(w: Tensor) -> Tensor:
  # A weight, packed or not, as `few` and `add_few` want it.
  return w


def few(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
  # The layer for the few rows of a decoding step, outside of autograd.
  return __torch__.dense.linear(x, w, b)


def add_few(sum: Tensor, x: Tensor, w: Tensor) -> Tensor:
  return sum + __torch__.dense.linear(x, w, None)
