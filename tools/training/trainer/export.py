"""Exports a causal language model, or a step scorer, to a model folder in the layout of transformers.js.

    DIR/config.json, tokenizer.json, tokenizer_config.json, generation_config.json, onnx/model.onnx, checksums.json (, scorer.json)

Shapes: B rows, T past positions (0 at prefill), S new positions, V vocabulary, H heads of keys and values, D width of a head.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerFast

from .hashes import sha256

OPSET = 18  # onnxruntime-node 1.30 reads it; the exporter writes nothing newer
IR_VERSION = 10


def mask_scores(attention_mask: Tensor, past: int, dtype: torch.dtype) -> Tensor:
    """[B, T+S] of 0 and 1 -> [B, 1, S, T+S]: 0 where new position q may see k (k is not masked, k <= T + q), the lowest finite number elsewhere.

    A masked position is hidden wherever it stands: before the text, or between the past and the new tokens."""
    total = attention_mask.shape[1]
    k = torch.arange(total, device=attention_mask.device)
    q = torch.arange(past, total, device=attention_mask.device)
    seen = (k[None, :] <= q[:, None])[None, None] & attention_mask[:, None, None, :].bool()
    return torch.where(seen, 0.0, torch.finfo(dtype).min).to(dtype)


class CachedPolicy(nn.Module):
    """A causal language model with its keys and values as plain inputs and outputs."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, past: list[Tensor]) -> tuple[Tensor, ...]:
        """ids, positions [B, S], mask [B, T+S], past 2 x layers of [B, H, T, D] -> logits [B, S, V], present 2 x layers of [B, H, T+S, D]"""
        cache = DynamicCache()
        for layer in range(len(past) // 2):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        scores = mask_scores(attention_mask, past[0].shape[2], past[0].dtype)
        written = self.model(input_ids=input_ids, attention_mask=scores, position_ids=position_ids, past_key_values=cache, use_cache=True)
        present = [tensor for layer in written.past_key_values.layers for tensor in (layer.keys, layer.values)]
        return (written.logits, *present)


class WholeScorer(nn.Module):
    """A body with a head of N logits at every position, without a past."""

    def __init__(self, body: PreTrainedModel, head: nn.Linear) -> None:
        super().__init__()
        self.body = body
        self.head = head

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor) -> Tensor:
        """ids, mask, positions [B, S] -> logits [B, S, N]"""
        scores = mask_scores(attention_mask, 0, self.head.weight.dtype)
        hidden = self.body(input_ids=input_ids, attention_mask=scores, position_ids=position_ids, use_cache=False).last_hidden_state
        return self.head(hidden)


