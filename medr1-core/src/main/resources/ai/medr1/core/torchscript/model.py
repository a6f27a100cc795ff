# The module that Java calls. Every method takes a dictionary of named arrays; scalars are arrays without dimensions.
#
# A differentiable forward pass is a chain of segments: patch embedding, vision blocks, merger, decoder layers, final norm.
# The tape keeps every segment's input, and its output with the graph behind it or, when activations are computed again,
# the input alone. The token embedding and the vocabulary projection have hand-written backward passes, so that no dense
# gradient of a lookup and no [tokens, V] array is ever made.


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  path : str
  layers : int
  heads : int
  kv : int
  depth : int
  vision_heads : int
  square : int
  eps : float
  theta : float
  tied : bool
  w : Dict[str, Tensor]
  g : Dict[str, Tensor]
  m : Dict[str, Tensor]
  v : Dict[str, Tensor]
  master : Dict[str, Tensor]
  aside : Dict[str, Tensor]
  base : Dict[str, Tensor]
  members : Dict[str, List[str]]
  trainable : Dict[str, bool]
  tapes : Dict[int, List[List[Tensor]]]
  contexts : Dict[int, Dict[str, Tensor]]
  slots : Dict[int, List[List[Tensor]]]
  fast : Dict[str, Tensor]
  names : Dict[str, List[str]]

  def try_dense(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    # Products as the layers make them, with few rows and with many; all ones where they can be made.
    x = torch.ones([64, 256], dtype=int(a["code"]), layout=None, device=None, pin_memory=None)
    w = torch.full([192, 256], 0.00390625, dtype=x.dtype, layout=None, device=None, pin_memory=None)
    b = torch.zeros([192], dtype=x.dtype, layout=None, device=None, pin_memory=None)
    packed = __torch__.dense.pack(w)
    few = __torch__.dense.linear(x.narrow(0, 0, 8), packed, b)
    return torch.cat([__torch__.dense.linear(x, w, None), __torch__.dense.linear(x, packed, None), few], 0).to(dtype=6)

  # ---- weights

  def set_path(self: __torch__.Model, path: str) -> int:
    self.path = path
    return 0

  def set_member(self: __torch__.Model, segment: str, name: str) -> int:
    if segment not in self.members:
      self.members[segment] = annotate(List[str], [])
    self.members[segment].append(name)
    return 0

  def set_trainable(self: __torch__.Model, name: str, trains: bool) -> int:
    if trains:
      self.trainable[name] = True
    elif name in self.trainable:
      del self.trainable[name]
    return 0

  def map_file(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # Maps a safetensors file without reading it; changes to the tensors stay private to this process.
    n = int(a["count"])
    t = torch.from_file(self.path, False, n, dtype=int(a["code"]), layout=None, device=None, pin_memory=None)
    self.w["file"] = t
    return [torch.zeros([1])]

  def cut(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # Stores a part of the mapped file, `count` elements from `start`, without a copy where the dtype is the wanted one.
    t = self.w["file"].narrow(0, int(a["start"]), int(a["count"])).view(__torch__.ints(a["shape"]))
    return (self).store(t.to(device=a["where"].device, dtype=int(a["code"])))

  def put(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    return (self).store(a["value"].to(device=a["where"].device, dtype=int(a["code"])).detach().clone())

  def store(self: __torch__.Model, t: Tensor) -> List[Tensor]:
    # `path` is kind/name: w weights, m and v the moments, master the float32 copies of weights of another dtype
    kind, name = __torch__.halves(self.path)
    if kind == "w":
      self.w[name] = t
    elif kind == "m":
      self.m[name] = t
    elif kind == "v":
      self.v[name] = t
    else:
      self.master[name] = t
    return [torch.zeros([1])]

  def unmap(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    del self.w["file"]
    return [torch.zeros([1])]

  def stored(self: __torch__.Model, kind: str, name: str, start: int, count: int) -> Tensor:
    # `count` elements of a stored tensor from `start`, float32; nothing where there is no such tensor
    d = self.w
    if kind == "g":
      d = self.g
    elif kind == "m":
      d = self.m
    elif kind == "v":
      d = self.v
    elif kind == "master":
      d = self.master
    elif name in self.aside:
      d = self.aside
    if name not in d:
      return torch.zeros([0])
    return d[name].flatten().narrow(0, start, count).to(dtype=6)

  # ---- LoRA: a branch takes part where its matrices are among the weights; members["lora"] are the names of its layers

  def set_branches(self: __torch__.Model, on: bool) -> int:
    # Off: the model is its base, whose weights were never touched.
    from_, to = self.w, self.aside
    if on:
      from_, to = self.aside, self.w
    for layer in (self).branched():
      for part in [".lora_A.weight", ".lora_B.weight", ".lora_scale"]:
        if layer + part in from_:
          to[layer + part] = from_.pop(layer + part)
    return 0

  def branched(self: __torch__.Model) -> List[str]:
    if "lora" in self.members:
      return self.members["lora"]
    return annotate(List[str], [])

  def exact(self: __torch__.Model, name: str) -> Tensor:
    # float32, of the master where there is one
    if name in self.master:
      return self.master[name]
    return self.w[name].to(dtype=6)

  def add_product(self: __torch__.Model, layer: str, scale: Tensor) -> Tensor:
    # The weight of a layer with its branch; a convolution's is a matrix [out, in] of more dimensions.
    w = self.w[layer + ".weight"]
    up = (self).exact(layer + ".lora_B.weight") * scale
    y = torch.addmm(w.flatten(1, -1).to(dtype=6), up, (self).exact(layer + ".lora_A.weight"))
    return y.view(w.size()).to(dtype=w.dtype)

  def fold(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # Adds the branch of the layer `path` to its weight for good.
    layer = self.path
    self.w[layer + ".weight"] = (self).add_product(layer, a["scale"].to(dtype=6))
    del self.w[layer + ".lora_A.weight"]
    del self.w[layer + ".lora_B.weight"]
    return [torch.zeros([1])]

  def take_off_start(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # What PiSSA or OLoRA takes off the weight of the layer `path` before training: it is what the matrices began with.
    name = self.path + ".weight"
    w = self.w[name]
    x = w.to(dtype=6)
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
    self.w[name] = torch.sub(x, torch.matmul(up * scale, down)).to(dtype=w.dtype)
    return [torch.zeros([1])]

  def put_rows(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    name = self.path + ".weight"
    w = self.w[name]
    self.w[name] = torch.index_copy(w, 0, a["rows"].to(dtype=4), a["value"].to(dtype=w.dtype))
    return [torch.zeros([1])]

  def add_bias(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # Adds to the bias of the layer `path`, which there may be none of.
    name = self.path + ".bias"
    w = self.w[self.path + ".weight"]
    y = a["value"] * float(a["scale"])
    if name in self.w:
      y = self.w[name].to(dtype=6) + y
    self.w[name] = y.to(device=w.device, dtype=w.dtype)
    return [torch.zeros([1])]

  def merge(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # Adds the branches to the weights; the weights of the base stay as they are, for unmerge.
    for layer in (self).branched():
      name = layer + ".weight"
      self.base[name] = self.w[name]
      self.w[name] = (self).add_product(layer, self.w[layer + ".lora_scale"])
    done = (self).set_branches(False)
    return [torch.zeros([1])]

  def unmerge(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    for name in self.base.keys():
      self.w[name] = self.base[name]
    self.base.clear()
    done = (self).set_branches(True)
    return [torch.zeros([1])]

  # ---- segments

  def segment_name(self: __torch__.Model, kind: int, i: int) -> str:
    if kind == 0:
      return "vision.embed"
    if kind == 1:
      return "vision." + str(i)
    if kind == 2:
      return "vision.merge"
    if kind == 3:
      return "text." + str(i)
    return "text.norm"

  def run(self: __torch__.Model, kind: int, i: int, w: Dict[str, Tensor], x: Tensor, c: Dict[str, Tensor]) -> Tensor:
    if kind == 0:
      return __torch__.vision.embed(w, x, c["v.order"], self.square)
    if kind == 1:
      s = "v.full."
      if int(torch.select(c["v.windowed"], 0, i)) == 1:
        s = "v.window."
      sizes = __torch__.ints(c[s + "sizes"])
      lengths = __torch__.ints(c[s + "lengths"])
      return __torch__.vision.block(w, "visual.blocks." + str(i), x, self.vision_heads, c["v.cos"], c["v.sin"], sizes, lengths, c[s + "mask"])
    if kind == 2:
      return __torch__.vision.merge(w, x, c["v.order"], self.square)
    if kind == 3:
      y, k, v = (self).decoder_layer(i, w, x, c)
      return y
    return __torch__.nn.rms_norm(x, w["model.norm.weight"], self.eps)

  def decoder_layer(self: __torch__.Model, i: int, w: Dict[str, Tensor], x: Tensor, c: Dict[str, Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    p_lengths = __torch__.ints(c["p_lengths"])
    c_lengths = __torch__.ints(c["c_lengths"])
    rows = c["rows"]
    if i + 1 < self.layers:
      rows = rows.narrow(0, 0, 0)
    return __torch__.decoder.layer(w, "model.layers." + str(i), x, c["cos"], c["sin"], self.heads, self.kv, self.eps, __torch__.ints(c["sizes"]), p_lengths, c_lengths, c["mask"], rows)

  def leaves(self: __torch__.Model, kind: int, i: int, c: Dict[str, Tensor], learns: bool) -> Dict[str, Tensor]:
    out = annotate(Dict[str, Tensor], {})
    for n in self.members[(self).segment_name(kind, i)]:
      t = self.w[n].detach()
      if learns and n in self.trainable:
        t = t.requires_grad_(True)
      out[n] = t
    if "lora_key" in c:
      out["lora_dropout"] = c["lora_dropout"]
      out["lora_key"] = c["lora_key"] + 64 * (4096 * kind + i)
    return out

  def vision_context(self: __torch__.Model, a: Dict[str, Tensor]) -> Dict[str, Tensor]:
    c = annotate(Dict[str, Tensor], {})
    for k in a.keys():
      c[k] = a[k]
    d = self.w["visual.patch_embed.proj.weight"].size(0) // self.vision_heads
    cos, sin = __torch__.vision.rope_table(a["v.positions"], d)
    c["v.cos"] = cos
    c["v.sin"] = sin
    return c

  def text_context(self: __torch__.Model, c: Dict[str, Tensor]) -> Dict[str, Tensor]:
    dtype = self.w["model.norm.weight"].dtype
    cos, sin = __torch__.decoder.rope_table(c["positions"], c["axis"], self.theta, dtype)
    c["cos"] = cos
    c["sin"] = sin
    s = __torch__.ints(c["sizes"])
    c["mask"] = __torch__.continuation_mask(c["c_prompts"], s[1], s[3], self.heads // self.kv, dtype)
    return c

  def head_name(self: __torch__.Model) -> str:
    if self.tied:
      return "model.embed_tokens.weight"
    return "lm_head.weight"

  def head(self: __torch__.Model, w: Dict[str, Tensor]) -> Tensor:
    # of weights that may be packed
    if "head" in w:
      return w["head"]
    return w[(self).head_name()]

  # ---- without gradients

  def features(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    # Image token embeddings [n / square, D], float32 (exact for bfloat16 models).
    c = (self).vision_context(a)
    w = (self).readable()
    x = (self).run(0, 0, w, a["v.pixels"], c)
    for i in range(self.depth):
      x = (self).run(1, i, w, x, c)
    return (self).run(2, 0, w, x, c).to(dtype=6)

  def keep_vision(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # The same for images that are scored next: what score and backward need of the vision tower stays on the tape
    # `handle`, the inputs of its layers alone, so that it runs once for drawing and scoring.
    handle = int(a["handle"])
    tape = annotate(List[List[Tensor]], [])
    c = (self).vision_context(a)
    c["features"] = (self).vision(tape, c, True)
    self.tapes[handle] = tape
    self.contexts[handle] = c
    return [c["features"].to(dtype=6)]

  def vision(self: __torch__.Model, tape: List[List[Tensor]], c: Dict[str, Tensor], again: bool) -> Tensor:
    x = (self).forward_segment(tape, 0, 0, c["v.pixels"], c, again)
    for i in range(self.depth):
      x = (self).forward_segment(tape, 1, i, x, c, again)
    return (self).forward_segment(tape, 2, 0, x, c, again)

  def embed(self: __torch__.Model, a: Dict[str, Tensor], features: Tensor) -> Tensor:
    x = torch.embedding(self.w["model.embed_tokens.weight"].detach(), a["ids"])
    if features.numel() > 0:
      x = torch.index_copy(x, 0, a["image_rows"], features.to(dtype=x.dtype))
    return x

  def encode(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # -> the normed last hidden state of every prompt [B, D], then keys and values [B, kv, P, d] of every layer
    c = (self).text_context(a)
    x = (self).embed(a, a["features"])
    w = (self).readable()
    kept = annotate(List[Tensor], [])
    for i in range(self.layers):
      x, k, v = (self).decoder_layer(i, w, x, c)
      kept.append(k.contiguous())
      kept.append(v.contiguous())
    out = [(self).run(4, 0, self.w, x, c)]
    out.extend(kept)
    return out

  def hidden(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    # normed hidden states of the wanted rows
    c = (self).text_context(a)
    x = (self).embed(a, a["features"])
    for i in range(self.layers):
      x = (self).run(3, i, self.w, x, c)
    return (self).run(4, 0, self.w, x, c)

  def logps(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    h = (self).hidden(a)
    y, z, e = __torch__.head.logps(h, self.w[(self).head_name()], a["targets"], float(a["temperature"]), __torch__.ints(a["banned"]), int(a["chunk"]), False)
    return y

  def logits(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.head.logits((self).hidden(a), self.w[(self).head_name()], float(a["temperature"]), a["banned"])

  # ---- after logits that were not finite

  def is_finite(self: __torch__.Model, t: Tensor) -> bool:
    # the extremes of NaN are NaN, and need no memory
    return t.numel() == 0 or bool(torch.logical_and(torch.isfinite(t.amin()), torch.isfinite(t.amax())))

  def finite(self: __torch__.Model, name: str) -> Tensor:
    if name in self.w and not (self).is_finite(self.w[name]):
      return torch.zeros([])
    return torch.ones([])

  def first_not_finite(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # -> [kind, index] of the first segment whose result is not finite; 5 is the token embedding, 6 the logits
    features = torch.zeros([0])
    if "v.pixels" in a:
      c = (self).vision_context(a)
      x = a["v.pixels"]
      for j in range(self.depth + 2):
        kind, i = 1, j - 1
        if j == 0:
          kind, i = 0, 0
        elif j == self.depth + 1:
          kind, i = 2, 0
        x = (self).run(kind, i, self.w, x, c)
        if not (self).is_finite(x):
          return [torch.tensor([kind, i])]
      features = x
    c = (self).text_context(a)
    x = (self).embed(a, features)
    if not (self).is_finite(x):
      return [torch.tensor([5, 0])]
    for i in range(self.layers):
      x = (self).run(3, i, self.w, x, c)
      if not (self).is_finite(x):
        return [torch.tensor([3, i])]
    if not (self).is_finite((self).run(4, 0, self.w, x, c)):
      return [torch.tensor([4, 0])]
    return [torch.tensor([6, 0])]

  def readable(self: __torch__.Model) -> Dict[str, Tensor]:
    # The weights, in the order that products read fastest between `pack` and `unpack`.
    if len(self.fast) > 0:
      return self.fast
    return self.w

  def pack(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    if __torch__.dense.packs():
      w = (self).packed()
      for n in self.w.keys():
        if n.find("visual.", 0, -1) == 0 and n.find(".lora_", 0, -1) < 0 and self.w[n].dim() == 2:
          w[n] = __torch__.dense.pack(self.w[n])
      self.fast = w
    return [torch.zeros([1])]

  def unpack(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.fast.clear()
    return [torch.zeros([1])]

  def packed(self: __torch__.Model) -> Dict[str, Tensor]:
    # The weights, and copies of those of the text in the order that products read fastest; "head" is the projection to
    # the vocabulary.
    w = annotate(Dict[str, Tensor], {})
    for n in self.w.keys():
      w[n] = self.w[n]
    for i in range(self.layers):
      done = __torch__.decoder.pack(w, "model.layers." + str(i))
    w["head"] = __torch__.dense.pack(self.w[(self).head_name()])
    return w

  def sample(self: __torch__.Model, prefix: List[Tensor], a: Dict[str, Tensor]) -> List[Tensor]:
    # B prompts, G continuations of each, all decoded together; -> ids [B * G, longest] (-1 after the end), their
    # log-probabilities and whether a stop token was drawn [B * G]. Rows that are done leave the batch as soon as a
    # quarter of the work can be saved: slots are the rows of a rectangle of prompts that still have live rows.
    G = int(a["group"])
    T = int(a["longest"])
    greedy = int(a["greedy"]) == 1
    penalty = float(a["penalty"])
    embedding = self.w["model.embed_tokens.weight"]
    x = prefix[0].repeat_interleave(G, 0)
    n = x.size(0)
    w = self.w
    if T >= 32 and __torch__.dense.packs():
      w = (self).packed()
    head = (self).head(w)
    ids = torch.full([n, T], -1, dtype=4, layout=None, device=x.device, pin_memory=None)
    logps = torch.zeros([n, T], dtype=6, layout=None, device=x.device, pin_memory=None)
    ended = torch.zeros([n], dtype=11, layout=None, device=x.device, pin_memory=None)
    slots = torch.arange(n, dtype=4, layout=None, device=x.device, pin_memory=None)
    done = torch.zeros([n], dtype=11, layout=None, device=x.device, pin_memory=None)
    first = a["next"].repeat_interleave(G, 0)
    u = a["uniforms"]
    hidden = a["hidden"]
    seen = torch.zeros([0], dtype=11, layout=None, device=x.device, pin_memory=None)
    if penalty != 1.0:
      seen = a["seen"].repeat_interleave(G, 0)
    pk = annotate(List[Tensor], [])
    pv = annotate(List[Tensor], [])
    ok = annotate(List[Tensor], [])
    ov = annotate(List[Tensor], [])
    for i in range(self.layers):
      k = prefix[1 + 2 * i]
      pk.append(k)
      pv.append(prefix[2 + 2 * i])
      ok.append(torch.empty([n, self.kv, T, k.size(3)], dtype=k.dtype, layout=None, device=k.device, pin_memory=None, memory_format=None))
      ov.append(torch.empty([n, self.kv, T, k.size(3)], dtype=k.dtype, layout=None, device=k.device, pin_memory=None, memory_format=None))
    B = prefix[0].size(0)
    t = 0
    going = T > 0
    while going:
      y = __torch__.head.logits(x, head, 1.0, a["banned"])
      u_now = u
      if not greedy:
        u_now = torch.select(u, 1, t)
      token, lp = __torch__.sampling.choose(y, u_now, seen, a)
      if penalty != 1.0:
        seen = seen.scatter_(1, token.unsqueeze(-1), True)
      drawn = torch.where(done, torch.full_like(token, -1), token)
      ids = ids.index_put_([slots, torch.full_like(slots, t)], drawn)
      logps = logps.index_put_([slots, torch.full_like(slots, t)], lp.masked_fill(done, 0.0))
      done = torch.logical_or(done, torch.isin(token, a["stops"]))
      ended = ended.index_put_([slots], done)
      t = t + 1
      live = torch.logical_not(done).view([B, G])
      counts = live.sum([1])
      widest = int(counts.max())
      going = widest > 0 and t < T
      if going:
        left = int(counts.gt(0).sum())
        if 4 * left * widest <= 3 * B * G:
          kept = torch.nonzero(counts).squeeze(-1)
          order = torch.argsort(torch.logical_not(live).to(dtype=4), stable=True, dim=1, descending=False)
          order = order.index_select(0, kept).narrow(1, 0, widest)
          chosen = (kept.unsqueeze(-1) * G + order).flatten()
          slots = slots.index_select(0, chosen)
          done = done.index_select(0, chosen)
          token = token.index_select(0, chosen)
          first = first.index_select(0, chosen)
          if not greedy:
            u = u.index_select(0, chosen)
          if penalty != 1.0:
            seen = seen.index_select(0, chosen)
          fewer = left < B
          if fewer and hidden.numel() > 0:
            hidden = hidden.index_select(0, kept)
          for i in range(self.layers):
            ok[i] = ok[i].index_select(0, chosen)
            ov[i] = ov[i].index_select(0, chosen)
            if fewer:
              pk[i] = pk[i].index_select(0, kept)
              pv[i] = pv[i].index_select(0, kept)
          B = left
          G = widest
        x = torch.embedding(embedding, token)
        cos, sin = __torch__.decoder.rope_table((first + (t - 1)).unsqueeze(0).expand([3, first.size(0)]), a["axis"], self.theta, x.dtype)
        for i in range(self.layers):
          x = __torch__.decoder.decode_layer(w, "model.layers." + str(i), x, cos, sin, self.heads, self.kv, self.eps, pk[i], pv[i], hidden, ok[i], ov[i], t - 1)
        x = __torch__.nn.rms_norm(x, self.w["model.norm.weight"], self.eps)
    return [ids.narrow(1, 0, t), logps.narrow(1, 0, t), ended]

  def filter(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    return __torch__.sampling.filter(a["logits"], a["seen"], float(a["penalty"]), float(a["temperature"]), int(a["top_k"]), float(a["top_p"]))

  # ---- with gradients

  def forward_segment(self: __torch__.Model, tape: List[List[Tensor]], kind: int, i: int, x: Tensor, c: Dict[str, Tensor], again: bool) -> Tensor:
    x = x.detach()
    if again:
      tape.append([x])
      return (self).run(kind, i, (self).leaves(kind, i, c, False), x, c)
    if kind != 0:
      x = x.requires_grad_(True)
    w = (self).leaves(kind, i, c, True)
    y = (self).run(kind, i, w, x, c)
    tape.append((self).saved(kind, i, w, x, y))
    return y.detach()

  def saved(self: __torch__.Model, kind: int, i: int, w: Dict[str, Tensor], x: Tensor, y: Tensor) -> List[Tensor]:
    # -> x, y and the values of w, whose names are kept aside. Which of them there are may differ between passes that
    # wait for their backward passes, but not where there are as many.
    names = annotate(List[str], [])
    for n in w.keys():
      names.append(n)
    self.names[(self).names_key(kind, i, len(names))] = names
    out = [x, y]
    out.extend(list(w.values()))
    return out

  def names_key(self: __torch__.Model, kind: int, i: int, count: int) -> str:
    return (self).segment_name(kind, i) + "/" + str(count)

  def backward_segment(self: __torch__.Model, tape: List[List[Tensor]], kind: int, i: int, dy: Tensor, c: Dict[str, Tensor]) -> Tensor:
    saved = tape.pop()
    segment = (self).segment_name(kind, i)
    if len(saved) == 1:
      x = saved[0]
      if kind != 0:
        x = x.detach().requires_grad_(True)
      w = (self).leaves(kind, i, c, True)
      saved = (self).saved(kind, i, w, x, (self).run(kind, i, w, x, c))
    names = self.names[(self).names_key(kind, i, len(saved) - 2)]
    w = annotate(Dict[str, Tensor], {})
    inputs = annotate(Dict[str, Tensor], {})
    if kind != 0:
      inputs["x"] = saved[0]
    cuts = annotate(List[str], [])
    for j in range(len(names)):
      n = names[j]
      w[n] = saved[2 + j]
      if n in self.trainable:
        inputs[n] = w[n]
      elif n.endswith("/z"):
        inputs[n] = w[n]
        cuts.append(torch.slice(n, 0, len(n) - 2, 1))
    if len(inputs) == 0:
      return dy
    got = annotate(Dict[str, Tensor], {})
    done = (self).spread(saved[1], dy, inputs, got, len(cuts) > 0)
    for j in range(len(cuts)):
      done = (self).backward_cut(cuts[len(cuts) - 1 - j], w, inputs, got)
    for n in got.keys():
      if n in self.trainable:
        added = (self).accumulate(n, got[n])
    if "x" in got:
      return got["x"]
    return dy

  def spread(self: __torch__.Model, y: Tensor, dy: Tensor, inputs: Dict[str, Tensor], got: Dict[str, Tensor], again: bool) -> int:
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
    return 0

  def backward_cut(self: __torch__.Model, name: str, w: Dict[str, Tensor], inputs: Dict[str, Tensor], got: Dict[str, Tensor]) -> int:
    # The backward pass of an operation that the graph was cut for, and of what comes before it up to the cuts before.
    if name + "/z" not in got:
      return 0
    d = got.pop(name + "/z").to(dtype=6)
    if name.startswith("attention/"):
      gs = __torch__.nn.attention_backward(w, name, d)
      parts = ["/q", "/k", "/v"]
      for j in range(3):
        g = gs[j]
        if g is not None:
          done = (self).spread(w[name + parts[j]], g, inputs, got, True)
      return 0
    x = w[name + "/x"]
    layer = torch.slice(name, 6, len(name), 1)
    weight = layer + ".weight"
    if weight in self.trainable:
      added = (self).accumulate(weight, torch.mm(d.t(), x.detach().to(dtype=6)).view(self.w[weight].size()))
    if layer + ".bias" in self.trainable:
      added = (self).accumulate(layer + ".bias", d.sum([0]))
    if x.requires_grad:
      dx = __torch__.nn.product_backward(w[weight].detach().flatten(1, -1), d)
      done = (self).spread(x, dx, inputs, got, True)
    return 0

  def accumulate(self: __torch__.Model, name: str, d: Tensor) -> int:
    if name in self.g:
      added = self.g[name].add_(d)
    else:
      self.g[name] = d.to(dtype=6)
    return 0

  def gradient_buffer(self: __torch__.Model, name: str) -> Tensor:
    # float32, zero where nothing was accumulated yet; empty for a frozen weight
    if name not in self.trainable:
      return torch.zeros([0])
    if name not in self.g:
      self.g[name] = torch.zeros_like(self.w[name], dtype=6)
    return self.g[name]

  def score(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # -> log-probabilities of the targets; what backward needs stays on the tape `handle`
    handle = int(a["handle"])
    again = int(a["again"]) == 1
    tape = annotate(List[List[Tensor]], [])
    c = a
    features = a["features"]
    if "kept" in a:
      kept = int(a["kept"])
      tape = self.tapes[kept]
      c = self.contexts[kept]
      features = c["features"]
      for k in a.keys():
        c[k] = a[k]
      released = (self).release({"handle": a["kept"]})
    elif "v.pixels" in a:
      c = (self).vision_context(a)
      features = (self).vision(tape, c, again)
    c = (self).text_context(c)
    x = (self).embed(a, features)
    for i in range(self.layers):
      x = (self).forward_segment(tape, 3, i, x, c, again)
    h = (self).forward_segment(tape, 4, 0, x, c, False)
    head = (self).head_name()
    table = self.w[head].detach()
    temperature = float(a["temperature"])
    banned = __torch__.ints(a["banned"])
    frozen = head not in self.trainable
    if a["drawn"].numel() > 0:
      y = a["drawn"]
      z = __torch__.head.normalisers(h, table, a["targets"], y, temperature)
      e = torch.zeros([0])
      if frozen:
        e = __torch__.head.expected_rows(h, table, z, temperature, banned, int(a["chunk"]))
    else:
      y, z, e = __torch__.head.logps(h, table, a["targets"], temperature, banned, int(a["chunk"]), frozen)
    c["normaliser"] = z
    c["expected"] = e
    self.tapes[handle] = tape
    self.contexts[handle] = c
    return [y]

  def backward(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    handle = int(a["handle"])
    tape = self.tapes[handle]
    c = self.contexts[handle]
    head = (self).head_name()
    h = tape[len(tape) - 1][1].detach()
    if head in self.trainable:
      d = __torch__.head.backward(h, self.w[head].detach(), c["targets"], c["normaliser"], a["d_logps"], float(c["temperature"]), __torch__.ints(c["banned"]), int(c["chunk"]), (self).gradient_buffer(head))
    else:
      d = __torch__.head.backward_frozen(self.w[head].detach(), c["targets"], c["expected"], a["d_logps"], float(c["temperature"]))
    d = (self).backward_segment(tape, 4, 0, d, c)
    for i in range(self.layers):
      d = (self).backward_segment(tape, 3, self.layers - 1 - i, d, c)
    df = d
    if c["image_rows"].numel() > 0:
      df = d.index_select(0, c["image_rows"])
      d = d.index_fill(0, c["image_rows"], 0.0)
    table = (self).gradient_buffer("model.embed_tokens.weight")
    if table.numel() > 0:
      table = table.index_add_(0, c["ids"], d.to(dtype=6))
    if "v.pixels" in c:
      df = (self).backward_segment(tape, 2, 0, df, c)
      for i in range(self.depth):
        df = (self).backward_segment(tape, 1, self.depth - 1 - i, df, c)
      df = (self).backward_segment(tape, 0, 0, df, c)
    return (self).release(a)

  def release(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    handle = int(a["handle"])
    if handle in self.tapes:
      del self.tapes[handle]
    if handle in self.contexts:
      del self.contexts[handle]
    return [torch.zeros([1])]

  # ---- optimizer

  def zero_gradients(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    self.g.clear()
    return [torch.zeros([1])]

  def gradient_norm(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    gs = annotate(List[Tensor], [])
    gs.extend(list(self.g.values()))
    if len(gs) == 0:
      return [torch.zeros([])]
    return [torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gs, 2), 0), 2)]

  def adamw(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # Weights in `decayed` or not, by the flag; gradients are scaled by `scale` first (clipping).
    ps = annotate(List[Tensor], [])
    gs = annotate(List[Tensor], [])
    ms = annotate(List[Tensor], [])
    vs = annotate(List[Tensor], [])
    steps = annotate(List[Tensor], [])
    names = annotate(List[str], [])
    decays = int(a["decays"]) == 1
    for n in self.g.keys():
      if (self).decayed(n, int(a["spare_norms"]) == 1) == decays:
        p = self.w[n]
        if p.dtype != 6:
          if n not in self.master:
            self.master[n] = p.to(dtype=6)
          p = self.master[n]
        if n not in self.m:
          self.m[n] = torch.zeros_like(p)
          self.v[n] = torch.zeros_like(p)
        names.append(n)
        ps.append(p)
        gs.append(self.g[n])
        ms.append(self.m[n])
        vs.append(self.v[n])
        steps.append(a["step"])
    if len(ps) > 0:
      torch._foreach_mul_(gs, float(a["scale"]))
      decay = 0.0
      if decays:
        decay = float(a["weight_decay"])
      torch._fused_adamw_(ps, gs, ms, vs, annotate(List[Tensor], []), steps, lr=float(a["lr"]), beta1=float(a["beta1"]), beta2=float(a["beta2"]), weight_decay=decay, eps=float(a["eps"]), amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
    for i in range(len(names)):
      if names[i] in self.master:
        changed = self.w[names[i]].copy_(ps[i], False)
    return [torch.zeros([1])]

  def decayed(self: __torch__.Model, name: str, spare_norms: bool) -> bool:
    # transformers' Trainer decays no bias and no norm that its patterns know: see the Java side
    if not spare_norms:
      return True
    return name in self.members["decayed"]

  # ---- slots: a handle's are [[hidden states [S, D]], prompts' keys, values, own keys, own values], lists over the layers

  def fill_slots(self: __torch__.Model, prefix: List[Tensor], a: Dict[str, Tensor]) -> List[Tensor]:
    # Keeps the slots `kept` of a handle and puts encoded prompts behind them.
    handle = int(a["handle"])
    kept = __torch__.ints(a["kept"])
    used = __torch__.ints(a["used"])
    drawn = int(a["drawn"])
    P = int(a["columns"])
    old = annotate(List[List[Tensor]], [prefix, prefix, prefix, prefix, prefix])
    x = prefix[0]
    if len(kept) > 0:
      old = self.slots[handle]
      x = torch.cat([old[0][0].index_select(0, a["kept"]), x], 0)
    k = annotate(List[Tensor], [])
    v = annotate(List[Tensor], [])
    for i in range(self.layers):
      k.append(__torch__.slots.moved(old[1][i], old[3][i], prefix[1 + 2 * i], kept, used, drawn, P))
      v.append(__torch__.slots.moved(old[2][i], old[4][i], prefix[2 + 2 * i], kept, used, drawn, P))
    self.slots[handle] = [[x], k, v, annotate(List[Tensor], []), annotate(List[Tensor], [])]
    return [x]

  def keep_slots(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # Keeps the slots `kept` of a handle.
    old = self.slots[int(a["handle"])]
    none = [old[0][0].narrow(0, 0, 0)]
    for i in range(self.layers):
      none.append(old[1][i].narrow(0, 0, 0).narrow(2, 0, 0))
      none.append(old[2][i].narrow(0, 0, 0).narrow(2, 0, 0))
    return (self).fill_slots(none, a)

  def drop_slots(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    if int(a["handle"]) in self.slots:
      del self.slots[int(a["handle"])]
    return [torch.zeros([1])]

  def decode_slots(self: __torch__.Model, a: Dict[str, Tensor]) -> List[Tensor]:
    # Draws in all slots until `enough` of them have ended or all have drawn `steps`; a slot ends with a stop token or
    # after `left` tokens. -> ids [S, t] (-1 after the end), log-probabilities, ended [S], stopped [S] by a stop token
    handle = int(a["handle"])
    s = self.slots[handle]
    w = (self).readable()
    head = (self).head(w)
    x = s[0][0]
    k = s[1]
    v = s[2]
    steps = int(a["steps"])
    own_k = annotate(List[Tensor], [])
    own_v = annotate(List[Tensor], [])
    for i in range(self.layers):
      own_k.append(__torch__.slots.room(k[i], steps))
      own_v.append(__torch__.slots.room(v[i], steps))
    seen = torch.zeros([0])
    if "seen" in a:
      seen = a["seen"]
    ids = annotate(List[Tensor], [])
    logps = annotate(List[Tensor], [])
    stopped = torch.zeros_like(a["left"], dtype=11)
    ended = stopped
    enough = int(a["enough"])
    t = 0
    going = True
    while going:
      y = __torch__.head.logits(x, head, 1.0, a["banned"])
      u = a["uniforms"]
      if u.numel() > 0:
        u = torch.select(u, 1, t)
      token, logp = __torch__.sampling.choose(y, u, seen, a)
      if seen.numel() > 0:
        seen = seen.scatter_(1, token.unsqueeze(-1), True)
      ids.append(token.masked_fill(ended, -1))
      logps.append(logp)
      stopped = torch.logical_or(stopped, torch.logical_and(torch.isin(token, a["stops"]), torch.logical_not(ended)))
      t = t + 1
      ended = torch.logical_or(torch.logical_or(ended, stopped), torch.le(a["left"], t))
      over = int(ended.sum())
      going = over < enough and t < steps
      if over < x.size(0):
        x = torch.embedding(self.w["model.embed_tokens.weight"], token)
        positions = (a["next"] + (t - 1)).unsqueeze(0).expand([3, x.size(0)])
        cos, sin = __torch__.decoder.rope_table(positions, a["axis"], self.theta, x.dtype)
        for i in range(self.layers):
          x = __torch__.decoder.decode_layer(w, "model.layers." + str(i), x, cos, sin, self.heads, self.kv, self.eps, k[i], v[i], a["hidden"], own_k[i], own_v[i], t - 1)
        x = __torch__.nn.rms_norm(x, self.w["model.norm.weight"], self.eps)
    self.slots[handle] = [[x], k, v, own_k, own_v]
    return [torch.stack(ids, 1), torch.stack(logps, 1), ended, stopped]

  # ---- the first token alone

  def first_logps(self: __torch__.Model, a: Dict[str, Tensor]) -> Tensor:
    # Log-probabilities [B, K] of K tokens to be the first of a completion.
    y = (self).logits(a)
    return torch.sub(y.index_select(1, a["tokens"]), torch.logsumexp(y, [-1], True))
