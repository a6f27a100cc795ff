# Slots: sequences that are decoded together, each as far as it is. What a slot has drawn lies beside its prompt until the
# slots change; then it moves behind the prompt, so that all slots go on from the same column.


def moved(k: Tensor, own: Tensor, new: Tensor, kept: List[int], used: List[int], drawn: int, P: int) -> Tensor:
  # Keys or values after a change: [kept + new, kv, P, d], zero behind a slot's end. k [S, kv, P before, d] with `used`
  # columns in every kept slot, own [S, kv, longest, d] with `drawn` columns, new [n, kv, P of new prompts, d].
  m = len(kept)
  out = torch.zeros([m + new.size(0), new.size(1), P, new.size(3)], dtype=new.dtype, layout=None, device=new.device, pin_memory=None)
  for j in range(m):
    row = out.select(0, j)
    prompt = row.narrow(1, 0, used[j]).copy_(k.select(0, kept[j]).narrow(1, 0, used[j]), False)
    rest = row.narrow(1, used[j], drawn).copy_(own.select(0, kept[j]).narrow(1, 0, drawn), False)
  added = out.narrow(0, m, new.size(0)).narrow(2, 0, new.size(2)).copy_(new, False)
  return out


def room(k: Tensor, steps: int) -> Tensor:
  # for the keys or values that the slots of k will draw
  return torch.empty([k.size(0), k.size(1), steps, k.size(3)], dtype=k.dtype, layout=None, device=k.device, pin_memory=None, memory_format=None)
