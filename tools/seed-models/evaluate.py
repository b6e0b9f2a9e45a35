"""Evaluates policy and scorer on a split: samples by the product's engine, scores with intervals into results.SPLIT.json. Development is dev; test is looked at once, at the end."""

from __future__ import annotations

import json

from commands import draw_samples
from scores import RULES, TITLES, summarise
from settings import Settings


def evaluate(settings: Settings, split: str = "dev") -> dict:
    rows = [json.loads(line) for line in draw_samples(settings, split).read_text(encoding="utf-8").splitlines()]
    results = {"split": split, "seed": settings.seed, **summarise(rows, settings.resamples, settings.seed)}
    settings.file(f"results.{split}.json").write_text(json.dumps(results, indent=2) + "\n")
    for name in (*RULES, "gain"):
        value, low, high = results["rules"][name]
        print(f"{split}: {TITLES[name].format(n=results['samples']):<22} {value:.3f} [{low:.3f}, {high:.3f}]", flush=True)
    print(f"{split}: step AUROC {results['auroc']['all']}, inner steps {results['auroc']['inner']}, over {results['questions']} questions")
    return {"rules": results["rules"], "auroc": results["auroc"]}
