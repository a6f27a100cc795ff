"""Runs TRL's GRPOTrainer with medr1's recipe on items that medr1 exported, in their order, for docs/benchmarks.md.

usage: python learning_trl.py MODEL_DIR ITEMS.jsonl OUT.jsonl [--steps 100] [--prompts 4] [--group 8] [--seed 1] ...

MODEL_DIR is the warmed-up checkpoint that medr1 starts from as well. A line of ITEMS.jsonl is
{"image": path, "text": prompt, "solution": "<answer> A </answer>"}; step i takes the lines i * prompts and following.
OUT.jsonl gets one {"step", "reward", "kl", "mean_length"} per step. Needs torch, transformers, trl, datasets, pillow.
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
FORMAT = {
    "think": re.compile(r"<think>.*?</think>\s*<answer>.*?</answer>", re.DOTALL),
    "no-think": re.compile(r"<answer>.*?</answer>", re.DOTALL),
}


def answer(text):
    found = ANSWER.search(text)
    return found.group(1).strip() if found else text.strip()


def texts(completions):
    return [c[0]["content"] if isinstance(c, list) else c for c in completions]


def accuracy_reward(completions, solution, **_):
    return [float(answer(c) == answer(s)) for c, s in zip(texts(completions), solution)]


def format_reward(kind):
    def reward(completions, **_):
        return [float(FORMAT[kind].fullmatch(c) is not None) for c in texts(completions)]
    reward.__name__ = "format_reward"
    return reward


class Log(TrainerCallback):
    def __init__(self, path):
        self.file = open(path, "w")

    def on_log(self, args, state, control, logs=None, **_):
        if "reward" in logs:
            row = dict(step=state.global_step, reward=logs["reward"], kl=logs.get("kl", 0.0),
                       mean_length=logs.get("completions/mean_length"), grad_norm=logs.get("grad_norm"))
            self.file.write(json.dumps(row) + "\n")
            self.file.flush()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model")
    p.add_argument("items")
    p.add_argument("out")
    p.add_argument("--steps", type=int, default=100)
    p.add_argument("--prompts", type=int, default=4)
    p.add_argument("--group", type=int, default=8)
    p.add_argument("--completion", type=int, default=32)
    p.add_argument("--learning-rate", type=float, default=1e-4)
    p.add_argument("--beta", type=float, default=0.04)
    p.add_argument("--format", choices=FORMAT, default="think")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    with open(a.items) as lines:
        items = [json.loads(line) for line in lines][:a.steps * a.prompts]
    rows = [dict(prompt=[{"role": "user", "content": i["text"]}], image=Image.open(i["image"]).convert("RGB"),
                 solution=i["solution"]) for i in items]
    model = AutoModelForImageTextToText.from_pretrained(a.model, dtype=torch.float32)
    # transformers fills unset sampling options from the checkpoint's generation settings: plain sampling is wanted.
    model.generation_config.top_k = 0
    model.generation_config.top_p = 1.0
    model.generation_config.repetition_penalty = 1.0
    processor = AutoProcessor.from_pretrained(a.model)
    # A sampled image token would crash the reference's position code; medr1 bans these ids, too.
    vision = [processor.tokenizer.convert_tokens_to_ids(f"<|{name}|>") for name in
              ("vision_start", "vision_end", "image_pad", "video_pad")]
    config = GRPOConfig(
        output_dir="out-trl", seed=a.seed, per_device_train_batch_size=a.group, gradient_accumulation_steps=a.prompts, num_generations=a.group,
        max_completion_length=a.completion, max_steps=a.steps, beta=a.beta, temperature=1.0, top_k=0, top_p=1.0,
        repetition_penalty=1.0, generation_kwargs=dict(suppress_tokens=vision), learning_rate=a.learning_rate, lr_scheduler_type="constant", weight_decay=0.0,
        max_grad_norm=1.0, shuffle_dataset=False, loss_type="grpo", report_to=[], use_cpu=True, bf16=False,
        logging_steps=1, save_strategy="no", gradient_checkpointing=False, dataloader_pin_memory=False,
        disable_tqdm=True)
    trainer = GRPOTrainer(
        model=model, reward_funcs=[accuracy_reward, format_reward(a.format)], args=config,
        train_dataset=Dataset.from_list(rows), processing_class=processor,
        callbacks=[Log(a.out)])
    trainer.train()


if __name__ == "__main__":
    main()
