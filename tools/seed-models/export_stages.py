"""The stage that writes policy/ and holds it against PyTorch."""

from __future__ import annotations

import shutil

from tokenizers import Tokenizer
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from trainer.equality import compare_policy
from trainer.export import export_policy, write_checksums

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
