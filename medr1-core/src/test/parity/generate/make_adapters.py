"""Adapters of every kind that PEFT puts on these models, with what PEFT makes of them.

adapters/<model>/<kind>/       the adapter as PEFT saves it
adapters/<model>.logits.safetensors   logits of the last token with the adapter on, loaded by PeftModel.from_pretrained
adapters/<model>.json          per kind: what merging changes (sum, l2 and a few elements of every changed tensor)
adapters/refused/<kind>.json   adapter_config.json of kinds with other mathematics
"""
import copy
import json
import shutil
import warnings

import torch
from common import (checksum, legacy_name, load_model, model_inputs, parse_args, reset_rope, rng, save_json,
                    save_tensors, versions)
from peft import (AdaLoraConfig, BOFTConfig, IA3Config, LoHaConfig, LoKrConfig, LoraConfig, OFTConfig, PeftModel,
                  PromptTuningConfig, VeraConfig, get_peft_model)
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file

warnings.filterwarnings("ignore")
TIED, OWN_HEAD = "tiny-qwen2-vl", "tiny-qwen2.5-vl"
SAMPLES = 6

# Settings of LoraConfig, but for: _noise, how far from its first value every trained number is moved; _convert, save
# with path_initial_model_for_weight_conversion; _slim, leave out the copy of the base's embedding; _split, PEFT's merge
# adds the changes of embedding and head into the one tensor that both are, so the golden takes them one by one;
# _unmergeable, PEFT cannot merge it either; _bf16, merge into a bfloat16 base as well.
KINDS = {
    TIED: {
        "all-linear": dict(target_modules="all-linear", _bf16=True),
        "merger": dict(target_modules=r".*(visual\.merger\.mlp\.[02]|q_proj)", r=3),
        "patch-embed": dict(target_modules=["patch_embed.proj", "attn.proj"], lora_alpha=5),
        "patch-embed-bias": dict(target_modules=["patch_embed.proj", "fc1"], lora_bias=True, _unmergeable=True),
        "embedding": dict(target_modules=["embed_tokens", "q_proj"], _split=True),
        "head": dict(target_modules=["lm_head", "q_proj"], _split=True, _slim=True),
        "embedding-and-head": dict(target_modules=["embed_tokens", "lm_head"], _split=True, _slim=True),
        "embedding-and-head-tied": dict(target_modules=["embed_tokens", "lm_head"], ensure_weight_tying=True,
                                        _split=True, _slim=True),
        "embedding-parameter": dict(target_modules=["v_proj"], target_parameters=["embed_tokens.weight"], _split=True),
        "saved-embedding": dict(target_modules=["q_proj"], modules_to_save=["embed_tokens"]),
        "saved-head": dict(target_modules=["q_proj"], modules_to_save=["lm_head"]),
        "saved-tied": dict(target_modules=["q_proj"], modules_to_save=["embed_tokens"], ensure_weight_tying=True),
        "bias-all": dict(target_modules=["q_proj", "o_proj"], bias="all"),
        "bias-lora-only": dict(target_modules=["q_proj", "o_proj", "fc2"], bias="lora_only"),
        "lora-bias": dict(target_modules=["q_proj", "fc1", "merger.mlp.0"], lora_bias=True),
        "lora-bias-without-place": dict(target_modules=["gate_proj", "o_proj"], lora_bias=True, _unmergeable=True),
        "tokens": dict(target_modules=["q_proj"], trainable_token_indices=[3, 990]),
        "parameters": dict(target_modules=[], target_parameters=["q_proj.weight", "mlp.0.weight"]),
        "pissa": dict(target_modules=["q_proj", "merger.mlp.0", "down_proj"], init_lora_weights="pissa", _noise=.01),
        "pissa-rslora": dict(target_modules=["k_proj", "fc1"], r=4, init_lora_weights="pissa", use_rslora=True,
                             rank_pattern={"fc1": 2}, alpha_pattern={"k_proj": 3}, _noise=.01),
        "pissa-converted": dict(target_modules=["q_proj"], init_lora_weights="pissa", _noise=.01, _convert=True),
        "pissa-head": dict(target_modules=["lm_head"], init_lora_weights="pissa", _noise=.01, _split=True),
        "olora": dict(target_modules=["q_proj", "k_proj", "down_proj", "fc1"], init_lora_weights="olora", _noise=.01),
        "olora-converted": dict(target_modules=["q_proj"], init_lora_weights="olora", _noise=.01, _convert=True),
        "orthogonal": dict(target_modules=["q_proj"], init_lora_weights="orthogonal"),
        "gaussian": dict(target_modules=["q_proj"], init_lora_weights="gaussian"),
        "mica": dict(target_modules=["q_proj"], init_lora_weights="mica"),
        "eva": dict(target_modules=["q_proj"], init_lora_weights="eva"),
        "fan-in-fan-out": dict(target_modules=["q_proj", "fc1"], fan_in_fan_out=True),
    },
    OWN_HEAD: {
        "all-linear": dict(target_modules="all-linear", r=1, use_rslora=True, lora_alpha=3),
        "exclude": dict(target_modules="all-linear", exclude_modules=r".*visual\.blocks.*"),
        "some-layers": dict(target_modules=["q_proj", "down_proj"], layers_to_transform=[1], layers_pattern="layers"),
        "patterns": dict(target_modules=["q_proj", "down_proj", "qkv"], lora_alpha=6, use_rslora=True,
                         rank_pattern={r"layers\.0\.self_attn\.q_proj": 4, "down_proj": 1},
                         alpha_pattern={"^model.language_model.layers.1.self_attn.q_proj": 3, r".*mlp\.down_proj": 5}),
        "embedding": dict(target_modules=["embed_tokens", "q_proj"], _slim=True),
        "head": dict(target_modules=["lm_head", "q_proj"], _slim=True, _bf16=True),
        "saved-norms": dict(target_modules=["q_proj"], modules_to_save=["norm", "ln_q", "merger.mlp.2"]),
        "tokens": dict(target_modules=["q_proj"], trainable_token_indices={"lm_head": [3, 4], "embed_tokens": [7]}),
        "bias-all": dict(target_modules=["qkv", "up_proj"], bias="all"),
        "pissa": dict(target_modules=["v_proj", "attn.proj", "up_proj"], init_lora_weights="pissa", _noise=.01),
        "olora": dict(target_modules=["o_proj", "qkv", "merger.mlp.2"], init_lora_weights="olora", r=3, _noise=.01),
    },
}


