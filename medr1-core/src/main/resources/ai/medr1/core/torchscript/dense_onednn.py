# Dense layers outside of autograd through oneDNN: on a CPU about half again as fast as the BLAS behind torch.linear in
# float32, and several times as fast for the few rows of a decoding step.


def linear(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
  if x.requires_grad or w.requires_grad:
    return torch.linear(x, w, b)
  return ops.mkldnn._linear_pointwise(x, w, b, "none", annotate(List[Optional[number]], []), "")
