"""A training that was stopped or killed gives the bytes of one that was not. Kills are SIGKILL of a process of its own, at a call that is named, or in the middle of a write."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from conftest import TRAINING, run_main, train
from trainer.fault import Fault, Stopped
from trainer.hashes import model_hash
from trainer.job import read_job
from trainer.run_job import run_job
from trainer.versions import versions_of
from trainer.watch import Watch

STEPS = {"batchTokens": 1024, "checkpointSeconds": 0, "epochs": 2}

KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import main
seen = 0
original = os.{name}
def killing(*args):
    global seen
    seen += bool({when})
    if seen == {count}:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args)
os.{name} = killing
sys.exit(main.main([sys.argv[2]]))
"""


def killed(file: Path, name: str, count: int, when: str) -> None:
    """Starts the training and kills it at the count-th call of os.NAME for which `when` holds."""
    code = KILLED.format(name=name, when=when, count=count)
    done = subprocess.run([sys.executable, "-c", code, str(TRAINING), str(file)], capture_output=True, text=True, timeout=300)
    assert done.returncode == -signal.SIGKILL, done.stderr


def whole(file: Path) -> tuple[str, dict, list[dict]]:
    """Model hash, manifest without times, lines of the loss without times."""
    train(file)
    out = Path(json.loads(file.read_text())["out"])
    manifest = json.loads((out / "manifest.json").read_text())
    manifest.pop("seconds")
    lines = [{name: value for name, value in json.loads(line).items() if name != "seconds"} for line in (out / "loss.jsonl").read_text().splitlines()]
    assert model_hash(out / "model") == manifest["model"]["sha256"]
    assert not (out / "checkpoint").exists()
    return manifest["model"]["sha256"], manifest, lines


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, qwen, dataset):
    folder = tmp_path_factory.mktemp("undisturbed")
    file = folder / "job.json"
    file.write_text(json.dumps(job(folder, qwen, dataset)))
    return whole(file)


def job(folder: Path, qwen: Path, dataset: Path) -> dict:
    return {"v": 1, "task": "prm", "config": "seed-cpu", "settings": {**STEPS, "weights": "lora", "loraDropout": 0.1}, "base": {"model": str(qwen), "adapter": None}, "datasets": [str(dataset)], "out": str(folder / "out"), "seed": 0, "threads": 1,
            "maxMinutes": None, "export": "none"}


@pytest.mark.parametrize(("name", "count", "when"), [
    ("replace", 3, "str(args[1]).endswith('state.pt')"),   # a checkpoint is written beside its place and not yet there
    ("fsync", 2, "os.path.exists(OUT + '/checkpoint/.state.pt.new')"),  # it is not on the disk yet
    ("replace", 1, "str(args[1]).endswith('manifest.json')"),  # everything is written but the manifest
])
def test_a_training_killed_with_sigkill_comes_to_the_same_bytes(tmp_path, qwen, dataset, undisturbed, name, count, when):
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job(tmp_path, qwen, dataset)))
    killed(file, name, count, when.replace("OUT", repr(str(tmp_path / "out"))))
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert whole(file) == undisturbed


def test_a_checkpoint_that_was_cut_off_while_it_was_written_is_not_looked_at(tmp_path, qwen, dataset, undisturbed):
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job(tmp_path, qwen, dataset)))
    killed(file, "replace", 2, "str(args[1]).endswith('state.pt')")
    half = tmp_path / "out" / "checkpoint" / ".state.pt.new"
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    assert whole(file) == undisturbed


