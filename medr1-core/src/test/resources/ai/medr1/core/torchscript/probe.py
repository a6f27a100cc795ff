# A module whose methods are single kernels, for tests. Arguments have the kernels' names for them; weights their own.


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  shape : __torch__.shape.Shape
  weights : __torch__.weights.Weights

  # ---- nn

  def rms_norm(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.nn.rms_norm(a["x"], a["w"], self.shape.eps)

  def rms_norm_few(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.nn.rms_norm_few(a["x"], a["w"], torch.full([1], self.shape.eps, dtype=FLOAT32, layout=None, device=None, pin_memory=None))

  def rope(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    cos, sin = __torch__.decoder.rope_table(a["positions"], a["axis"], self.shape.theta, FLOAT32)
    return __torch__.nn.rope(a["x"], cos, sin)

  def pad(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.nn.pad(a["x"], __torch__.nn.ints(a["lengths"]), int(a["longest"]))

  def unpad(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.nn.unpad(a["x"], __torch__.nn.ints(a["lengths"]), int(a["longest"]))

  def attention(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.nn.attention(a, "layer", a["q"], a["k"], a["v"], a["mask"], False)

  def attention_backward(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    w = {"layer/q": a["q"], "layer/k": a["k"], "layer/v": a["v"], "layer/mask": a["mask"]}
    out = annotate(List[Tensor], [])
    for g in __torch__.nn.attention_backward(w, "layer", a["d"]):
      if g is not None:
        out.append(g)
    return out

  def product_backward(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.nn.product_backward(a["w"], a["d"])

  def dropout(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # of one layer twice, as when it is computed again, then of the next
    w = {"lora_key": a["key"], "lora_dropout": a["p"]}
    first = __torch__.nn.dropout(w, a["x"])
    next = __torch__.nn.dropout(w, a["x"])
    again = {"lora_key": w["lora_key"] - 2, "lora_dropout": a["p"]}
    return [first, __torch__.nn.dropout(again, a["x"]), next, __torch__.nn.dropout(annotate(Dict[str, Tensor], {}), a["x"])]

  # ---- dense

  def linear(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    code = int(a["code"])
    return __torch__.dense.linear(a["x"].to(dtype=code), a["w"].to(dtype=code), a["b"].to(dtype=code)).to(dtype=FLOAT32)

  def packed_linear(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    code = int(a["code"])
    return __torch__.dense.linear(a["x"].to(dtype=code), __torch__.dense.pack(a["w"].to(dtype=code)), a["b"].to(dtype=code)).to(dtype=FLOAT32)

  def few(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    code = int(a["code"])
    w = __torch__.dense.for_few(__torch__.dense.pack(a["w"].to(dtype=code)))
    return __torch__.dense.few(a["x"].to(dtype=code), w, a["b"].to(dtype=code)).to(dtype=FLOAT32)

  def add_few(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    code = int(a["code"])
    x = a["x"].to(dtype=code)
    w = __torch__.dense.for_few(__torch__.dense.pack(a["w"].to(dtype=code)))
    sum = a["b"].to(dtype=code).unsqueeze(0).expand([x.size(0), a["b"].size(0)])
    return __torch__.dense.add_few(sum, x, w).to(dtype=FLOAT32)

  def add_product(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    code = int(a["code"])
    x = a["x"].to(dtype=code)
    sum = a["b"].unsqueeze(0).expand([x.size(0), a["b"].size(0)]).clone()
    return __torch__.products.add(sum, x, a["w"].to(dtype=code).t())

  def add_bmm(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    code = int(a["code"])
    x = a["x"].to(dtype=code).unsqueeze(0)
    w = a["w"].to(dtype=code).t().unsqueeze(0)
    zero = torch.zeros_like(__torch__.products.batched(x, w))
    sum = a["b"].view([1, 1, -1]).to(dtype=__torch__.products.score_type(code))
    return (__torch__.products.add_batched(sum, x, w) + __torch__.products.add_batched(zero, x, w) - __torch__.products.batched(x, w)).to(dtype=FLOAT32)

  # ---- layers

  def decoder_layer(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    y, k, v = __torch__.decoder.layer(self.shape, a, 0, a["x"], __torch__.decoder.batch(self.shape, a, FLOAT32))
    return y

  def decode_layer(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    # The prompts of a batch at once, then its continuations [B * G, L, D] token by token, as when they are drawn.
    s = self.shape
    b = __torch__.decoder.batch(s, a, FLOAT32)
    y, k, v = __torch__.decoder.layer(s, a, 0, a["x"], b)
    x = a["continuations"]
    w = annotate(Dict[str, Tensor], {})
    for name in a.keys():
      w[name] = a[name]
    if int(a["packed"]) == 1:
      __torch__.decoder.pack(w, "model.layers.0")
    layer = __torch__.decoder.drawn(s, w, 0)
    G = x.size(0) // b.B
    keys = __torch__.decoder.keys(k.contiguous(), v.contiguous(), __torch__.decoder.own_room(k, G, x.size(1)))
    cos, sin = __torch__.decoder.turns(s, a["next"], x.size(1), FLOAT32)
    hidden = __torch__.decoder.key_mask(s, a["hidden"], FLOAT32)
    out = annotate(List[Tensor], [])
    for t in range(x.size(1)):
      out.append(__torch__.decoder.decode_layer(s, layer, x.select(1, t).contiguous(), cos[t], sin[t], keys, hidden, G, t))
    return torch.stack(out, 1)

  def last_layer(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    # the wanted rows, of the layer 0 if it is the last one
    s = self.shape
    s.layers = 1
    y, k, v = __torch__.decoder.layer(s, a, 0, a["x"], __torch__.decoder.batch(s, a, FLOAT32))
    return y

  def vision_block(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    images = __torch__.vision.images(self.shape, a)
    assert images is not None
    return __torch__.vision.block(self.shape, a, 0, a["x"], images)

  def merge(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.vision.merge(a, "visual.merger", a["x"], a["v_order"], self.shape.square)

  def embed(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.vision.embed(a, a["x"], a["v_order"], self.shape.square)

  def vision_norm(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.vision.norm(a, "norm", a["x"])

  # ---- head

  def logps(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    y, z, e = __torch__.head.logps(a["h"], a["w"], __torch__.head.targets(a), True)
    return [y, z, e]

  def known_logps(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    t = __torch__.head.targets(a)
    z = __torch__.head.normalisers(a["h"], a["w"], t, a["logps"])
    return [z, __torch__.head.expected_rows(a["h"], a["w"], t, z)]

  def head_backward(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    t = __torch__.head.targets(a)
    y, z, e = __torch__.head.logps(a["h"], a["w"], t, True)
    d_weight = torch.zeros_like(a["w"])
    d = __torch__.head.backward(a["h"], a["w"], t, z, a["d_logps"], d_weight)
    return [d, __torch__.head.backward_frozen(a["w"], t, e, a["d_logps"]), d_weight]

  # ---- drawing

  def filter(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.sampling.filter(a["logits"], a["seen"], float(a["penalty"]), float(a["temperature"]), int(a["top_k"]), float(a["top_p"]))

  def choose(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    token, logp = __torch__.sampling.choose(a["logits"].clone(), a["u"], torch.zeros([0]), __torch__.sampling.rules(a))
    return [token, logp]

  def moved(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.slots.moved(a["k"], a["own"], a["new"], __torch__.nn.ints(a["kept"]), __torch__.nn.ints(a["used"]), int(a["drawn"]), int(a["columns"]))

  def rectangle(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.drawing.rectangle(a["own"], a["chosen"], int(a["B"]), int(a["G"]))

  # ---- weights, branches, optimizer

  def merge_branch(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # -> the weight with its branch, and after its branch was taken off again
    for name in a.keys():
      self.weights.w[name] = a[name]
    self.weights.add_member("lora", "layer")
    __torch__.lora.merge(self.weights)
    merged = self.weights.w["layer.weight"]
    __torch__.lora.unmerge(self.weights)
    return [merged, self.weights.w["layer.weight"]]

  def fold(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    (self).store(a)
    __torch__.lora.fold(self.weights, a)
    return [self.weights.w["layer.weight"], torch.tensor(len(self.weights.w))]

  def take_off_start(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    (self).store(a)
    __torch__.lora.take_off_start(self.weights, a)
    return [self.weights.w["layer.weight"]]

  def put_rows(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    (self).store(a)
    __torch__.lora.put_rows(self.weights, a)
    return [self.weights.w["layer.weight"]]

  def add_bias(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    (self).store(a)
    __torch__.lora.add_bias(self.weights, a)
    __torch__.lora.add_bias(self.weights, a)
    return [self.weights.w["layer.bias"]]

  def store(self: __torch__.Model, a: Dict[str, Tensor]) -> NoneType:
    self.weights.path = "layer"
    for name in a.keys():
      if name.startswith("layer."):
        self.weights.w[name] = a[name]

  def learn(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # -> the norm, then weight and moments after an update
    self.weights.w["p"] = a["p"].clone()
    self.weights.set_trainable("p", True)
    self.weights.accumulate("p", a["d"].clone())
    self.weights.accumulate("p", a["d"])
    norm = __torch__.optimizer.norm(self.weights)
    __torch__.optimizer.scale(self.weights, a)
    __torch__.optimizer.adamw(self.weights, a)
    return [norm, self.weights.w["p"], self.weights.m["p"], self.weights.v["p"]]
