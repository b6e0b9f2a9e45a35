"""The shape of a pass follows from a row's own length alone. Kernels round differently for different shapes: a row that always travels in the same shape gets the same bits, whoever travels with it.

    length of a row      rounded up to 64, 80, 96, 112, 128, 160, 192, 224, 256, … (four lengths from a power of two to the next: at most a fifth of a longer row is padding)
    rows of a pass       as many as `tokens` hold at that length, at least 1, at most `rows_max`; rows that nobody asked for are padding
"""

from __future__ import annotations

SMALLEST = 64


def rounded(length: int) -> int:
    """The length that a row of `length` tokens is padded to."""
    step = SMALLEST // 4
    while step * 8 < length:
        step *= 2
    return max(SMALLEST, -(-length // step) * step)


def rounded_cache(length: int) -> int:
    """The room for keys and values of a row that reaches `length` tokens: a power of two, so that rows of different requests share passes."""
    room = 2 * SMALLEST
    while room < length:
        room *= 2
    return room


def rows_of(length: int, tokens: int, rows_max: int) -> int:
    """Rows of a pass of this length."""
    return max(1, min(rows_max, tokens // length))
