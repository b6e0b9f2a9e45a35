"""The one thread that computes. Passes of scoring and of writing take turns on the one base; a request that is cancelled leaves at the next pass."""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque

import torch

from fault import Refusal
from scoring import ScoreJob, Scoring
from settle import settle
from shapes import rounded, rows_of
from writing import WriteJob, Writing

GATHER_SECONDS = 0.002  # after idling: those who ask at the same moment share the first pass


class Worker:
    def __init__(self, scoring: Scoring | None, writing: Writing | None, waiting_max: int) -> None:
        self.scoring, self.writing, self.waiting_max = scoring, writing, waiting_max
        self.arrived: deque[ScoreJob | WriteJob] = deque()
        self.open = 0  # requests that are not answered yet
        self.changed = threading.Condition()
        self.stopping = False
        self.broken: str | None = None  # what ended the thread
        self.thread = threading.Thread(target=self._run, name="model", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def submit(self, job: ScoreJob | WriteJob) -> None:
        """Refusal 503 when too many wait already: memory is bounded."""
        with self.changed:
            if self.broken is not None:
                raise Refusal(500, f"The server computes no more ({self.broken}). Its log says why; start it again.", "InternalServerError")
            if self.open >= self.waiting_max:
                raise Refusal(503, f"{self.open} requests wait already, as many as --waiting-max allows. Ask again later.", "ServiceUnavailableError", retry_after=1)
            self.open += 1
            job.done.add_done_callback(self._answered)
            self.arrived.append(job)
            self.changed.notify()

    def _answered(self, _future: object) -> None:
        with self.changed:
            self.open -= 1

    def stop(self) -> None:
        with self.changed:
            self.stopping = True
            self.changed.notify()
        self.thread.join()

    def _run(self) -> None:
        """An error that belongs to no request ends the thread: who waits is told, and /health answers 503, so that whoever watches starts the process again."""
        try:
            self._loop()
        except Exception as error:
            traceback.print_exc()
            with self.changed:
                self.broken = type(error).__name__
                left = [*self.arrived, *(job for part in (self.scoring, self.writing) if part is not None for job in part.waiting), *(row.job for row in (self.writing.rows if self.writing is not None else {}).values())]
            for job in left:
                settle(job.done, error=error)

    def _loop(self) -> None:
        busy = False
        while True:
            with self.changed:
                if not busy and not self.arrived and not self.stopping:
                    self.changed.wait()
                    idle = True
                else:
                    idle = False
                if self.stopping:
                    return
            if idle:
                time.sleep(GATHER_SECONDS)
            while self.arrived:
                job = self.arrived.popleft()
                part = self.scoring if isinstance(job, ScoreJob) else self.writing
                assert part is not None
                part.waiting.append(job)  # type: ignore[arg-type]
            busy = any([part.step() for part in (self.scoring, self.writing) if part is not None])


def try_rows(scoring: Scoring | None, writing: Writing | None) -> list[str]:
    """Tries whether a row has the same bits alone and among others, as the shapes promise. Where it has not, rows are computed one at a time. Returns sentences for the log."""
    told = []
    vocabulary = (scoring or writing).served.any.config.vocab_size  # type: ignore[union-attr]
    row = [(7 * at + 3) % vocabulary for at in range(50)]
    others = [[(11 * at + 5 * k + 1) % vocabulary for at in range(20 + 3 * k)] for k in range(64)]
    if scoring is not None:
        length = rounded(len(row))
        rows = rows_of(length, scoring.tokens, scoring.rows_max)
        if rows > 1:
            alone, among = scoring.run([row], length, rows)[0], scoring.run([*others[: rows - 1], row], length, rows)[-1]
            if not torch.equal(alone, among):
                scoring.rows_max = 1
                told.append("scorer: on this device rows of a pass change each other's last bits; they are scored one at a time")
    if writing is not None and not _rows_keep(writing, row):
        writing.rows_max = 1
        told.append("policy: on this device rows of a pass change each other's last bits; they are written one at a time")
    return told


def _rows_keep(writing: Writing, row: list[int]) -> bool:
    from slots import Slots

    room = 128
    rows = rows_of(room, writing.tokens, writing.rows_max)
    if rows == 1:
        return True
    model = writing.served.any
    prompt, _ = writing.read(row)
    found = []
    for slot in (0, rows - 1):
        writing.slots = Slots(model.config, rows, room, model.device, model.dtype)
        for each in range(rows) if slot else (0,):
            writing.slots.fill(each, prompt, len(row) if each == slot else 5 + each % 40)
        ids, places = [0] * rows, [0] * rows
        if slot:
            ids, places = [(3 * each) % 50 for each in range(rows)], [5 + each % 40 for each in range(rows)]
        ids[slot], places[slot] = row[0], len(row)
        found.append(writing.advance(ids, places)[slot].clone())
    writing.slots = None
    return torch.equal(*found)
