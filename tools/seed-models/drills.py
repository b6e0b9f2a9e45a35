"""Drills: sums by themselves, computed right, ten a text. A solution spends some fifty tokens on each sum, a drill twelve, so a small model learns to compute in far fewer tokens.

    <|assistant|> 77 × 4 = 308\\n\\n 605 / 8 ≈ 75.6\\n\\n…<|end|>

Only results are learnt. The sums are those of the corpus, each equally often, and for plus and minus their neighbours too.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from tokenizers import Tokenizer
from trainer.batches import Texts, joined

from tokenizer import ASSISTANT, END, SEPARATOR

SUM = re.compile(r"(\d[\d.]*(?: [×/+-] \d[\d.]*)+) [=≈] ")
OF_A_TEXT = 10
SHIFT = 20  # of a neighbour's operands, at most


def sums_of(problems: list[dict]) -> list[tuple[str, str, str] | tuple[str, ...]]:
    """The different sums of the solutions as words ("77", "×", "4"); those that stand there once are mostly children of slips and left out."""
    counts = Counter(found for problem in problems for found in SUM.findall(problem["solution"]))
    return [tuple(found.split(" ")) for found in sorted(counts) if counts[found] > 1]


def result_of(words: tuple[str, ...]) -> str:
    """" = 308" or " ≈ 75.6": as tools/dosage writes it: up to two decimals as they are, what has more rounded to one, below 1 to two."""
    value = Decimal(words[0])
    for sign, word in zip(words[1::2], words[2::2], strict=True):
        term = Decimal(word)
        value = value * term if sign == "×" else value / term if sign == "/" else value + term if sign == "+" else value - term
    exact = value.quantize(Decimal("0.01")) == value
    shown = value if exact else value.quantize(Decimal("0.01") if abs(value) < 1 else Decimal("0.1"), ROUND_HALF_UP)
    text = f"{shown:f}"
    return f" {'=' if exact else '≈'} {text.rstrip('0').rstrip('.') if '.' in text else text}"


def neighbour(words: tuple[str, ...], draw: random.Random) -> tuple[str, ...]:
    """Sums and differences of whole numbers near these; others as they are."""
    if not {"+", "-"} & set(words) or not all(word.isdigit() for word in words[::2]) or draw.random() < 0.5:
        return words
    moved = [word if place % 2 else str(max(1, int(word) + draw.randint(-SHIFT, SHIFT))) for place, word in enumerate(words)]
    return tuple(moved) if "-" not in words or int(moved[0]) > int(moved[2]) else words


def drill_texts(problems: list[dict], rounds: int, seed: int) -> list[str]:
    """Every sum `rounds` times, in random order."""
    draw = random.Random(seed)
    sums = sums_of(problems) * rounds
    draw.shuffle(sums)
    written = [" " + " ".join(words) + result_of(words) for words in (neighbour(words, draw) for words in sums)]
    return [ASSISTANT + SEPARATOR.join(written[at : at + OF_A_TEXT]) + END for at in range(0, len(written), OF_A_TEXT)]


def encode_drills(tokenizer: Tokenizer, texts: list[str]) -> Texts:
    """Learnt is what stands between "=" or "≈" and the separator, with the separator."""
    signs = [tokenizer.encode(sign, add_special_tokens=False).ids[-1] for sign in (" =", " ≈")]
    ends = [tokenizer.token_to_id(SEPARATOR), tokenizer.token_to_id(END)]
    rows = [np.array(found.ids, np.int32) for found in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
    before = lambda row, ids: np.cumsum(np.isin(row, ids)) - np.isin(row, ids)  # noqa: E731
    return joined(rows, [before(row, signs) > before(row, ends) for row in rows])
