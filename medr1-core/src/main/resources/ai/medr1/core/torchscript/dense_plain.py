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


def matmul(a: Tensor, b: Tensor) -> Tensor:
  return torch.matmul(a, b)
