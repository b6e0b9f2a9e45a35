"""Tiny random models in the layout of the released weights, made once; python -m pytest tools/serve-scorer"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from make_tiny import make_all
from served import Served, Wanted, open_served
from texts import Texts, open_texts

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    make_all(folder)
    return folder


@pytest.fixture(scope="session")
def served(tiny: Path) -> Served:
    """Base, policy adapter and scorer adapter: the first release."""
    return open_served(Wanted(tiny / "base", tiny / "policy-adapter", tiny / "prm"))


@pytest.fixture(scope="session")
def texts(tiny: Path) -> Texts:
    return open_texts([tiny / "base"], None)[0]


@pytest.fixture
def changed(tiny: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of one of the folders whose tensors were changed."""

    def change(name: str, change_tensors: Callable[[dict[str, Tensor]], None]) -> Path:
        folder = tmp_path / name
        shutil.copytree(tiny / name, folder)
        file = folder / ("adapter_model.safetensors" if (folder / "adapter_model.safetensors").is_file() and name != "policy-full" else "model.safetensors")
        tensors = load_file(file)
        change_tensors(tensors)
        save_file(tensors, file, {"format": "pt"})
        return folder

    return change
