"""OUT/README.md: the model card. Nothing in it is typed by hand: it is the manifest in words."""

from __future__ import annotations

TITLES = {"sft": "Policy, fine-tuned on right chains", "prm": "Step scorer (process reward model)", "dpo": "Policy, trained on preference pairs"}

HELD_OUT_OF = "this training alone; its base may have learnt them"  # a scorer begins with a policy that was trained on the right chains of the same questions, a later round with the model of an earlier one


def write_card(manifest: dict, held: dict | None, base: str, datasets: list[str]) -> str:
    data, loss = manifest["data"], manifest["loss"]
    skipped = ", ".join(f"{count:,} {reason}" for reason, count in sorted(data["skipped"].items())) or "none"
    base_hash, adapter_hash = manifest["base"]["model"], manifest["base"]["adapter"]
    merged = "" if adapter_hash is None else f", with the adapter `{adapter_hash}`"
    on_held = "" if loss["held"] is None else f", {loss['held']:.4f} on questions held out of this training"
    again = "yes, on the same machine with the same threads" if manifest["deterministic"] else "no"
    lines = [
        f"# {TITLES[manifest['task']]}",
        "",
        f"Trained by `tools/training` with the configuration `{manifest['config']}` from `{base}`. What it says of any field of knowledge is only as good as its base and its questions: evaluate it before it is used.",
        "",
        "| | |",
        "|---|---|",
        f"| base | model hash `{base_hash}`{merged} |",
        f"| data | {', '.join(datasets)}; data hash `{data['sha256']}` |",
        f"| rows | {data['rows']:,} read, {data['used']:,} learnt; left out: {skipped} |",
        f"| training | {manifest['steps']:,} steps, {manifest['epochs']:g} epochs, {manifest['tokens']:,} tokens, {manifest['flops']:.3g} FLOPs, {manifest['seconds']:,.0f} s, seed {manifest['seed']}, {manifest['threads']} threads; ended by {manifest['stopped']} |",
        f"| loss | {loss['first']:.4f} in the first tenth, {loss['last']:.4f} in the last{on_held} |",
    ]
    if held is not None:
        lines.append(f"| held out of {HELD_OUT_OF} | " + ", ".join(f"{name} {value}" for name, value in held.items() if name != "loss") + " |")
    lines += [
        f"| model | `{manifest['model']['folder']}/`, model hash `{manifest['model']['sha256']}` |",
        *([f"| adapter | `{manifest['adapter']['folder']}/`, hash `{manifest['adapter']['sha256']}` |"] if manifest["adapter"] else []),
        *([f"| ONNX | differs from PyTorch by {manifest['onnx']['difference']:.1e} at most, {manifest['onnx']['tolerance']:.0e} was allowed |"] if manifest["onnx"] else []),
        f"| same bytes again | {again} |",
        "| versions | " + ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()) + " |",
        "",
        "![loss](loss.svg)",
        "",
        "## Settings",
        "",
        "| name | value |",
        "|---|---|",
        *(f"| {name} | {'–' if value is None else value} |" for name, value in manifest["settings"].items()),
    ]
    return "\n".join(lines) + "\n"
