"""What can be said of a base without loading it."""

from __future__ import annotations

import json
from pathlib import Path

from .fault import Fault
from .job import Job


def check_base(job: Job) -> None:
    """BASE_MISSING, ADAPTER_MISSING: before anything is loaded."""
    if not job.model.is_dir():
        raise Fault("BASE_MISSING", f"base.model: there is no folder {job.model}.", "Give a folder with config.json, tokenizer.json and safetensors.")
    for name in ("config.json", "tokenizer.json"):
        if not (job.model / name).is_file():
            raise Fault("BASE_MISSING", f"base.model: {job.model} has no {name}.", "Give a folder with config.json, tokenizer.json and safetensors.")
    if not any(job.model.glob("*.safetensors")) or not any(file.name.startswith("model") for file in job.model.glob("*.safetensors")):
        raise Fault("BASE_MISSING", f"base.model: {job.model} has no model.safetensors.", "A graph for onnxruntime cannot be trained: give the folder with the weights it was made from.")
    if job.adapter is not None:
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            if not (job.adapter / name).is_file():
                raise Fault("ADAPTER_MISSING", f"base.adapter: {job.adapter} has no {name}.", "Give the folder of a LoRA adapter, or null.")


def context_of(folder: Path) -> int:
    """Positions that the model has."""
    value = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("max_position_embeddings")
    return value if isinstance(value, int) else 2**31
