from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from draw import Sampling
from fault import Refusal
from scoring import ScoreJob, Scoring
from served import Served, Wanted, open_served
from tensors import read_tensors, weight_files
from texts import Texts
from worker import Worker, try_rows
from writing import Sample, WriteJob, Writing


def prompt_of(texts: Texts, words: str = "How much paracetamol is given?") -> list[int]:
    return texts.encode(texts.render([{"role": "user", "content": words}], True, False), False)


@pytest.fixture
def writing(served: Served, texts: Texts) -> Writing:
    return Writing(served, texts, {texts.tokenizer.eos_token_id}, 422, 4096, 8, 4096)


def answered(writing: Writing, *jobs: WriteJob) -> list[list[Sample]]:
    writing.waiting.extend(jobs)
    while writing.step():
        pass
    return [job.done.result(timeout=0) for job in jobs]


def job(texts: Texts, **changes: object) -> WriteJob:
    return replace(WriteJob(prompt_of(texts), 1, 11, 40, Sampling(1.0, 0.95)), **changes, done=WriteJob([], 1, 0, 1, Sampling()).done, samples={})  # a future of its own


def test_greedy_writes_what_generate_of_transformers_writes(tiny: Path, texts: Texts, writing: Writing) -> None:
    merged = LlamaForCausalLM.from_pretrained(None, config=LlamaConfig.from_pretrained(tiny / "policy-full"), state_dict=read_tensors(weight_files(tiny / "policy-full", "model"))).eval()
    for words in ("How much paracetamol is given?", "Think in steps.", "The weight is 44 lb, " * 9):
        prompt = prompt_of(texts, words)
        expected = merged.generate(torch.tensor([prompt]), max_new_tokens=24, do_sample=False, eos_token_id=texts.tokenizer.eos_token_id, pad_token_id=422)[0, len(prompt) :].tolist()
        [[sample]] = answered(writing, job(texts, prompt=prompt, tokens_max=24, sampling=Sampling(0.0)))
        assert sample.tokens == expected


def test_the_logarithms_are_those_of_a_pass_over_the_whole_text(texts: Texts, writing: Writing) -> None:
    [[sample]] = answered(writing, job(texts, tokens_max=30))
    prompt = prompt_of(texts)
    with torch.inference_mode():
        hidden = writing.served.body("policy")(input_ids=torch.tensor([prompt + sample.tokens])).last_hidden_state
        expected = torch.log_softmax(writing.served.next_logits(hidden[0, len(prompt) - 1 : -1]), -1)
    assert len(sample.logprobs) == len(sample.tokens) > 3
    torch.testing.assert_close(torch.tensor(sample.logprobs), expected[torch.arange(len(sample.tokens)), sample.tokens], atol=1e-3, rtol=0)


def test_sample_i_is_what_seed_plus_i_gives_alone_whatever_else_runs(texts: Texts, writing: Writing) -> None:
    [alone] = answered(writing, job(texts, n=5))
    crowd = [job(texts, prompt=prompt_of(texts, "Reason or Finish? " * k), n=3, seed=100 + k, tokens_max=7 + 5 * k) for k in range(1, 6)]
    found = answered(writing, *crowd[:3], job(texts, n=5), *crowd[3:])
    assert found[3] == alone
    for i in range(5):
        [[one]] = answered(writing, job(texts, seed=11 + i))
        assert one == alone[i]
    assert len({sample.text for sample in alone}) > 1


def test_more_samples_than_slots_and_requests_of_several_classes_all_end(texts: Texts, writing: Writing) -> None:
    jobs = [job(texts, n=21, tokens_max=5), job(texts, tokens_max=300, n=2), job(texts, n=3, tokens_max=9)]
    found = answered(writing, *jobs)
    assert [len(samples) for samples in found] == [21, 2, 3]
    assert [sample.text for sample in found[0][:3]] == [sample.text for [sample] in answered(writing, *(job(texts, seed=11 + i, tokens_max=5) for i in range(3)))]
    assert writing.slots is None, "memory is given back when nobody writes"


def test_a_text_ends_before_the_first_stop_string_also_where_it_lies_across_tokens(texts: Texts, writing: Writing) -> None:
    [[whole]] = answered(writing, job(texts, tokens_max=60))
    for at in range(2, min(len(whole.text) - 4, 40)):
        stop = whole.text[at : at + 3]
        if "\ufffd" in stop:
            continue
        [[cut]] = answered(writing, job(texts, tokens_max=60, stops=["never written", stop]))
        assert cut.text == whole.text[: whole.text.index(stop)]
        assert (cut.finish, cut.stopped) == ("stop", stop)
        assert len(cut.tokens) <= len(whole.tokens)


def test_length_ends_a_text_with_finish_length_and_the_end_token_with_stop(texts: Texts, writing: Writing) -> None:
    [[two]] = answered(writing, job(texts, tokens_max=2))
    assert (two.finish, len(two.tokens)) == ("length", 2)
    for seed in range(300):
        [[sample]] = answered(writing, job(texts, seed=seed, tokens_max=30, sampling=Sampling(1.5)))
        if sample.finish == "stop":
            assert sample.tokens[-1] == texts.tokenizer.eos_token_id and "<|eot_id|>" not in sample.text
            return
    raise AssertionError("no text ended by itself")


def test_words_are_the_only_texts_where_they_are_given_and_each_occurs(texts: Texts, writing: Writing) -> None:
    words = [texts.encode(word, False) for word in ("Reason", "Finish")]
    seen = set()
    for seed in range(0, 200, 8):
        [samples] = answered(writing, job(texts, n=8, seed=seed, words=words, sampling=Sampling(3.0)))
        seen |= {sample.text for sample in samples}
        assert all(sample.finish == "stop" for sample in samples)
    assert seen == {"Reason", "Finish"}