def refused():
    """Kinds with other mathematics; the value is what the error has to name."""
    lora = dict(r=2, target_modules=["q_proj"])
    return {
        "dora": (LoraConfig(**lora, use_dora=True), "use_dora"),
        "loftq": (dict(init_lora_weights="loftq", loftq_config={"loftq_bits": 4, "loftq_iter": 1}), "loftq"),
        "corda": (dict(init_lora_weights="corda"), "corda"),
        "pissa-niter": (dict(init_lora_weights="pissa_niter_4"), "pissa_niter_4"),
        "alora": (LoraConfig(**lora, alora_invocation_tokens=[5, 6], task_type="CAUSAL_LM"), "alora_invocation_tokens"),
        "layer-replication": (dict(layer_replication=[[0, 2], [1, 3]]), "layer_replication"),
        "vera": (VeraConfig(r=2, target_modules=["q_proj"]), "VERA"),
        "adalora": (AdaLoraConfig(init_r=2, target_r=1, total_step=10, target_modules=["q_proj"]), "ADALORA"),
        "ia3": (IA3Config(target_modules=["k_proj"], feedforward_modules=[]), "IA3"),
        "loha": (LoHaConfig(r=2, target_modules=["q_proj"]), "LOHA"),
        "lokr": (LoKrConfig(r=2, target_modules=["q_proj"]), "LOKR"),
        "boft": (BOFTConfig(boft_block_size=4, target_modules=["q_proj"]), "BOFT"),
        "oft": (OFTConfig(oft_block_size=4, target_modules=["q_proj"]), "OFT"),
        "prompt-tuning": (PromptTuningConfig(num_virtual_tokens=2, task_type="CAUSAL_LM"), "PROMPT_TUNING"),
    }


def last_logits(model, inputs):
    reset_rope(model)
    with torch.no_grad():
        return model(**model_inputs(model, inputs), use_cache=False).logits[0, -1].float()


