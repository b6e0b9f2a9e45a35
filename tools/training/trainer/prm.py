"""Training of a step scorer (process reward model): a linear head on the policy's body, read at the last token of each step from Step 1 on.

    cross-entropy  L = -w [ y log p(right) + (1 - y) log(1 - p(right)) ], p the softmax of two logits, class 1 is right
    bce            the same with p = sigmoid(logit for right): of one logit, or of the second of two
    w              steps: 1.  trajectories: 1 / labelled steps of the trajectory.  visits: visits of the node.  L is the mean over the batch, divided by the sum of w.

arXiv 2501.12051 section 3.3; step_labels.py has y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedModel

from .auroc import auroc
from .batches import Texts, gather, joined, plan_epoch
from .chains import prm_chain
from .choose_rows import balanced, split_questions, two_sided, without_doubles
from .fault import Fault
from .settings import Value
from .sft import fits
from .step_labels import UNLABELLED, shuffled, step_labels
from .task import Used
from .turns import Turns


@dataclass(frozen=True)
class Trajectories:
    texts: Texts
    places: list[np.ndarray]  # of each text, int64: where the values of Steps 1 to m are read
    labels: list[np.ndarray]  # float32, 0..1, -1 where a step is not learnt
    weights: list[np.ndarray]  # float32
    rows: list[dict]

    def steps(self, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Row of the batch, place in it, label and weight of each step that is learnt."""
        at = np.concatenate([np.full(len(self.places[t]), r) for r, t in enumerate(batch)])
        place, label, weight = (np.concatenate([found[t] for t in batch]) for found in (self.places, self.labels, self.weights))
        learnt = label != UNLABELLED
        return at[learnt], place[learnt], label[learnt], weight[learnt]


