"""Compares how medr1 and TRL learn: the same checkpoint, the same phantoms in the same order, the same recipe.

usage: python learning.py MODEL_DIR WORK_DIR [--seeds 1 2 3] [--steps 100] [--items 160] [--prompts 8] [--group 8] ...

MODEL_DIR is a warmed-up checkpoint, such as DIR/warm of a quickstart. For every seed both sides make the same number of
GRPO steps; the seed changes what is sampled. 20 steps go through the items once, so that the means of 20 steps are over
the same questions. Runs that WORK_DIR holds already are not repeated. Prints a table for
docs/benchmarks.md and the difference of the last 20 steps in standard errors; writes WORK_DIR/learning.json and
learning.svg (where matplotlib is installed).
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
CELLS = 40  # modalities x tasks
COMPLETION = 48
SIDES = ("medr1", "trl")
WINDOW = 20


def data(a):
    """Phantoms in one shuffled file, in Med-R1's form for medr1 and with prompts for TRL."""
    phantoms = a.work / "phantoms"
    if not phantoms.exists():
        subprocess.run([MEDR1, "phantom", "--out", phantoms, "--seed", "99", "--train", str(-(-a.items // CELLS)),
                        "--test", "0", "--size", "84"], check=True)
    rows = []
    for file in sorted((phantoms / "modality" / "train").glob("*.json")):
        rows += json.loads(file.read_text())
    random.Random(0).shuffle(rows)
    rows = rows[:a.items]
    split = phantoms / "ordered.json"
    split.write_text(json.dumps(rows))
    prompts = a.work / "items.jsonl"
    prompts.write_text("".join(
        json.dumps(dict(image=str(phantoms / r["image"]), text=PROMPT.replace("{Question}", r["problem"]),
                        solution=r["solution"])) + "\n" for r in rows))
    return split, prompts


def run_medr1(a, split, seed):
    out = a.work / f"medr1-{seed}"
    config = a.work / f"medr1-{seed}.yaml"
    config.write_text(json.dumps(dict(
        model=str(a.model), out=str(out), seed=seed, maxSteps=a.steps, batch=a.prompts, accumulation=1, group=a.group,
        beta=0.04, data=dict(splits=str(split), prompt=PROMPT, shuffle=False, maxPromptLength=256),
        sampling=dict(maxCompletionLength=COMPLETION),
        optimizer=dict(learningRate=a.learning_rate, schedule="constant"), checkpoint=dict(every=0))))
    return out / "metrics.jsonl", [MEDR1, "train", "grpo", "--config", config]


def run_trl(a, items, seed):
    out = a.work / f"trl-{seed}.jsonl"
    return out, [sys.executable, HERE / "learning_trl.py", a.model, items, out, "--steps", str(a.steps), "--prompts",
                 str(a.prompts), "--group", str(a.group), "--completion", str(COMPLETION), "--learning-rate",
                 str(a.learning_rate), "--seed", str(seed)]


def finished(a, metrics, command):
    """The rows of a run, which is made where it is not there yet."""
    if not metrics.exists():
        log = a.work / f"{metrics.parent.name}-{metrics.stem}.log"
        with open(log, "w") as output:
            subprocess.run(command, check=True, stdout=output, stderr=subprocess.STDOUT, cwd=a.work)
    rows = [json.loads(line) for line in metrics.read_text().splitlines()]
    if len(rows) != a.steps:
        sys.exit(f"{metrics} has {len(rows)} of {a.steps} steps: remove the run, it will be made again")
    return rows


def prompt_tokens(a, row):
    return round(row["num_tokens"] - row["completions/mean_length"] * a.prompts * a.group)


def check_prompts(a, runs):
    """Another tokenization, template or image size on one side would make another number of tokens."""
    tokens = {side: prompt_tokens(a, runs[side][a.seeds[0]][0]) for side in SIDES}
    if len(set(tokens.values())) > 1:
        sys.exit(f"the prompts of step 1 differ, tokens with their copies: {tokens}")


def mean(rows, name):
    return statistics.mean(row[name] for row in rows)


def table(a, runs):
    print(f"| seed | side | step 1 | first {WINDOW} | last {WINDOW} | KL | tokens |\n|-|-|-|-|-|-|-|")
    for seed in a.seeds:
        for side in SIDES:
            rows = runs[side][seed]
            last = rows[-WINDOW:]
            print(f"| {seed} | {side} | {rows[0]['reward']:.3f} | {mean(rows[:WINDOW], 'reward'):.3f} | "
                  f"{mean(last, 'reward'):.3f} | {mean(last, 'kl'):.4f} | {mean(last, 'completions/mean_length'):.1f} |")


def compare(name, values):
    """Two independent means in standard errors of their difference."""
    gap = statistics.mean(values["medr1"]) - statistics.mean(values["trl"])
    error = sum(statistics.variance(v) / len(v) for v in values.values()) ** 0.5
    print(f"{name}: " + ", ".join(f"{side} {statistics.mean(v):.3f}" for side, v in values.items())
          + f", difference {gap:+.3f}, {abs(gap) / error:.2f} standard errors of {error:.3f}")


def plot(a, runs):
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "medr1", "font.family": "sans-serif"})
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4))
    for side, color in zip(SIDES, ("#1b6ca8", "#c8553d")):
        curves = [smooth([row["reward"] for row in runs[side][seed]]) for seed in a.seeds]
        for curve in curves:
            axes.plot(range(1, a.steps + 1), curve, color=color, alpha=0.3, linewidth=1)
        axes.plot(range(1, a.steps + 1), [statistics.mean(c) for c in zip(*curves)], color=color, linewidth=2.2,
                  label={"medr1": "medr1", "trl": "TRL"}[side])
    axes.set(xlabel="step", ylabel="reward, mean of 10 steps",
             title=f"GRPO from one warm start: {len(a.seeds)} seeds (thin) and their mean")
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(a.work / "learning.svg", facecolor="white", metadata={"Date": None})


def smooth(values):
    return [statistics.mean(values[max(0, i - 9):i + 1]) for i in range(len(values))]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", type=pathlib.Path)
    p.add_argument("work", type=pathlib.Path)
    p.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    p.add_argument("--steps", type=int, default=100)
    p.add_argument("--items", type=int, default=160)
    p.add_argument("--prompts", type=int, default=8)
    p.add_argument("--group", type=int, default=8)
    p.add_argument("--learning-rate", type=float, default=3e-4)
    a = p.parse_args()
    a.model, a.work = a.model.resolve(), a.work.resolve()
    a.work.mkdir(parents=True, exist_ok=True)
    split, items = data(a)
    runs = {side: {} for side in SIDES}
    for seed in a.seeds:
        runs["medr1"][seed] = finished(a, *run_medr1(a, split, seed))
        runs["trl"][seed] = finished(a, *run_trl(a, items, seed))
    check_prompts(a, runs)
    table(a, runs)
    if len(a.seeds) > 1:
        for name, part in (("step 1", slice(0, 1)), (f"last {WINDOW}", slice(-WINDOW, None))):
            compare(name, {side: [mean(rows[part], "reward") for rows in runs[side].values()] for side in SIDES})
    (a.work / "learning.json").write_text(json.dumps(runs))
    plot(a, runs)


if __name__ == "__main__":
    main()
