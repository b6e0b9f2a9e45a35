"""What the tests share: a base that ships, a tiny one of another architecture, and real rows that the product itself makes (node 24 on the PATH, or the one of node_modules)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

TRAINING = Path(__file__).resolve().parents[1]
REPOSITORY = TRAINING.parents[1]
sys.path.insert(0, str(TRAINING))

import pytest

POLICY = REPOSITORY / "libs" / "seed-models" / "policy"
NODE = REPOSITORY / "node_modules" / ".bin" / "node"


def node(*words: str | Path, text: str | None = None) -> str:
    done = subprocess.run([str(NODE if NODE.exists() else "node"), *map(str, words)], cwd=REPOSITORY, input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="session")
def policy() -> Path:
    return POLICY


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """sft, prm, preference and preference_steps rows of 16 questions, from trees that the seed policy grew."""
    run = tmp_path_factory.mktemp("run") / "run"
    node("apps/slowthink/bin/slowthink.mjs", "run", "--questions", "dosage", "--limit", "16", "--pairs", "level", "siblings", "leaf", "--pair-threshold", "0.3", "--dir", run, "--json")
    return run / "dataset"


@pytest.fixture(scope="session")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One layer of Qwen2 with random weights and the tokenizer of the seed models: small enough that a test is over in seconds."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    folder = tmp_path_factory.mktemp("base") / "qwen"
    torch.manual_seed(0)
    Qwen2ForCausalLM(Qwen2Config(vocab_size=768, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1, intermediate_size=64, max_position_embeddings=512,
                                 tie_word_embeddings=True, eos_token_id=3, pad_token_id=0, bos_token_id=None)).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        shutil.copyfile(POLICY / name, folder / name)
    return folder


JobFile = Callable[..., Path]


@pytest.fixture
def job_file(tmp_path: Path, qwen: Path, dataset: Path) -> JobFile:
    """Writes a job: what is not said is that of a small training with seed-cpu."""
    def write(name: str = "job", **fields: object) -> Path:
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({"v": 1, "task": "sft", "config": "seed-cpu", "settings": {}, "base": {"model": str(qwen), "adapter": None}, "datasets": [str(dataset)], "out": str(tmp_path / name), "seed": 0, "threads": 1,
                                    "maxMinutes": None, "export": "none", **fields}))
        return file
    return write


def run_main(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as a user starts it."""
    return subprocess.run([sys.executable, str(TRAINING / "main.py"), str(file), *words], capture_output=True, text=True, timeout=300)


def train(file: Path) -> dict:
    """The same inside this process: without the seconds that importing takes."""
    from trainer.job import read_job
    from trainer.run_job import run_job

    return run_job(read_job(file))
