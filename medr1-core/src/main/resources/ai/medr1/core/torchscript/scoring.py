# Log-probabilities of tokens, with or without a graph, and the way back. The token embedding and the vocabulary projection
# have hand-written backward passes, so that no dense gradient of a lookup and no [tokens, V] array is ever made.


class Tower(NamedTuple):
  # A pass of images through the tower that waits to be scored.
  tape : __torch__.tape.Tape
  images : Optional[__torch__.vision.Images]
  features : Tensor


class Graph(NamedTuple):
  # A pass that waits for its backward pass. has_tower: whether the tape begins with the tower.
  tape : __torch__.tape.Tape
  has_tower : bool
  context : __torch__.segments.Context
  targets : __torch__.head.Targets
  normaliser : Tensor
  expected : Tensor


class Graphs:
  # Those that wait, by handle.
  towers : Dict[int, __torch__.scoring.Tower]
  graphs : Dict[int, __torch__.scoring.Graph]

  def release(self: __torch__.scoring.Graphs, handle: int) -> NoneType:
    if handle in self.towers:
      del self.towers[handle]
    if handle in self.graphs:
      del self.graphs[handle]


def context(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> __torch__.segments.Context:
  batch = __torch__.decoder.batch(s, a, weights.w["model.norm.weight"].dtype)
  return __torch__.segments.Context(__torch__.vision.images(s, a), batch, __torch__.segments.noise(a))


def of_images(s: __torch__.shape.Shape, a: Dict[str, Tensor]) -> __torch__.segments.Context:
  return __torch__.segments.Context(__torch__.vision.images(s, a), None, __torch__.segments.noise(a))


def features(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> Tensor:
  # of images, float32 (exact for bfloat16 models)
  tape = __torch__.tape.Tape(NOTHING)
  return __torch__.network.tower(s, weights, tape, __torch__.scoring.of_images(s, a)).to(dtype=FLOAT32)


def keep_vision(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, graphs: __torch__.scoring.Graphs, a: Dict[str, Tensor]) -> Tensor:
  # The same for images that are scored next: what score and backward need of the tower stays under `handle`, the inputs
  # of its segments alone, so that it runs once for drawing and scoring.
  tape = __torch__.tape.Tape(INPUTS)
  c = __torch__.scoring.of_images(s, a)
  features = __torch__.network.tower(s, weights, tape, c)
  graphs.towers[int(a["handle"])] = __torch__.scoring.Tower(tape, c.images, features)
  return features.to(dtype=FLOAT32)


def hidden(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> Tensor:
  tape = __torch__.tape.Tape(NOTHING)
  return __torch__.network.text(s, weights, tape, __torch__.scoring.context(s, weights, a), a["features"])


def logps(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> Tensor:
  h = __torch__.scoring.hidden(s, weights, a)
  y, z, e = __torch__.head.logps(h, weights.w[s.head_name()], __torch__.head.targets(a), False)
  return y


def logits(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> Tensor:
  return __torch__.head.logits(__torch__.scoring.hidden(s, weights, a), weights.w[s.head_name()], float(a["temperature"]), a["banned"])


def first_logps(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> Tensor:
  # Log-probabilities [B, K] of K tokens to be the first of a completion.
  y = __torch__.scoring.logits(s, weights, a)
  return torch.sub(y.index_select(1, a["tokens"]), torch.logsumexp(y, [-1], True))


def score(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, graphs: __torch__.scoring.Graphs, a: Dict[str, Tensor]) -> Tensor:
  # -> log-probabilities of the targets; what backward needs stays under `handle`
  c = __torch__.scoring.context(s, weights, a)
  features = a["features"]
  keeps = GRAPHS
  if int(a["again"]) == 1:
    keeps = INPUTS
  tape = __torch__.tape.Tape(keeps)
  has_tower = False
  if "kept" in a:
    tower = graphs.towers.pop(int(a["kept"]))
    c = __torch__.segments.Context(tower.images, c.batch, c.noise)
    features = tower.features
    tape.take(tower.tape)
    has_tower = True
  elif c.images is not None:
    features = __torch__.network.tower(s, weights, tape, c)
    has_tower = True
  h = __torch__.network.text(s, weights, tape, c, features)
  head = s.head_name()
  table = weights.w[head].detach()
  frozen = head not in weights.trainable
  t = __torch__.head.targets(a)
  if a["drawn"].numel() > 0:
    y = a["drawn"]
    z = __torch__.head.normalisers(h, table, t, y)
    e = torch.zeros([0])
    if frozen:
      e = __torch__.head.expected_rows(h, table, t, z)
  else:
    y, z, e = __torch__.head.logps(h, table, t, frozen)
  graphs.graphs[int(a["handle"])] = __torch__.scoring.Graph(tape, has_tower, c, t, z, e)
  return y


def backward(s: __torch__.shape.Shape, weights: __torch__.weights.Weights, graphs: __torch__.scoring.Graphs, a: Dict[str, Tensor]) -> NoneType:
  handle = int(a["handle"])
  graph = graphs.graphs[handle]
  c = graph.context
  head = s.head_name()
  table = weights.w[head].detach()
  d_logps = a["d_logps"]
  if head in weights.trainable:
    d = __torch__.head.backward(graph.tape.last_output(), table, graph.targets, graph.normaliser, d_logps, weights.gradient_buffer(head))
  else:
    d = __torch__.head.backward_frozen(table, graph.targets, graph.expected, d_logps)
  d = __torch__.network.text_backward(s, weights, graph.tape, d, c)
  if graph.has_tower:
    __torch__.network.tower_backward(s, weights, graph.tape, d, c)
  graphs.release(handle)
