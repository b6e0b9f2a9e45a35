"""Which packages compute: what a manifest names, and what a checkpoint belongs to."""

from __future__ import annotations

import platform
from importlib.metadata import version

PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "peft", "trl", "accelerate", "onnx", "onnxscript", "onnxruntime", "pyarrow", "numpy")
COMPUTING = ("torch", "transformers", "tokenizers", "peft", "trl", "accelerate", "numpy")  # other versions of these may give other weights


def versions() -> dict[str, str]:
    return {"python": platform.python_version(), **versions_of(PACKAGES)}


def versions_of(names: tuple[str, ...]) -> dict[str, str]:
    """Those that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except ImportError:
            continue
    return found
