# LoRA: a branch takes part where its matrices are among the weights; members["lora"] are the names of its layers.


def layers(weights: __torch__.weights.Weights) -> List[str]:
  if "lora" in weights.members:
    return weights.members["lora"]
  return annotate(List[str], [])


def switch(weights: __torch__.weights.Weights, on: bool) -> NoneType:
  # Off: the model is its base, whose weights were never touched.
  from_, to = weights.w, weights.aside
  if on:
    from_, to = weights.aside, weights.w
  for layer in __torch__.lora.layers(weights):
    for part in [".lora_A.weight", ".lora_B.weight", ".lora_scale"]:
      if layer + part in from_:
        to[layer + part] = from_.pop(layer + part)


def add_product(weights: __torch__.weights.Weights, layer: str, scale: Tensor) -> Tensor:
  # The weight of a layer with its branch; a convolution's is a matrix [out, in] of more dimensions.
  w = weights.w[layer + ".weight"]
  up = weights.exact(layer + ".lora_B.weight") * scale
  y = torch.addmm(w.flatten(1, -1).to(dtype=FLOAT32), up, weights.exact(layer + ".lora_A.weight"))
  return y.view(w.size()).to(dtype=w.dtype)


def fold(weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
  # Adds the branch of the layer `path` to its weight for good.
  layer = weights.path
  weights.w[layer + ".weight"] = __torch__.lora.add_product(weights, layer, a["scale"].to(dtype=FLOAT32))
  del weights.w[layer + ".lora_A.weight"]
  del weights.w[layer + ".lora_B.weight"]


def take_off_start(weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
  # What PiSSA or OLoRA takes off the weight of the layer `path` before training: it is what the matrices began with.
  name = weights.path + ".weight"
  w = weights.w[name]
  x = w.to(dtype=FLOAT32)
  r = int(a["rank"])
  scale = float(a["scale"])
  if int(a["pissa"]) == 1:
    u, s, v = torch.linalg_svd(x, False, driver=None)
    root = torch.sqrt(s.narrow(0, 0, r) / scale)
    up = u.narrow(1, 0, r) * root
    down = root.unsqueeze(1) * v.narrow(0, 0, r)
  else:
    q, t = torch.linalg_qr(x, "reduced")
    up = q.narrow(1, 0, r)
    down = t.narrow(0, 0, r)
  weights.w[name] = torch.sub(x, torch.matmul(up * scale, down)).to(dtype=w.dtype)


def put_rows(weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
  name = weights.path + ".weight"
  w = weights.w[name]
  weights.w[name] = torch.index_copy(w, 0, a["rows"].to(dtype=INT64), a["value"].to(dtype=w.dtype))


def add_bias(weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
  # Adds to the bias of the layer `path`, which there may be none of.
  name = weights.path + ".bias"
  w = weights.w[weights.path + ".weight"]
  y = a["value"] * float(a["scale"])
  if name in weights.w:
    y = weights.w[name].to(dtype=FLOAT32) + y
  weights.w[name] = y.to(device=w.device, dtype=w.dtype)


def merge(weights: __torch__.weights.Weights) -> NoneType:
  # Adds the branches to the weights; the weights of the base stay as they are, for unmerge.
  for layer in __torch__.lora.layers(weights):
    name = layer + ".weight"
    weights.base[name] = weights.w[name]
    weights.w[name] = __torch__.lora.add_product(weights, layer, weights.w[layer + ".lora_scale"])
  __torch__.lora.switch(weights, False)


def unmerge(weights: __torch__.weights.Weights) -> NoneType:
  for name in weights.base.keys():
    weights.w[name] = weights.base[name]
  weights.base.clear()
  __torch__.lora.switch(weights, True)
