# Dense layers on GPUs, and where oneDNN is not there or cannot multiply the dtype on this processor.


def linear(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
  return torch.linear(x, w, b)


def packs() -> bool:
  return False


def pack(w: Tensor) -> Tensor:
  return w


def widens() -> bool:
  # Whether products are made in float32 of widened factors.
  return False


def add_product(sum: Tensor, a: Tensor, b: Tensor) -> Tensor:
  # sum, float32, in place
  if a.dtype == FLOAT32:
    return sum.addmm_(a, b)
  return sum.add_(torch.mm(a, b))


def for_few(w: Tensor) -> Tensor:
  # A weight, packed or not, as `few` and `add_few` want it.
  return w.t()


def few(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
  # The layer for the few rows of a decoding step, outside of autograd.
  if b is not None:
    return torch.addmm(b, x, w)
  return torch.mm(x, w)


def add_few(sum: Tensor, x: Tensor, w: Tensor) -> Tensor:
  return torch.addmm(sum, x, w)


def bmm(a: Tensor, b: Tensor) -> Tensor:
  return torch.bmm(a, b)


def add_bmm(sum: Tensor, a: Tensor, b: Tensor) -> Tensor:
  return torch.baddbmm(sum, a, b)


def score_type(dtype: int) -> int:
  # of what bmm makes of factors of a dtype
  return dtype
