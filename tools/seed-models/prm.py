"""Trains the step scorer by tools/training, as any scorer is trained: configuration seed-cpu, from the policy, on the rows that the trees gave. The held-out train questions are reported on and choose nothing."""

from __future__ import annotations

import json
import shutil

from trainer.export import write_checksums
from trainer.job import Job
from trainer.run_job import run_job
from trainer.tables import read_rows

from settings import Settings


def train_scorer(settings: Settings) -> dict:
    """Reads policy/, run/dataset/prm; writes prm/: manifest.json, model/, loss.jsonl."""
    out, dataset = settings.file("prm"), settings.file("run") / "dataset"
    shutil.rmtree(out, ignore_errors=True)
    numbers = {"learningRate": settings.scorer_rate, "batchTokens": settings.scorer_batch_tokens, "epochs": settings.scorer_epochs, "trajectoriesMax": settings.trajectories, "heldOutShare": settings.held_out,
               "oneSided": "refuse" if settings.questions is None else "train"}  # a hasty policy may be right nowhere; what comes out then is worth nothing, as --quick says
    manifest = run_job(Job(task="prm", config="seed-cpu", settings=numbers, model=settings.file("policy"), adapter=None, datasets=(dataset,), out=out, seed=settings.seed, threads=settings.threads, minutes=None, onnx=True))
    held = json.loads((out / "held.json").read_text())
    questions = {row["question_id"] for row in read_rows((dataset,), ("prm",)).rows}
    return {"rows": manifest["data"]["rows"], "trained": manifest["data"]["used"], "questions": len(questions) - held["questions"], "batches": manifest["steps"], "lastLoss": round(manifest["loss"]["last"], 4), "heldOut": held}


def export_seed_scorer(settings: Settings) -> dict:
    """scorer/: what the engine reads of prm/model; its weights are in the graph."""
    folder = settings.file("scorer")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(settings.file("prm") / "model", folder, ignore=shutil.ignore_patterns("*.safetensors"))
    write_checksums(folder)
    manifest = json.loads((settings.file("prm") / "manifest.json").read_text())
    return {"difference": manifest["onnx"]["difference"], "bytes": (folder / "onnx" / "model.onnx").stat().st_size}
