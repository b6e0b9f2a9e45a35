"""Whether a folder that was made by the recipe is what ships: the same tokenizer and data byte for byte, results on dev within tolerances. Standard library only.

    python tools/seed-models/main.py --check DIR        DIR: the --out of a finished run; dev must be evaluated over the same questions and samples

The weights themselves are not compared: another processor or number of threads rounds otherwise and ends in other weights. What must agree is what the weights are good for.
libs/seed-models/results.json holds what was measured when the models shipped (--ship writes it); test has no part in it, since test is looked at once.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SHIPPED = REPOSITORY / "libs" / "seed-models"
RESULTS = "results.json"
DATA = ("train", "dev", "test")
SAME = ("questions", "samples")

# Chosen, not fitted: about two standard errors of a share over 600 questions (.02), once more for weights of another rounding. AUROC of some 38,000 steps moves less.
TOLERANCES = {"greedy": 0.05, "majority": 0.07, "voteSumMin": 0.05, "auroc": 0.02}
NAMES = {"greedy": "greedy", "majority": "maj@16", "voteSumMin": "vote-sum min (P-VS)", "auroc": "step AUROC"}


class Missing(Exception):
    """What is not there and what to type."""


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def facts_of(folder: Path) -> dict:
    """What of a finished folder is compared: hashes of data and tokenizer, and the results on dev."""
    wanted = {"corpus.jsonl": "corpus", "policy/tokenizer.json": "export-policy", "scorer/tokenizer.json": "export-scorer", "results.dev.json": "evaluate"}
    for name, stage in wanted.items():
        if not (folder / name).exists():
            raise Missing(f"{folder} has no {name}. Finish the run first: python tools/seed-models/main.py --out {folder} --until {stage}")
    data = {f"datasets/dosage/{part}.jsonl": sha256(REPOSITORY / "datasets" / "dosage" / f"{part}.jsonl") for part in DATA}
    return {"data": {**data, "corpus.jsonl": sha256(folder / "corpus.jsonl")}, "tokenizer": {part: sha256(folder / part / "tokenizer.json") for part in ("policy", "scorer")},
            "dev": numbers_of(json.loads((folder / "results.dev.json").read_text(encoding="utf-8")))}


def keep_facts(folder: Path, shipped: Path) -> None:
    """Writes down what the next rebuild is compared with."""
    (shipped / RESULTS).write_text(json.dumps(facts_of(folder), indent=2) + "\n")
    print(f"ship: {RESULTS} into {shipped}")


def numbers_of(results: dict) -> dict:
    return {**{name: results[name] for name in SAME}, **{name: results["rules"][name][0] for name in ("greedy", "majority", "voteSumMin")}, "auroc": results["auroc"]["all"]}


def compare(made: dict, shipped: dict) -> list[tuple[bool, str]]:
    """A line a thing that is compared, and whether it agrees."""
    lines = [(made["data"].get(name) == digest, f"data {name}: sha256 {made['data'].get(name, 'missing')[:16]}, shipped {digest[:16]}") for name, digest in shipped["data"].items()]
    lines += [(made["tokenizer"][part] == digest, f"{part}/tokenizer.json: sha256 {made['tokenizer'][part][:16]}, shipped {digest[:16]}") for part, digest in shipped["tokenizer"].items()]
    lines += [(made["dev"][name] == shipped["dev"][name], f"dev {name}: {made['dev'][name]}, shipped {shipped['dev'][name]}") for name in SAME]
    for name, tolerance in TOLERANCES.items():
        found, wanted = made["dev"][name], shipped["dev"][name]
        agrees = found is not None and abs(found - wanted) <= tolerance
        lines.append((agrees, f"dev {NAMES[name]}: {'no number' if found is None else f'{found:.4f}'}, shipped {wanted:.4f}, tolerance {tolerance}"))
    return lines


def check(folder: Path, shipped: Path = SHIPPED) -> int:
    """Prints every comparison and a verdict. 0: it is what ships; 1: it is not; 3: something is missing."""
    try:
        made = facts_of(folder)
        kept = shipped / RESULTS
        if not kept.exists():
            raise Missing(f"{shipped} has no {RESULTS}. It is written by --ship, and committed with the models.")
        known = json.loads(kept.read_text(encoding="utf-8"))
    except Missing as missing:
        print(missing)
        return 3
    models = {f"shipped {part}/tokenizer.json": (sha256(shipped / part / "tokenizer.json"), digest) for part, digest in known["tokenizer"].items()}
    lines = [(found == digest, f"{name}: sha256 {found[:16]}, {RESULTS} says {digest[:16]}") for name, (found, digest) in models.items()] + compare(made, known)
    for agrees, line in lines:
        print(f"{'ok     ' if agrees else 'DIFFERS'} {line}")
    differ = sum(not agrees for agrees, _ in lines)
    print(f"pass: {folder} is what ships, within the tolerances." if differ == 0 else f"fail: {differ} of {len(lines)} differ.")
    return int(differ > 0)
