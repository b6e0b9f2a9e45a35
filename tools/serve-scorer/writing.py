"""Writing: rows enter and leave a pass as they begin and end. A sample depends on its prompt and seed alone: the prompt is computed by itself, each later token in a pass whose shape follows from the request, and the number it is drawn by from (seed, place)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import torch
from torch import Tensor
from transformers import DynamicCache

from draw import Sampling, draw, uniform
from served import POLICY, Served
from settle import settle
from shapes import rounded, rounded_cache, rows_of
from slots import Slots
from texts import Texts, Written


@dataclass(frozen=True)
class Sample:
    text: str
    finish: str  # stop | length
    stopped: str | None  # the stop string that ended it
    tokens: list[int]
    logprobs: list[float]  # a token, before temperature and filters


@dataclass
class WriteJob:
    prompt: list[int]
    n: int
    seed: int
    tokens_max: int  # written tokens a sample, 1..
    sampling: Sampling
    stops: list[str] = field(default_factory=list)
    words: list[list[int]] | None = None  # each text is one of these, in tokens
    done: Future[list[Sample]] = field(default_factory=Future)
    samples: dict[int, Sample] = field(default_factory=dict)
    begun: int = 0  # samples that have or had a slot
    computed: tuple[DynamicCache, Tensor] | None = None  # the prompt's keys and values, and the logits behind it


@dataclass
class Row:
    job: WriteJob
    index: int
    written: Written
    logprobs: list[float] = field(default_factory=list)


class Writing:
    def __init__(self, served: Served, texts: Texts, ends: set[int], pad: int, tokens: int, rows_max: int, context: int) -> None:
        self.served, self.texts, self.ends, self.pad, self.tokens, self.rows_max, self.context = served, texts, ends, pad, tokens, rows_max, context
        self.waiting: deque[WriteJob] = deque()
        self.slots: Slots | None = None
        self.rows: dict[int, Row] = {}  # by slot
        self.seen: Callable[[int, int], None] = lambda rows, of: None
        self.wrote: Callable[[], None] = lambda: None  # a token

    def step(self) -> bool:
        """Lets rows in, then one token for each. False: there is nothing to do."""
        for slot in [slot for slot, row in self.rows.items() if row.job.done.cancelled()]:
            del self.rows[slot]
        while self.waiting and self.waiting[0].done.cancelled():
            self.waiting.popleft()
        if not self.rows and not self.waiting:
            self.slots = None  # its memory is given back
            return False
        if self.waiting:
            self._admit(self.waiting[0])
        if self.rows:
            self._guarded([row.job for row in self.rows.values()], self._pass)
        return True

    def room(self, job: WriteJob) -> int:
        return rounded_cache(len(job.prompt) + job.tokens_max)

    def _admit(self, job: WriteJob) -> None:
        """In order of arrival; a job of another class waits until the rows of this one have ended, so that one set of slots is in memory at a time."""
        room = self.room(job)
        if self.slots is None or self.slots.room != room:
            if self.rows:
                return
            self._guarded([job], lambda: self._open(room))
            if self.slots is None:
                return
        free = [slot for slot in range(self.slots.rows) if slot not in self.rows]
        if free:
            self._guarded([job], lambda: self._begin(job, free))

    def _open(self, room: int) -> None:
        self.slots = None  # its memory first
        model = self.served.any
        self.slots = Slots(model.config, rows_of(room, self.tokens, self.rows_max), room, model.device, model.dtype)

    def _begin(self, job: WriteJob, free: list[int]) -> None:
        if job.computed is None:
            job.computed = self.read(job.prompt)
        prompt, logits = job.computed
        fresh = [Row(job, index, Written(self.texts, job.stops)) for index in range(job.begun, min(job.n, job.begun + len(free)))]
        job.begun += len(fresh)
        if job.begun == job.n:
            job.computed = None
            self.waiting.popleft()
        for slot, row, going_on in zip(free, fresh, self._draw(fresh, logits.expand(len(fresh), -1)), strict=False):
            if going_on:
                assert self.slots is not None
                self.slots.fill(slot, prompt, len(job.prompt))
                self.rows[slot] = row

    @torch.inference_mode()
    def read(self, prompt: list[int]) -> tuple[DynamicCache, Tensor]:
        """A prompt alone: its keys and values, and the logits behind it, [1, vocabulary]."""
        ids = torch.full((1, min(rounded(len(prompt)), max(self.context, len(prompt)))), self.pad, dtype=torch.long)
        ids[0, : len(prompt)] = torch.tensor(prompt)
        self.served.switch(POLICY)
        cache = DynamicCache(config=self.served.any.config)
        hidden = self.served.body(POLICY)(input_ids=ids.to(self.served.any.device), past_key_values=cache, use_cache=True).last_hidden_state
        return cache, self.served.next_logits(hidden[:, len(prompt) - 1])

    def _pass(self) -> None:
        assert self.slots is not None
        rows = sorted(self.rows.items())
        ids, places = [self.pad] * self.slots.rows, [0] * self.slots.rows
        for slot, row in rows:
            ids[slot] = row.written.ids[-1]
            places[slot] = len(row.job.prompt) + len(row.written.ids) - 1
        logits = self.advance(ids, places)[[slot for slot, _ in rows]]
        self.seen(len(rows), self.slots.rows)
        for (slot, _), going_on in zip(rows, self._draw([row for _, row in rows], logits), strict=True):
            if not going_on:
                self.rows.pop(slot, None)

    @torch.inference_mode()
    def advance(self, ids: list[int], places: list[int]) -> Tensor:
        """One token a slot -> [slots, vocabulary]."""
        assert self.slots is not None
        device = self.served.any.device
        self.slots.places = torch.tensor(places, device=device)
        self.served.switch(POLICY)
        mask = (torch.arange(self.slots.room, device=device)[None] <= self.slots.places[:, None])[:, None, None]
        hidden = self.served.body(POLICY)(input_ids=torch.tensor(ids, device=device)[:, None], position_ids=self.slots.places[:, None], attention_mask=mask, past_key_values=self.slots, use_cache=True).last_hidden_state
        return self.served.next_logits(hidden[:, 0])

    def _draw(self, rows: list[Row], logits: Tensor) -> list[bool]:
        """The next token of each row; False: it has ended."""
        if any(row.job.words is not None for row in rows):
            logits = logits.clone()
            for at, row in enumerate(rows):
                if row.job.words is not None:
                    so_far = row.written.ids
                    keep = sorted({word[len(so_far)] for word in row.job.words if word[: len(so_far)] == so_far and len(word) > len(so_far)})
                    kept = logits[at, keep].clone()
                    logits[at] = -torch.inf
                    logits[at, keep] = kept
        ids, logprobs = draw(logits, [row.job.sampling for row in rows], [uniform(row.job.seed + row.index, len(row.written.ids)) for row in rows])
        return [self._push(row, token, logprob) for row, token, logprob in zip(rows, ids, logprobs, strict=True)]

    def _push(self, row: Row, token: int, logprob: float) -> bool:
        self.wrote()
        row.logprobs.append(logprob)
        job, written = row.job, row.written
        if token in self.ends and job.words is None:
            written.end()
            return self._close(row, "stop", [*written.ids, token])
        if written.push(token):
            return self._close(row, "stop", written.ids)
        if job.words is not None and written.ids in job.words:
            written.end()
            return self._close(row, "stop", written.ids)
        if len(written.ids) >= job.tokens_max:
            written.end()
            return self._close(row, "stop" if written.stopped is not None else "length", written.ids)
        return True

    def _close(self, row: Row, finish: str, tokens: list[int]) -> bool:
        job = row.job
        job.samples[row.index] = Sample(row.written.text, finish, row.written.stopped, tokens, row.logprobs)
        if len(job.samples) == job.n:
            settle(job.done, [job.samples[index] for index in range(job.n)])
        return False

    def _guarded(self, jobs: list[WriteJob], work: Callable[[], None]) -> None:
        """An error ends the jobs it came from, and nobody else's."""
        try:
            work()
        except Exception as error:
            for job in jobs:
                settle(job.done, error=error)
                if job in self.waiting:
                    self.waiting.remove(job)
            self.rows = {slot: row for slot, row in self.rows.items() if not row.job.done.done()}
