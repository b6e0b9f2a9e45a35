"""Makes the seed models from nothing: corpus, tokenizer, policy, trees, step scorer, evaluation, card. CPU only, fixed seeds.

    python tools/seed-models/main.py --out DIR                 every stage that is not done yet
    python tools/seed-models/main.py --out DIR --stage prm     this stage alone, again; what later stages made from it stays until they are named too
    python tools/seed-models/main.py --out DIR --quick         every stage on tiny numbers, about two minutes
    python tools/seed-models/main.py --out DIR --split test    the test set, once, when nothing is changed any more
    python tools/seed-models/main.py --out DIR --ship libs/seed-models

Needs `npm ci` in the repository and node 24 on the PATH. A stage is done when DIR/done/STAGE.json stands; its seconds and counts are in it.
"""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing here asks a network
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait are 20 times slower when anything else wants a core

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "training"))  # batches, export and the training of scorers are those of tools/training

from trainer.fault import Fault
from transformers.utils.logging import disable_progress_bar

from card import ship, write_card
from commands import grow_trees, write_corpus, write_vocabulary
from evaluate import evaluate
from export_stages import export_seed_policy
from pretrain import pretrain
from prm import export_seed_scorer, train_scorer
from settings import Settings, quick

STAGES: dict[str, Callable[[Settings], dict]] = {
    "corpus": write_corpus,              # corpus.jsonl
    "tokenizer": write_vocabulary,       # tokenizer/
    "pretrain": pretrain,                # pretrain/model.safetensors
    "export-policy": export_seed_policy, # policy/
    "trees": grow_trees,                 # run/dataset/prm/*.parquet
    "prm": train_scorer,                 # prm/scorer.safetensors
    "export-scorer": export_seed_scorer, # scorer/
    "evaluate": evaluate,                # samples.dev.jsonl, results.dev.json
    "card": write_card,                  # README.md
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options.add_argument("--tokens", type=int, help="tokens of pretraining")
    options.add_argument("--minutes", type=float, help="minutes of pretraining instead; tokens are then measured, and stand in done/pretrain.json")
    options.add_argument("--problems", type=int, help="problems of the corpus")
    options.add_argument("--questions", type=int, help="train questions that trees are grown over; default: all")
    options.add_argument("--evaluated", type=int, help="questions of a split that are evaluated; default: all")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--stage", choices=list(STAGES), action="append", help="this stage, again; may be repeated")
    options.add_argument("--until", choices=list(STAGES), help="the last stage to run")
    options.add_argument("--split", choices=("dev", "test"), help="only evaluate this split")
    options.add_argument("--ship", type=Path, help="copy policy, scorer and card there, when every stage is done")
    chosen = options.parse_args()

    settings = Settings(out=chosen.out.resolve(), seed=chosen.seed, threads=chosen.threads)
    settings = quick(settings) if chosen.quick else settings
    settings = replace(settings, **{name: value for name in ("tokens", "minutes", "problems", "questions", "evaluated") if (value := getattr(chosen, name)) is not None})
    disable_progress_bar()
    settings.file("done").mkdir(parents=True, exist_ok=True)
    if chosen.split is not None:
        evaluate(settings, chosen.split)
        write_card(settings)
        return
    for name, stage in STAGES.items():
        run_stage(name, stage, settings, again=name in (chosen.stage or ()), wanted=chosen.stage is None or name in chosen.stage)
        if name == chosen.until:
            return
    if chosen.ship is not None:
        ship(settings, chosen.ship)


def run_stage(name: str, stage: Callable[[Settings], dict], settings: Settings, again: bool, wanted: bool) -> None:
    mark = settings.file("done") / f"{name}.json"
    if not wanted:
        return
    if mark.exists() and not again:
        print(f"{name}: done before, {mark}", flush=True)
        return
    mark.unlink(missing_ok=True)
    began = time.monotonic()
    try:
        facts = stage(settings)
    except Fault as fault:
        raise SystemExit(f"{name}: {fault}") from fault
    seconds = round(time.monotonic() - began, 1)
    mark.write_text(json.dumps({"seconds": seconds, **facts}, indent=2) + "\n")  # last: without it the stage is not done
    print(f"{name}: {seconds} s", flush=True)


if __name__ == "__main__":
    main()
