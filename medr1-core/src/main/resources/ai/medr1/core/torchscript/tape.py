# A differentiable forward pass is a chain of segments: patch embedding, vision blocks, merger, decoder layers, final norm.
# A tape keeps every segment's input, and its output with the graph behind it or, when activations are computed again, the
# input alone. It is read from its end, one segment at a time.


class Tape:
  # keeps: NOTHING, INPUTS, GRAPHS, or WATCH: nothing but the first segment whose output is not finite, [kind, number]
  keeps : int
  broken : List[int]
  # of every segment [x] or [x, y, weights and what else its graph begins with], and the names of the latter
  saved : List[List[Tensor]]
  names : List[List[str]]

  def __init__(self: __torch__.tape.Tape, keeps: int) -> NoneType:
    self.keeps = keeps
    self.broken = annotate(List[int], [])
    self.saved = annotate(List[List[Tensor]], [])
    self.names = annotate(List[List[str]], [])

  def take(self: __torch__.tape.Tape, other: __torch__.tape.Tape) -> NoneType:
    # Goes on with what another tape holds.
    self.saved.extend(other.saved)
    self.names.extend(other.names)

  def last_output(self: __torch__.tape.Tape) -> Tensor:
    return self.saved[-1][1].detach()

  def forward(self: __torch__.tape.Tape, s: __torch__.shape.Shape, weights: __torch__.weights.Weights, kind: int, i: int, x: Tensor, c: __torch__.segments.Context) -> Tensor:
    if self.keeps == NOTHING or self.keeps == WATCH:
      y = __torch__.segments.run(s, kind, i, weights.readable(), x, c)
      if self.keeps == WATCH and len(self.broken) == 0 and not __torch__.nn.is_finite(y):
        self.broken = [kind, i]
      return y
    x = x.detach()
    # The last segment is cheap, and the head needs its output again.
    if self.keeps == INPUTS and kind != FINAL_NORM:
      self.saved.append([x])
      self.names.append(annotate(List[str], []))
      return __torch__.segments.run(s, kind, i, __torch__.tape.leaves(weights, kind, i, c, False), x, c)
    y = (self).record(s, weights, kind, i, x, c)
    return y.detach()

  def record(self: __torch__.tape.Tape, s: __torch__.shape.Shape, weights: __torch__.weights.Weights, kind: int, i: int, x: Tensor, c: __torch__.segments.Context) -> Tensor:
    # Runs a segment with a graph and keeps what differentiates it.
    if kind != PATCHES:
      x = x.detach().requires_grad_(True)
    w = __torch__.tape.leaves(weights, kind, i, c, True)
    y = __torch__.segments.run(s, kind, i, w, x, c)
    kept = [x, y]
    kept.extend(list(w.values()))
    self.saved.append(kept)
    self.names.append(list(w.keys()))
    return y

  def backward(self: __torch__.tape.Tape, s: __torch__.shape.Shape, weights: __torch__.weights.Weights, kind: int, i: int, dy: Tensor, c: __torch__.segments.Context) -> Tensor:
    # Of the segment at the tape's end: accumulates the gradients of its weights -> the gradient of its input.
    if len(self.saved[-1]) == 1:
      x = self.saved.pop()[0]
      self.names.pop()
      (self).record(s, weights, kind, i, x, c)
    saved = self.saved.pop()
    names = self.names.pop()
    w = annotate(Dict[str, Tensor], {})
    inputs = annotate(Dict[str, Tensor], {})
    if kind != PATCHES:
      inputs["x"] = saved[0]
    cuts = annotate(List[str], [])
    for j in range(len(names)):
      n = names[j]
      w[n] = saved[2 + j]
      if n in weights.trainable:
        inputs[n] = w[n]
      elif n.endswith("/z"):
        inputs[n] = w[n]
        cuts.append(torch.slice(n, 0, len(n) - 2, 1))
    if len(inputs) == 0:
      return dy
    got = annotate(Dict[str, Tensor], {})
    __torch__.tape.spread(saved[1], dy, inputs, got, len(cuts) > 0)
    for j in range(len(cuts)):
      __torch__.tape.backward_cut(weights, cuts[len(cuts) - 1 - j], w, inputs, got)
    for n in got.keys():
      if n in weights.trainable:
        weights.accumulate(n, got[n])
    if "x" in got:
      return got["x"]
    return dy


def leaves(weights: __torch__.weights.Weights, kind: int, i: int, c: __torch__.segments.Context, learns: bool) -> Dict[str, Tensor]:
  out = weights.leaves(__torch__.segments.name(kind, i), learns)
  if "lora_key" in c.noise:
    out["lora_dropout"] = c.noise["lora_dropout"]
    out["lora_key"] = c.noise["lora_key"] + 64 * (4096 * kind + i)
  return out


def spread(y: Tensor, dy: Tensor, inputs: Dict[str, Tensor], got: Dict[str, Tensor], again: bool) -> NoneType:
  # Adds the gradients of inputs that y has been computed from, up to the cuts.
  cotangent = annotate(List[Optional[Tensor]], [dy.to(dtype=y.dtype)])
  gs = torch.autograd.grad([y], list(inputs.values()), cotangent, again, False, True)
  j = 0
  for n in inputs.keys():
    d = gs[j]
    j = j + 1
    if d is not None:
      if n in got:
        got[n] = got[n] + d
      else:
        got[n] = d


def backward_cut(weights: __torch__.weights.Weights, name: str, w: Dict[str, Tensor], inputs: Dict[str, Tensor], got: Dict[str, Tensor]) -> NoneType:
  # The backward pass of an operation that the graph was cut for (see nn.cut), and of what comes before it up to the cuts
  # before.
  if name + "/z" in got:
    d = got.pop(name + "/z").to(dtype=FLOAT32)
    if name.startswith("attention/"):
      __torch__.tape.backward_attention(name, d, w, inputs, got)
    else:
      __torch__.tape.backward_product(weights, name, d, w, inputs, got)


def backward_attention(name: str, d: Tensor, w: Dict[str, Tensor], inputs: Dict[str, Tensor], got: Dict[str, Tensor]) -> NoneType:
  gs = __torch__.nn.attention_backward(w, name, d)
  parts = ["/q", "/k", "/v"]
  for j in range(3):
    g = gs[j]
    if g is not None:
      __torch__.tape.spread(w[name + parts[j]], g, inputs, got, True)


def backward_product(weights: __torch__.weights.Weights, name: str, d: Tensor, w: Dict[str, Tensor], inputs: Dict[str, Tensor], got: Dict[str, Tensor]) -> NoneType:
  x = w[name + "/x"]
  layer = torch.slice(name, 6, len(name), 1)
  weight = layer + ".weight"
  if weight in weights.trainable:
    weights.accumulate(weight, torch.mm(d.t(), x.detach().to(dtype=FLOAT32)).view(weights.w[weight].size()))
  if layer + ".bias" in weights.trainable:
    weights.accumulate(layer + ".bias", d.sum([0]))
  if x.requires_grad:
    dx = __torch__.nn.product_backward(w[weight].detach().flatten(1, -1), d)
    __torch__.tape.spread(x, dx, inputs, got, True)
