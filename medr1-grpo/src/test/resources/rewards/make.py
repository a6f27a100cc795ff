"""Writes rewards.json: what TRL's rewards give for lengths and repetitions (trl 1.16).

python make.py > rewards.json
"""

import json
import random

from trl.rewards import get_repetition_penalty_reward, get_soft_overlong_punishment
from trl.rewards import accuracy_rewards

random.seed(5)
ids = [[random.randrange(alphabet) for _ in range(length)]
       for alphabet in (2, 5, 1000) for length in (1, 2, 3, 7, 40, 100)]
ids += [[7] * 5, [1, 2, 3] * 4]

# Right or wrong is given here: what is compared is the shape over the length.
accuracy_rewards.accuracy_reward = lambda completions, solution, **_: [float(s) for s in solution]

cases = []
for size in (1, 2, 3, 5):
    cases.append({"reward": "repetition", "size": size, "ids": ids,
                  "values": get_repetition_penalty_reward(size)(completion_ids=ids)})
lengths = list(range(1, 131, 3))
tokens = [[0] * n for n in lengths]
for most, cache in ((100, 20), (100, 100), (64, 0), (128, 51)):
    cases.append({"reward": "soft-overlong", "most": most, "cache": cache, "lengths": lengths,
                  "values": get_soft_overlong_punishment(most, cache)(completion_ids=tokens)})
for most in (100, 64):
    for right in (0, 1):
        values = accuracy_rewards.get_cosine_scaled_reward(most)(
            completions=tokens, solution=[right] * len(tokens), completion_ids=tokens)
        cases.append({"reward": "cosine-length", "most": most, "right": right,
                      "lengths": lengths, "values": values})
print(json.dumps(cases))
