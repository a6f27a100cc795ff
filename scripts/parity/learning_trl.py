"""Runs TRL's GRPOTrainer with medr1's recipe on items that medr1 exported, in their order, for docs/benchmarks.md.

usage: python learning_trl.py MODEL_DIR ITEMS.jsonl OUT.jsonl [--steps 100] [--prompts 8] [--group 8] [--seed 1] ...

MODEL_DIR is the warmed-up checkpoint that medr1 starts from as well. A line of ITEMS.jsonl is
{"image": path, "text": prompt, "solution": "<answer> A </answer>"}; step i takes the lines i * prompts and following,
from the first line again behind the last.
OUT.jsonl gets a row per step with TRL's names of its metrics. Needs torch, transformers, trl, datasets, pillow.

Where TRL's defaults are not medr1's recipe, the settings below say so. Loss, advantages, KL, AdamW, clipping of the
gradient and the order of the items are TRL's own.
"""
import argparse
import json
import os
import re

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
from datasets import Dataset
from PIL import Image
from transformers import AutoProcessor, AutoModelForImageTextToText, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

ANSWER = re.compile(r"<answer>(.*?)</answer>")
FORMAT = re.compile(r"<think>.*?</think>\s*<answer>.*?</answer>", re.DOTALL)
LOGGED = ("reward", "rewards/accuracy_reward/mean", "rewards/format_reward/mean", "kl", "completions/mean_length",
          "completions/clipped_ratio", "loss", "grad_norm", "learning_rate", "num_tokens", "step_time")


def answer(text):
    found = ANSWER.search(text)
    return (found.group(1) if found else text).strip()


def accuracy_reward(completions, solution, **_):
    return [float(answer(c[0]["content"]) == answer(s)) for c, s in zip(completions, solution)]


def format_reward(completions, **_):
    return [float(FORMAT.fullmatch(c[0]["content"]) is not None) for c in completions]


def ban_vision_tokens(model, tokenizer):
    """Keeps the ids that medr1 bans from being drawn and from the normalisation of the others, as medr1 does."""
    head = model.get_output_embeddings()
    bias = torch.zeros(head.weight.shape[0])
    for name in ("vision_start", "vision_end", "image_pad", "video_pad"):
        bias[tokenizer.convert_tokens_to_ids(f"<|{name}|>")] = -1e9  # finite: the entropy that TRL logs stays a number
    head.bias = torch.nn.Parameter(bias, requires_grad=False)


class Log(TrainerCallback):
    def __init__(self, path):
        self.path = path
        self.rows = []

    def on_log(self, args, state, control, logs=None, **_):
        if "reward" in logs:
            row = {"step": state.global_step} | {name: logs[name] for name in LOGGED if name in logs}
            self.rows.append(json.dumps(row) + "\n")
            with open(self.path, "w") as file:
                file.writelines(self.rows)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model")
    p.add_argument("items")
    p.add_argument("out")
    p.add_argument("--steps", type=int, default=100)
    p.add_argument("--prompts", type=int, default=8)
    p.add_argument("--group", type=int, default=8)
    p.add_argument("--completion", type=int, default=48)
    p.add_argument("--learning-rate", type=float, default=3e-4)
    p.add_argument("--beta", type=float, default=0.04)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    with open(a.items) as lines:
        items = [json.loads(line) for line in lines]
    rows = [dict(prompt=[{"role": "user", "content": i["text"]}], image=Image.open(i["image"]).convert("RGB"),
                 solution=i["solution"]) for i in items]
    model = AutoModelForImageTextToText.from_pretrained(a.model, dtype=torch.float32)
    # TRL pads prompts on the left itself, but takes the types of their tokens from the processor, whose padding it does
    # not set. A tokenizer that pads on the right, the default, then puts the image elsewhere in shorter prompts: their
    # positions are wrong without a word, and get_rope_index stops where the padding reaches into the image.
    processor = AutoProcessor.from_pretrained(a.model, padding_side="left")
    config = GRPOConfig(
        output_dir="out-trl", seed=a.seed,
        # one batch of all completions, and one update with it
        per_device_train_batch_size=a.prompts * a.group, gradient_accumulation_steps=1, num_generations=a.group,
        shuffle_dataset=False, max_steps=a.steps, max_completion_length=a.completion,
        # plain sampling
        temperature=1.0, top_k=0, top_p=1.0, repetition_penalty=1.0,
        # mean over tokens, then over completions; KL against the start; rewards scaled by the group's deviation
        loss_type="grpo", beta=a.beta, scale_rewards="group", num_iterations=1,
        learning_rate=a.learning_rate, lr_scheduler_type="constant", weight_decay=0.0, adam_beta1=0.9, adam_beta2=0.999,
        adam_epsilon=1e-8, max_grad_norm=1.0,
        use_cpu=True, bf16=False, gradient_checkpointing=False, dataloader_pin_memory=False,
        report_to=[], logging_steps=1, save_strategy="no", disable_tqdm=True)
    trainer = GRPOTrainer(
        model=model, reward_funcs=[accuracy_reward, format_reward], args=config,
        train_dataset=Dataset.from_list(rows), processing_class=processor, callbacks=[Log(a.out)])
    for network in (trainer.model, trainer.ref_model):
        ban_vision_tokens(network, processor.tokenizer)
    trainer.train()


if __name__ == "__main__":
    main()
