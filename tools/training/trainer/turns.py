"""A question and its steps as token ids: one definition of positions for training, held-out reports and, by the test of positions, the scorers of the product.

    TEMPLATE(question, opening of the assistant's turn) Step 0 \\n\\n Step 1 \\n\\n … Step m (\\n\\n of a scored text, or the end of the turn)

Each step is tokenized by itself with the blank line behind it, and the ids are concatenated. Engines tokenize the joined text: where a tokenizer would then give other ids,
because it joins the end of a step with the beginning of the next, the row is refused (SEPARATOR_MISSING names the step).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from transformers import AutoTokenizer

from .fault import Fault

SEPARATOR = "\n\n"
FIXED_DAY = '{% macro strftime_now(format) %}26 Jul 2024{% endmacro %}{{ "" }}'  # a prompt is the same on every day; libs/models-onnx puts the same before a template
MARK = "\u2402"  # stands for the answer where the end of a turn is looked for


@dataclass(frozen=True)
class Chain:
    """What is to be tokenized: messages, and steps that the assistant writes, Step 0 first."""

    row: str  # id, for sentences
    messages: tuple[tuple[str, str], ...]  # (role, content)
    steps: tuple[str, ...]
    closed: bool  # ends the turn; otherwise a separator stands behind the last step too


@dataclass(frozen=True)
class Tokens:
    ids: np.ndarray  # [tokens] int32
    prompt: int  # tokens of the messages with the opening of the assistant's turn
    ends: np.ndarray  # [steps] int64: place of the last token of each step with its separator, Step 0 first; the last step of a closed chain ends with its last token


class Turns:
    def __init__(self, folder: Path) -> None:
        """BASE_MISSING: a tokenizer that cannot be loaded, or one without chat template."""
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except Exception as error:  # the library has no exception of its own for a broken file
            raise Fault("BASE_MISSING", f"The tokenizer of {folder} cannot be loaded: {str(error)[:300]}", "Get tokenizer.json and tokenizer_config.json again.") from error
        if not getattr(self.tokenizer, "is_fast", False):
            raise Fault("BASE_MISSING", f"{folder} has no tokenizer.json.", "Convert the tokenizer to the fast format; the engines read nothing else.")
        template = self.tokenizer.chat_template
        if not isinstance(template, str):
            raise Fault("BASE_MISSING", f"{folder} has no chat template.", "Training needs chat_template in tokenizer_config.json, or a chat_template.jinja: begin with a model that was trained on conversations.")
        self.template = FIXED_DAY + template if "strftime_now" in template else template
        self.backend = self.tokenizer.backend_tokenizer
        self.closing = self.find_closing(folder)

    def render(self, messages: Sequence[tuple[str, str]], opened: bool) -> str:
        return self.tokenizer.apply_chat_template([{"role": role, "content": content} for role, content in messages], chat_template=self.template, tokenize=False, add_generation_prompt=opened)

    def find_closing(self, folder: Path) -> list[int]:
        """What ends the assistant's turn, up to the first token that ends an answer."""
        text = self.render([("user", "How many mg?"), ("assistant", MARK)], False)
        ids = self.encode([text.rsplit(MARK, 1)[1]])[0] if MARK in text else []
        end = self.tokenizer.eos_token_id
        known = [place for place, token in enumerate(ids) if token == end or self.tokenizer.convert_ids_to_tokens(token) in self.tokenizer.all_special_tokens]
        if known:
            return ids[: known[0] + 1]
        if end is None:
            raise Fault("BASE_MISSING", f"The tokenizer of {folder} has no token that ends a turn.", "Name eos_token in tokenizer_config.json.")
        return [end]

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        return [found.ids for found in self.backend.encode_batch_fast(list(texts), add_special_tokens=False)]

    def tokenize(self, chains: Sequence[Chain], merged: str = "refuse") -> list[Tokens]:
        """In order. `merged`: refuse or allow a tokenizer that gives the joined text other ids than its pieces. SEPARATOR_MISSING."""
        prompts = [self.render(chain.messages, True) for chain in chains]
        pieces = [pieces_of(chain) for chain in chains]
        unique = list(dict.fromkeys([*prompts, *(piece for one in pieces for piece in one)]))
        ids = dict(zip(unique, self.encode(unique), strict=True))
        self.check_separators(chains, pieces, ids)
        found = []
        for chain, prompt, one in zip(chains, prompts, pieces, strict=True):
            parts = [ids[prompt], *(ids[piece] for piece in one)]
            ends = np.cumsum([len(part) for part in parts])
            found.append(Tokens(np.array([token for part in parts for token in part] + (self.closing if chain.closed else []), np.int32), len(parts[0]), ends[1:] - 1))
        if merged == "refuse":
            self.check_joined(chains, prompts, pieces, ids)
        return found

    def check_separators(self, chains: Sequence[Chain], pieces: Sequence[list[str]], ids: dict[str, list[int]]) -> None:
        separated = list(dict.fromkeys(piece for one in pieces for piece in one if piece.endswith(SEPARATOR)))
        written = self.backend.decode_batch([ids[piece] for piece in separated], skip_special_tokens=False)
        lost = {piece for piece, text in zip(separated, written, strict=True) if not text.endswith(SEPARATOR)}
        for chain, one in zip(chains, pieces, strict=True):
            for k, piece in enumerate(one):
                if piece in lost:
                    raise Fault("SEPARATOR_MISSING", f"The tokenizer has no tokens for the blank line behind step {k} of the row {chain.row} ({piece.strip()[:60]!r}): what it reads there is {self.backend.decode(ids[piece])[-20:]!r}.",
                                "The end of a step is where a value is read, so this base cannot learn from these rows: choose one whose tokenizer keeps line ends.")

    def check_joined(self, chains: Sequence[Chain], prompts: Sequence[str], pieces: Sequence[list[str]], ids: dict[str, list[int]]) -> None:
        whole = self.encode([prompt + "".join(one) for prompt, one in zip(prompts, pieces, strict=True)])
        for chain, prompt, one, joined in zip(chains, prompts, pieces, whole, strict=True):
            at = 0
            for k, part in enumerate([ids[prompt], *(ids[piece] for piece in one)]):
                if joined[at : at + len(part)] != part:
                    where = f"step {k - 1}" if k else "the question"
                    raise Fault("SEPARATOR_MISSING", f"The tokenizer merges across the separator: in the joined text of the row {chain.row}, {where} ({(one[k - 1] if k else prompt).strip()[:60]!r}) has other tokens than by itself.",
                                "Engines read the joined text, so values would be read at other tokens than are learnt. Choose a base whose tokenizer keeps \"\\n\\n\" apart, or set mergedSeparator to allow.")
                at += len(part)


def pieces_of(chain: Chain) -> list[str]:
    return [step + ("" if chain.closed and k == len(chain.steps) - 1 else SEPARATOR) for k, step in enumerate(chain.steps)]
