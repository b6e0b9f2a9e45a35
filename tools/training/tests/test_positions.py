"""Training and the engines read a step's value at the same token: the same rows in PyTorch, at the positions of training, and in the embedded engine."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import NODE, REPOSITORY, node, train

MARK = re.compile(r"^Step \d+: ")


@pytest.fixture(scope="module")
def scorer(tmp_path_factory, policy, dataset) -> Path:
    out = tmp_path_factory.mktemp("scorer")
    file = out / "job.json"
    file.write_text(json.dumps({"v": 1, "task": "prm", "config": "seed-cpu", "settings": {"epochs": 1}, "base": {"model": str(policy), "adapter": None}, "datasets": [str(dataset)], "out": str(out), "seed": 0, "threads": 1, "maxMinutes": None, "export": "onnx"}))
    train(file)
    return out / "model"


@pytest.fixture(scope="module")
def rows(dataset) -> list[dict]:
    from trainer.tables import read_rows

    return read_rows((dataset,), ("prm",)).rows


@pytest.fixture(scope="module")
def in_pytorch(scorer, rows) -> list[np.ndarray]:
    """Values at the positions that training reads, from the safetensors that were written."""
    from transformers import AutoModelForTokenClassification

    from trainer.prm import trajectories, values_of
    from trainer.settings import read_settings
    from trainer.turns import Turns

    model = AutoModelForTokenClassification.from_pretrained(scorer, local_files_only=True).eval()
    some = trajectories(rows, Turns(scorer), read_settings("prm", "seed-cpu", {}), 512, 0)
    assert some is not None and len(some.rows) == len(rows)
    return values_of(model, some, np.arange(len(rows)), bce=False)


def question_and_steps(row: dict) -> tuple[str, list[str]]:
    question, _, first = row["prompt"].rpartition("\n\n")
    return question, [first, *row["completions"]]


def in_engine(scorer: Path, rows: list[dict]) -> list[list[float]]:
    """Values of Steps 1 to m of each row, by the embedded engine of the product."""
    lines = []
    for row in rows:
        question, steps = question_and_steps(row)
        lines.append(json.dumps({"question": question, "steps": [MARK.sub("", step) for step in steps]}))
    return [json.loads(line) for line in node("tools/training/tests/score-rows.ts", "--scorer", scorer, text="\n".join(lines)).splitlines()]


def test_the_embedded_engine_gives_the_values_that_training_reads(scorer, rows, in_pytorch):
    written = in_engine(scorer, rows)
    assert len(written) == len(rows) > 30
    for row, values, expected in zip(rows, written, in_pytorch, strict=True):
        assert len(values) == len(row["completions"])
        assert values == pytest.approx(expected.tolist(), abs=1e-5), row["id"]


def test_the_command_score_gives_them_too(scorer, rows, in_pytorch, tmp_path):
    for place in (0, len(rows) - 1):
        question, steps = question_and_steps(rows[place])
        file = tmp_path / "steps.txt"
        file.write_text("\n\n".join(steps[1:]))
        reply = json.loads(node("apps/slowthink/bin/slowthink.mjs", "score", "--scorer", f"onnx:{scorer}", "--question", question, "--steps", file, "--json").splitlines()[-1])
        assert [step["value"] for step in reply["steps"][1:]] == pytest.approx(in_pytorch[place].tolist(), abs=1e-5)


@pytest.mark.parametrize("logits", [1, 2])
def test_the_embedded_engine_reads_a_scorer_of_bce_by_its_sigmoid(logits, tmp_path, qwen, dataset, rows):
    """Defect: BCE trains one logit, inference softmaxes two. Of two logits the second alone is trained, and read."""
    from transformers import AutoModelForTokenClassification

    from trainer.prm import step_logits, trajectories, values_of
    from trainer.settings import read_settings
    from trainer.turns import Turns

    file = tmp_path / "job.json"
    settings = {"epochs": 1, "loss": "bce", "logits": logits, "learningRate": 1e-2}
    file.write_text(json.dumps({"v": 1, "task": "prm", "config": "seed-cpu", "settings": settings, "base": {"model": str(qwen), "adapter": None}, "datasets": [str(dataset)], "out": str(tmp_path / "out"), "seed": 0, "threads": 1, "maxMinutes": None, "export": "onnx"}))
    train(file)
    made = tmp_path / "out" / "model"
    model = AutoModelForTokenClassification.from_pretrained(made, local_files_only=True).eval()
    some = trajectories(rows, Turns(made), read_settings("prm", "seed-cpu", {}), 512, 0)
    places = np.arange(len(rows))
    expected = values_of(model, some, places, bce=True)
    written = in_engine(made, rows)
    assert len(written) == len(expected) > 30
    for row, values, one in zip(rows, written, expected, strict=True):
        assert values == pytest.approx(one.tolist(), abs=1e-5), row["id"]
    if logits == 2:  # a softmax would say something else, so a wrong reading would show
        import torch

        with torch.no_grad():
            some_logits = step_logits(model, some.texts, places, np.repeat(places, [len(one) for one in some.places]), np.concatenate(some.places))
        assert np.abs(torch.softmax(some_logits, -1)[:, 1].numpy() - np.concatenate(expected)).max() > 1e-3


def test_values_differ_between_steps_so_that_a_shifted_position_would_show(in_pytorch):
    inner = np.concatenate([np.abs(np.diff(values)) for values in in_pytorch if len(values) > 1])
    assert np.median(inner) > 1e-3
