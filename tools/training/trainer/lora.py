"""LoRA adapters: put into a model in place, written alone, merged."""

from __future__ import annotations

import json
from pathlib import Path

from transformers import PreTrainedModel

from .fault import Fault
from .settings import Value


def add_adapter(model: PreTrainedModel, settings: dict[str, Value], task: str) -> object:
    """The PEFT model around `model`, whose modules it replaces in place: only adapter weights learn, and a scorer's head. SETTING_WRONG."""
    from peft import LoraConfig, get_peft_model

    modules = [name.strip() for name in str(settings["loraModules"]).split(",") if name.strip()]
    present = {name.rsplit(".", 1)[-1] for name, _ in model.named_modules()}
    unknown = [name for name in modules if name not in present]
    if unknown or not modules:
        linear = sorted({name.rsplit(".", 1)[-1] for name, module in model.named_modules() if type(module).__name__ == "Linear"})
        raise Fault("SETTING_WRONG", f"{task}.loraModules names {', '.join(unknown) or 'nothing'}, which this model has not.", f"Its linear modules are {', '.join(linear)}.")
    return get_peft_model(model, LoraConfig(
        r=int(settings["loraRank"]), lora_alpha=settings["loraAlpha"], lora_dropout=float(settings["loraDropout"]), target_modules=modules, bias="none",
        task_type="TOKEN_CLS" if task == "prm" else "CAUSAL_LM", modules_to_save=["score"] if task == "prm" else None))


def write_adapter(adapted: object, folder: Path, base: str) -> None:
    """adapter_config.json and adapter_model.safetensors, the same bytes for the same weights; `base` is a name, since a path of this machine says nothing elsewhere."""
    adapted.save_pretrained(str(folder), save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)  # the card of the whole training says more
    file = folder / "adapter_config.json"
    config = {name: sorted(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value for name, value in json.loads(file.read_text()).items()}
    file.write_text(json.dumps({**config, "base_model_name_or_path": base}, indent=2, sort_keys=True) + "\n")
