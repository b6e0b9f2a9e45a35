"""What ends a training, in words: a code, what went wrong and where, what to do next, and the exit code of the process (docs/training.md)."""

from __future__ import annotations

import errno

FAILED, WRONG, MISSING, STOPPED = 1, 2, 3, 130

CODES: dict[str, int] = {
    "LOSS_NOT_A_NUMBER": FAILED,
    "EXPORT_DIFFERS": FAILED,
    "EXPORT_FAILED": FAILED,
    "DISK_FULL": FAILED,
    "CHECKPOINT_BROKEN": FAILED,
    "MEMORY_FULL": FAILED,
    "TRAINING_FAILED": FAILED,   # what nobody foresaw
    "JOB_WRONG": WRONG,
    "CONFIG_WRONG": WRONG,
    "SETTING_UNKNOWN": WRONG,
    "SETTING_WRONG": WRONG,
    "OUT_FOREIGN": WRONG,        # the folder holds another job's results or checkpoint
    "OUT_BUSY": FAILED,
    "PROCESSES_WRONG": WRONG,
    "BASE_MISSING": MISSING,
    "ADAPTER_MISSING": MISSING,
    "DATA_MISSING": MISSING,
    "DATA_BROKEN": MISSING,
    "DATA_ONE_SIDED": MISSING,
    "BENCHMARK_ROWS": MISSING,
    "SEPARATOR_MISSING": MISSING,
    "STEP_BROKEN": MISSING,
}


class Fault(Exception):
    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}")
        self.code = code
        self.message = message
        self.hint = hint

    @property
    def exit(self) -> int:
        return CODES[self.code]


class Stopped(BaseException):
    """A signal ended the training; the same job goes on. No Exception: code that turns any error of a library into a sentence must let it through."""


NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def as_fault(error: Exception) -> Fault:
    """Any exception as a fault. Libraries word a full disk in several ways: by errno, or as text with the number in it."""
    if isinstance(error, Fault):
        return error
    text = f"{type(error).__name__}: {error}"
    if (isinstance(error, OSError) and error.errno in NO_ROOM) or any(f"os error {number}" in text for number in NO_ROOM):
        return Fault("DISK_FULL", f"A result could not be written: {error}.", "Free some space; the same job goes on from its last checkpoint.")
    if isinstance(error, MemoryError) or "out of memory" in text:
        return Fault("MEMORY_FULL", f"There was not enough memory: {str(error)[:300]}", "Lower batchTokens or microRows, or use gradientCheckpointing, LoRA or more devices.")
    return Fault("TRAINING_FAILED", text[:2000], "The lines before this one say where. If the job is right, please report it with them.")
