"""Compares an exported graph with the PyTorch model it came from: at prefill, in cached decode, and with masked positions before, inside and after the past."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from .export import WholeScorer
from .fault import Fault


def open_session(file: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


class ExportedPolicy:
    """The graph as a function: ids [B, S], mask [B, T+S], positions [B, S], past -> logits [B, S, V], present."""

    def __init__(self, file: Path, model: PreTrainedModel) -> None:
        self.session = open_session(file)
        config = model.config
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self.names = [i.name for i in self.session.get_inputs() if i.name.startswith("past_key_values.")]
        self.nothing = lambda rows: [np.zeros((rows, config.num_key_value_heads, 0, width), np.float32) for _ in self.names]

    def __call__(self, ids: np.ndarray, mask: np.ndarray, positions: np.ndarray, past: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
        logits, *present = self.session.run(None, {"input_ids": ids, "attention_mask": mask, "position_ids": positions, **dict(zip(self.names, past, strict=True))})
        return logits, present


@torch.no_grad()
def compare_policy(model: PreTrainedModel, folder: Path, rows: int = 3, length: int = 40) -> float:
    """The largest difference of a logit over prefill, cached decode, and three padded layouts. PyTorch sees each text whole, without padding or cache."""
    model = model.eval()
    exported = ExportedPolicy(folder / "onnx" / "model.onnx", model)
    ids = torch.randint(4, model.config.vocab_size, (rows, length), generator=torch.Generator().manual_seed(3))
    expected = model(input_ids=ids).logits.numpy()
    ids = ids.numpy()
    ones = lambda n: np.ones((rows, n), np.int64)  # noqa: E731
    at = lambda start, end: np.arange(start, end)[None].repeat(rows, 0)  # noqa: E731
    worst: dict[str, float] = {}

    logits, _ = exported(ids, ones(length), at(0, length), exported.nothing(rows))
    worst["prefill"] = difference(logits, expected)

    logits, past = exported(ids[:, :30], ones(30), at(0, 30), exported.nothing(rows))
    steps = []
    for t in range(30, length):
        logits, past = exported(ids[:, t : t + 1], ones(t + 1), at(t, t + 1), past)
        steps.append(logits)
    worst["cached decode"] = difference(np.concatenate(steps, 1), expected[:, 30:])

    pad = np.zeros((rows, 16), np.int64)
    logits, _ = exported(np.concatenate([pad, ids], 1), np.concatenate([pad, ones(length)], 1), np.concatenate([pad, at(0, length)], 1), exported.nothing(rows))
    worst["padded before"] = difference(logits[:, 16:], expected)

    for name, new in (("gap, one new", 1), ("gap, five new", 5)):
        _, past = exported(ids[:, :20], ones(20), at(0, 20), exported.nothing(rows))
        noise = [np.concatenate([p, np.full((*p.shape[:2], 12, p.shape[3]), 3.0, np.float32)], 2) for p in past]
        logits, _ = exported(ids[:, 20 : 20 + new], np.concatenate([ones(20), pad[:, :12], ones(new)], 1), at(20, 20 + new), noise)
        worst[name] = difference(logits, expected[:, 20 : 20 + new])
    return report(folder, worst)


@torch.no_grad()
def compare_scorer(body: PreTrainedModel, head: nn.Linear, folder: Path, rows: int = 3, length: int = 40) -> float:
    scorer = WholeScorer(body, head).eval()
    session = open_session(folder / "onnx" / "model.onnx")
    ids = torch.randint(4, body.config.vocab_size, (rows, length), generator=torch.Generator().manual_seed(3))
    mask, positions = torch.ones_like(ids), torch.arange(length).repeat(rows, 1)
    expected = scorer(ids, mask, positions).numpy()
    run = lambda *values: session.run(None, {name: numpy(value) for name, value in zip(("input_ids", "attention_mask", "position_ids"), values)})[0]  # noqa: E731
    pad = torch.zeros(rows, 16, dtype=torch.long)
    after = run(torch.cat([ids, pad], 1), torch.cat([mask, pad], 1), torch.cat([positions, pad], 1))
    alone = run(ids[:1], mask[:1], positions[:1])
    return report(folder, {"whole": difference(run(ids, mask, positions), expected), "padded after": difference(after[:, :length], expected), "alone": difference(alone, expected[:1])})


def numpy(value: Tensor | np.ndarray) -> np.ndarray:
    return value.numpy() if isinstance(value, Tensor) else value


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())


TOLERANCE = 1e-4  # of a logit


def report(folder: Path, worst: dict[str, float]) -> float:
    print(f"{folder.name.strip('.').removesuffix('.new')}: ONNX and PyTorch differ by " + ", ".join(f"{name} {value:.1e}" for name, value in worst.items()), flush=True)
    largest = max(worst.values())
    if not largest <= TOLERANCE:
        raise Fault("EXPORT_DIFFERS", f"{folder}: ONNX and PyTorch differ by {largest:.1e}, more than {TOLERANCE:.0e}: the export is wrong.", "Nothing was accepted. The versions of requirements.txt are those it was tried with; without a graph (export none) the safetensors are written alone.")
    return largest
