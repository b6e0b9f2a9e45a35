"""Between text and tokens: what /tokenize and /detokenize say, and what is asked for and answered in words."""

from __future__ import annotations

from pathlib import Path

from jinja2 import TemplateError
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from fault import Fault, Refusal
from full_weights import first_line

SENTINEL = "sentinel words"


class Texts:
    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self.tokenizer = tokenizer
        self.prefills = self._prefills()

    def encode(self, text: str, special: bool) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=special)

    def decode(self, ids: list[int]) -> str:
        """With control tokens, as /detokenize gives it."""
        return self.tokenizer.decode(ids, skip_special_tokens=False)

    def written(self, ids: list[int]) -> str:
        """What a model wrote, without control tokens."""
        return self.tokenizer.decode(ids, skip_special_tokens=True)

    def render(self, messages: list[dict[str, str]], begin: bool, going_on: bool) -> str:
        """By the chat template. `going_on`: the last message is the beginning of what is to be written, byte for byte where the template allows it (templates trim a closed message, and a blank line at its end would be lost)."""
        if not messages:
            raise Refusal(400, "messages is empty.")
        if going_on and begin:
            raise Refusal(400, "Cannot set both `continue_final_message` and `add_generation_prompt` to True.")
        try:
            if not going_on:
                return self._apply(messages, begin)
            last = messages[-1]
            if self.prefills and last["role"] == "assistant":
                return (self._apply(messages[:-1], True) if len(messages) > 1 else "") + last["content"]
            return self.tokenizer.apply_chat_template(messages, tokenize=False, continue_final_message=True)
        except (TemplateError, ValueError, TypeError) as error:
            raise Refusal(400, f"The chat template of the model cannot render these messages: {first_line(error)}.") from None

    def _apply(self, messages: list[dict[str, str]], begin: bool) -> str:
        return self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=begin)

    def _prefills(self) -> bool:
        """Whether an assistant's message stands right behind the generation prompt."""
        try:
            asked = [{"role": "user", "content": "x"}]
            return self._apply([*asked, {"role": "assistant", "content": SENTINEL}], False).startswith(self._apply(asked, True) + SENTINEL)
        except (TemplateError, ValueError, TypeError):
            return False


def open_texts(folders: list[Path], given: Path | None) -> tuple[Texts, Path]:
    """The tokenizer of --tokenizer, or of the first of the folders that has one. MODEL_FOLDER_WRONG, MODEL_TOKENIZER_WRONG."""
    folder = given if given is not None else next((folder for folder in folders if (folder / "tokenizer.json").is_file()), None)
    if folder is None or not (folder / "tokenizer.json").is_file():
        raise Fault("MODEL_FOLDER_WRONG", f"{given} has no tokenizer.json." if given is not None else f"None of the folders has a tokenizer.json: {', '.join(map(str, folders))}.", "Give the folder of the tokenizer with --tokenizer DIR.")
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
    except Exception as error:  # the Rust side raises bare Exceptions
        raise Fault("MODEL_TOKENIZER_WRONG", f"The tokenizer in {folder} cannot be opened: {first_line(error)}.", "Get tokenizer.json and tokenizer_config.json again.") from None
    if tokenizer.chat_template is None:
        raise Fault("MODEL_TOKENIZER_WRONG", f"The tokenizer in {folder} has no chat template, by which questions are put to policy and scorer.", "Give the tokenizer of the instruct model with --tokenizer DIR.")
    return Texts(tokenizer), folder


class Written:
    """The text of one sample as its tokens come: whole characters, cut before the first stop string."""

    def __init__(self, texts: Texts, stops: list[str]) -> None:
        self.texts, self.stops = texts, stops
        self.ids: list[int] = []
        self.text, self.stopped = "", None
        self._from = self._read = 0  # tokens whose text is decoded again, so that what joins two tokens is seen; tokens that are in the text

    def push(self, token: int) -> bool:
        """True: a stop string ends the text."""
        self.ids.append(token)
        before = self.texts.written(self.ids[self._from : self._read])
        now = self.texts.written(self.ids[self._from :])
        if len(now) > len(before) and not now.endswith("\ufffd"):
            self._from, self._read = self._read, len(self.ids)
            return self._add(now[len(before) :])
        return False

    def end(self) -> None:
        """What is left: bytes that are no whole character appear as U+FFFD."""
        if self._read < len(self.ids):
            before, now = self.texts.written(self.ids[self._from : self._read]), self.texts.written(self.ids[self._from :])
            self._from, self._read = self._read, len(self.ids)
            self._add(now[len(before) :])

    def _add(self, more: str) -> bool:
        longest = max(map(len, self.stops), default=0)
        seen = max(0, len(self.text) - longest + 1)
        self.text += more
        places = [(at, stop) for stop in self.stops if (at := self.text.find(stop, seen)) >= 0]
        if not places:
            return False
        at, self.stopped = min(places, key=lambda place: place[0])
        self.text = self.text[:at]
        return True