def export_policy(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Writes a policy folder from nothing."""
    write_policy_graph(model, folder)
    write_texts(model, tokenizer, folder)
    write_checksums(folder)


def export_scorer(body: PreTrainedModel, head: nn.Linear, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Writes a scorer folder from nothing: scorer.json says how its logits [B, S, 2] are read."""
    write_scorer_graph(body, head, folder)
    write_texts(body, tokenizer, folder)
    write_json(folder / "scorer.json", SCORER, sort=False)
    write_checksums(folder)


SCORER = {"scorer": 1, "separator": "\n\n", "logits": 2, "right": 1, "activation": "softmax"}


def write_policy_graph(model: PreTrainedModel, folder: Path) -> None:
    """FOLDER/onnx/model.onnx. The model's attention must be 'eager': it adds the mask as it is given."""
    model = model.eval()
    layers = model.config.num_hidden_layers
    names = [f"{layer}.{part}" for layer in range(layers) for part in ("key", "value")]
    batch, total, new, past = (torch.export.Dim.DYNAMIC,) * 4
    write_graph(
        CachedPolicy(model).eval(),
        (*example_text(model, 7), example_past(model, 7)),
        {
            "input_ids": {0: batch, 1: new},
            "attention_mask": {0: batch, 1: total},
            "position_ids": {0: batch, 1: new},
            "past": [{0: batch, 2: past} for _ in names],
        },
        ["input_ids", "attention_mask", "position_ids", *(f"past_key_values.{name}" for name in names)],
        ["logits", *(f"present.{name}" for name in names)],
        folder / "onnx" / "model.onnx",
    )


def write_scorer_graph(body: PreTrainedModel, head: nn.Linear, folder: Path) -> None:
    """FOLDER/onnx/model.onnx; eager attention as well."""
    batch, new = (torch.export.Dim.DYNAMIC,) * 2
    write_graph(
        WholeScorer(body, head).eval(),
        example_text(body, 0),
        {name: {0: batch, 1: new} for name in ("input_ids", "attention_mask", "position_ids")},
        ["input_ids", "attention_mask", "position_ids"],
        ["logits"],
        folder / "onnx" / "model.onnx",
    )


def example_text(model: PreTrainedModel, past: int) -> tuple[Tensor, Tensor, Tensor]:
    """ids [3, 5], mask [3, past + 5], positions [3, 5]"""
    ids = torch.arange(15).reshape(3, 5) % model.config.vocab_size
    return ids, torch.ones(3, past + 5, dtype=torch.long), torch.arange(past, past + 5).repeat(3, 1)


def example_past(model: PreTrainedModel, past: int) -> list[Tensor]:
    config = model.config
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return [torch.randn(3, config.num_key_value_heads, past, width) for _ in range(2 * config.num_hidden_layers)]


def write_graph(module: nn.Module, example: tuple, shapes: dict, inputs: list[str], outputs: list[str], file: Path) -> None:
    """One file with its weights inside; names of nodes that tell the source of a line are left out."""
    file.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it warns of packages that no model here needs
    with torch.no_grad():
        program = torch.onnx.export(module, example, dynamo=True, dynamic_shapes=shapes, input_names=inputs, output_names=outputs, opset_version=OPSET, optimize=True, verbose=False)
    graph = program.model_proto
    strip(graph)
    name_dimensions(graph)
    onnx.checker.check_model(graph, full_check=True)
    file.write_bytes(graph.SerializeToString(deterministic=True))


def strip(graph: onnx.ModelProto) -> None:
    """Takes away what no runtime reads: traces of the source code, shapes of inner values."""
    graph.ir_version = min(graph.ir_version, IR_VERSION)
    graph.producer_version = ""
    del graph.metadata_props[:]
    del graph.graph.metadata_props[:]
    del graph.graph.value_info[:]
    for node in graph.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*graph.graph.input, *graph.graph.output, *graph.graph.initializer]:
        del value.metadata_props[:]
        value.doc_string = ""


AXES = {"past_key_values": {2: "past"}, "present": {2: "total"}, "attention_mask": {1: "total"}, "input_ids": {1: "new"}, "position_ids": {1: "new"}, "logits": {1: "new"}}


def name_dimensions(graph: onnx.ModelProto) -> None:
    """Gives the free dimensions names that say what they count: batch, past, new, total."""
    cached = any(value.name.startswith("past_key_values") for value in graph.graph.input)
    for value in [*graph.graph.input, *graph.graph.output]:
        axes = {0: "batch_size", **AXES[value.name.split(".")[0]]}
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            if axis in axes:
                dim.Clear()
                dim.dim_param = axes[axis] if cached or axes[axis] != "total" else "new"


def write_texts(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """config.json, generation_config.json and the tokenizer's two files, chat template inside."""
    folder.mkdir(parents=True, exist_ok=True)
    config = model.config.to_diff_dict()
    for name in ("_name_or_path", "transformers_version", "_attn_implementation_autoset"):
        config.pop(name, None)
    spelled = {name: getattr(model.config, name) for name in (
        "model_type", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "hidden_size", "intermediate_size",
        "vocab_size", "max_position_embeddings", "rms_norm_eps", "tie_word_embeddings", "eos_token_id", "pad_token_id", "bos_token_id")}
    width = getattr(model.config, "head_dim", None)
    write_json(folder / "config.json", {**config, **spelled, **({"head_dim": width} if width else {})})
    write_json(folder / "generation_config.json", {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id})
    write_tokenizer(tokenizer, folder)


def write_tokenizer(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": tokenizer.model_max_length,
        "clean_up_tokenization_spaces": False,
        "eos_token": tokenizer.eos_token,
        "pad_token": tokenizer.pad_token,
        "chat_template": tokenizer.chat_template,
    })


def write_json(file: Path, value: object, sort: bool = True) -> None:
    file.write_text(json.dumps(value, indent=2, sort_keys=sort, ensure_ascii=False, default=str) + "\n")


def write_checksums(folder: Path) -> None:
    """checksums.json: the sha256 of every other file of the folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name not in ("checksums.json", "README.md"))
    write_json(folder / "checksums.json", {"files": {file.relative_to(folder).as_posix(): sha256(file) for file in files}})
