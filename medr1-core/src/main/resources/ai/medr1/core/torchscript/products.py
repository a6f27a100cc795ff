# Products of two matrices that are no weights, in every way that dense layers compute.


def factor(x: Tensor) -> Tensor:
  if __torch__.dense.widens():
    return x.to(dtype=FLOAT32)
  return x


def add(sum: Tensor, a: Tensor, b: Tensor) -> Tensor:
  # sum, float32, in place
  a = __torch__.products.factor(a)
  b = __torch__.products.factor(b)
  if a.dtype == FLOAT32:
    return sum.addmm_(a, b)
  return sum.add_(torch.mm(a, b))


def batched(a: Tensor, b: Tensor) -> Tensor:
  return torch.bmm(__torch__.products.factor(a), __torch__.products.factor(b))


def add_batched(sum: Tensor, a: Tensor, b: Tensor) -> Tensor:
  return torch.baddbmm(sum, __torch__.products.factor(a), __torch__.products.factor(b))


def score_type(dtype: int) -> int:
  # of what batched makes of factors of a dtype
  if __torch__.dense.widens():
    return FLOAT32
  return dtype
