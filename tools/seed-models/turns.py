"""The text of the seed models in pretraining: the question as user turn, the worked solution as assistant turn. tools/training reads the same tokens by the chat template.

    <|user|>QUESTION<|assistant|>Step 0: …\\n\\nStep 1: …\\n\\nStep k: The answer is X UNIT.<|end|>
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer
from trainer.batches import Texts, joined

from tokenizer import ASSISTANT, END, SEPARATOR, USER


def policy_text(question: str, solution: str) -> str:
    return f"{USER}{question}{ASSISTANT}{solution}{END}"


def encode_texts(tokenizer: Tokenizer, texts: Sequence[str], piece: int = 20_000) -> Texts:
    """Texts of policy_text; learnt is the solution after Step 0, its end among it."""
    separator, assistant = tokenizer.token_to_id(SEPARATOR), tokenizer.token_to_id(ASSISTANT)
    rows = [np.array(found.ids, np.int32) for at in range(0, len(texts), piece) for found in tokenizer.encode_batch_fast(list(texts[at : at + piece]), add_special_tokens=False)]
    return joined(rows, [np.arange(len(row)) >= first_separator(row, separator, assistant) for row in rows])


def first_separator(ids: np.ndarray, separator: int, assistant: int) -> int:
    """Place of the separator behind Step 0: what is learnt begins there."""
    turn = int(np.flatnonzero(ids == assistant)[0])
    return turn + int(np.flatnonzero(ids[turn:] == separator)[0])