def make(ctx, name, kind, spec, directory):
    """Saves an adapter whose trained numbers are all moved from where they began."""
    options = {k: v for k, v in spec.items() if not k.startswith("_")}
    torch.manual_seed(ctx.profile["seed"])  # first values of the matrices
    model = get_peft_model(load_model(ctx.model_dir(name)), LoraConfig(**{"r": 2, **options}))
    first = directory.with_name(directory.name + "-first")
    if spec.get("_convert"):
        model.save_pretrained(str(first))
    with torch.no_grad():
        for n, p in model.named_parameters():
            if p.requires_grad or "lora_" in n:
                p.add_(torch.randn(p.shape, generator=rng(ctx.profile["seed"], name, kind, n)) * spec.get("_noise", .05))
    extra = {"path_initial_model_for_weight_conversion": str(first)} if spec.get("_convert") else {}
    keep = {"save_embedding_layers": False} if spec.get("_slim") else {}
    model.peft_config["default"].base_model_name_or_path = name
    model.save_pretrained(str(directory), **extra, **keep)
    shutil.rmtree(first, ignore_errors=True)
    (directory / "README.md").unlink(missing_ok=True)
    config = json.loads((directory / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = name
    for key in ("target_modules", "modules_to_save"):  # sets, saved in no order
        if isinstance(config[key], list):
            config[key].sort()
    save_json(directory / "adapter_config.json", config)


def merged(model, spec):
    """Tensors by public name with the adapter in them."""
    if not spec.get("_split"):
        return model.merge_and_unload().state_dict()
    inner = model.get_base_model()
    state = {}
    for n, module in inner.named_modules():
        if isinstance(module, LoraLayer):
            state[n + ".weight"] = module.get_base_layer().weight.detach() + module.get_delta_weight("default")
    for n, p in inner.state_dict().items():
        if "lora_" not in n:
            state.setdefault(n.replace(".base_layer", ""), p)
    return state


def samples(tensor):
    flat = tensor.detach().double().flatten()
    places = torch.linspace(0, flat.numel() - 1, SAMPLES).long().tolist()
    return {"places": places, "values": [flat[i].item() for i in places]}


def changed(state, before):
    report = {}
    for n, t in state.items():
        old = before.get(n)
        if old is None or not torch.equal(old, t):
            report[legacy_name(n)] = {**checksum(t), **samples(t)}
    return report


def golden(ctx, name, spec, directory, inputs):
    base = load_model(ctx.model_dir(name))
    before = {n: t.clone() for n, t in base.state_dict().items()}
    plain = last_logits(base, inputs)
    model = PeftModel.from_pretrained(base, str(directory)).eval()
    logits = last_logits(model.get_base_model(), inputs)
    assert (logits - plain).abs().max() > 0.05, "the adapter does nothing"
    report = {"mergeable": not spec.get("_unmergeable")}
    if not spec.get("_unmergeable"):
        report["merged"] = changed(merged(copy.deepcopy(model), spec), before)
    if spec.get("_bf16"):
        base = load_model(ctx.model_dir(name), dtype=torch.bfloat16)
        before = {n: t.clone() for n, t in base.state_dict().items()}
        model = PeftModel.from_pretrained(base, str(directory)).eval()
        report["merged_bf16"] = changed(merged(model, spec), before)
    return logits, report


def main():
    ctx = parse_args(__doc__)
    root = ctx.out / "adapters"
    shutil.rmtree(root, ignore_errors=True)
    inputs = load_file(str(ctx.out / "forward" / "single.inputs.safetensors"))
    inputs = {k: inputs[k] for k in ("input_ids", "attention_mask", "pixel_values", "image_grid_thw")}
    for name, kinds in KINDS.items():
        logits, report = {}, {}
        for kind, spec in kinds.items():
            directory = root / name / kind
            make(ctx, name, kind, spec, directory)
            logits[kind], report[kind] = golden(ctx, name, spec, directory, inputs)
            print(name, kind, len(report[kind].get("merged", ())))
        save_tensors(root / f"{name}.logits.safetensors", logits)
        save_json(root / f"{name}.json", {"kinds": report, "inputs": "single.inputs.safetensors",
                                          "versions": versions()})
    for kind, (config, named) in refused().items():
        value = LoraConfig(r=2, target_modules=["q_proj"]) if isinstance(config, dict) else config
        value = value.to_dict()
        value.update(config if isinstance(config, dict) else {})
        value = {k: sorted(v) if isinstance(v, set) else v for k, v in value.items()}
        save_json(root / "refused" / f"{kind}.json", {"named": named, "config": value})


if __name__ == "__main__":
    main()
