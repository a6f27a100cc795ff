"""What the real transformers write, as fixtures: checkpoints in every form, and the greedy answers that they give.

Run with run.sh, which calls this with several versions of transformers:

    matrix.py base    --out WORK --models PARITY/models   the two models that everything is saved from (any version)
    matrix.py write   --out WORK                          loads them, saves them in every form of this version
    matrix.py answer  --out WORK                          the newest version loads every form and answers
    matrix.py pack    --out WORK --fixtures DIR           every file once, and which directory has it by which name
    matrix.py check   --out DIR                           loads directories that medr1 saved; prints their answers

The models are tiny, random and seeded; the tokenizer is the small one of the parity fixtures.
"""
import argparse
import hashlib
import json
import math
import os
import shutil
import sys
import zlib
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

torch.set_num_threads(1)

FAMILIES = ("qwen2_vl", "qwen2_5_vl")
NEW_TOKENS = 8
QUESTION = "Which organ is shown in this image? A) lung, B) liver"
TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "chat_template.json")
FIRST_SPECIAL = 978  # of the small tokenizer
OTHER_TEMPLATE = "{% for message in messages %}{{ message['role'] }}: other\n{% endfor %}"


def flat_config(family, tied):
    vision = {"depth": 2, "in_chans": 3, "patch_size": 14, "spatial_merge_size": 2, "spatial_patch_size": 14,
              "temporal_patch_size": 2, "num_heads": 2}
    if family == "qwen2_vl":
        vision.update({"embed_dim": 16, "hidden_size": 32, "mlp_ratio": 4})
    else:
        vision.update({"hidden_size": 16, "out_hidden_size": 32, "intermediate_size": 24, "hidden_act": "silu",
                       "window_size": 56, "fullatt_block_indexes": [1], "tokens_per_second": 2})
    name = "Qwen2VL" if family == "qwen2_vl" else "Qwen2_5_VL"
    return {
        "architectures": [name + "ForConditionalGeneration"], "attention_dropout": 0.0,
        "bos_token_id": FIRST_SPECIAL, "eos_token_id": FIRST_SPECIAL + 2, "vision_start_token_id": FIRST_SPECIAL + 9,
        "vision_end_token_id": FIRST_SPECIAL + 10, "vision_token_id": FIRST_SPECIAL + 11,
        "image_token_id": FIRST_SPECIAL + 12, "video_token_id": FIRST_SPECIAL + 13, "hidden_act": "silu",
        "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 48, "max_position_embeddings": 32768,
        "max_window_layers": 2, "model_type": family, "num_attention_heads": 2, "num_hidden_layers": 2,
        "num_key_value_heads": 1, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "sliding_window": 32768,
        "tie_word_embeddings": tied, "torch_dtype": "float32", "transformers_version": "4.41.2", "use_cache": True,
        "use_sliding_window": False, "vision_config": vision,
        "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]}, "vocab_size": 1024,
    }


def tensors(family, tied):
    """Names and shapes of the public checkpoints."""
    shapes = {"model.embed_tokens.weight": (1024, 32), "model.norm.weight": (32,)}
    for i in range(2):
        p = f"model.layers.{i}."
        shapes.update({
            p + "input_layernorm.weight": (32,), p + "post_attention_layernorm.weight": (32,),
            p + "self_attn.q_proj.weight": (32, 32), p + "self_attn.q_proj.bias": (32,),
            p + "self_attn.k_proj.weight": (16, 32), p + "self_attn.k_proj.bias": (16,),
            p + "self_attn.v_proj.weight": (16, 32), p + "self_attn.v_proj.bias": (16,),
            p + "self_attn.o_proj.weight": (32, 32), p + "mlp.gate_proj.weight": (48, 32),
            p + "mlp.up_proj.weight": (48, 32), p + "mlp.down_proj.weight": (32, 48)})
    norms = ("weight", "bias") if family == "qwen2_vl" else ("weight",)
    mlp = {"fc1": (64, 16), "fc2": (16, 64)} if family == "qwen2_vl" else {
        "gate_proj": (24, 16), "up_proj": (24, 16), "down_proj": (16, 24)}
    shapes["visual.patch_embed.proj.weight"] = (16, 3, 2, 14, 14)
    for i in range(2):
        p = f"visual.blocks.{i}."
        for norm in ("norm1", "norm2"):
            shapes.update({p + norm + "." + part: (16,) for part in norms})
        linear = {"attn.qkv": (48, 16), "attn.proj": (16, 16), **{"mlp." + k: v for k, v in mlp.items()}}
        for name, shape in linear.items():
            shapes[p + name + ".weight"] = shape
            shapes[p + name + ".bias"] = shape[:1]
    shapes.update({"visual.merger.ln_q." + part: (16,) for part in norms})
    for name, shape in {"mlp.0": (64, 64), "mlp.2": (32, 64)}.items():
        shapes["visual.merger." + name + ".weight"] = shape
        shapes["visual.merger." + name + ".bias"] = shape[:1]
    if not tied:
        shapes["lm_head.weight"] = (1024, 32)
    values = {}
    for name, shape in shapes.items():
        generator = torch.Generator().manual_seed(7_000_003 + zlib.crc32(f"{family}/{name}".encode()))
        noise = torch.randn(shape, generator=generator)
        if "norm" in name or "ln_q" in name:
            values[name] = 0.1 * noise + (1 if name.endswith("weight") else 0)
        elif name.endswith("bias"):
            values[name] = 0.2 * noise
        elif name in ("model.embed_tokens.weight", "lm_head.weight"):
            # A tied head answers with the token before unless the layers outweigh it.
            values[name] = noise * (0.25 if tied else 1)
            values[name][FIRST_SPECIAL:] *= 0.05  # special tokens are not drawn, so that answers have their full length
        else:
            values[name] = noise * 1.5 / math.sqrt(noise[0].numel())
        values[name] = values[name].to(torch.bfloat16).to(torch.float32)  # small, and equal in both types
    return values


