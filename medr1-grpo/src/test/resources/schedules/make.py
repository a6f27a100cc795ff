"""Learning rates of transformers' get_scheduler: python make.py > schedules.json"""
import json

import torch
from transformers import get_scheduler

CASES = [(shape, warmup, total) for shape in ("constant", "linear", "cosine") for warmup, total in ((0, 7), (3, 11), (5, 5))]


def rates(shape, warmup, total):
    optimizer = torch.optim.AdamW([torch.zeros(1, requires_grad=True)], lr=1.0)
    name = "constant_with_warmup" if shape == "constant" else shape
    scheduler = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=total)
    found = []
    for _ in range(total):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


print(json.dumps([{"shape": s, "warmup": w, "total": t, "rates": rates(s, w, t)} for s, w, t in CASES], indent=1))
