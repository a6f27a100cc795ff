# The chain of segments, forwards and backwards. Features of images go through it as one array [n, (1 + K) D]: what stands in
# the place of the image's tokens, and what is added to them behind each of the first K decoder layers, for towers that give
# features of several depths (see Shape.deep).


def tower(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, tape: __torch__.tape.Tape, c: __torch__.segments.Context) -> Tensor:
  images = c.images
  assert images is not None
  x = tape.forward(s, weights, PATCHES, 0, images.pixels, c)
  deep = annotate(List[Tensor], [])
  for i in range(s.depth):
    x = tape.forward(s, weights, VISION_BLOCK, i, x, c)
    if i in s.deep:
      deep.append(tape.forward(s, weights, DEEP_MERGER, len(deep), x, c))
  first = tape.forward(s, weights, MERGER, 0, x, c)
  if len(deep) == 0:
    return first
  features = [first]
  features.extend(deep)
  return torch.cat(features, 1)


def tower_backward(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, tape: __torch__.tape.Tape, d: Tensor, c: __torch__.segments.Context) -> NoneType:
  parts = torch.chunk(d, 1 + len(s.deep), 1)
  left = len(s.deep)
  dx = tape.backward(s, weights, MERGER, 0, parts[0], c)
  for j in range(s.depth):
    i = s.depth - 1 - j
    if i in s.deep:
      dx = dx + tape.backward(s, weights, DEEP_MERGER, left - 1, parts[left], c)
      left = left - 1
    dx = tape.backward(s, weights, VISION_BLOCK, i, dx, c)
  tape.backward(s, weights, PATCHES, 0, dx, c)


def embed(weights: __torch__.weights.Weights, batch: __torch__.decoder.Batch, features: Tensor) -> Tensor:
  x = torch.embedding(weights.w["model.embed_tokens.weight"].detach(), batch.ids)
  if features.numel() > 0:
    x = torch.index_copy(x, 0, batch.image_rows, features.narrow(1, 0, x.size(1)).to(dtype=x.dtype))
  return x


def add_deep(s: __torch__.shape.Shape, batch: __torch__.decoder.Batch, i: int, x: Tensor, features: Tensor) -> Tensor:
  # Behind the decoder layer i, outside of any graph: its derivative is the identity, and a selection of rows.
  if i < len(s.deep) and features.numel() > 0:
    d = x.size(1)
    x = torch.index_add(x, 0, batch.image_rows, features.narrow(1, (1 + i) * d, d).to(dtype=x.dtype))
  return x


def text(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, tape: __torch__.tape.Tape, c: __torch__.segments.Context, features: Tensor) -> Tensor:
  # -> the normed hidden states of the wanted rows
  batch = c.batch
  assert batch is not None
  x = __torch__.network.embed(weights, batch, features)
  for i in range(s.layers):
    x = tape.forward(s, weights, DECODER_LAYER, i, x, c)
    x = __torch__.network.add_deep(s, batch, i, x, features)
  return tape.forward(s, weights, FINAL_NORM, 0, x, c)


def text_backward(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, tape: __torch__.tape.Tape, d: Tensor, c: __torch__.segments.Context) -> Tensor:
  # -> the gradient of the features
  batch = c.batch
  assert batch is not None
  rows = batch.image_rows
  d = tape.backward(s, weights, FINAL_NORM, 0, d, c)
  deep = annotate(List[Tensor], [])
  for j in range(s.layers):
    i = s.layers - 1 - j
    if i < len(s.deep):
      deep.append(d.index_select(0, rows))
    d = tape.backward(s, weights, DECODER_LAYER, i, d, c)
  features = d
  if rows.numel() > 0:
    features = d.index_select(0, rows)
    d = d.index_fill(0, rows, 0.0)
  table = weights.gradient_buffer("model.embed_tokens.weight")
  if table.numel() > 0:
    table.index_add_(0, batch.ids, d.to(dtype=FLOAT32))
  if len(deep) == 0:
    return features
  parts = [features]
  for j in range(len(deep)):
    parts.append(deep[len(deep) - 1 - j])
  return torch.cat(parts, 1)


def encode(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, c: __torch__.segments.Context, features: Tensor) -> List[Tensor]:
  # -> the normed last hidden state of every prompt [B, D], then keys and values [B, kv, P, d] of every layer
  batch = c.batch
  assert batch is not None
  x = __torch__.network.embed(weights, batch, features)
  w = weights.readable()
  kept = annotate(List[Tensor], [])
  for i in range(s.layers):
    x, k, v = __torch__.segments.decoder_layer(s, i, w, x, c)
    x = __torch__.network.add_deep(s, batch, i, x, features)
    kept.append(k.contiguous())
    kept.append(v.contiguous())
  out = [__torch__.segments.run(s, FINAL_NORM, 0, weights.w, x, c)]
  out.extend(kept)
  return out


def first_not_finite(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, c: __torch__.segments.Context) -> List[int]:
  # After logits that were not finite -> kind and number of the first segment whose result is not.
  tape = __torch__.tape.Tape(WATCH)
  features = torch.zeros([0])
  if c.images is not None:
    features = __torch__.network.tower(s, weights, tape, c)
  batch = c.batch
  assert batch is not None
  if len(tape.broken) == 0 and not __torch__.nn.is_finite(__torch__.network.embed(weights, batch, features)):
    return [EMBEDDING, 0]
  __torch__.network.text(s, weights, tape, c, features)
  if len(tape.broken) == 0:
    return [LOGITS, 0]
  return tape.broken
