"""The stages that write policy/ and scorer/ and hold them against PyTorch."""

from __future__ import annotations

import shutil

from tokenizers import Tokenizer
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from equality import compare_policy, compare_scorer
from export import export_policy, export_scorer, write_checksums
from prm import open_scorer
from settings import Settings
from tokenizer import wrap_tokenizer


def open_tokenizer(settings: Settings) -> PreTrainedTokenizerFast:
    return wrap_tokenizer(Tokenizer.from_file(str(settings.file("tokenizer") / "tokenizer.json")))


def export_seed_policy(settings: Settings) -> dict:
    """policy/: a folder of the layout of transformers.js, and model.safetensors for later training."""
    model = LlamaForCausalLM.from_pretrained(settings.file("pretrain"), attn_implementation="eager")
    folder = settings.file("policy")
    export_policy(model, open_tokenizer(settings), folder)
    shutil.copyfile(settings.file("pretrain") / "model.safetensors", folder / "model.safetensors")
    write_checksums(folder)
    return {"difference": compare_policy(model, folder), "bytes": (folder / "onnx" / "model.onnx").stat().st_size}


def export_seed_scorer(settings: Settings) -> dict:
    """scorer/"""
    scorer = open_scorer(settings, trained=True, attention="eager")
    folder = settings.file("scorer")
    export_scorer(scorer.body, scorer.head, open_tokenizer(settings), folder)
    return {"difference": compare_scorer(scorer.body, scorer.head, folder), "bytes": (folder / "onnx" / "model.onnx").stat().st_size}