def test_a_signal_writes_a_checkpoint_and_the_same_job_goes_on(tmp_path, qwen, dataset, undisturbed):
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job(tmp_path, qwen, dataset)))
    out = tmp_path / "out"
    process = subprocess.Popen([sys.executable, str(TRAINING / "main.py"), str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not (out / "checkpoint" / "state.pt").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "The same job goes on" in said
    assert not (out / "manifest.json").exists()
    assert whole(file) == undisturbed


class StopsAt(Watch):
    """Is told to stop when a step is done."""

    def __init__(self, out: Path, task: str, step: int) -> None:
        super().__init__(out, task)
        self.at = step

    def step(self, step: int, *others: float) -> None:
        super().step(step, *others)
        self.stopping = step >= self.at


def stopped(file: Path, step: int) -> None:
    found = read_job(file)
    with pytest.raises(Stopped):
        run_job(found, StopsAt(found.out, found.task, step))


def test_a_finished_job_is_not_trained_again_and_another_one_is_refused(tmp_path, job_file):
    file = job_file("one", settings={"batchTokens": 2048, "learningRate": 0.0003})
    train(file)
    before = (tmp_path / "one" / "manifest.json").stat().st_mtime_ns
    again = run_main(file)
    assert again.returncode == 0 and "done before" in again.stdout
    assert (tmp_path / "one" / "manifest.json").stat().st_mtime_ns == before
    other = run_main(job_file("two", settings={"batchTokens": 2048, "learningRate": 0.5}, out=str(tmp_path / "one")))
    assert other.returncode == 2
    assert "OUT_FOREIGN" in other.stderr and "learningRate 0.0003 there and 0.5 here" in other.stderr


@pytest.mark.parametrize("loop", [{}, {"loop": "trl", "batchTokens": None, "batchRows": 4}], ids=["own", "trl"])
def test_a_checkpoint_of_another_job_is_refused(loop, tmp_path, job_file):
    stopped(job_file("one", settings={**STEPS, **loop}), 2)
    with pytest.raises(Fault, match="its seed differs") as caught:
        train(job_file("two", settings={**STEPS, **loop}, seed=1, out=str(tmp_path / "one")))
    assert caught.value.code == "OUT_FOREIGN"


@pytest.mark.parametrize("loop", [{}, {"loop": "trl", "batchTokens": None, "batchRows": 4}], ids=["own", "trl"])
def test_a_checkpoint_of_other_versions_is_refused_with_the_way_on_and_the_job_begins_anew_without_it(loop, tmp_path, job_file, monkeypatch):
    file = job_file("one", settings={**STEPS, **loop})
    with monkeypatch.context() as before:
        before.setattr("trainer.identity.versions_of", lambda names: {**versions_of(names), "torch": "1.0"})
        stopped(file, 2)
    with pytest.raises(Fault, match=f"torch 1.0 there and {torch.__version__.split('+')[0]}") as caught:
        train(file)
    folder = tmp_path / "one" / "checkpoint"
    assert caught.value.code == "OUT_FOREIGN" and f"Begin anew: remove the folder {folder};" in caught.value.hint
    shutil.rmtree(folder)
    assert train(file)["stopped"] == "end"


def test_a_finished_job_is_done_whatever_versions_made_it(job_file, monkeypatch):
    file = job_file("one", settings={"batchTokens": 2048})
    made = train(file)
    monkeypatch.setattr("trainer.identity.versions_of", lambda names: {"torch": "9.0"})
    assert train(file) == made


def test_a_training_by_trl_goes_on_from_its_last_whole_checkpoint(tmp_path, job_file, capfd):
    file = job_file("one", settings={**STEPS, "loop": "trl", "batchTokens": None, "batchRows": 4, "reportSteps": 1})
    stopped(file, 3)
    (whole_one,) = (tmp_path / "one" / "checkpoint").glob("checkpoint-*")
    half = whole_one.with_name("checkpoint-9")  # a later one that a kill cut off: its mark is missing
    half.mkdir()
    (half / "model.safetensors").write_bytes(b"half")
    capfd.readouterr()
    _, manifest, lines = whole(file)
    assert "goes on at step 3" in capfd.readouterr().out
    assert [line["step"] for line in lines] == list(range(1, manifest["steps"] + 1))
    assert manifest["epochs"] == 2


def test_time_that_is_up_ends_the_training_and_says_so(job_file):
    file = job_file("short", maxMinutes=0.0001, settings=STEPS)
    _, manifest, lines = whole(file)
    assert manifest["stopped"] == "max-minutes" and manifest["deterministic"] is False
    assert manifest["steps"] == lines[-1]["step"] < 10


class LosesSignal(Watch):
    """A signal comes while the graph is exported, and its exception is lost, as Python does with one that is raised in a finaliser."""

    def phase(self, name: str) -> None:
        super().phase(name)
        if name == "exporting":
            with pytest.raises(Stopped):
                self.on_signal(signal.SIGTERM, None)


def test_a_signal_while_exporting_ends_the_job_even_where_its_exception_is_lost(tmp_path, qwen, dataset, undisturbed):
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job(tmp_path, qwen, dataset)))
    found = read_job(file)
    with pytest.raises(Stopped):
        run_job(found, LosesSignal(found.out, found.task))
    assert not (found.out / "manifest.json").exists() and (found.out / "checkpoint" / "state.pt").exists()
    assert whole(file) == undisturbed
