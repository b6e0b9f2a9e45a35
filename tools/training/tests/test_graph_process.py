"""Graphs are written by a process of its own: it ends with a signal, its faults come through, and its bytes do not depend on what was trained before."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import TRAINING, run_main, train

from trainer import graph_process
from trainer.fault import Fault
from trainer.graph_process import write_graph

FEW = {"batchTokens": 2048, "weights": "lora", "loraDropout": 0.1}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, qwen, dataset) -> Path:
    """OUT of a job that a process of its own trained without a break."""
    folder = tmp_path_factory.mktemp("undisturbed")
    file = written(folder, qwen, dataset)
    assert run_main(file).returncode == 0
    return folder / "out"


def written(folder: Path, qwen: Path, dataset: Path) -> Path:
    file = folder / "job.json"
    file.write_text(json.dumps({"v": 1, "task": "prm", "config": "seed-cpu", "settings": FEW, "base": {"model": str(qwen), "adapter": None}, "datasets": [str(dataset)], "out": str(folder / "out"), "seed": 0, "threads": 1, "maxMinutes": None, "export": "onnx"}))
    return file


def exporting(out: Path) -> list[str]:
    """Processes that write a graph below OUT."""
    lines = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if "trainer.graph_process" in line and str(out) in line]


def test_a_signal_ends_the_export_and_the_same_job_comes_to_the_same_bytes(tmp_path, qwen, dataset, undisturbed):
    file, out = written(tmp_path, qwen, dataset), tmp_path / "out"
    process = subprocess.Popen([sys.executable, str(TRAINING / "main.py"), str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not exporting(out):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert exporting(out) == []
    assert not (out / "manifest.json").exists() and (out / "checkpoint" / "state.pt").exists()
    manifest = train(file)  # in this process, which has trained and read other models before
    assert (out / "model" / "onnx" / "model.onnx").read_bytes() == (undisturbed / "model" / "onnx" / "model.onnx").read_bytes()
    assert manifest["model"] == json.loads((undisturbed / "manifest.json").read_text())["model"]


def test_an_export_ends_with_a_trainer_that_was_killed(tmp_path, qwen, dataset):
    file, out = written(tmp_path, qwen, dataset), tmp_path / "out"
    process = subprocess.Popen([sys.executable, str(TRAINING / "main.py"), str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not exporting(out):
        time.sleep(0.05)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    for _ in range(600):
        if not exporting(out):
            return
        time.sleep(0.1)
    pytest.fail("an export goes on without its trainer")


def test_a_fault_of_the_comparison_comes_through(tmp_path, undisturbed, monkeypatch):
    shutil.copytree(TRAINING / "trainer", tmp_path / "trainer", ignore=shutil.ignore_patterns("__pycache__"))
    equality = tmp_path / "trainer" / "equality.py"
    code = equality.read_text()
    equality.write_text(code.replace("TOLERANCE = 1e-4", "TOLERANCE = -1.0"))
    assert equality.read_text() != code
    monkeypatch.setattr(graph_process, "TOOLS", tmp_path)
    folder = tmp_path / "model"
    shutil.copytree(undisturbed / "model", folder)
    with pytest.raises(Fault) as caught:
        write_graph(folder)
    assert caught.value.code == "EXPORT_DIFFERS" and caught.value.exit == 1 and caught.value.hint != ""


def test_an_export_that_dies_says_its_last_line(tmp_path):
    with pytest.raises(Fault, match="exit code 1: .*Error") as caught:
        write_graph(tmp_path)
    assert caught.value.code == "EXPORT_FAILED"
