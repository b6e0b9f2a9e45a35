"""The launch files of tools/training/accelerate: accelerate reads each, knows every key, and makes of it what the file's first line says; the data-parallel one is launched with two processes on the CPU, and trains what one process trains.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.commands.launch import _validate_launch_command, launch_command_parser
from accelerate.utils import FullyShardedDataParallelPlugin
from accelerate.utils.launch import prepare_multi_gpu_env
from conftest import TRAINING, train
from safetensors.torch import load_file

FOLDER = TRAINING / "accelerate"
FILES = sorted(FOLDER.glob("*.yaml"))
EXPECTED = {"deepspeed-zero3.yaml": ("DEEPSPEED", 1, 8), "fsdp-2-nodes.yaml": ("FSDP", 2, 16), "fsdp.yaml": ("FSDP", 1, 8), "lora.yaml": ("MULTI_GPU", 1, 8)}


def launched(file: Path, *more: str) -> argparse.Namespace:
    """What `accelerate launch --config_file FILE` would start with."""
    arguments = launch_command_parser().parse_args(["--config_file", str(file), *more, "train.py"])
    return _validate_launch_command(arguments)[0]


def test_every_file_is_expected_here():
    assert [file.name for file in FILES] == sorted(EXPECTED)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_accelerate_reads_the_file_as_its_first_line_says(file):
    config = load_config_from_file(str(file))
    assert (config.distributed_type.value, config.num_machines, config.num_processes) == EXPECTED[file.name]
    assert config.mixed_precision == "bf16"


@pytest.mark.parametrize("file", [file for file in FILES if "fsdp" in file.name], ids=lambda file: file.name)
def test_every_key_of_fsdp_is_an_option_of_the_launcher_and_becomes_a_plugin(file, monkeypatch):
    written = yaml.safe_load(file.read_text())["fsdp_config"]
    known = {action.dest for action in launch_command_parser()._actions}
    assert set(written) <= known
    arguments = launched(file)
    assert arguments.use_fsdp
    for name, value in prepare_multi_gpu_env(arguments).items():
        if name.startswith(("FSDP_", "ACCELERATE_")):
            monkeypatch.setenv(name, value)
    plugin = FullyShardedDataParallelPlugin()
    assert plugin.fsdp_version == 2
    assert plugin.reshard_after_forward is True
    assert plugin.activation_checkpointing is True
    assert plugin.transformer_cls_names_to_wrap is None  # the layers that the architecture itself names


def test_every_key_of_deepspeed_is_one_that_accelerate_takes():
    file = FOLDER / "deepspeed-zero3.yaml"
    written = yaml.safe_load(file.read_text())["deepspeed_config"]
    known = {action.dest for action in launch_command_parser()._actions}
    assert set(written) <= known
    assert launched(file).zero_stage == 3


def launch(job: Path, file: Path = FOLDER / "lora.yaml", script: Path = TRAINING / "main.py") -> subprocess.Popen[str]:
    """As a user starts it (accelerate launch), on the CPU, in a process group of its own. By its module: the scripts of a Python that was moved name where it was."""
    command = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--config_file", str(file), "--num_processes", "2", "--main_process_port", "0", str(script), str(job)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, env={**os.environ, "ACCELERATE_USE_CPU": "true"})


def ended(started: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = started.communicate(timeout=300)
    return started.returncode, output


FULL = {"loop": "trl", "batchTokens": None, "batchRows": 4, "microRows": 2, "epochs": 2, "heldOutShare": 0, "reportSteps": 1, "learningRate": 1e-3}
ROWS = 8


@pytest.fixture
def even(dataset, tmp_path) -> Path:
    """As many real rows as fill every update: at the end of an epoch two processes fill the last one up with rows from its beginning, one process leaves it short."""
    out = tmp_path / "even" / "dataset"
    for table in ("sft", "prm", "preference"):
        rows = pq.read_table(dataset / table)
        sides = rows["polarity"].to_pylist() if table == "prm" else [table] * rows.num_rows
        chosen = [[at for at, side in enumerate(sides) if side == one][: ROWS // len(set(sides))] for one in sorted(set(sides))]  # as many right as wrong trajectories
        (out / table).mkdir(parents=True)
        pq.write_table(rows.take(sorted(sum(chosen, []))), out / table / "train-00000.parquet")
    return out


def weights(out: Path, folder: str = "model", name: str = "model.safetensors") -> dict[str, torch.Tensor]:
    return load_file(out / folder / name)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert other[name].numpy() == pytest.approx(value.numpy(), abs=1e-5), name


@pytest.mark.parametrize("task", ["sft", "prm", "dpo"])
def test_two_processes_train_what_one_trains(task, job_file, even, tmp_path, qwen):
    """Gradients added up over processes are those of one: the same rows in an update, the same weights but for the order of additions."""
    settings = {**FULL, **({"filterInvalid": False} if task == "prm" else {})}
    alone = train(job_file("alone", task=task, settings=settings, datasets=[str(even)]))
    assert alone["data"]["used"] == ROWS
    code, output = ended(launch(job_file("both", task=task, settings=settings, datasets=[str(even)])))
    assert code == 0, output[-3000:]
    both = json.loads((tmp_path / "both" / "manifest.json").read_text())
    assert all(both[name] == alone[name] for name in ("steps", "epochs", "tokens", "settings", "data", "stopped", "flops"))
    assert both["steps"] == ROWS * 2 / 4
    one, two = ([json.loads(line)["loss"] for line in (tmp_path / name / "loss.jsonl").read_text().splitlines()] for name in ("alone", "both"))
    assert two == pytest.approx(one, abs=2e-5)
    same(weights(tmp_path / "alone"), weights(tmp_path / "both"))
    assert not torch.equal(weights(tmp_path / "both")["model.layers.0.mlp.up_proj.weight"], weights(qwen.parent, qwen.name)["model.layers.0.mlp.up_proj.weight"])
    assert output.count(f"{task}: {alone['steps']} steps") == 1  # one process speaks
    assert not (tmp_path / "both" / "checkpoint").exists()
    code, output = ended(launch(tmp_path / "both.json"))
    assert code == 0 and output.count("done before") == 1, output[-3000:]


def test_an_adapter_is_trained_in_two_processes(job_file, even, tmp_path):
    settings = {**FULL, "weights": "lora", "loraDropout": 0}
    train(job_file("alone", settings=settings, datasets=[str(even)]))
    code, output = ended(launch(job_file("both", settings=settings, datasets=[str(even)])))
    assert code == 0, output[-3000:]
    same(*(weights(tmp_path / name, "adapter", "adapter_model.safetensors") for name in ("alone", "both")))


BY = {"whole": (FOLDER / "lora.yaml", TRAINING / "main.py"), "cut": (FOLDER / "fsdp.yaml", Path(__file__).parent / "on_cpu_as_on_gpus.py")}


@pytest.mark.parametrize("task", ["sft", "dpo"])
def test_an_adapter_over_cut_weights_is_whole_when_it_is_written(task, job_file, even, tmp_path):
    settings = {**FULL, "weights": "lora", "loraDropout": 0}
    train(job_file("alone", task=task, settings=settings, datasets=[str(even)]))
    code, output = ended(launch(job_file("cut", task=task, settings=settings, datasets=[str(even)]), *BY["cut"]))
    assert code == 0, output[-3000:]
    same(*(weights(tmp_path / name, "adapter", "adapter_model.safetensors") for name in ("alone", "cut")))
    same(weights(tmp_path / "alone"), weights(tmp_path / "cut"))


@pytest.mark.parametrize("task", ["sft", "prm", "dpo"])
def test_cut_weights_of_bfloat16_lose_no_more_than_whole_ones(task, job_file, even, tmp_path):
    """Losses of one process and of two, in bfloat16 arithmetic; those of DPO are differences of sums of log-probabilities, which bfloat16 itself could not hold."""
    settings = {**FULL, "precision": "bfloat16", "batchRows": 8, **({"filterInvalid": False} if task == "prm" else {})}
    train(job_file("alone", task=task, settings=settings, datasets=[str(even)]))
    code, output = ended(launch(job_file("cut", task=task, settings=settings, datasets=[str(even)]), *BY["cut"]))
    assert code == 0, output[-3000:]
    one, two = ([json.loads(line)["loss"] for line in (tmp_path / name / "loss.jsonl").read_text().splitlines()] for name in ("alone", "cut"))
    assert two == pytest.approx(one, abs=2e-3)


def test_a_checkpoint_of_cut_weights_is_for_cut_weights(job_file, even, tmp_path):
    started = launch(job_file("both", settings={**FULL, "epochs": 200, "checkpointSeconds": 0.01}, datasets=[str(even)]), *BY["cut"])
    while not [*(tmp_path / "both" / "checkpoint").glob("checkpoint-*/slowthink.json")]:
        assert started.poll() is None, ended(started)[1][-3000:]
        time.sleep(0.01)
    stop(started)
    ended(started)
    code, output = ended(launch(tmp_path / "both.json"))
    assert code != 0 and "has its weights cut over devices, and this launch has them whole" in output, output[-3000:]


@pytest.mark.parametrize("task", ["sft", "prm", "dpo"])
def test_cut_weights_are_whole_when_they_are_written(task, job_file, even, tmp_path):
    """FSDP2 itself, on the CPU: every process holds half of each weight, of its gradient and of its optimizer."""
    settings = {**FULL, **({"filterInvalid": False} if task == "prm" else {})}
    train(job_file("alone", task=task, settings=settings, datasets=[str(even)]))
    code, output = ended(launch(job_file("cut", task=task, settings=settings, datasets=[str(even)]), *BY["cut"]))
    assert code == 0, output[-3000:]
    same(weights(tmp_path / "alone"), weights(tmp_path / "cut"))


def phase(out: Path) -> str | None:
    try:
        return json.loads((out / "progress.json").read_text())["phase"]
    except (OSError, ValueError):
        return None


def stop(started: subprocess.Popen[str]) -> None:
    os.killpg(started.pid, signal.SIGTERM)


def kill_launcher(started: subprocess.Popen[str]) -> None:
    """And nobody else: its processes have groups of their own."""
    os.killpg(started.pid, signal.SIGKILL)


def kill_all(started: subprocess.Popen[str]) -> None:
    for child in Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)
    os.killpg(started.pid, signal.SIGKILL)


@pytest.mark.parametrize(("by", "when", "end"), [("whole", "training", stop), ("cut", "training", stop), ("whole", "training", kill_launcher), ("cut", "training", kill_all), ("cut", "exporting", kill_all)])
def test_two_processes_go_on_where_they_were_ended(by, when, end, job_file, even, tmp_path):
    out, steps = tmp_path / "both", 40
    settings = {**FULL, "epochs": steps * 4 / ROWS, "checkpointSeconds": 0.01}
    train(job_file("alone", settings=settings, datasets=[str(even)]))
    started = launch(job_file("both", settings=settings, datasets=[str(even)], export="onnx"), *BY[by])
    whole = lambda: [*(out / "checkpoint").glob("checkpoint-*/slowthink.json")]  # noqa: E731
    while not (whole() and phase(out) == when):
        assert started.poll() is None, ended(started)[1][-3000:]
        time.sleep(0.01)
    end(started)
    code, output = ended(started)
    assert code != 0 and whole() and not (out / "manifest.json").exists() and not (out / "error.json").exists(), output[-3000:]
    code, output = ended(launch(tmp_path / "both.json", *BY[by]))
    assert code == 0 and ("goes on at step" in output) is (when == "training"), output[-3000:]
    assert json.loads((out / "manifest.json").read_text())["steps"] == steps
    same(weights(tmp_path / "alone"), weights(out))


def test_what_several_processes_cannot_train_is_said(job_file, tmp_path):
    code, output = ended(launch(job_file("own")))
    assert code != 0 and "PROCESSES_WRONG: 2 processes were started for a training by the own loop" in output
    assert json.loads((tmp_path / "own" / "error.json").read_text())["code"] == "PROCESSES_WRONG"
    code, output = ended(launch(job_file("odd", settings={**FULL, "batchRows": 5})))
    assert code != 0 and "batchRows is 5, which is no multiple of 4: sft.microRows, 2, in each of 2 processes" in output


def test_a_loss_that_is_no_number_ends_both(job_file, tmp_path):
    code, output = ended(launch(job_file("both", settings={**FULL, "learningRate": 1e30, "gradientNormMax": 1e30, "epochs": 20})))
    assert code != 0
    assert json.loads((tmp_path / "both" / "error.json").read_text())["code"] == "LOSS_NOT_A_NUMBER", output[-3000:]

