"""Supervised fine-tuning of a policy on right chains: cross-entropy of the tokens it is to write."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedModel

from .batches import Texts, gather, joined, plan_epoch
from .chains import sft_chain
from .choose_rows import best_of_each, split_questions, without_doubles
from .fault import Fault
from .settings import Value
from .task import Used
from .turns import Tokens, Turns

PLAIN_HEADS = ("llama", "mistral", "qwen2", "qwen3")  # architectures whose logits are the output matrix times the last state, and nothing more


class Sft:
    def __init__(self, model: PreTrainedModel, texts: Texts, held: Texts | None, used: Used) -> None:
        self.model = model
        self.texts = texts
        self.held = held
        self.lengths = texts.lengths
        self.used = used

    def tokens(self, batch: np.ndarray) -> int:
        return int(self.lengths[batch].sum())

    def loss(self, batch: np.ndarray) -> Tensor:
        return policy_loss(self.model, self.texts, batch)

    def as_lists(self) -> list[dict]:
        """Rows of the loop trl: input_ids, labels with -100 where nothing is learnt, and a mask."""
        spans = zip(self.texts.starts[:-1], self.texts.starts[1:], strict=True)
        return [{"input_ids": self.texts.ids[a:b].tolist(), "labels": np.where(self.texts.learnt[a:b], self.texts.ids[a:b], -100).tolist(), "attention_mask": [1] * int(b - a)} for a, b in spans]

    @torch.no_grad()
    def report_held(self) -> dict | None:
        if self.held is None:
            return None
        sums, count = 0.0, 0
        for batch in plan_epoch(self.held.lengths, 0, 0, positions=16_384):
            learnt = int(gather(self.held, batch)[1][:, 1:].sum())
            sums += float(policy_loss(self.model, self.held, batch)) * learnt
            count += learnt
        return {"rows": len(self.held), "tokens": count, "loss": sums / count}


def policy_loss(model: PreTrainedModel, texts: Texts, batch: np.ndarray) -> Tensor:
    """Mean cross-entropy of the learnt tokens. Padding stands behind and attention is causal, so no text sees its padding and no mask is needed; logits are computed where something is learnt alone."""
    ids, learnt = (torch.from_numpy(found).to(model.device) for found in gather(texts, batch))
    wanted = learnt[:, 1:]
    if model.config.model_type in PLAIN_HEADS:
        hidden = model.base_model(input_ids=ids[:, :-1], use_cache=False).last_hidden_state
        logits = model.get_output_embeddings()(hidden[wanted])
    else:
        logits = model(input_ids=ids[:, :-1], use_cache=False).logits[wanted]
    return functional.cross_entropy(logits.float(), ids[:, 1:][wanted])


def choose_sft_rows(rows: list[dict], settings: dict[str, Value], seed: int) -> tuple[list[dict], list[dict], Used]:
    """Rows to learn and rows held out."""
    used = Used(rows=len(rows), used=0)
    train, held = split_questions(rows, float(settings["heldOutShare"]), seed)
    used.skip("held-out", len(held))
    single = without_doubles(train, lambda row: row["completion"][-1]["content"])
    used.skip("double", len(train) - len(single))
    most = settings["most"]
    chosen = best_of_each(single, None if most is None else int(most), (lambda row: row["min_value"]) if settings["mostBy"] == "value" else None, seed)
    used.skip("over-most", len(single) - len(chosen))
    return chosen, held, used


def open_sft(rows: list[dict], turns: Turns, settings: dict[str, Value], context: int, seed: int) -> tuple[Texts, Texts | None, Used]:
    """Tokenized texts. DATA_MISSING where nothing is left to learn."""
    chosen, held, used = choose_sft_rows(rows, settings, seed)
    fitting = lambda some: [tokens for tokens in turns.tokenize([sft_chain(row) for row in some], str(settings["mergedSeparator"])) if fits(tokens, settings, context)]  # noqa: E731
    tokens = fitting(chosen)
    used.skip("too-long", len(chosen) - len(tokens))
    used.used = len(tokens)
    if not tokens:
        raise Fault("DATA_MISSING", f"None of {len(rows)} rows is left to learn: {used.skipped}.", "Raise tokensMax up to the context of the model, lower heldOutShare, or train on more questions.")
    held_tokens = fitting(held)
    return as_texts(tokens, settings), as_texts(held_tokens, settings) if held_tokens else None, used


def fits(tokens: Tokens, settings: dict[str, Value], context: int) -> bool:
    return len(tokens.ids) <= min(int(settings["tokensMax"]), context) and tokens.prompt <= int(settings["promptTokensMax"])


def as_texts(found: list[Tokens], settings: dict[str, Value]) -> Texts:
    """What is learnt begins behind the separator of Step 0, or with the assistant's turn."""
    first = (lambda tokens: int(tokens.ends[0]) + 1) if settings["learnFrom"] == "steps" else (lambda tokens: tokens.prompt)
    return joined([tokens.ids for tokens in found], [np.arange(len(tokens.ids)) >= first(tokens) for tokens in found])
