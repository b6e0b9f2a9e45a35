"""Direct preference optimisation of a policy on pairs of chains (arXiv 2305.18290).

    L = -(1 - s) log sigmoid(beta h) - s log sigmoid(-beta h),  h = [log p(chosen) - log p_0(chosen)] - [log p(rejected) - log p_0(rejected)]

p_0 is the policy that training starts from, s the label smoothing. Finished chains end the turn. Pairs of prefixes (preference_steps) do not: an end there would teach the policy to stop in mid-reasoning.
Step 0 stands in both sides of a pair, so it has no influence.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedModel

from .batches import Texts, gather, joined, plan_epoch
from .chains import closed_chain, open_chain
from .choose_rows import best_of_each, split_questions, without_doubles
from .fault import Fault
from .settings import Value
from .sft import PLAIN_HEADS, fits
from .task import Used
from .turns import Tokens, Turns

EVALUATED_POSITIONS = 16_384  # of a pass without gradients


class Dpo:
    """Pair p is texts 2p (chosen) and 2p + 1 (rejected)."""

    def __init__(self, model: PreTrainedModel, pairs: Texts, held: Texts | None, used: Used, settings: dict[str, Value]) -> None:
        self.model = model
        self.texts = pairs
        self.held = held
        self.used = used
        self.beta = float(settings["beta"])
        self.smoothing = float(settings["labelSmoothing"])
        self.lengths = pair_lengths(pairs)
        own = settings["loop"] == "own"  # TRL asks its reference itself
        self.reference = log_probabilities(model, pairs) if own else None
        self.held_reference = log_probabilities(model, held) if held is not None else None

    def as_lists(self) -> list[dict]:
        """Rows of the loop trl."""
        side = lambda text: (self.texts.ids[self.texts.starts[text] : self.texts.starts[text + 1]], self.texts.learnt[self.texts.starts[text] : self.texts.starts[text + 1]])  # noqa: E731
        rows = []
        for pair in range(len(self.lengths)):
            (chosen, learnt), (rejected, also) = side(2 * pair), side(2 * pair + 1)
            rows.append({"prompt_ids": chosen[~learnt].tolist(), "chosen_ids": chosen[learnt].tolist(), "rejected_ids": rejected[also].tolist()})
        return rows

    def tokens(self, batch: np.ndarray) -> int:
        return int(self.texts.lengths[both(batch)].sum())

    def loss(self, batch: np.ndarray) -> Tensor:
        assert self.reference is not None
        return self.losses(sum_log_probabilities(self.model, self.texts, both(batch)), self.reference[both(batch)])[0].mean()

    def losses(self, logs: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
        """[2 pairs] each -> losses [pairs], margins beta h [pairs]"""
        gain = (logs - reference.to(logs.device)).view(-1, 2)
        margin = self.beta * (gain[:, 0] - gain[:, 1])
        return -(1 - self.smoothing) * functional.logsigmoid(margin) - self.smoothing * functional.logsigmoid(-margin), margin

    @torch.no_grad()
    def report_held(self) -> dict | None:
        if self.held is None:
            return None
        losses, margins = self.losses(log_probabilities(self.model, self.held), self.held_reference)
        return {"pairs": len(losses), "loss": float(losses.mean()), "accuracy": round(float((margins > 0).float().mean()), 4), "margin": round(float(margins.mean()), 4)}


def both(pairs: np.ndarray) -> np.ndarray:
    return np.stack([2 * pairs, 2 * pairs + 1], 1).ravel()


def pair_lengths(texts: Texts) -> np.ndarray:
    """Positions of a pair in a batch."""
    return 2 * texts.lengths.reshape(-1, 2).max(1)


def sum_log_probabilities(model: PreTrainedModel, texts: Texts, rows: np.ndarray) -> Tensor:
    """[rows]: log-probability of what each text adds to its prompt."""
    ids, learnt = (torch.from_numpy(found).to(model.device) for found in gather(texts, rows))
    wanted, targets = learnt[:, 1:], ids[:, 1:]
    if model.config.model_type in PLAIN_HEADS:
        logits = model.get_output_embeddings()(model.base_model(input_ids=ids[:, :-1], use_cache=False).last_hidden_state[wanted])
    else:
        logits = model(input_ids=ids[:, :-1], use_cache=False).logits[wanted]
    logs = -functional.cross_entropy(logits.float(), targets[wanted], reduction="none")
    return torch.zeros(len(rows), device=logs.device).index_add(0, torch.nonzero(wanted)[:, 0], logs)


@torch.no_grad()
def log_probabilities(model: PreTrainedModel, texts: Texts) -> Tensor:
    """[texts], of the model as it is now, without dropout."""
    model.eval()
    found = torch.zeros(len(texts))
    for batch in plan_epoch(texts.lengths, 0, 0, positions=EVALUATED_POSITIONS):
        found[torch.from_numpy(batch)] = sum_log_probabilities(model, texts, batch).cpu()
    return found


def open_dpo(rows: list[dict], turns: Turns, settings: dict[str, Value], context: int, seed: int) -> tuple[Texts, Texts | None, Used]:
    """DATA_MISSING where nothing is left to learn."""
    used = Used(rows=len(rows), used=0)
    train, held = split_questions(rows, float(settings["heldOutShare"]), seed)
    used.skip("held-out", len(held))
    single = without_doubles(train, lambda row: (str(row["chosen"]), str(row["rejected"])))
    used.skip("double", len(train) - len(single))
    most = settings["pairsMax"]
    chosen = best_of_each(single, None if most is None else int(most), lambda row: row["gap"], seed)
    used.skip("over-most", len(single) - len(chosen))
    pairs = tokenize_pairs(chosen, turns, settings, context)
    used.used = 0 if pairs is None else len(pairs) // 2
    used.skip("too-long", len(chosen) - used.used)
    if pairs is None:
        raise Fault("DATA_MISSING", f"None of {len(rows)} pairs is left to learn: {used.skipped}.", "Raise tokensMax up to the context of the model, lower heldOutShare, or seal with a lower --pair-threshold.")
    return pairs, tokenize_pairs(held, turns, settings, context) if held else None, used


def tokenize_pairs(rows: list[dict], turns: Turns, settings: dict[str, Value], context: int) -> Texts | None:
    """Pairs of which both sides fit."""
    chains = [side_of(row, side) for row in rows for side in ("chosen", "rejected")]
    tokens = turns.tokenize(chains, str(settings["mergedSeparator"]))
    kept: list[Tokens] = [side for at in range(0, len(tokens), 2) for side in tokens[at : at + 2] if all(fits(one, settings, context) for one in tokens[at : at + 2])]
    return joined([one.ids for one in kept], [np.arange(len(one.ids)) >= one.prompt for one in kept]) if kept else None


def side_of(row: dict, side: str) -> object:
    """A text is a prefix that goes on, messages are a finished chain."""
    nodes = row[f"{side}_node_ids"]
    return open_chain(row, row[side], nodes) if isinstance(row[side], str) else closed_chain(row, row["prompt"], row[side], nodes)