def ends_alone(writing: Writing, texts: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was patched fails one request for want of memory; the next one is answered."""
    broken = job(texts)
    writing.waiting.append(broken)
    while writing.step():
        pass
    assert isinstance(broken.done.exception(timeout=0), torch.OutOfMemoryError)
    monkeypatch.undo()
    assert answered(writing, job(texts))[0][0].tokens


@pytest.mark.parametrize(("tokens_max", "both", "left"), [(300, (3, 2), 2), (3000, (1, 0), 1)], ids=["room for both", "one slot where the class is so long"])
def test_a_cancelled_request_frees_its_slots_and_one_that_fails_ends_alone(tokens_max: int, both: tuple[int, int], left: int, texts: Texts, writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    def slots_of(one: WriteJob) -> int:
        return sum(row.job is one for row in writing.rows.values())

    endless, kept = job(texts, n=3, tokens_max=tokens_max), job(texts, n=2, tokens_max=tokens_max)
    writing.waiting.extend([endless, kept])
    for _ in range(4):
        writing.step()
    assert (slots_of(endless), slots_of(kept)) == both
    endless.done.cancel()
    writing.step()
    assert (slots_of(endless), slots_of(kept)) == (0, left)
    kept.done.cancel()
    while writing.step():
        pass
    monkeypatch.setattr(writing, "read", lambda _prompt: (_ for _ in ()).throw(torch.OutOfMemoryError("full")))
    ends_alone(writing, texts, monkeypatch)


def test_requests_of_policy_and_scorer_at_once_get_what_each_gets_alone(served: Served, texts: Texts) -> None:
    def pair() -> tuple[Scoring, Writing]:
        return Scoring(served, 422, 1024, 8, 4096), Writing(served, texts, {texts.tokenizer.eos_token_id}, 422, 4096, 8, 4096)

    rows = [prompt_of(texts, "The answer is 60 mg. " * k) for k in range(1, 12)]
    scoring, writing = pair()
    alone_written = [answered(writing, job(texts, n=2, seed=k))[0] for k in range(8)]
    alone_scored = [scoring.run([row], scoring.length(len(row)), max(1, min(8, 1024 // scoring.length(len(row)))))[0] for row in rows]

    worker = Worker(*pair(), waiting_max=100)
    worker.start()
    writes, scores = [job(texts, n=2, seed=k) for k in range(8)], [ScoreJob(row) for row in rows for _ in range(3)]
    threads = [threading.Thread(target=lambda jobs=jobs: [worker.submit(one) for one in jobs]) for jobs in (writes, scores)]
    for thread in threads:
        thread.start()
    assert [one.done.result(timeout=60) for one in writes] == alone_written
    for at, one in enumerate(scores):
        assert torch.equal(one.done.result(timeout=60), alone_scored[at // 3])
    worker.stop()


def test_an_error_of_no_request_tells_everyone_and_takes_nothing_more(served: Served, texts: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    scoring = Scoring(served, 422, 1024, 8, 4096)
    monkeypatch.setattr(scoring, "step", lambda: (_ for _ in ()).throw(AssertionError("a defect")))
    worker = Worker(scoring, None, waiting_max=100)
    worker.start()
    waiting = ScoreJob([1, 2, 3])
    worker.submit(waiting)
    assert isinstance(waiting.done.exception(timeout=10), AssertionError)
    worker.thread.join(10)
    assert not worker.thread.is_alive()
    with pytest.raises(Refusal, match=r"The server computes no more \(AssertionError\)"):
        worker.submit(ScoreJob([1]))


def test_slots_that_do_not_fit_into_memory_end_the_request_alone(texts: Texts, writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("writing.Slots", lambda *_: (_ for _ in ()).throw(torch.OutOfMemoryError("full")))
    ends_alone(writing, texts, monkeypatch)


def test_half_precision_writes_the_same_alone_and_among_others_too(tiny: Path, texts: Texts) -> None:
    half = open_served(Wanted(tiny / "base", tiny / "policy-adapter", tiny / "prm", dtype=torch.bfloat16))
    scoring, writing = Scoring(half, 422, 1024, 8, 4096), Writing(half, texts, {texts.tokenizer.eos_token_id}, 422, 4096, 8, 4096)
    try_rows(scoring, writing)
    [alone] = answered(writing, job(texts, n=3))
    assert answered(writing, *(job(texts, n=2, seed=50 + k) for k in range(3)), job(texts, n=3))[3] == alone
    rows = [prompt_of(texts, "The answer is 60 mg. " * k) for k in (1, 1, 2)]
    together = [ScoreJob(row) for row in rows]
    scoring.waiting.extend(together)
    while scoring.step():
        pass
    for row, one in zip(rows, together, strict=True):
        single = ScoreJob(row)
        scoring.waiting.append(single)
        scoring.step()
        assert torch.equal(single.done.result(timeout=0), one.done.result(timeout=0)) and single.done.result().dtype is torch.float32


def test_the_trial_of_shapes_finds_rows_that_change_each_other(served: Served, texts: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    scoring, writing = Scoring(served, 422, 1024, 8, 4096), Writing(served, texts, set(), 422, 4096, 8, 4096)
    assert try_rows(scoring, writing) == []
    labels, logits = Served.labels, Served.next_logits
    monkeypatch.setattr(Served, "labels", lambda self, hidden: labels(self, hidden + 1e-3 * hidden.mean(0, keepdim=True)))
    monkeypatch.setattr(Served, "next_logits", lambda self, hidden: logits(self, hidden + 1e-3 * hidden.mean(0, keepdim=True)))
    assert len(try_rows(scoring, writing)) == 2
    assert (scoring.rows_max, writing.rows_max) == (1, 1)
