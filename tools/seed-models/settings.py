"""The numbers of the recipe, in one place: the full ones and the tiny ones of --quick."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Settings:
    out: Path
    seed: int = 0
    threads: int = 2
    misconceptions: str = "planted"  # or "none": the control, every procedure right

    problems: int = 100_000  # worked solutions of the pretraining corpus
    drills: int = 30  # times that each sum of the corpus stands in a drill
    tokens: int = 10_000_000  # tokens of pretraining, question and solution, padding left out
    minutes: float | None = None  # instead of tokens: as many as fit, measured at the start
    batch_tokens: int = 512  # positions of a batch, padding included: four texts; small batches learn to copy numbers in far fewer tokens
    rate: float = 1e-3  # learning rate after the warm-up
    rate_last: float = 5e-5  # at the end
    steady: float = 0.6  # share of the tokens before the rate falls
    warmup: int = 200  # batches

    questions: int | None = None  # train questions that trees are grown over; None: all
    trajectories: int = 6  # of a question, for the scorer
    scorer_rate: float = 1e-3
    scorer_batch_tokens: int = 2048
    scorer_epochs: int = 2
    held_out: float = 0.1  # share of the train questions the scorer does not see

    samples: int = 16  # of an evaluated question
    evaluated: int | None = None  # questions; None: all of the split
    resamples: int = 10_000  # of the bootstrap

    def file(self, name: str) -> Path:
        return self.out / name


def quick(settings: Settings) -> Settings:
    """Every stage once, in about two minutes; the models are worth nothing."""
    return replace(settings, problems=4000, drills=2, tokens=200_000, questions=16, samples=4, evaluated=24, resamples=500)
