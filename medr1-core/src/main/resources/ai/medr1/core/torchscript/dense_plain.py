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
