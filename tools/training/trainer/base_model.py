"""Where training starts: the weights of a model folder, an adapter merged into them where the job names one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import nn
from transformers import AutoModelForCausalLM, AutoModelForTokenClassification, PreTrainedModel

from .fault import Fault
from .job import Job
from .settings import Value

HEAD_SPREAD = 0.02  # standard deviation of a new head


def precision_of(settings: dict[str, Value]) -> torch.dtype:
    """What learns is float32: updates of bfloat16 weights would be rounded away. Only weights under an adapter, which do not learn, are kept in bfloat16."""
    return torch.bfloat16 if settings["precision"] == "bfloat16" and settings["weights"] == "lora" else torch.float32


@contextmanager
def without_adapter(folder: Path) -> Iterator[Path]:
    """The folder as it would be without an adapter in it, which the library would load unasked: what is trained on is what the job says."""
    if not (folder / "adapter_config.json").exists():
        yield folder
        return
    print(f"loading: {folder} holds an adapter, which is ignored; base.adapter names the one that is merged", flush=True)
    with TemporaryDirectory() as scratch:
        for file in folder.iterdir():
            if file.is_file() and not file.name.startswith("adapter_"):
                (Path(scratch) / file.name).symlink_to(file)
        yield Path(scratch)


def load_policy(job: Job, settings: dict[str, Value]) -> PreTrainedModel:
    """A causal language model in evaluation mode. BASE_MISSING, ADAPTER_MISSING."""
    try:
        with without_adapter(job.model) as folder:
            model, info = AutoModelForCausalLM.from_pretrained(folder, dtype=precision_of(settings), local_files_only=True, use_safetensors=True, output_loading_info=True)
    except Exception as error:
        raise Fault("BASE_MISSING", f"base.model: {job.model} cannot be loaded: {str(error)[:400]}", "Get config.json and the safetensors again, or give another base.") from error
    if info["missing_keys"] or info["mismatched_keys"]:
        lost = sorted(map(str, [*info["missing_keys"], *info["mismatched_keys"]]))
        raise Fault("BASE_MISSING", f"base.model: {job.model} lacks {len(lost)} weights of its architecture, {lost[0]} among them.", "Give a policy (a causal language model) with all its safetensors.")
    return model if job.adapter is None else merge_adapter(model, job.adapter)


def merge_adapter(model: PreTrainedModel, folder: Path) -> PreTrainedModel:
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, folder, local_files_only=True).merge_and_unload()
    except Exception as error:
        raise Fault("ADAPTER_MISSING", f"base.adapter: {folder} cannot be merged into this base: {str(error)[:400]}", "Give the adapter that was trained on this base, or null.") from error


def scorer_from(policy: PreTrainedModel, logits: int) -> PreTrainedModel:
    """The policy's body with a new linear head, as the token classifier of its architecture: score.weight [logits, hidden], score.bias [logits]. Draws from torch's generator."""
    config = copy.deepcopy(policy.config)
    config.num_labels = logits
    config.classifier_dropout = 0.0  # the library's default is 0.1
    config.tie_word_embeddings = False
    prefix = policy.base_model_prefix
    with torch.device("meta"):
        scorer = AutoModelForTokenClassification.from_config(config)
    if not isinstance(getattr(scorer, "score", None), nn.Linear) or scorer.base_model_prefix != prefix:
        raise Fault("BASE_MISSING", f"The architecture {config.model_type} has no token classifier with a linear head named score.", "Give a base of another architecture: llama, qwen2, qwen3, mistral and gemma have one.")
    setattr(scorer, prefix, policy.base_model)
    scorer.score = nn.Linear(config.get_text_config().hidden_size, logits)
    nn.init.normal_(scorer.score.weight, std=HEAD_SPREAD)
    nn.init.zeros_(scorer.score.bias)
    return scorer
