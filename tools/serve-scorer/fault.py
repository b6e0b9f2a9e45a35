"""What can go wrong, as a sentence with what to do next: at the start it ends the process, in a request it is the reply."""

from __future__ import annotations

FAILED, WRONG_USE, MISSING = 1, 2, 3  # exit codes, as those of tools/training


class Fault(Exception):
    """Ends the start. `code` is one of libs/faults/src/table.ts."""

    def __init__(self, code: str, message: str, hint: str = "", exit_code: int = MISSING) -> None:
        super().__init__(message)
        self.code, self.hint, self.exit_code = code, hint, exit_code

    def __str__(self) -> str:
        return f"{self.code} {self.args[0]}{f' {self.hint}' if self.hint else ''}"


class Refusal(Exception):
    """Answers one request with `status` and an error object as vLLM writes it (vllm/entrypoints/openai/engine/protocol.py, ErrorResponse)."""

    def __init__(self, status: int, message: str, kind: str = "BadRequestError", retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.kind, self.retry_after = status, kind, retry_after

    def body(self) -> dict:
        return {"error": {"message": self.args[0], "type": self.kind, "param": None, "code": self.status}}


class Gone(Exception):
    """Whoever asked has hung up: nobody reads a reply."""
