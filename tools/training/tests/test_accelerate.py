"""The launch files of tools/training/accelerate: accelerate reads each, knows every key, and makes of it what the file's first line says; the data-parallel one is launched with two processes on the CPU.

Not run: FSDP and DeepSpeed themselves, which want GPUs. On a CPU accelerate passes over FSDP without a word, so a launch of fsdp.yaml would prove nothing.
"""

import argparse
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.commands.launch import _validate_launch_command, launch_command_parser
from accelerate.utils import FullyShardedDataParallelPlugin
from accelerate.utils.launch import prepare_multi_gpu_env
from transformers.models.llama import modeling_llama

FOLDER = Path(__file__).resolve().parent.parent / "accelerate"
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
    assert plugin.transformer_cls_names_to_wrap == ["LlamaDecoderLayer"]
    assert hasattr(modeling_llama, plugin.transformer_cls_names_to_wrap[0])


def test_every_key_of_deepspeed_is_one_that_accelerate_takes():
    file = FOLDER / "deepspeed-zero3.yaml"
    written = yaml.safe_load(file.read_text())["deepspeed_config"]
    known = {action.dest for action in launch_command_parser()._actions}
    assert set(written) <= known
    assert launched(file).zero_stage == 3


def test_lora_yaml_trains_in_two_processes_on_the_cpu_and_both_end_with_the_same_weights(tmp_path):
    command = [str(Path(sys.executable).parent / "accelerate"), "launch", "--config_file", str(FOLDER / "lora.yaml"), "--num_processes", "2", "--mixed_precision", "no", "--main_process_port", "0", str(FOLDER / "smoke.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"})
    assert done.returncode == 0, done.stderr[-2000:]
    ranks = re.findall(r"rank (\d) of (\d) (\w+) (\w{64}) (\w{64}) ([\d.]+)", done.stdout)
    assert sorted((rank, processes, kind) for rank, processes, kind, *_ in ranks) == [("0", "2", "MULTI_CPU"), ("1", "2", "MULTI_CPU")]
    before, after = {found[3] for found in ranks}, {found[4] for found in ranks}
    assert len(before) == 1 and len(after) == 1 and before != after
    assert all(math.isfinite(float(found[5])) for found in ranks)