def dump(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def base(out, models):
    for family in FAMILIES:
        tied = family == "qwen2_vl"
        d = out / "base" / family
        d.mkdir(parents=True, exist_ok=True)
        save_file(tensors(family, tied), str(d / "model.safetensors"), metadata={"format": "pt"})
        dump(d / "config.json", flat_config(family, tied))
        generation = {"bos_token_id": FIRST_SPECIAL, "pad_token_id": FIRST_SPECIAL, "do_sample": True,
                      "eos_token_id": [FIRST_SPECIAL + 2, FIRST_SPECIAL], "temperature": 0.01}
        generation.update({"top_p": 0.001, "top_k": 1} if tied else {"repetition_penalty": 1.05})
        dump(d / "generation_config.json", generation)
        dump(d / "preprocessor_config.json", {
            "min_pixels": 3136, "max_pixels": 12845056, "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2,
            "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
            "image_processor_type": "Qwen2VLImageProcessor",
            "processor_class": "Qwen2VLProcessor" if tied else "Qwen2_5_VLProcessor"})
        for name in TOKENIZER:
            shutil.copy(models / "small-tokenizer" / name, d / name)
    # Smooth, so that the two ways of resizing that there are agree, and no multiple of 28.
    y, x = np.mgrid[0:90, 0:120].astype(np.float64)
    rgb = np.stack([255 * x / 119, 255 * y / 89, 127 + 100 * np.sin(x / 19) * np.cos(y / 23)], axis=2)
    Image.fromarray(rgb.round().astype(np.uint8)).save(out / "image.png", optimize=True)


def load_model(source, **kwargs):
    import transformers

    family = json.loads((source / "config.json").read_text(encoding="utf-8"))["model_type"]
    name = "Qwen2VLForConditionalGeneration" if family == "qwen2_vl" else "Qwen2_5_VLForConditionalGeneration"
    if not hasattr(transformers, name):
        return None
    dtype = {"torch_dtype" if transformers.__version__ < "4.56" else "dtype": kwargs.pop("dtype", torch.float32)}
    return getattr(transformers, name).from_pretrained(str(source), **dtype, **kwargs).eval()


def load_processor(source, **kwargs):
    from transformers import AutoProcessor

    return AutoProcessor.from_pretrained(str(source), **kwargs)


def write(out):
    """Every form that this version writes."""
    import transformers

    version = transformers.__version__
    major = int(version.split(".")[0])
    for family in FAMILIES:
        source = out / "base" / family
        model = load_model(source)
        if model is None:
            continue

        def form(name, model_args=None, processor_args=None, prepare=None, the_model=model, over=None):
            d = out / "written" / f"{family}-{version}-{name}"
            shutil.rmtree(d, ignore_errors=True)
            if over:
                shutil.copytree(over, d)
            try:
                the_model.save_pretrained(str(d), **(model_args or {}))
                processor = load_processor(source, **(processor_args or {}))
                save = prepare(processor) if prepare else {}
                processor.save_pretrained(str(d), **(save or {}))
            except Exception as e:  # a form that this version does not know
                print("  no", d.name, type(e).__name__, str(e)[:150])
                shutil.rmtree(d, ignore_errors=True)
                return
            print("  ", d.name, *sorted(str(p.relative_to(d)) for p in d.rglob("*") if p.is_file()))

        form("plain")
        form("over-old", over=source)
        form("shards", {"max_shard_size": "100KB"})
        form("pixels", processor_args={"min_pixels": 28 * 28 * 4, "max_pixels": 28 * 28 * 6})
        form("templates", prepare=lambda p: named_templates(p))
        form("bfloat16", the_model=load_model(source, dtype=torch.bfloat16))
        if major == 4:
            form("slow", processor_args={"use_fast": False})
            form("legacy-template", prepare=lambda p: {"save_jinja_files": False})
            if version.startswith("4.49"):
                form("raw-template", prepare=lambda p: {"save_raw_chat_template": True})
        else:
            form("new-names", {"save_original_format": False})
            form("pillow-images", prepare=lambda p: pillow_images(p, source))
        untied(family, form, source, out)


def untied(family, form, source, out):
    """The other setting of tied heads: untied for Qwen2-VL, tied for Qwen2.5-VL."""
    tied = family != "qwen2_vl"
    d = out / "other" / family
    if not d.exists():
        shutil.copytree(source, d)
        save_file(tensors(family, tied), str(d / "model.safetensors"), metadata={"format": "pt"})
        dump(d / "config.json", flat_config(family, tied))
    form("tied" if tied else "untied", the_model=load_model(d))


def named_templates(processor):
    both = {"default": processor.chat_template, "other": OTHER_TEMPLATE}
    processor.chat_template = both
    processor.tokenizer.chat_template = dict(both)


def pillow_images(processor, source):
    from transformers import AutoImageProcessor

    processor.image_processor = AutoImageProcessor.from_pretrained(str(source), backend="pil")


def messages():
    return [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": QUESTION}]}]


def answer_one(directory, image):
    """Ids of the prompt, the greedy answer, its logits, as this version has them."""
    model = load_model(directory)
    processor = load_processor(directory)
    text = processor.apply_chat_template(messages(), tokenize=False, add_generation_prompt=True)
    inputs = processor(text=[text], images=[image], return_tensors="pt")
    with torch.no_grad():
        logits = model(**inputs).logits[0, -1].float()
        out = model.generate(**inputs, max_new_tokens=NEW_TOKENS, do_sample=False, use_cache=False,
                             return_dict_in_generate=True, output_logits=True)
    new = out.sequences[0, inputs["input_ids"].shape[1]:].tolist()
    margins = [float(step[0].topk(2).values.diff().abs()) for step in out.logits]
    logp = torch.log_softmax(logits.double(), -1)
    return {"prompt": inputs["input_ids"][0].tolist(), "grid": inputs["image_grid_thw"][0].tolist(), "answer": new,
            "first": [round(float(logp[t]), 5) for t in range(0, 1000, 100)], "margin": round(min(margins), 3)}


def answer(out, name="written"):
    import transformers

    image = Image.open(out / "image.png").convert("RGB")
    rows = {}
    for d in sorted((out / name).iterdir()):
        try:
            rows[d.name] = answer_one(d, image)
        except Exception as e:
            rows[d.name] = {"refused": f"{type(e).__name__}: {e}".split("\n")[0][:200]}
        row = rows[d.name]
        print("  ", d.name, row.get("refused") or (len(row["prompt"]), row["grid"], row["answer"], row["margin"]))
    dump(out / f"answers-{transformers.__version__}.json", rows)
    return rows


def pack(out, fixtures):
    """Every file once, named by its content."""
    import transformers

    shutil.rmtree(fixtures, ignore_errors=True)
    (fixtures / "files").mkdir(parents=True)
    answers = json.loads((out / f"answers-{transformers.__version__}.json").read_text(encoding="utf-8"))
    shutil.copy(out / "image.png", fixtures / "image.png")
    rows = []
    for name, row in answers.items():
        assert "refused" not in row, (name, row)
        files = {}
        for path in sorted((out / "written" / name).rglob("*")):
            if path.is_file():
                content = path.read_bytes().replace(f"{out}/".encode(), b"")  # old versions note where they loaded from
                blob = hashlib.sha256(content).hexdigest()[:12]
                (fixtures / "files" / blob).write_bytes(content)
                files[str(path.relative_to(out / "written" / name))] = blob
        rows.append({"name": name, **row, "files": files})
    manifest = {"reference": transformers.__version__, "question": QUESTION, "image": "image.png", "checkpoints": rows}
    (fixtures / "manifest.json").write_text(compact(manifest), encoding="utf-8")


def compact(manifest):
    """One line a checkpoint."""
    head = {k: v for k, v in manifest.items() if k != "checkpoints"}
    lines = ",\n".join(json.dumps(row) for row in manifest["checkpoints"])
    return json.dumps(head)[:-1] + ', "checkpoints": [\n' + lines + "\n]}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["base", "write", "answer", "pack", "check"])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--fixtures", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.what == "base":
        base(args.out, args.models)
    elif args.what == "write":
        write(args.out)
    elif args.what == "answer":
        answer(args.out)
    elif args.what == "pack":
        pack(args.out, args.fixtures)
    else:
        answer(args.out, "saved")


if __name__ == "__main__":
    sys.exit(main())
