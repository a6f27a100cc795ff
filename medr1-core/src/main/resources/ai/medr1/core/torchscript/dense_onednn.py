# Dense layers outside of autograd through oneDNN: on a CPU about half again as fast as the BLAS behind torch.linear in
# float32, and several times as fast for the few rows of a decoding step. For small weights its set-up costs more than the
# product.


def linear(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
  if x.requires_grad or w.requires_grad or w.numel() < 32768:
    return torch.linear(x, w, b)
  return ops.mkldnn._linear_pointwise(x, w, b, "none", annotate(List[Optional[number]], []), "")


def packs() -> bool:
  # Whether packing gains anything; it costs about as much as five products with few rows.
  return True


def pack(w: Tensor) -> Tensor:
  # A copy of a weight in the order in which products read it, which spares them to bring it there; linear takes it in the
  # weight's place. The number of rows that is told here makes no difference to how fast any other number is multiplied.
  if w.numel() < 32768:
    return w
  return ops.mkldnn._reorder_linear_weight(w, 64)


def widens() -> bool:
  # Whether products are made in float32 of widened factors.
  return False


def for_few(w: Tensor) -> Tensor:
  # A weight, packed or not, as `few` and `add_few` want it.
  if w.numel() < 32768:
    return w.t()
  return w


def few(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
  # The layer for the few rows of a decoding step, outside of autograd.
  if w.numel() >= 32768:
    return ops.mkldnn._linear_pointwise(x, w, b, "none", annotate(List[Optional[number]], []), "")
  if b is not None:
    return torch.addmm(b, x, w)
  return torch.mm(x, w)


def add_few(sum: Tensor, x: Tensor, w: Tensor) -> Tensor:
  if w.numel() >= 32768:
    return sum + ops.mkldnn._linear_pointwise(x, w, None, "none", annotate(List[Optional[number]], []), "")
  return torch.addmm(sum, x, w)
