# Dense layers on GPUs, and where oneDNN is not there or cannot multiply the dtype on this processor.


def linear(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
  return torch.linear(x, w, b)


def packs() -> bool:
  return False


def pack(w: Tensor) -> Tensor:
  return w
