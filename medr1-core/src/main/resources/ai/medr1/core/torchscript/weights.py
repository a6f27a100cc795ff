# The weights by their names in the public checkpoints, and what is kept for each of them.


class Weights:
  # path: what the next call is about, since arrays carry no names
  path : str
  # w: the weights. g: gradients, m and v: moments, master: copies of weights of another dtype, all float32
  w : Dict[str, Tensor]
  g : Dict[str, Tensor]
  m : Dict[str, Tensor]
  v : Dict[str, Tensor]
  master : Dict[str, Tensor]
  # aside: branches that are switched off. base: weights before branches were added to them
  aside : Dict[str, Tensor]
  base : Dict[str, Tensor]
  # fast: all weights, copies among them that products read faster; there between pack and unpack
  fast : Dict[str, Tensor]
  # members: names by segment; also the layers with branches ("lora") and the weights that decay ("decayed")
  members : Dict[str, List[str]]
  trainable : Dict[str, bool]

  def add_member(self: __torch__.weights.Weights, segment: str, name: str) -> NoneType:
    if segment not in self.members:
      self.members[segment] = annotate(List[str], [])
    self.members[segment].append(name)

  def set_trainable(self: __torch__.weights.Weights, name: str, trains: bool) -> NoneType:
    if trains:
      self.trainable[name] = True
    elif name in self.trainable:
      del self.trainable[name]

  # ---- in and out

  def map_file(self: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
    # Maps a safetensors file without reading it; changes to the tensors stay private to this process.
    n = int(a["count"])
    self.w["file"] = torch.from_file(self.path, False, n, dtype=int(a["code"]), layout=None, device=None, pin_memory=None)

  def unmap(self: __torch__.weights.Weights) -> NoneType:
    del self.w["file"]

  def cut(self: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
    # Stores a part of the mapped file, `count` elements from `start`, without a copy where the dtype is the wanted one.
    t = self.w["file"].narrow(0, int(a["start"]), int(a["count"])).view(__torch__.nn.ints(a["shape"]))
    (self).store(t.to(device=a["where"].device, dtype=int(a["code"])))

  def put(self: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
    (self).store(a["value"].to(device=a["where"].device, dtype=int(a["code"])).detach().clone())

  def store(self: __torch__.weights.Weights, t: Tensor) -> NoneType:
    # `path` is kind/name
    at = self.path.find("/", 0, -1)
    kind = torch.slice(self.path, 0, at, 1)
    d = (self).of_kind(kind)
    d[torch.slice(self.path, at + 1, len(self.path), 1)] = t

  def of_kind(self: __torch__.weights.Weights, kind: str) -> Dict[str, Tensor]:
    if kind == "g":
      return self.g
    if kind == "m":
      return self.m
    if kind == "v":
      return self.v
    if kind == "master":
      return self.master
    return self.w

  def stored(self: __torch__.weights.Weights, kind: str, name: str, start: int, count: int) -> Tensor:
    # `count` elements of a stored tensor from `start`, float32; nothing where there is no such tensor
    d = (self).of_kind(kind)
    if kind == "w" and name in self.aside:
      d = self.aside
    if name not in d:
      return torch.zeros([0])
    return d[name].flatten().narrow(0, start, count).to(dtype=FLOAT32)

  def write(self: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
    # Puts values into a weight or gradient from `start`, or adds them; `path` is kind/name. Of a weight that is trained in
    # another dtype, the float32 master gets them as well.
    at = self.path.find("/", 0, -1)
    kind = torch.slice(self.path, 0, at, 1)
    name = torch.slice(self.path, at + 1, len(self.path), 1)
    if kind == "g":
      self.g[name] = (self).gradient_buffer(name).contiguous()
      __torch__.weights.write_part(self.g[name], a)
    else:
      if name in self.trainable and self.w[name].dtype != FLOAT32:
        self.master[name] = (self).exact(name)
        __torch__.weights.write_part(self.master[name], a)
      __torch__.weights.write_part(self.w[name], a)

  # ---- for passes through the network

  def exact(self: __torch__.weights.Weights, name: str) -> Tensor:
    # float32, of the master where there is one
    if name in self.master:
      return self.master[name]
    return self.w[name].to(dtype=FLOAT32)

  def leaves(self: __torch__.weights.Weights, segment: str, learns: bool) -> Dict[str, Tensor]:
    # The weights of a segment; those that are trained begin a graph if it learns.
    out = annotate(Dict[str, Tensor], {})
    for n in self.members[segment]:
      t = self.w[n].detach()
      if learns and n in self.trainable:
        t = t.requires_grad_(True)
      out[n] = t
    return out

  def readable(self: __torch__.weights.Weights) -> Dict[str, Tensor]:
    # The weights, in the order that products read fastest between `pack` and `unpack`.
    if len(self.fast) > 0:
      return self.fast
    return self.w

  def packed(self: __torch__.weights.Weights, s: __torch__.shape.Shape) -> Dict[str, Tensor]:
    # The weights, and copies of those of the text in the order that products read fastest; "head" is the projection to
    # the vocabulary.
    w = annotate(Dict[str, Tensor], {})
    for n in self.w.keys():
      w[n] = self.w[n]
    for i in range(s.layers):
      __torch__.decoder.pack(w, "model.layers." + str(i))
    w["head"] = __torch__.dense.pack(self.w[s.head_name()])
    return w

  def pack(self: __torch__.weights.Weights, s: __torch__.shape.Shape) -> NoneType:
    if __torch__.dense.packs():
      w = (self).packed(s)
      for n in self.w.keys():
        if n.find("visual.", 0, -1) == 0 and n.find(".lora_", 0, -1) < 0 and self.w[n].dim() == 2:
          w[n] = __torch__.dense.pack(self.w[n])
      self.fast = w

  def unpack(self: __torch__.weights.Weights) -> NoneType:
    self.fast.clear()

  # ---- gradients

  def accumulate(self: __torch__.weights.Weights, name: str, d: Tensor) -> NoneType:
    if name in self.g:
      self.g[name].add_(d)
    else:
      self.g[name] = d.to(dtype=FLOAT32)

  def gradient_buffer(self: __torch__.weights.Weights, name: str) -> Tensor:
    # float32, zero where nothing was accumulated yet; empty for a frozen weight
    if name not in self.trainable:
      return torch.zeros([0])
    if name not in self.g:
      self.g[name] = torch.zeros_like(self.w[name], dtype=FLOAT32)
    return self.g[name]


def write_part(t: Tensor, a: Dict[str, Tensor]) -> NoneType:
  part = t.view([-1]).narrow(0, int(a["start"]), a["value"].numel())
  if int(a["adds"]) == 1:
    part.add_(a["value"])
  else:
    part.copy_(a["value"], False)
