"""The tensors of a model or adapter folder, and the hash of its files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from fault import Fault


def read_json(path: Path) -> dict:
    """MODEL_FOLDER_WRONG: no such file, no JSON object."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Fault("MODEL_FOLDER_WRONG", f"{path.parent} has no {path.name}.", "Give the folder that the weights were saved to.") from None
    except (OSError, ValueError) as error:
        raise Fault("MODEL_FOLDER_WRONG", f"{path} cannot be read: {error}.", "Get the file again.") from None
    if not isinstance(value, dict):
        raise Fault("MODEL_FOLDER_WRONG", f"{path} is no JSON object.", "Get the file again.")
    return value


def weight_files(folder: Path, stem: str) -> list[Path]:
    """STEM.safetensors, or the parts that STEM.safetensors.index.json lists, or adapter_model.bin; empty: there are none. MODEL_FOLDER_WRONG: a part is missing."""
    one = folder / f"{stem}.safetensors"
    if one.is_file():
        return [one]
    index = folder / f"{stem}.safetensors.index.json"
    if index.is_file():
        parts = [folder / name for name in sorted(set(read_json(index).get("weight_map", {}).values()))]
        for part in parts:
            if not part.is_file():
                raise Fault("MODEL_FOLDER_WRONG", f"{index} lists {part.name}, which is not there.", "Get all parts of the weights.")
        return parts
    older = folder / f"{stem}.bin"
    return [older] if stem == "adapter_model" and older.is_file() else []


def read_tensors(files: list[Path]) -> dict[str, Tensor]:
    """Every tensor by its name. MODEL_WEIGHTS_CORRUPT."""
    tensors: dict[str, Tensor] = {}
    for file in files:
        try:
            tensors.update(load_file(file) if file.suffix == ".safetensors" else torch.load(file, map_location="cpu", weights_only=True))
        except (SafetensorError, OSError, RuntimeError, ValueError) as error:
            raise Fault("MODEL_WEIGHTS_CORRUPT", f"{file} cannot be read: {error}.", "Get the file again: it is cut short or was changed.") from None
    return tensors


def hash_files(files: list[Path]) -> str:
    """sha256 of the lines "SHA256  NAME\\n", one a file, sorted by name: weights of other bytes are another revision, wherever they lie."""
    lines = []
    for file in sorted(files, key=lambda found: found.name):
        with file.open("rb") as opened:
            lines.append(f"{hashlib.file_digest(opened, 'sha256').hexdigest()}  {file.name}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def few(names: list[str]) -> str:
    """The first names of a list, for a sentence."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
