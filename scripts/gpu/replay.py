"""Makes the calls again that scripts/gpu/export wrote, and compares with what medr1 got for them on a CPU.

    python scripts/gpu/replay.py DIR --device cuda      # or cpu

Needs PyTorch 2.7 or newer and safetensors. Prints for every kind of call the largest difference, the time of a call and the
peak of memory; ends with 1 where a difference exceeds the tolerance. Differences are relative: |a - b| / |b|, norms over
all elements of an array. Tokens are compared up to the first that differs in a sequence: from there on it is another
answer. Of bfloat16 that may happen, since likelihoods are close; in float32 it may not.
"""
import argparse
import collections
import json
import pathlib
import resource
import sys
import time
import warnings

import torch
from safetensors.torch import load_file
from torch.utils._python_dispatch import TorchDispatchMode

# Of arrays that are computed with about the same rounding on both sides.
TOLERANCE = {"float32": 1e-3, "bfloat16": 6e-2}
# Of the tokens drawn: the least share before the first that differs.
EQUAL_TOKENS = {"float32": 1.0, "bfloat16": 0.3}
DRAWING = {"sample": (0, 1), "decode_slots": (0, 1)}  # places of tokens and their log-probabilities among the results
# Methods whose results say nothing, or are not compared.
SILENT = {"put", "backward", "adamw", "zero_gradients", "release", "pack", "unpack", "drop_slots"}


class Birthplaces(TorchDispatchMode):
    """Finds tensors that kernels make on the CPU and mix with those of the device, without having the device.

    Everything given to a call counts as on the device; so does what is made with an explicit device, and what is computed
    from such tensors. What is made without a device is on the CPU. A CPU tensor with dimensions among tensors of the
    device would be an error on a GPU.
    """

    def __init__(self):
        super().__init__()
        self.cpu = set()
        self.kept = []
        self.found = collections.Counter()
        self.operations = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        self.operations += 1
        tensors = [t for t in torch.utils._pytree.tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)]
        born = [t for t in tensors if id(t) in self.cpu]
        if born and len(born) < len(tensors) and any(t.dim() > 0 for t in born):
            self.found[str(function)] += 1
        factory = not tensors and (kwargs or {}).get("device") is None
        if factory or (born and len(born) == len(tensors)):
            for t in torch.utils._pytree.tree_leaves(out):
                if isinstance(t, torch.Tensor):
                    self.cpu.add(id(t))
                    self.kept.append(t)  # so that no other tensor gets its id
        return out


