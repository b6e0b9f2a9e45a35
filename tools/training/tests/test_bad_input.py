"""What users get wrong: each a sentence with a code, a way on, and the exit code of the contract."""

import importlib
import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from conftest import TRAINING, run_main, train

from trainer.fault import Fault
from trainer.tables import KINDS


def rewritten(dataset: Path, target: Path, kind: str, change) -> Path:
    """A copy of the data set whose rows of one kind are changed: `change` takes the list of rows and gives another."""
    shutil.copytree(dataset, target)
    (file,) = (target / kind).glob("*.parquet")
    table = pyarrow.parquet.read_table(file)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(change(table.to_pylist()), schema=table.schema), file)
    return target


def refused(file: Path, code: str, exit_code: int, *words: str) -> None:
    with pytest.raises(Fault) as caught:
        train(file)
    said = f"{caught.value.message} {caught.value.hint}"
    assert (caught.value.code, caught.value.exit) == (code, exit_code), said
    for word in words:
        assert word in said


def test_a_job_that_is_wrong_names_every_field(tmp_path):
    file = tmp_path / "job.json"
    file.write_text(json.dumps({"v": 1, "task": "stf", "confg": "seed-cpu"}))
    done = run_main(file)
    assert done.returncode == 2
    assert "JOB_WRONG" in done.stderr and "base is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_is_left_in_error_json(job_file, tmp_path):
    done = run_main(job_file(settings={"epoch": 1}))
    assert done.returncode == 2
    error = json.loads((tmp_path / "job" / "error.json").read_text())
    assert error["code"] == "SETTING_UNKNOWN" and "epochs" in error["hint"]


def test_a_data_set_that_is_not_there(job_file, tmp_path):
    refused(job_file(datasets=[str(tmp_path / "nowhere")]), "DATA_MISSING", 3, "There is no data set")


def test_a_data_set_without_rows(job_file, tmp_path, dataset):
    refused(job_file(datasets=[str(rewritten(dataset, tmp_path / "empty", "sft", lambda rows: []))]), "DATA_MISSING", 3, "has a row")


def test_a_benchmark_row_is_never_trained_on(job_file, tmp_path, dataset):
    leak = rewritten(dataset, tmp_path / "leak", "sft", lambda rows: [*rows[:-1], {**rows[-1], "benchmark": True}])
    refused(job_file(datasets=[str(leak)]), "BENCHMARK_ROWS", 3, "is of a benchmark")


def test_a_file_that_was_cut_off(job_file, tmp_path, dataset):
    cut = tmp_path / "cut"
    shutil.copytree(dataset, cut)
    (file,) = (cut / "sft").glob("*.parquet")
    file.write_bytes(file.read_bytes()[:-100])
    refused(job_file(datasets=[str(cut)]), "DATA_BROKEN", 3, str(file), "cannot be read")


@pytest.mark.parametrize(("polarity", "word"), [("positive", "right"), ("negative", "wrong")])
def test_trajectories_that_are_all_alike_are_trained_on_only_where_that_is_allowed(polarity, word, job_file, tmp_path, dataset):
    alike = rewritten(dataset, tmp_path / "alike", "prm", lambda rows: [row for row in rows if row["polarity"] == polarity])
    refused(job_file(task="prm", datasets=[str(alike)]), "DATA_ONE_SIDED", 3, f"trajectories are {word}")
    assert train(job_file("allowed", task="prm", datasets=[str(alike)], settings={"oneSided": "train"}))["data"]["used"] > 0


def test_a_step_that_holds_a_blank_line(job_file, tmp_path, dataset):
    def broken(rows):
        rows[0]["completions"][1] += "\n\nand more"
        return rows
    refused(job_file(task="prm", datasets=[str(rewritten(dataset, tmp_path / "broken", "prm", broken))]), "STEP_BROKEN", 3, "a blank line in step 2")


