"""LoRA adapters in the layout that peft saves them: adapter_config.json and adapter_model.safetensors.

A scorer's adapter (TOKEN_CLS) holds its head too, as `score.weight` and `score.bias`. The model named in an adapter's configuration is where it was trained, not where it is loaded from: that is always said by whoever starts the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model_state_dict, set_peft_model_state_dict
from torch import Tensor, nn
from transformers import PreTrainedModel

from fault import WRONG_USE, Fault
from full_weights import ADAPTER_CONFIG, first_line
from tensors import few, read_json, read_tensors, weight_files

PREFIX = "base_model.model."
HEADS = ("score", "classifier")  # names of the head in transformers; Llama, Qwen and Mistral call it score


@dataclass(frozen=True)
class Adapter:
    folder: Path
    files: list[Path]
    config: LoraConfig
    trained_on: str  # base_model_name_or_path
    tensors: dict[str, Tensor]  # of the layers
    head: dict[str, Tensor]  # weight [labels, hidden] and bias [labels]; empty without a head


def read_adapter(folder: Path, flag: str, task: str) -> Adapter:
    """`task`: CAUSAL_LM or TOKEN_CLS, refused where the configuration says another one. MODEL_FOLDER_WRONG, MODEL_WEIGHTS_CORRUPT."""
    said = read_json(folder / ADAPTER_CONFIG)
    if said.get("peft_type") != "LORA":
        raise Fault("MODEL_FOLDER_WRONG", f"{folder} is an adapter of type {said.get('peft_type')}; this server loads LORA.", "Merge it into its base and serve full weights.")
    if said.get("task_type") not in (task, None):
        other = "--scorer-adapter" if said["task_type"] == "TOKEN_CLS" else "--policy-adapter"
        raise Fault("MODEL_FOLDER_WRONG", f"{folder} is an adapter for {said['task_type']}; {flag} takes {task}.", f"Give it to {other}." if said["task_type"] in ("TOKEN_CLS", "CAUSAL_LM") else "Give the adapter of a policy or of a step scorer.")
    files = weight_files(folder, "adapter_model")
    if not files:
        raise Fault("MODEL_FOLDER_WRONG", f"{folder} has {ADAPTER_CONFIG} and no adapter_model.safetensors.", "Get the weights of the adapter.")
    try:
        config = LoraConfig.from_pretrained(folder)
    except (TypeError, ValueError) as error:
        raise Fault("MODEL_FOLDER_WRONG", f"{folder / ADAPTER_CONFIG} cannot be used: {first_line(error)}.", "Get the file again.") from None
    trained_on = str(config.base_model_name_or_path)
    config.task_type, config.modules_to_save, config.inference_mode, config.base_model_name_or_path = None, None, True, None  # the head is loaded by itself, and the base is the one in memory
    tensors, head = {}, {}
    for key, tensor in read_tensors(files).items():
        name = next((name for name in HEADS if key.startswith(f"{PREFIX}{name}.")), None)
        if name is not None and key.removeprefix(f"{PREFIX}{name}.") in ("weight", "bias"):
            head[key.removeprefix(f"{PREFIX}{name}.")] = tensor
        else:
            tensors[key] = tensor
    return Adapter(folder, [*files, folder / ADAPTER_CONFIG], config, trained_on, tensors, head)


def add_adapters(model: PreTrainedModel, adapters: dict[str, Adapter]) -> PeftModel:
    """Puts all adapters on one base, none of them active. Every key must find its place and every place its key (MODEL_FOLDER_WRONG)."""
    tuned: PeftModel | None = None
    for name, adapter in adapters.items():
        try:
            if tuned is None:
                tuned = PeftModel(model, adapter.config, adapter_name=name)
            else:
                tuned.add_adapter(name, adapter.config)
        except ValueError as error:
            raise Fault("MODEL_FOLDER_WRONG", f"{adapter.folder} does not fit the base: {first_line(error)}.", "Give the base that it was trained on, or one of its shape, with --base.") from None
        fill(tuned, name, adapter)
    assert tuned is not None
    return tuned.eval().requires_grad_(False)


def fill(tuned: PeftModel, name: str, adapter: Adapter) -> None:
    places = get_peft_model_state_dict(tuned, adapter_name=name, save_embedding_layers=False)
    missing, extra = sorted(set(places) - set(adapter.tensors)), sorted(set(adapter.tensors) - set(places))
    if missing or extra:
        what = " and ".join(filter(None, [f"lacks {few(missing)}" if missing else "", f"holds {few(extra)}, which the base has no place for" if extra else ""]))
        raise Fault("MODEL_FOLDER_WRONG", f"The adapter in {adapter.folder} {what}.", "Its base has another shape, or the file is not whole; what is missing would be random numbers, so nothing is served.")
    wrong = [key for key, tensor in adapter.tensors.items() if tensor.shape != places[key].shape]
    if wrong:
        raise Fault("MODEL_FOLDER_WRONG", f"The adapter in {adapter.folder} has {tuple(adapter.tensors[wrong[0]].shape)} for {wrong[0]}, where the base wants {tuple(places[wrong[0]].shape)}.", f"It was trained on {adapter.trained_on}: give a base of that shape with --base.")
    set_peft_model_state_dict(tuned, adapter.tensors, adapter_name=name)
    for key, tensor in get_peft_model_state_dict(tuned, adapter_name=name, save_embedding_layers=False).items():
        if not torch.equal(tensor.cpu(), adapter.tensors[key].to(tensor.dtype)):
            raise Fault("MODEL_FOLDER_WRONG", f"{key} of {adapter.folder} was not loaded: this version of peft puts it elsewhere.", "Use the versions of tools/serve-scorer/requirements.txt.")


def head_of(adapter: Adapter, hidden: int, without_bias: bool, device: str) -> nn.Linear:
    """The score head as it was saved, in float32. MODEL_FOLDER_WRONG: no head, no bias though one is wanted, a bias though none is, another width."""
    weight, bias = adapter.head.get("weight"), adapter.head.get("bias")
    if weight is None:
        raise Fault("MODEL_FOLDER_WRONG", f"The adapter in {adapter.folder} has no score.weight: its head was not saved.", "A head that is not loaded would be random. Save the adapter with modules_to_save=[\"score\"].")
    if weight.ndim != 2 or weight.shape[1] != hidden:
        raise Fault("MODEL_FOLDER_WRONG", f"score.weight of {adapter.folder} is {tuple(weight.shape)}; the base is {hidden} wide.", f"It was trained on {adapter.trained_on}: give a base of that shape with --base.")
    if bias is None and not without_bias:
        raise Fault("MODEL_FOLDER_WRONG", f"The adapter in {adapter.folder} has score.weight and no score.bias.", "Get the whole file; if the head was trained without a bias, say so with --head-without-bias.")
    if bias is not None and (without_bias or bias.shape != weight.shape[:1]):
        raise Fault("MODEL_FOLDER_WRONG", f"score.bias of {adapter.folder} is {tuple(bias.shape)} for {weight.shape[0]} labels." if not without_bias else f"The adapter in {adapter.folder} has a score.bias, and --head-without-bias is given.", "Leave --head-without-bias out." if without_bias else "Get the file again.", WRONG_USE if without_bias else 3)
    head = nn.Linear(hidden, weight.shape[0], bias=bias is not None, dtype=torch.float32)
    with torch.no_grad():
        head.weight.copy_(weight)
        if bias is not None:
            head.bias.copy_(bias)
    return head.to(device).eval().requires_grad_(False)
