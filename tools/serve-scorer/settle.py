"""Ends a future that the other thread may cancel at any moment."""

from __future__ import annotations

from concurrent.futures import Future, InvalidStateError


def settle(future: Future, result: object = None, error: BaseException | None = None) -> None:
    try:
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
    except InvalidStateError:
        pass  # whoever asked has hung up
