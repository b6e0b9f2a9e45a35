"""Loads a folder of full weights, and nothing that lies beside them.

A first release of a model may be an adapter and a later one full weights in the same folder (pixas/MedSSS_Policy): transformers then adds the adapter by itself. Here weights are read from the folder that is named, an adapter only where it is named,
and every key must find its place: what a file lacks would be random.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING, AutoConfig, PreTrainedConfig, PreTrainedModel

from fault import Fault
from tensors import few, read_json, read_tensors, weight_files

ADAPTER_CONFIG = "adapter_config.json"
POLICY_KIND, SCORER_KIND = "language model", "token classifier"
CLASSES = {POLICY_KIND: MODEL_FOR_CAUSAL_LM_MAPPING, SCORER_KIND: MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING}


@dataclass(frozen=True)
class FullWeights:
    model: PreTrainedModel
    files: list[Path]  # what it was made from
    warnings: list[str]


def load_policy(folder: Path, flag: str, device: str, dtype: torch.dtype, adapter: Path | None = None) -> FullWeights:
    """A language model. `adapter`: the one that is named, which is not warned of."""
    return load(folder, flag, POLICY_KIND, device, dtype, adapter)


def load_scorer(folder: Path, flag: str, device: str, dtype: torch.dtype) -> FullWeights:
    """A model with a head of labels for every token."""
    return load(folder, flag, SCORER_KIND, device, dtype, None)


def load(folder: Path, flag: str, kind: str, device: str, dtype: torch.dtype, adapter: Path | None) -> FullWeights:
    """MODEL_FOLDER_WRONG: no folder, no weights, an adapter alone, keys that are missing or left over, layers that this server does not run. MODEL_WEIGHTS_CORRUPT."""
    if not folder.is_dir():
        raise Fault("MODEL_FOLDER_WRONG", f"There is no folder {folder}.", f"Check the path given to {flag}.")
    files = weight_files(folder, "model")
    beside = (folder / ADAPTER_CONFIG).is_file()
    if not files:
        if beside:
            names = read_json(folder / ADAPTER_CONFIG).get("base_model_name_or_path")
            raise Fault("MODEL_FOLDER_WRONG", f"{folder} holds an adapter and no full weights.", f"Give the weights that it was trained on with --base ({names}, its configuration says, which may be another model by now), and {folder} with --policy-adapter or --scorer-adapter.")
        raise Fault("MODEL_FOLDER_WRONG", f"{folder} has no model.safetensors and no model.safetensors.index.json.", f"Give a folder of full weights to {flag}.")
    config = read_config(folder)
    warnings = []
    if beside and not (adapter is not None and adapter.resolve() == folder.resolve()):
        names = read_json(folder / ADAPTER_CONFIG).get("base_model_name_or_path")
        warnings.append(f"{folder} holds full weights and an adapter beside them (trained on {names}). The adapter is ignored; name it with --policy-adapter or --scorer-adapter if it is wanted.")
    if type(config) not in CLASSES[kind]:
        raise Fault("MODEL_FOLDER_WRONG", f"transformers has no {kind} of the type {config.model_type}, which {folder} is.", f"Give a {kind} to {flag}.")
    try:
        model, told = CLASSES[kind][type(config)].from_pretrained(None, config=config, state_dict=read_tensors(files), dtype=dtype, attn_implementation="sdpa", output_loading_info=True)
    except (RuntimeError, ValueError) as error:
        raise Fault("MODEL_FOLDER_WRONG", f"{folder}: the weights do not fit config.json: {first_line(error)}.", "Get config.json and weights of one release.") from None
    missing, extra = sorted(told["missing_keys"]), sorted(told["unexpected_keys"])
    if missing or extra:
        what = " and ".join(filter(None, [f"lack {few(missing)}" if missing else "", f"hold {few(extra)}, which the model has no place for" if extra else ""]))
        raise Fault("MODEL_FOLDER_WRONG", f"{folder}: the weights {what}.", f"{flag} wants a {kind}; what is missing would be random numbers, so nothing is served.")
    return FullWeights(model.to(device).eval().requires_grad_(False), [*files, folder / "config.json"], warnings)


def read_config(folder: Path) -> PreTrainedConfig:
    read_json(folder / "config.json")
    try:
        config = AutoConfig.from_pretrained(folder)
    except (ValueError, KeyError, OSError) as error:
        raise Fault("MODEL_FOLDER_WRONG", f"{folder / 'config.json'} names a model that transformers does not know: {first_line(error)}.", "Serve a model of a known architecture; code of a model folder is never run.") from None
    others = sorted({kind for kind in getattr(config, "layer_types", None) or [] if kind != "full_attention"})
    if others:
        raise Fault("MODEL_FOLDER_WRONG", f"{folder} has layers of {few(others)}: this server keeps whole rows of keys and values and runs full attention alone.", "Serve it with vLLM.")
    return config


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".:")
