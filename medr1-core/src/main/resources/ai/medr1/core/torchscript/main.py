# Helpers of the module's own file.


def ints(t: Tensor) -> List[int]:
  # In one copy: a GPU would stop for every element.
  t = t.to(device=torch.device("cpu"))
  out = annotate(List[int], [])
  for i in range(t.size(0)):
    out.append(int(torch.select(t, 0, i)))
  return out


def halves(path: str) -> Tuple[str, str]:
  at = path.find("/", 0, -1)
  return (torch.slice(path, 0, at, 1), torch.slice(path, at + 1, 9223372036854775807, 1))


def continuation_mask(p_lengths: Tensor, P: int, L: int, r: int, dtype: int) -> Tensor:
  # What a continuation sees, added to the scores: its prompt without padding, and itself causally.
  # [B * G or 1, 1, r * L, P + L]; p_lengths [B * G], or [1] where all prompts are equally long
  n = p_lengths.size(0)
  own = torch.tril(torch.ones([L, L], dtype=11, layout=None, device=p_lengths.device, pin_memory=None))
  own = own.unsqueeze(0).expand([n, L, L])
  at = torch.arange(P, dtype=4, layout=None, device=p_lengths.device, pin_memory=None)
  prompt = torch.lt(at, p_lengths.unsqueeze(-1)).unsqueeze(1).expand([n, L, P])
  seen = torch.cat([prompt, own], 2).unsqueeze(1).expand([n, r, L, P + L]).reshape([n, 1, r * L, P + L])
  out = torch.zeros([n, 1, r * L, P + L], dtype=dtype, layout=None, device=p_lengths.device, pin_memory=None)
  return out.masked_fill(torch.logical_not(seen), -inf)
