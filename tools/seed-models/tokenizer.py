"""The tokenizer of the seed models: byte-level BPE of 768 entries in which a digit, a blank line and the mark of a step are one token each."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

ENTRIES = 768
CONTEXT = 512  # positions of the shipped models

PAD, USER, ASSISTANT, END = SPECIAL = ("<|pad|>", "<|user|>", "<|assistant|>", "<|end|>")
SEPARATOR = "\n\n"
MARKS = [SEPARATOR, *(f"Step {k}:" for k in range(10))]

# A user turn is <|user|> and its text, an assistant turn <|assistant|>, its text and <|end|>. No token stands before the first turn.
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}{{ '<|assistant|>' + message['content'] + '<|end|>' }}"
    "{% else %}{{ '<|user|>' + message['content'] }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def train_tokenizer(texts: Iterable[str], entries: int = ENTRIES) -> Tokenizer:
    """Ids: 0 to 3 the special tokens, then the marks, then bytes and merges."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"\d"), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    marks = [AddedToken(mark, normalized=False, special=False) for mark in MARKS]
    trainer = trainers.BpeTrainer(
        vocab_size=entries,
        special_tokens=[*(AddedToken(token, normalized=False, special=True) for token in SPECIAL), *marks],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator((piece for text in texts for piece in between_marks(text)), trainer)
    return unmark(tokenizer)


def between_marks(text: str) -> list[str]:
    """The parts of a text that BPE sees: what stands between the marks."""
    parts = [text]
    for mark in MARKS:
        parts = [piece for part in parts for piece in part.split(mark)]
    return [part for part in parts if part]


def unmark(tokenizer: Tokenizer) -> Tokenizer:
    """The trainer knows special tokens only; marks are text, so that decoding without special tokens keeps them."""
    import json

    state = json.loads(tokenizer.to_str())
    for token in state["added_tokens"]:
        token["special"] = token["content"] in SPECIAL
    return Tokenizer.from_str(json.dumps(state))


def wrap_tokenizer(tokenizer: Tokenizer, context: int = CONTEXT) -> PreTrainedTokenizerFast:
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token=PAD, model_max_length=context, clean_up_tokenization_spaces=False)
    wrapped.chat_template = CHAT_TEMPLATE
    return wrapped
