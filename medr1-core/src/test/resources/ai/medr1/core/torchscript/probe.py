# A module whose methods are single kernels, for tests. Arguments are those of the kernels, by their names.


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  shape : __torch__.shape.Shape

  def filter(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.sampling.filter(a["logits"], a["seen"], float(a["penalty"]), float(a["temperature"]), int(a["top_k"]), float(a["top_p"]))
