# The module that Java calls. Methods take a dictionary of named arrays, scalars among them as arrays without dimensions, or
# plain values; those that `train` calls return lists of arrays.


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  shape : __torch__.shape.Shape
  weights : __torch__.weights.Weights
  graphs : __torch__.scoring.Graphs
  slots : __torch__.slots.Slots

  def try_dense(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.nn.try_products(int(a["code"]))

  # ---- weights

  def set_path(self: __torch__.Model, path: str) -> NoneType:
    self.weights.path = path

  def set_member(self: __torch__.Model, segment: str, name: str) -> NoneType:
    self.weights.add_member(segment, name)

  def set_trainable(self: __torch__.Model, name: str, trains: bool) -> NoneType:
    self.weights.set_trainable(name, trains)

  def map_file(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.weights.map_file(a)
    return [torch.zeros([1])]

  def unmap(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.weights.unmap()
    return [torch.zeros([1])]

  def cut(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.weights.cut(a)
    return [torch.zeros([1])]

  def put(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.weights.put(a)
    return [torch.zeros([1])]

  def stored(self: __torch__.Model, kind: str, name: str, start: int, count: int) -> Tensor:
    return self.weights.stored(kind, name, start, count)

  def write(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.weights.write(a)
    return [torch.zeros([1])]

  def pack(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.weights.pack(self.shape)
    return [torch.zeros([1])]

  def unpack(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.weights.unpack()
    return [torch.zeros([1])]

  # ---- LoRA

  def set_branches(self: __torch__.Model, on: bool) -> NoneType:
    __torch__.lora.switch(self.weights, on)

  def fold(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.lora.fold(self.weights, a)
    return [torch.zeros([1])]

  def take_off_start(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.lora.take_off_start(self.weights, a)
    return [torch.zeros([1])]

  def put_rows(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.lora.put_rows(self.weights, a)
    return [torch.zeros([1])]

  def add_bias(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.lora.add_bias(self.weights, a)
    return [torch.zeros([1])]

  def merge(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.lora.merge(self.weights)
    return [torch.zeros([1])]

  def unmerge(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.lora.unmerge(self.weights)
    return [torch.zeros([1])]

  # ---- drawing

  def features(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.scoring.features(self.shape, self.weights, a)

  def keep_vision(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    return [__torch__.scoring.keep_vision(self.shape, self.weights, self.graphs, a)]

  def encode(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    c = __torch__.scoring.context(self.shape, self.weights, a)
    return __torch__.network.encode(self.shape, self.weights, c, a["features"])

  def sample(self: __torch__.Model, prefix: List[Tensor], a: Dict[str, Tensor]) -> List[Tensor]:
    return __torch__.drawing.sample(self.shape, self.weights, prefix, a)

  def fill_slots(self: __torch__.Model, prefix: List[Tensor], a: Dict[str, Tensor]) -> List[Tensor]:
    return [__torch__.slots.fill(self.shape, self.slots, prefix, a)]

  def keep_slots(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    return [__torch__.slots.keep(self.shape, self.slots, a)]

  def decode_slots(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    return __torch__.slots.decode(self.shape, self.weights, self.slots, a)

  def drop_slots(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.slots.drop(self.slots, a)
    return [torch.zeros([1])]

  # ---- scoring

  def logps(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.scoring.logps(self.shape, self.weights, a)

  def logits(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.scoring.logits(self.shape, self.weights, a)

  def first_logps(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.scoring.first_logps(self.shape, self.weights, a)

  def score(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    return [__torch__.scoring.score(self.shape, self.weights, self.graphs, a)]

  def backward(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.scoring.backward(self.shape, self.weights, self.graphs, a)
    return [torch.zeros([1])]

  def release(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.graphs.release(int(a["handle"]))
    return [torch.zeros([1])]

  # ---- after logits that were not finite

  def finite(self: __torch__.Model, name: str) -> Tensor:
    if name in self.weights.w and not __torch__.nn.is_finite(self.weights.w[name]):
      return torch.zeros([])
    return torch.ones([])

  def first_not_finite(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    c = __torch__.scoring.context(self.shape, self.weights, a)
    return [torch.tensor(__torch__.network.first_not_finite(self.shape, self.weights, c))]

  # ---- optimizer

  def zero_gradients(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.weights.g.clear()
    return [torch.zeros([1])]

  def gradient_norm(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    return [__torch__.optimizer.norm(self.weights)]

  def scale_gradients(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.optimizer.scale(self.weights, a)
    return [torch.zeros([1])]

  def adamw(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    __torch__.optimizer.adamw(self.weights, a)
    return [torch.zeros([1])]
