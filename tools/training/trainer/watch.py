"""What a training says of itself while it runs (progress.json, lines on stdout), and the signals that end it."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from types import FrameType

from .fault import Stopped
from .ranks import end_with_launcher, leads, processes
from .whole_file import write_json_whole

PROGRESS_SECONDS = 2.0
LINE_SECONDS = 10.0


class Watch:
    """SIGINT and SIGTERM: while batches are trained, `stopping` becomes true and the loop writes a checkpoint at the end of the batch; at any other time, and at the second signal, Stopped is raised at once."""

    def __init__(self, out: Path, task: str) -> None:
        self.out = out
        self.task = task
        self.stopping = False
        self.training = False
        self.dues: dict[str, float] = {}
        self.last = {"step": 0, "steps": 0, "loss": None, "tokensPerSecond": None, "secondsLeft": None}

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.on_signal)
        end_with_launcher()

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        at_once = not self.training or (self.stopping and processes() == 1)  # a launcher passes on a signal that its whole group has had already
        self.stopping = True
        if at_once:
            raise Stopped()
        print(f"{self.task}: {signal.Signals(number).name}, writing a checkpoint; the same job goes on from it", file=sys.stderr, flush=True)

    def phase(self, name: str) -> None:
        """loading | training | exporting | done"""
        self.training = name == "training"
        self.now = name
        self.write()
        if not self.training and name != "done":
            self.check()

    def check(self) -> None:
        """Stopped where a signal came whose exception was lost: Python drops those that are raised while an object is taken down."""
        if self.stopping:
            raise Stopped()

    def step(self, step: int, steps: int, loss: float, tokens_per_second: float, seconds_left: float) -> None:
        self.last = {"step": step, "steps": steps, "loss": round(loss, 6), "tokensPerSecond": round(tokens_per_second, 1), "secondsLeft": round(seconds_left, 1)}
        if self.due("progress"):
            self.write()
        if self.due("line", LINE_SECONDS) or step == steps:
            print(f"{self.task}: step {step:,} of {steps:,}, loss {loss:.4f}, {tokens_per_second:,.0f} tokens/s, {seconds_left:,.0f} s left", flush=True)

    def due(self, what: str, every: float = PROGRESS_SECONDS) -> bool:
        """Whether so many seconds have passed since this was last due: files are not written more often than anyone looks."""
        now = time.monotonic()
        if now - self.dues.get(what, float("-inf")) < every:
            return False
        self.dues[what] = now
        return True

    def write(self) -> None:
        if leads():
            write_json_whole(self.out / "progress.json", {"phase": self.now, **self.last})
