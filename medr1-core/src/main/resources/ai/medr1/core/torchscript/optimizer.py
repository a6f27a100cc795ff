# The norm of the gradients, and libtorch's fused AdamW over all of them at once.


def norm(weights: __torch__.weights.Weights) -> Tensor:
  # In the order of the weights, whatever the order in which they got their gradients.
  gs = annotate(List[Tensor], [])
  for n in weights.trainable.keys():
    if n in weights.g:
      gs.append(weights.g[n])
  if len(gs) == 0:
    return torch.zeros([])
  return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gs, 2), 0), 2)


def scale(weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
  # One by one: torch._foreach_mul_ is left out as dead code where nothing reads its list afterwards.
  factor = float(a["scale"])
  for n in weights.g.keys():
    weights.g[n].mul_(factor)


def adamw(weights: __torch__.weights.Weights, a: Dict[str, Tensor]) -> NoneType:
  # Of the weights that decay or of the others, by the flag.
  ps = annotate(List[Tensor], [])
  gs = annotate(List[Tensor], [])
  ms = annotate(List[Tensor], [])
  vs = annotate(List[Tensor], [])
  steps = annotate(List[Tensor], [])
  names = annotate(List[str], [])
  decays = int(a["decays"]) == 1
  spare_norms = int(a["spare_norms"]) == 1
  for n in weights.g.keys():
    if __torch__.optimizer.decayed(weights, n, spare_norms) == decays:
      p = __torch__.optimizer.exact_in_place(weights, n)
      if n not in weights.m:
        weights.m[n] = torch.zeros_like(p)
        weights.v[n] = torch.zeros_like(p)
      names.append(n)
      ps.append(p)
      gs.append(weights.g[n])
      ms.append(weights.m[n])
      vs.append(weights.v[n])
      steps.append(a["step"])
  if len(ps) > 0:
    decay = 0.0
    if decays:
      decay = float(a["weight_decay"])
    torch._fused_adamw_(ps, gs, ms, vs, annotate(List[Tensor], []), steps, lr=float(a["lr"]), beta1=float(a["beta1"]), beta2=float(a["beta2"]), weight_decay=decay, eps=float(a["eps"]), amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
  for i in range(len(names)):
    if names[i] in weights.master:
      weights.w[names[i]].copy_(ps[i], False)


def exact_in_place(weights: __torch__.weights.Weights, name: str) -> Tensor:
  # What is updated: the weight itself, or its float32 master, which is made now.
  p = weights.w[name]
  if p.dtype == FLOAT32:
    return p
  if name not in weights.master:
    weights.master[name] = p.to(dtype=FLOAT32)
  return weights.master[name]


def decayed(weights: __torch__.weights.Weights, name: str, spare_norms: bool) -> bool:
  # transformers' Trainer decays no bias and no norm that its patterns know: see the Java side
  if not spare_norms:
    return True
  return name in weights.members["decayed"]