class Replay:
    def __init__(self, directory, device):
        self.device = device
        self.dtype = directory.name.rsplit("-", 1)[1]
        self.arrays = load_file(directory / "arrays.safetensors")
        self.weights = {}
        for file in directory.glob("model*.safetensors"):
            self.weights.update(load_file(file))
        self.calls = json.loads((directory / "calls.json").read_text())
        self.module = torch.jit.load(str(directory / "kernels.pt"), map_location=device)
        self.outputs = {}
        self.worst = collections.OrderedDict()
        self.seconds = collections.defaultdict(list)
        self.failures = []

    def tensor(self, name):
        source = self.weights[name[6:]] if name.startswith("model/") else self.arrays[name]
        return source.to(self.device)

    def run(self):
        for number, call in enumerate(self.calls):
            out = self.call(number, call)
            self.outputs[number] = out
            if call["method"] not in SILENT and "results" in call:
                self.compare(number, call, out)

    def call(self, number, call):
        method = getattr(self.module, call["method"])
        if call["mode"] == "plain":
            return method(*call["values"])
        named = {name: self.tensor(array) for name, array in call["arguments"].items()}
        before = [self.outputs[i] for i in call.get("before", [])]
        self.wait()
        start = time.perf_counter()
        with torch.enable_grad() if call["mode"] == "train" else torch.inference_mode():
            out = method(*before, named)
        self.wait()
        self.seconds[call["method"]].append(time.perf_counter() - start)
        return out

    def wait(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def compare(self, number, call, out):
        got = [t.detach().cpu() for t in (out if isinstance(out, (list, tuple)) else [out])]
        want = [self.arrays[name] for name in call["results"]]
        what = call["method"]
        if what == "stored":
            what += " " + call["values"][0]
        elif what == "decode_slots" or what == "sample":
            return self.compare_drawn(what, number, got, want, DRAWING[what])
        for a, b in zip(got, want, strict=True):
            if a.shape != b.shape:
                self.failures.append(f"call {number} {what}: shape {list(a.shape)}, expected {list(b.shape)}")
            elif what == "stored w" and self.dtype == "bfloat16":
                self.note(what + " (beyond rounding, in learning rates)", number, steps(a, b, self.learning_rate()), 2.1)
            elif b.dtype.is_floating_point:
                self.note(what, number, difference(a, b), TOLERANCE[self.dtype])
            elif not torch.equal(a, b):
                self.failures.append(f"call {number} {what}: other integers or truth values")

    def learning_rate(self):
        return next(self.arrays[call["arguments"]["lr"]].item() for call in self.calls if call["method"] == "adamw")

    def compare_drawn(self, what, number, got, want, places):
        ids, logps = (got[i] for i in places)
        wanted, wanted_logps = (want[i] for i in places)
        width = min(ids.shape[1], wanted.shape[1])
        same = torch.cumprod((ids[:, :width] == wanted[:, :width]).long(), 1).bool()
        drawn = wanted >= 0
        counted = same & drawn[:, :width]
        share = (counted.sum() / drawn.sum().clamp(min=1)).item()
        self.note(what + " tokens (share that differs)", number, 1 - share, 1 - EQUAL_TOKENS[self.dtype])
        self.note(what + " log-probabilities", number, difference(logps[:, :width][counted], wanted_logps[:, :width][counted]), TOLERANCE[self.dtype])

    def note(self, what, number, value, tolerance):
        self.worst[what] = max(self.worst.get(what, 0.0), value)
        if not value <= tolerance:
            self.failures.append(f"call {number} {what}: difference {value:.3g} exceeds {tolerance:g}")


def difference(a, b):
    a, b = a.double(), b.double()
    if not torch.equal(torch.isfinite(a), torch.isfinite(b)):
        return float("inf")
    a, b = a[torch.isfinite(b)], b[torch.isfinite(b)]
    return 0.0 if b.numel() == 0 or torch.equal(a, b) else ((a - b).norm() / b.norm().clamp(min=1e-12)).item()


def steps(a, b, learning_rate):
    # A first step of Adam moves a weight by the learning rate, up or down: where a gradient is nearly 0, its sign is chance.
    # The moments, which are compared as well, tell how good the gradients are.
    return ((a - b).abs() - b.abs() / 128).max().item() / learning_rate


def peak(device):
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("directory", type=pathlib.Path)
    options.add_argument("--device", default="cuda", type=torch.device)
    options.add_argument("--rounds", default=2, type=int, help="times are those of the last")
    options.add_argument("--birthplaces", action="store_true", help="on a CPU: look for tensors that a GPU would find on the wrong device")
    options = options.parse_args()
    device = options.device
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
        print(torch.cuda.get_device_name(device))
    cases = sorted(path.parent for path in options.directory.glob("*/calls.json"))
    if not cases:
        sys.exit(f"{options.directory} has no directories with calls.json: write them with scripts/gpu/export")
    print(f"torch {torch.__version__}, {device}")
    warnings.filterwarnings("ignore", message=".*torch.jit.*deprecated.*")
    failed = 0
    for case in cases:
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        found = ""
        with torch.jit.optimized_execution(False):
            for _ in range(options.rounds):
                replay = Replay(case, device)
                if options.birthplaces:
                    with Birthplaces() as births:
                        replay.run()
                    found = "".join(f"\n  on the wrong device: {what}, {n} times" for what, n in births.found.items())
                    print(f"{births.operations} operations seen, {len(births.kept)} tensors of the CPU")
                else:
                    replay.run()
        print(f"\n{case.name}: {len(replay.calls)} calls, peak {peak(device):.0f} MiB{found}")
        for what, value in replay.worst.items():
            seconds = replay.seconds.get(what.split(" ")[0])
            timing = f"{1000 * sum(seconds) / len(seconds):10.1f} ms" if seconds and not what.endswith("differs)") else ""
            print(f"  {what:45s} {value:9.2e} {timing}")
        for what in ("backward", "adamw"):
            print(f"  {what:45s} {'':9s} {1000 * sum(replay.seconds[what]) / len(replay.seconds[what]):10.1f} ms")
        for failure in replay.failures[:10]:
            print(f"  FAILED {failure}")
        failed += bool(replay.failures or found)
    print(f"\n{len(cases) - failed} of {len(cases)} cases are equal within the tolerances")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
