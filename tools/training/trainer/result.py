"""The folders of a finished training: model/ and adapter/, each there whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoModelForTokenClassification, PreTrainedModel

from .equality import TOLERANCE, compare_policy, compare_scorer
from .export import write_checksums, write_json, write_policy_graph, write_scorer_graph
from .graph_process import write_graph
from .whole_file import flush_folder

TEXTS = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "generation_config.json", "tokenizer.model", "vocab.json", "merges.txt")
SHARD = "5GB"


def write_model(model: PreTrainedModel, base: Path, out: Path, scorer: dict | None, onnx: bool) -> dict | None:
    """OUT/model: safetensors, the base's tokenizer and configuration, scorer.json, checksums.json; with `onnx` a graph, made from the files that were written, and compared with them.

    Gives { difference, tolerance } of the graph. EXPORT_DIFFERS."""
    folder = fresh(out, "model")
    model.save_pretrained(folder / "saved", max_shard_size=SHARD)
    for file in (folder / "saved").glob("model*"):
        file.rename(folder / file.name)
    shutil.rmtree(folder / "saved")
    for name in TEXTS:
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    write_json(folder / "config.json", config_of(json.loads((base / "config.json").read_text(encoding="utf-8")), model, scorer))
    if scorer is not None:
        write_json(folder / "scorer.json", scorer, sort=False)
    difference = write_graph(folder) if onnx else None
    write_checksums(folder)
    put(folder, out / "model")
    return None if difference is None else {"difference": difference, "tolerance": TOLERANCE}


def config_of(base: dict, model: PreTrainedModel, scorer: dict | None) -> dict:
    """The base's configuration; a scorer is the token classifier of its architecture."""
    config = {**base, "dtype": str(model.dtype).removeprefix("torch.")}
    config.pop("torch_dtype", None)
    if scorer is None:
        return config
    labels = ["wrong", "right"][2 - scorer["logits"] :]
    return {**config, "architectures": [type(model).__name__], "classifier_dropout": 0.0, "id2label": {str(k): label for k, label in enumerate(labels)}, "label2id": {label: k for k, label in enumerate(labels)},
            "num_labels": len(labels), "tie_word_embeddings": False}


def write_graph_of(folder: Path, scorer: dict | None) -> float:
    """In the process that writes graphs (graph_process.py), and nowhere else."""
    kind = AutoModelForCausalLM if scorer is None else AutoModelForTokenClassification
    model = kind.from_pretrained(folder, attn_implementation="eager", dtype="float32", local_files_only=True)
    if scorer is None:
        write_policy_graph(model, folder)
        return compare_policy(model, folder)
    write_scorer_graph(model.base_model, model.score, folder)
    return compare_scorer(model.base_model, model.score, folder)


def fresh(out: Path, name: str) -> Path:
    """An empty folder beside the place that it is renamed to."""
    folder = out / f".{name}.new"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def put(folder: Path, target: Path) -> None:
    """Takes the place of what an attempt before left; the manifest is written after this, so a kill in between loses nothing."""
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(0o644)  # safetensors writes for the owner alone
            with file.open("rb") as bytes_:
                os.fsync(bytes_.fileno())
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)
    flush_folder(target.parent)
