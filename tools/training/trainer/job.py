"""The job file: schemas/training-job.v1.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from .fault import Fault
from .schema import read_schema, wrongs


@dataclass(frozen=True)
class Job:
    task: str  # sft | prm | dpo
    config: str  # name, or path of a configuration file
    settings: dict[str, str | float | bool | None]  # what replaces its numbers
    model: Path  # where training starts
    adapter: Path | None  # merged into the model first
    datasets: tuple[Path, ...]
    out: Path
    seed: int
    threads: int
    minutes: float | None  # of training, all attempts together
    onnx: bool


def read_job(file: Path) -> Job:
    """Paths are absolute, or relative to the file. JOB_WRONG."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault("JOB_WRONG", f"The job {file} cannot be read: {error}.", "Give the path of a job file; docs/training.md says what is in it.") from error
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise Fault("JOB_WRONG", f"The job {file} is not JSON: {error}.", "Correct the file; docs/training.md says what is in it.") from error
    return job_of(value, file.resolve().parent, str(file))


def job_of(value: object, folder: Path, name: str) -> Job:
    found = list(wrongs(value, read_schema("training-job.v1")))
    if found:
        raise Fault("JOB_WRONG", f"The job {name} is wrong: {' '.join(found[:5])}", "Correct it; schemas/training-job.v1.json says what every field means.")
    assert isinstance(value, dict)
    path = lambda text: (folder / text).resolve()  # noqa: E731
    config = value["config"] if "/" not in value["config"] and not value["config"].endswith(".json") else str(path(value["config"]))
    return Job(task=value["task"], config=config, settings=value["settings"], model=path(value["base"]["model"]),
               adapter=None if value["base"]["adapter"] is None else path(value["base"]["adapter"]), datasets=tuple(path(text) for text in value["datasets"]),
               out=path(value["out"]), seed=value["seed"], threads=value["threads"], minutes=value["maxMinutes"], onnx=value["export"] == "onnx")
