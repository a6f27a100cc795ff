"""Compares how medr1 and TRL learn: the same checkpoint, the same phantoms in the same order, the same recipe.

usage: python learning.py MODEL_DIR WORK_DIR [--seeds 1 2 3] [--steps 100] [--prompts 4] [--group 8] [--learning-rate 3e-4]

MODEL_DIR is a warmed-up checkpoint, such as DIR/warm of a quickstart. For every seed both sides make the same number of
GRPO steps; the seed changes what is sampled. Prints the mean reward of the last 20 steps of every run and the difference
of the means in standard errors, and writes WORK_DIR/learning.json and learning.svg (where matplotlib is installed).
"""
import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MEDR1 = HERE.parent / "medr1"
PROMPT = "{Question} Think in <think>...</think>, then answer in <answer>...</answer>."
LAST = 20


def data(a):
    """Phantoms in one shuffled file, in Med-R1's form for medr1 and with prompts for TRL."""
    phantoms = a.work / "phantoms"
    if not phantoms.exists():
        subprocess.run([MEDR1, "phantom", "--out", phantoms, "--seed", "99", "--train", "20", "--test", "0",
                        "--size", "84"], check=True)
    rows = []
    for file in sorted((phantoms / "modality" / "train").glob("*.json")):
        rows += json.loads(file.read_text())
    random.Random(0).shuffle(rows)
    rows = rows[:a.steps * a.prompts]
    split = phantoms / "ordered.json"
    split.write_text(json.dumps(rows))
    items = a.work / "items.jsonl"
    items.write_text("".join(
        json.dumps(dict(image=str(phantoms / r["image"]), text=PROMPT.replace("{Question}", r["problem"]),
                        solution=r["solution"])) + "\n" for r in rows))
    return split, items


def run_medr1(a, split, seed):
    out = a.work / f"medr1-{seed}"
    config = a.work / "grpo.yaml"
    config.write_text(json.dumps(dict(
        model=str(a.model), out=str(out), seed=seed, maxSteps=a.steps, batch=a.prompts, accumulation=1, group=a.group,
        beta=0.04, data=dict(splits=str(split), prompt=PROMPT, shuffle=False, maxPromptLength=256),
        sampling=dict(maxCompletionLength=48),
        optimizer=dict(learningRate=a.learning_rate, schedule="constant"), checkpoint=dict(every=0))))
    subprocess.run([MEDR1, "train", "grpo", "--config", config], check=True, stderr=subprocess.DEVNULL)
    return [json.loads(line)["reward"] for line in (out / "metrics.jsonl").read_text().splitlines()]


def run_trl(a, items, seed):
    out = a.work / f"trl-{seed}.jsonl"
    subprocess.run([sys.executable, HERE / "learning_trl.py", a.model, items, out, "--steps", str(a.steps), "--prompts",
                    str(a.prompts), "--group", str(a.group), "--completion", "48", "--learning-rate",
                    str(a.learning_rate), "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, cwd=a.work)
    return [json.loads(line)["reward"] for line in out.read_text().splitlines()]


def plot(a, curves):
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4))
    for side, color in (("medr1", "#1b6ca8"), ("trl", "#c8553d")):
        for i, (seed, rewards) in enumerate(curves[side].items()):
            smooth = [statistics.mean(rewards[max(0, j - 9):j + 1]) for j in range(len(rewards))]
            axes.plot(smooth, color=color, alpha=0.8, label=side if i == 0 else None)
    axes.set(xlabel="step", ylabel="reward (mean of 10 steps)", title="GRPO from one warm start, three seeds each")
    axes.legend()
    figure.tight_layout()
    figure.savefig(a.work / "learning.svg")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", type=pathlib.Path)
    p.add_argument("work", type=pathlib.Path)
    p.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    p.add_argument("--steps", type=int, default=100)
    p.add_argument("--prompts", type=int, default=4)
    p.add_argument("--group", type=int, default=8)
    p.add_argument("--learning-rate", type=float, default=3e-4)
    a = p.parse_args()
    a.model, a.work = a.model.resolve(), a.work.resolve()
    a.work.mkdir(parents=True, exist_ok=True)
    split, items = data(a)
    curves = {"medr1": {}, "trl": {}}
    for seed in a.seeds:
        curves["medr1"][seed] = run_medr1(a, split, seed)
        curves["trl"][seed] = run_trl(a, items, seed)
        print(f"seed {seed}: last {LAST} steps " + ", ".join(
            f"{side} {statistics.mean(curves[side][seed][-LAST:]):.3f}" for side in curves), flush=True)
    ends = {side: [statistics.mean(r[-LAST:]) for r in runs.values()] for side, runs in curves.items()}
    means = {side: statistics.mean(values) for side, values in ends.items()}
    if len(a.seeds) > 1:
        error = sum(statistics.variance(values) / len(values) for values in ends.values()) ** 0.5
        gap = means["medr1"] - means["trl"]
        print(f"mean medr1 {means['medr1']:.3f}, trl {means['trl']:.3f}: difference {gap:+.3f}, "
              f"{abs(gap) / error:.2f} standard errors of {error:.3f}")
    (a.work / "learning.json").write_text(json.dumps(dict(last_steps=LAST, ends=ends, curves=curves)))
    plot(a, curves)


if __name__ == "__main__":
    main()
