# The segments of a forward pass, by kind and number.


class Context(NamedTuple):
  # What segments read beside their weights and their input. Noise: what dropout of branches needs, or nothing.
  images : Optional[__torch__.vision.Images]
  batch : Optional[__torch__.decoder.Batch]
  noise : Dict[str, Tensor]


def noise(a: Dict[str, Tensor]) -> Dict[str, Tensor]:
  out = annotate(Dict[str, Tensor], {})
  if "lora_key" in a:
    out["lora_key"] = a["lora_key"]
    out["lora_dropout"] = a["lora_dropout"]
  return out


def name(kind: int, i: int) -> str:
  # the key of its weights among Weights.members
  if kind == PATCHES:
    return "vision.embed"
  if kind == VISION_BLOCK:
    return "vision." + str(i)
  if kind == DEEP_MERGER:
    return "vision.deep." + str(i)
  if kind == MERGER:
    return "vision.merge"
  if kind == DECODER_LAYER:
    return "text." + str(i)
  return "text.norm"


def run(s: __torch__.shape.Shape, kind: int, i: int, w: Dict[str, Tensor], x: Tensor, c: __torch__.segments.Context) -> Tensor:
  if kind == DECODER_LAYER:
    y, k, v = __torch__.segments.decoder_layer(s, i, w, x, c)
    return y
  if kind == FINAL_NORM:
    return __torch__.nn.rms_norm(x, w["model.norm.weight"], s.eps)
  images = c.images
  assert images is not None
  if kind == PATCHES:
    return __torch__.vision.embed(w, x, images.order, s.square)
  if kind == VISION_BLOCK:
    return __torch__.vision.block(s, w, i, x, images)
  if kind == DEEP_MERGER:
    return __torch__.vision.merge(w, "visual.deepstack_merger_list." + str(i), x, images.order, s.square)
  return __torch__.vision.merge(w, "visual.merger", x, images.order, s.square)


def decoder_layer(s: __torch__.shape.Shape, i: int, w: Dict[str, Tensor], x: Tensor, c: __torch__.segments.Context) -> Tuple[Tensor, Tensor, Tensor]:
  batch = c.batch
  assert batch is not None
  return __torch__.decoder.layer(s, w, i, x, batch)