def test_texts_that_are_too_long_are_counted_and_never_cut(job_file):
    whole = train(job_file("whole"))
    some = train(job_file("some", settings={"tokensMax": 120}))
    assert 0 < some["data"]["skipped"]["too-long"] == whole["data"]["used"] - some["data"]["used"]
    refused(job_file("none", settings={"tokensMax": 20}), "DATA_MISSING", 3, "left to learn", "too-long")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_base_that_lacks_a_file(name, job_file, tmp_path, qwen):
    base = tmp_path / "base"
    shutil.copytree(qwen, base, ignore=shutil.ignore_patterns(name))
    refused(job_file(base={"model": str(base), "adapter": None}), "BASE_MISSING", 3, name)


def test_a_base_whose_weights_were_cut_off(job_file, tmp_path, qwen):
    base = tmp_path / "base"
    shutil.copytree(qwen, base)
    weights = base / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    refused(job_file(base={"model": str(base), "adapter": None}), "BASE_MISSING", 3, "cannot be loaded")


def test_modules_that_the_model_has_not(job_file):
    refused(job_file(settings={"weights": "lora", "loraModules": "q_proj,w_pack"}), "SETTING_WRONG", 2, "w_pack", "q_proj")


@pytest.mark.parametrize("loop", [{}, {"loop": "trl", "batchTokens": None, "batchRows": 4}], ids=["own", "trl"])
def test_a_loss_that_is_no_number_ends_the_training_and_keeps_the_last_good_checkpoint(loop, job_file, tmp_path):
    file = job_file(settings={"learningRate": 1e25, "epochs": 5, "checkpointSeconds": 0, "batchTokens": 1024, "warmupShare": 0, "schedule": "constant", **loop})
    refused(file, "LOSS_NOT_A_NUMBER", 1, "step", "Lower learningRate")
    assert any((tmp_path / "job" / "checkpoint").rglob("*.pt"))
    assert not (tmp_path / "job" / "manifest.json").exists() and not (tmp_path / "job" / "model").exists()


BY_LOOP = pytest.mark.parametrize("loop", [{}, {"loop": "trl", "batchTokens": None, "batchRows": 4}], ids=["own", "trl"])


def spoiled(monkeypatch, loop: dict, spoil) -> None:
    """Each optimizer of the loop goes through `spoil` before it is used."""
    name = "trl_loop" if loop else "own_loop"
    module = importlib.import_module(f"trainer.{name}")
    made = module.new_optimizer
    monkeypatch.setattr(module, "new_optimizer", lambda *args: spoil(made(*args)))


def steps_kept(out: Path) -> list[int]:
    """Updates in the checkpoints of OUT, whose weights are all numbers."""
    import torch
    from safetensors.torch import load_file

    found = []
    for file in (out / "checkpoint").glob("state.pt"):
        state = torch.load(file, weights_only=True)
        assert all(torch.isfinite(weight).all() for weight in state["weights"].values())
        found.append(state["state"]["step"])
    for folder in (out / "checkpoint").glob("checkpoint-*"):
        assert all(torch.isfinite(weight).all() for weight in load_file(folder / "model.safetensors").values())
        found.append(json.loads((folder / "slowthink.json").read_text())["state"]["step"])
    return found


@BY_LOOP
def test_a_gradient_that_is_no_number_changes_no_weight_and_replaces_no_checkpoint(loop, job_file, tmp_path, monkeypatch):
    def spoil(optimizer):
        done = []
        optimizer.register_step_post_hook(lambda *_: done.append(1))
        optimizer.param_groups[0]["params"][0].register_hook(lambda gradient: gradient * float("nan") if len(done) == 2 else gradient)
        return optimizer
    spoiled(monkeypatch, loop, spoil)
    refused(job_file(settings={"checkpointSeconds": 0, "batchTokens": 1024, "epochs": 2, **loop}), "LOSS_NOT_A_NUMBER", 1, "at step 3", "the checkpoint before it stays")
    assert steps_kept(tmp_path / "job") == [2]


@BY_LOOP
def test_a_gradient_that_is_no_number_at_the_last_step_is_not_exported(loop, job_file, tmp_path, monkeypatch):
    def spoil(optimizer):
        optimizer.param_groups[0]["params"][0].register_hook(lambda gradient: gradient * float("inf"))
        return optimizer
    spoiled(monkeypatch, loop, spoil)
    refused(job_file(settings={"batchTokens": None, "batchRows": 1000, "microRows": 1000, "epochs": 1, **({"loop": "trl"} if loop else {})}), "LOSS_NOT_A_NUMBER", 1, "at step 1", "no checkpoint had been written")
    assert not (tmp_path / "job" / "model").exists() and not (tmp_path / "job" / "manifest.json").exists()


