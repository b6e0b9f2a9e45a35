"""Trains the step scorer: the policy's weights and a head of two logits, read at the separator behind each step from Step 1 on.

Loss: cross-entropy with the soft label, -v log p(right) - (1 - v) log p(wrong), mean over the steps of a batch; v is the value the tree search gave the step.
AdamW 1e-3, two epochs, up to six trajectories a question.
"""

from __future__ import annotations

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from transformers import LlamaForCausalLM, LlamaModel

from batches import gather, plan_epoch
from prm_rows import PrmRow, choose_rows, read_rows, split_questions
from scores import auroc
from settings import Settings
from tokenizer import CONTEXT, SEPARATOR
from turns import Texts, encode_texts


class Scorer(nn.Module):
    def __init__(self, body: LlamaModel) -> None:
        super().__init__()
        self.body = body
        self.head = nn.Linear(body.config.hidden_size, 2)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor) -> Tensor:
        """[B, S] -> [B, S, 2]; padding stands behind and is not seen."""
        return self.head(self.body(input_ids=ids, use_cache=False).last_hidden_state)


def open_scorer(settings: Settings, trained: bool, attention: str = "sdpa") -> Scorer:
    torch.manual_seed(settings.seed)
    scorer = Scorer(LlamaForCausalLM.from_pretrained(settings.file("pretrain"), attn_implementation=attention, dtype=torch.float32).model)
    if trained:
        scorer.load_state_dict(load_file(settings.file("prm") / "scorer.safetensors"))
    return scorer


def step_places(texts: Texts, separator: int, rows: list[PrmRow]) -> list[np.ndarray]:
    """For each text the places of the separators behind Step 1 to Step m."""
    places = []
    for t, row in enumerate(rows):
        ids = texts.ids[texts.starts[t] : texts.starts[t + 1]]
        found = np.flatnonzero((ids == separator) & texts.learnt[texts.starts[t] : texts.starts[t + 1]])[1:]  # the first stands behind Step 0
        if len(found) != len(row.values):
            raise SystemExit(f"A trajectory of {row.question_id} has {len(row.values)} values and {len(found)} separators: a step holds a blank line. Its rows are not of this recipe.")
        places.append(found)
    return places


def steps_of(batch: np.ndarray, places: list[np.ndarray], rows: list[PrmRow]) -> tuple[Tensor, Tensor, Tensor]:
    """Row of the batch, place in it, and value of each of its steps."""
    at = np.concatenate([np.full(len(places[t]), r) for r, t in enumerate(batch)])
    return torch.from_numpy(at), torch.from_numpy(np.concatenate([places[t] for t in batch])), torch.tensor([value for t in batch for value in rows[t].values])


def train_scorer(settings: Settings) -> dict:
    """Reads pretrain/, run/dataset/prm; writes prm/scorer.safetensors. The held-out train questions are reported on and choose nothing."""
    torch.set_num_threads(settings.threads)
    tokenizer = Tokenizer.from_file(str(settings.file("tokenizer") / "tokenizer.json"))
    separator = tokenizer.token_to_id(SEPARATOR)
    every = read_rows(settings.file("run") / "dataset")
    train, held = split_questions(every, settings.held_out, settings.seed)
    train = choose_rows(train, settings.trajectories, settings.seed)
    texts = encode_texts(tokenizer, [row.text for row in train])
    fitting = np.flatnonzero(texts.lengths <= CONTEXT)
    if len(fitting) < len(train):
        raise SystemExit(f"{len(train) - len(fitting)} trajectories are longer than {CONTEXT} tokens: a scorer never cuts a text.")
    places = step_places(texts, separator, train)
    scorer = open_scorer(settings, trained=False)
    optimizer = torch.optim.AdamW(scorer.parameters(), lr=settings.scorer_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    plans = [plan_epoch(texts, settings.scorer_batch_tokens, settings.seed, epoch) for epoch in range(settings.scorer_epochs)]
    total = sum(len(plan) for plan in plans)
    print(f"prm: {len(every):,} rows, {len(train):,} to train on, {len(held):,} of {len({row.question_id for row in held})} questions held out, {total} batches", flush=True)
    scorer.train()
    done = 0
    for epoch, plan in enumerate(plans):
        losses = []
        for batch in plan:
            for group in optimizer.param_groups:
                group["lr"] = settings.scorer_rate * min((done + 1) / 20, 1 - 0.9 * done / total)
            loss = batch_loss(scorer, texts, batch, places, train)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(scorer.parameters(), 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
            done += 1
            if done % 50 == 0:
                print(f"prm: batch {done} of {total}, loss {np.mean(losses[-50:]):.4f}", flush=True)
        print(f"prm: epoch {epoch + 1}, loss {np.mean(losses):.4f}", flush=True)
    folder = settings.file("prm")
    folder.mkdir(parents=True, exist_ok=True)
    save_file(scorer.state_dict(), folder / "scorer.safetensors")
    return {"rows": len(every), "trained": len(train), "questions": len({row.question_id for row in train}), "batches": total, "lastLoss": round(float(np.mean(losses)), 4),
            "heldOut": report_held(scorer.eval(), tokenizer, held, settings)}


def batch_loss(scorer: Scorer, texts: Texts, batch: np.ndarray, places: list[np.ndarray], rows: list[PrmRow]) -> Tensor:
    ids, _ = gather(texts, batch)
    at, place, value = steps_of(batch, places, rows)
    logits = scorer(torch.from_numpy(ids))[at, place]  # [steps, 2]; class 1 is right
    return functional.cross_entropy(logits, torch.stack([1 - value, value], 1))


@torch.no_grad()
def report_held(scorer: Scorer, tokenizer: Tokenizer, rows: list[PrmRow], settings: Settings) -> dict:
    """AUROC of the scorer's values against the labels of the search: of all steps, and of inner steps, whose labels come from rollouts."""
    texts = encode_texts(tokenizer, [row.text for row in rows])
    places = step_places(texts, tokenizer.token_to_id(SEPARATOR), rows)
    found: list[tuple[float, bool, bool]] = []
    squares = []
    for batch in plan_epoch(texts, 8 * settings.scorer_batch_tokens, 0, 0):
        at, place, value = steps_of(batch, places, rows)
        ids, _ = gather(texts, batch)
        given = torch.softmax(scorer(torch.from_numpy(ids))[at, place], -1)[:, 1]
        squares.append(((given - value) ** 2).numpy())
        labels = [(label, inner) for t in batch for label, inner in zip(rows[t].labels, rows[t].sampled, strict=True)]
        found += [(float(p), label, inner) for p, (label, inner) in zip(given, labels, strict=True)]
    of = lambda chosen: auroc(np.array([p for p, _, _ in chosen]), np.array([label for _, label, _ in chosen]))  # noqa: E731
    inner = [step for step in found if step[2]]
    return {"questions": len({row.question_id for row in rows}), "rows": len(rows), "steps": len(found), "auroc": of(found), "innerSteps": len(inner), "innerAuroc": of(inner),
            "meanSquaredError": round(float(np.concatenate(squares).mean()), 4)}

