"""The text of the seed models: the question as user turn, the worked solution as assistant turn. Policy and scorer read the same tokens.

    <|user|>QUESTION<|assistant|>Step 0: …\\n\\nStep 1: …\\n\\nStep k: The answer is X UNIT.<|end|>
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from tokenizer import ASSISTANT, END, SEPARATOR, USER


@dataclass(frozen=True)
class Texts:
    """Encoded texts behind one another; text p is ids[starts[p]:starts[p + 1]]."""

    ids: np.ndarray  # [tokens] int16
    learnt: np.ndarray  # [tokens] bool: the policy learns to write this token
    starts: np.ndarray  # [texts + 1] int64

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.starts)


def joined(rows: list[np.ndarray], learnt: list[np.ndarray]) -> Texts:
    return Texts(np.concatenate(rows), np.concatenate(learnt), np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64))


def together(one: Texts, other: Texts) -> Texts:
    return Texts(np.concatenate([one.ids, other.ids]), np.concatenate([one.learnt, other.learnt]), np.concatenate([one.starts, one.starts[-1] + other.starts[1:]]))


def policy_text(question: str, solution: str) -> str:
    return f"{USER}{question}{ASSISTANT}{solution}{END}"


def scorer_text(question: str, steps: Sequence[str]) -> str:
    """Step 0 first, each "Step k: …". A separator stands after every step, the last too."""
    return f"{USER}{question}{ASSISTANT}{''.join(step + SEPARATOR for step in steps)}"


def encode_texts(tokenizer: Tokenizer, texts: Sequence[str], piece: int = 20_000) -> Texts:
    """Texts of policy_text or scorer_text; learnt is the solution after Step 0, its end among it."""
    separator, assistant = tokenizer.token_to_id(SEPARATOR), tokenizer.token_to_id(ASSISTANT)
    rows = [np.array(found.ids, np.int16) for at in range(0, len(texts), piece) for found in tokenizer.encode_batch_fast(list(texts[at : at + piece]), add_special_tokens=False)]
    return joined(rows, [np.arange(len(row)) >= first_separator(row, separator, assistant) for row in rows])


def first_separator(ids: np.ndarray, separator: int, assistant: int) -> int:
    """Place of the separator behind Step 0: what is learnt begins there."""
    turn = int(np.flatnonzero(ids == assistant)[0])
    return turn + int(np.flatnonzero(ids[turn:] == separator)[0])