@BY_LOOP
def test_a_weight_that_is_no_number_is_neither_kept_nor_exported(loop, job_file, tmp_path, monkeypatch):
    def spoil(optimizer):
        done = []
        def overflow(*_):
            done.append(1)
            if len(done) == 3:
                optimizer.param_groups[0]["params"][0].data.view(-1)[0] = float("inf")
        optimizer.register_step_post_hook(overflow)
        return optimizer
    spoiled(monkeypatch, loop, spoil)
    refused(job_file(settings={"checkpointSeconds": 0, "batchTokens": 1024, "epochs": 2, **loop}), "LOSS_NOT_A_NUMBER", 1, "A weight is no finite number at step 3")
    assert steps_kept(tmp_path / "job") == [2]
    assert not (tmp_path / "job" / "model").exists()


def test_a_disk_that_is_full_is_said_and_the_same_job_goes_on(job_file, tmp_path, qwen):
    """A limit on the size of a file stands for the disk: both refuse the write."""
    file = job_file(settings={"checkpointSeconds": 0})
    small = (qwen / "model.safetensors").stat().st_size // 2
    done = subprocess.run([sys.executable, str(TRAINING / "main.py"), str(file)], capture_output=True, text=True, preexec_fn=lambda: limit_files(small))
    assert done.returncode == 1, done.stderr
    assert "DISK_FULL" in done.stderr and "Free some space" in done.stderr
    assert json.loads((tmp_path / "job" / "error.json").read_text())["code"] == "DISK_FULL"
    assert run_main(file).returncode == 0
    assert not (tmp_path / "job" / "error.json").exists()


def limit_files(size: int) -> None:
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_two_trainings_do_not_write_into_one_folder(job_file, tmp_path):
    from trainer.run_job import only_one

    (tmp_path / "job").mkdir()
    with only_one(tmp_path / "job"):
        refused(job_file(), "OUT_BUSY", 1, "Another training writes")


def listing(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(("fields", "code"), [({"seed": 7}, "OUT_FOREIGN"), ({"settings": {"epoch": 1}}, "SETTING_UNKNOWN")], ids=["another job", "a wrong job"])
def test_a_folder_with_the_results_of_another_training_stays_as_it_was(fields, code, job_file, tmp_path):
    train(job_file("one"))
    (tmp_path / "one" / ".lock").unlink()
    before = listing(tmp_path / "one")
    done = run_main(job_file("two", out=str(tmp_path / "one"), **fields))
    assert done.returncode == 2 and code in done.stderr
    assert listing(tmp_path / "one") == before


def test_a_manifest_that_is_none_stays_alone(job_file, tmp_path):
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "manifest.json").write_text("of something else")
    done = run_main(job_file())
    assert done.returncode == 2 and "nothing in it was touched" in done.stderr
    assert listing(tmp_path / "job") == {"manifest.json": b"of something else"}


def test_a_wrong_job_writes_nothing_into_a_folder_in_which_another_one_trains(job_file, tmp_path):
    from trainer.run_job import only_one

    (tmp_path / "job").mkdir()
    with only_one(tmp_path / "job"):
        done = run_main(job_file(settings={"epoch": 1}))
    assert done.returncode == 2 and "SETTING_UNKNOWN" in done.stderr
    assert listing(tmp_path / "job") == {".lock": b""}


def test_check_says_what_would_be_learnt_and_writes_nothing(job_file, tmp_path):
    done = run_main(job_file(task="prm"), "--check")
    assert done.returncode == 0, done.stderr
    assert "parameters" in done.stdout and "tokens an epoch" in done.stdout
    assert not (tmp_path / "job").exists()


def test_the_columns_that_are_read_are_those_of_the_schemas():
    from trainer.schema import read_schema

    for kind, columns in KINDS.items():
        assert set(columns) <= set(read_schema(f"{kind.replace('_', '-')}-row.v1")["properties"])
