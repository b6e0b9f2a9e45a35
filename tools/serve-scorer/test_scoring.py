from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import LlamaConfig, LlamaForTokenClassification

from scoring import ScoreJob, Scoring
from served import Served
from shapes import rounded, rows_of
from tensors import read_tensors, weight_files
from texts import Texts

SENTENCES = ["Multiply 12 by 5.", "The weight is 44 lb, which is 20 kg.", "It is given in 4 doses a day, so divide 240 by 4.", "µg become mg: ≥ 1000 of them.", "The answer is 60 mg."]


def trajectory(texts: Texts, question: str, steps: list[str]) -> tuple[list[int], list[int]]:
    """Ids, and the places of the last token of each step from Step 1 on: each step by itself with its blank line, as training rows have it."""
    ids = texts.encode(texts.render([{"role": "user", "content": question}], True, False), False)
    ends = []
    for k, step in enumerate(["Let's break down this problem step by step.", *steps]):
        ids = [*ids, *texts.encode(f"Step {k}: {step}\n\n", False)]
        ends.append(len(ids) - 1)
    return ids, ends[1:]


@pytest.fixture
def rows(texts: Texts) -> list[tuple[list[int], list[int]]]:
    draw = random.Random(3)
    return [trajectory(texts, f"A child of {10 + k} kg gets 5 mg/kg. How much is one dose?", [draw.choice(SENTENCES) for _ in range(1 + k % 7)]) for k in range(20)]


def answered(scoring: Scoring, rows: list[list[int]]) -> list[torch.Tensor]:
    jobs = [ScoreJob(ids) for ids in rows]
    scoring.waiting.extend(jobs)
    while scoring.step():
        pass
    return [job.done.result(timeout=0) for job in jobs]


def test_values_are_those_of_pytorch_at_the_last_token_of_each_steps_blank_line(tiny: Path, served: Served, rows: list) -> None:
    config = LlamaConfig.from_pretrained(tiny / "policy-full")
    whole = LlamaForTokenClassification(LlamaConfig(**{**config.to_dict(), "num_labels": 2}))
    whole.model.load_state_dict({key.removeprefix("model."): tensor for key, tensor in read_tensors(weight_files(tiny / "policy-full", "model")).items() if key.startswith("model.")})
    reference = PeftModel.from_pretrained(whole, tiny / "prm").eval()
    found = answered(Scoring(served, 422, 2048, 16, 4096), [ids for ids, _ in rows])
    for (ids, ends), logits in zip(rows, found, strict=True):
        with torch.inference_mode():
            expected = torch.softmax(reference(torch.tensor([ids])).logits[0, ends], -1)[:, 1]
        torch.testing.assert_close(torch.softmax(logits[ends], -1)[:, 1], expected, atol=1e-5, rtol=0)
        assert len(ends) >= 1 and expected.max() <= 1


def test_the_last_token_of_a_step_may_hold_the_full_stop_too(texts: Texts) -> None:
    ids, ends = trajectory(texts, "How many mg?", ["Multiply 12 by 5 mg/kg."])
    assert texts.decode([ids[ends[0]]]).endswith("\n\n")
    assert texts.decode([ids[ends[0]]]) == ".\n\n"


def test_a_row_has_the_same_bits_alone_among_others_in_any_order_and_behind_any_padding(served: Served, rows: list) -> None:
    texts = [ids for ids, _ in rows]
    scoring = Scoring(served, 422, 2048, 16, 4096)
    alone = [answered(scoring, [ids])[0] for ids in texts]
    for order in (list(range(len(texts))), list(range(len(texts)))[::-1], random.Random(1).sample(range(len(texts)), len(texts))):
        for at, logits in zip(order, answered(scoring, [texts[at] for at in order]), strict=True):
            assert torch.equal(logits, alone[at]), f"row {at}: batched scoring must not read another row"
    assert len({tuple(logits[-1].tolist()) for logits in alone}) > 10, "rows are told apart"
    for logits, again in zip(alone, answered(Scoring(served, 0, 2048, 16, 4096), texts), strict=True):
        assert torch.equal(logits, again), "no token sees the padding"


def test_rows_of_one_shape_share_a_pass_and_none_is_left_behind(served: Served, rows: list) -> None:
    scoring = Scoring(served, 422, 2048, 16, 4096)
    passes: list[tuple[int, int, int]] = []
    scoring.seen = lambda taken, of: passes.append((taken, of, 0))
    answered(scoring, [ids for ids, _ in rows])
    shapes = {rounded(len(ids)) for ids, _ in rows}
    assert sum(taken for taken, _, _ in passes) == len(rows)
    assert len(passes) < len(rows) and len(passes) >= len(shapes)
    assert all(taken <= of for taken, of, _ in passes)


def test_memory_is_bounded_a_pass_has_at_most_its_tokens_and_a_longer_row_is_alone() -> None:
    for tokens in (256, 1024, 8192):
        for length in range(1, 9000, 37):
            shape = rounded(length)
            assert shape >= length and (shape - length < max(64, length / 3))
            assert shape * rows_of(shape, tokens, 16) <= max(tokens, shape)


def test_a_cancelled_request_is_left_out_and_a_pass_that_fails_ends_those_in_it_alone(served: Served, rows: list, monkeypatch: pytest.MonkeyPatch) -> None:
    scoring = Scoring(served, 422, 2048, 16, 4096)
    first, second = ScoreJob(rows[0][0]), ScoreJob(rows[1][0])
    scoring.waiting.extend([first, second])
    first.done.cancel()
    scoring.step()
    assert second.done.done() and not second.done.cancelled()
    run = scoring.run
    monkeypatch.setattr(scoring, "run", lambda *_: (_ for _ in ()).throw(torch.OutOfMemoryError("full")))
    third = ScoreJob(rows[2][0])
    scoring.waiting.append(third)
    assert scoring.step()
    assert isinstance(third.done.exception(timeout=0), torch.OutOfMemoryError)
    monkeypatch.setattr(scoring, "run", run)
    assert len(answered(scoring, [rows[3][0]])) == 1