class Prm:
    def __init__(self, model: PreTrainedModel, train: Trajectories, held: Trajectories | None, used: Used, settings: dict[str, Value]) -> None:
        self.model = model
        self.train = train
        self.held = held
        self.lengths = train.texts.lengths
        self.used = used
        self.bce = settings["loss"] == "bce"

    def tokens(self, batch: np.ndarray) -> int:
        return int(self.lengths[batch].sum())

    def loss(self, batch: np.ndarray) -> Tensor:
        at, place, label, weight = self.train.steps(batch)
        logits = step_logits(self.model, self.train.texts, batch, at, place)
        return self.mean_loss(logits, *(torch.from_numpy(found).to(logits.device) for found in (label, weight)))

    def mean_loss(self, logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        """[steps, logits], [steps], [steps] -> a number"""
        return (self.step_losses(logits, labels) * weights).sum() / weights.sum()

    def step_losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """[steps]"""
        if self.bce:
            return functional.binary_cross_entropy_with_logits(logits[:, -1], labels, reduction="none")
        return functional.cross_entropy(logits, torch.stack([1 - labels, labels], 1), reduction="none")

    def collate(self, rows: list[dict]) -> dict[str, Tensor]:
        """A batch of the loop trl, of rows { place }: the same ids and positions, and a mask for models that are not told that padding stands behind."""
        batch = np.array([row["place"] for row in rows])
        at, place, label, weight = self.train.steps(batch)
        lengths = self.train.texts.lengths[batch]
        mask = np.arange(lengths.max())[None, :] < lengths[:, None]
        return {name: torch.from_numpy(found) for name, found in (("input_ids", gather(self.train.texts, batch)[0]), ("attention_mask", mask.astype(np.int64)), ("at", at), ("place", place), ("label", label), ("weight", weight))}

    @torch.no_grad()
    def report_held(self) -> dict | None:
        """AUROC of the values against right (soft label over 0.5): of all steps, and of inner steps, whose labels come from rollouts."""
        if self.held is None:
            return None
        total, weight, found = 0.0, 0.0, []
        for batch in plan_epoch(self.held.texts.lengths, 0, 0, positions=16_384):
            at, place, label, w = self.held.steps(batch)
            losses = self.step_losses(step_logits(self.model, self.held.texts, batch, at, place), torch.from_numpy(label).to(self.model.device)).cpu().numpy()
            total, weight = total + float((losses * w).sum()), weight + float(w.sum())
            for t, values in zip(batch, values_of(self.model, self.held, batch, self.bce), strict=True):
                row = self.held.rows[t]
                found += [(p, v, n is not None) for p, v, n in zip(values, row["values"], row["simulations"], strict=True)]
        p, v, inner = (np.array(column) for column in zip(*found, strict=True))
        return {"questions": len({row["question_id"] for row in self.held.rows}), "rows": len(self.held.rows), "steps": len(p), "loss": total / weight, "auroc": auroc(p, v > 0.5),
                "innerSteps": int(inner.sum()), "innerAuroc": auroc(p[inner], v[inner] > 0.5), "meanSquaredError": round(float(((p - v) ** 2).mean()), 4)}


def step_logits(model: PreTrainedModel, texts: Texts, batch: np.ndarray, at: np.ndarray, place: np.ndarray) -> Tensor:
    """[steps, logits] float32. Padding stands behind and attention is causal, so no text sees its padding."""
    ids = torch.from_numpy(gather(texts, batch)[0]).to(model.device)
    hidden = model.base_model(input_ids=ids, use_cache=False).last_hidden_state
    return model.score(hidden[torch.from_numpy(at).to(model.device), torch.from_numpy(place).to(model.device)].float())


@torch.no_grad()
def values_of(model: PreTrainedModel, some: Trajectories, batch: np.ndarray, bce: bool) -> list[np.ndarray]:
    """P(right) of Steps 1 to m of each trajectory of the batch."""
    at = np.concatenate([np.full(len(some.places[t]), r) for r, t in enumerate(batch)])
    logits = step_logits(model, some.texts, batch, at, np.concatenate([some.places[t] for t in batch]))
    given = (torch.sigmoid(logits[:, -1]) if bce else torch.softmax(logits, -1)[:, 1]).cpu().numpy()
    return np.split(given, np.cumsum([len(some.places[t]) for t in batch])[:-1])


def scorer_row(settings: dict[str, Value]) -> dict:
    """scorer.json: how the logits are read (docs/model-folders.md)."""
    logits = int(settings["logits"])
    return {"scorer": 1, "separator": "\n\n", "logits": logits, "right": logits - 1, "activation": "sigmoid" if settings["loss"] == "bce" else "softmax"}


def open_prm(rows: list[dict], turns: Turns, settings: dict[str, Value], context: int, seed: int) -> tuple[Trajectories, Trajectories | None, Used]:
    """DATA_MISSING where nothing is left to learn; DATA_ONE_SIDED where all trajectories are right or all wrong."""
    used = Used(rows=len(rows), used=0)
    single = without_doubles(rows, lambda row: (row["prompt"], *row["completions"]))
    used.skip("double", len(rows) - len(single))
    check_sides(single, settings)
    train, held = split_questions(single, float(settings["heldOutShare"]), seed)
    used.skip("held-out", len(held))
    sided = two_sided(train) if settings["filterInvalid"] else train
    used.skip("one-sided", len(train) - len(sided))
    most = settings["trajectoriesMax"]
    chosen = balanced(sided, None if most is None else int(most), seed)
    used.skip("over-most", len(sided) - len(chosen))
    learnt = trajectories(chosen, turns, settings, context, seed)
    used.used = 0 if learnt is None else len(learnt.rows)
    used.skip("too-long", len(chosen) - used.used)
    if learnt is None:
        raise Fault("DATA_MISSING", f"None of {len(rows)} rows is left to learn: {used.skipped}.", "Raise tokensMax up to the context of the model, set filterInvalid to false, lower heldOutShare, or train on more questions.")
    return learnt, trajectories(held, turns, {**settings, "labels": "soft"} if settings["labels"] == "shuffled" else settings, context, seed), used


def check_sides(rows: list[dict], settings: dict[str, Value]) -> None:
    sides = {row["polarity"] for row in rows}
    if len(sides) == 1 and settings["oneSided"] == "refuse":
        raise Fault("DATA_ONE_SIDED", f"All {len(rows)} trajectories are {'right' if sides == {'positive'} else 'wrong'}: a scorer would learn to say one thing.",
                    "Search more or other questions (a curriculum finds those that are neither easy nor hopeless), or set oneSided to train.")


def trajectories(rows: list[dict], turns: Turns, settings: dict[str, Value], context: int, seed: int) -> Trajectories | None:
    """Those that fit; None where none does."""
    pairs = [(row, tokens) for row, tokens in zip(rows, turns.tokenize([prm_chain(row) for row in rows], str(settings["mergedSeparator"])), strict=True) if fits(tokens, settings, context)]
    if not pairs:
        return None
    kind = str(settings["labels"])
    labels = [labels_of(row, kind, settings) for row, _ in pairs]
    if kind == "shuffled":
        labels = shuffled(labels, seed)
    return Trajectories(joined([tokens.ids for _, tokens in pairs], [np.ones(len(tokens.ids), bool) for _, tokens in pairs]), [tokens.ends[1:] for _, tokens in pairs],
                        labels, [weights_of(row, label, str(settings["weighting"])) for (row, _), label in zip(pairs, labels, strict=True)], [row for row, _ in pairs])


def labels_of(row: dict, kind: str, settings: dict[str, Value]) -> np.ndarray:
    if kind == "targets":
        return np.asarray(row["targets"], np.float32)
    return step_labels("soft" if kind == "shuffled" else kind, row["values"], float(settings["hardThreshold"]), float(settings["lookBack"]))


def weights_of(row: dict, labels: np.ndarray, weighting: str) -> np.ndarray:
    match weighting:
        case "visits": return np.maximum(np.asarray(row["visits"], np.float32), 1)
        case "trajectories": return np.full(len(labels), 1 / max(1, int((labels != UNLABELLED).sum())), np.float32)
        case _: return np.ones(len(labels), np.float32)
