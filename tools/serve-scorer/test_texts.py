from __future__ import annotations

from pathlib import Path

import pytest

from fault import Fault, Refusal
from texts import Texts, Written, open_texts

USER = {"role": "user", "content": "How many mg?"}


def test_the_beginning_of_a_turn_is_kept_byte_for_byte_though_the_template_trims_messages(texts: Texts) -> None:
    begin = "Step 0: Let's break down this problem step by step.\n\n"
    assert texts.render([USER, {"role": "assistant", "content": begin}], False, True) == texts.render([USER], True, False) + begin
    assert texts.render([USER], True, False).endswith("<|start_header_id|>assistant<|end_header_id|>\n\n")


def test_a_turn_may_not_be_both_begun_and_continued_and_messages_may_not_be_missing(texts: Texts) -> None:
    with pytest.raises(Refusal, match="Cannot set both"):
        texts.render([USER], True, True)
    with pytest.raises(Refusal, match="messages is empty"):
        texts.render([], True, False)


@pytest.mark.parametrize("text", ["plain words, 12 kg.", "µg/kg ≥ 5 😀 日本語 “quotes”\n\nStep 2: é", "🏥" * 7])
def test_a_text_comes_together_from_its_tokens_in_whole_characters(texts: Texts, text: str) -> None:
    written = Written(texts, [])
    for token in texts.encode(text, False):
        assert written.push(token) is False
        assert text.startswith(written.text) and "\ufffd" not in written.text
    written.end()
    assert written.text == text


def test_the_first_stop_string_ends_a_text_wherever_tokens_are_cut(texts: Texts) -> None:
    text = "Step 1: Multiply.\n\nStep 2: The answer is 60 mg."
    for stop in ("Step 2:", "\n\nS", "p 2: T", "mg."):
        written = Written(texts, ["Step 9:", stop])
        ended = [written.push(token) for token in texts.encode(text, False)].index(True)
        assert written.text == text[: text.index(stop)] or ended > 0
        assert written.stopped == stop


def test_half_a_character_at_the_end_shows_as_such(texts: Texts) -> None:
    written = Written(texts, [])
    for token in texts.encode("a😀", False)[:-1]:
        written.push(token)
    assert written.text == "a"
    written.end()
    assert written.text.startswith("a\ufffd")


def test_a_folder_without_tokenizer_or_without_chat_template_is_told(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"None of the folders has a tokenizer\.json"):
        open_texts([tiny / "policy-adapter"], None)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((tiny / "base" / name).read_bytes())
    with pytest.raises(Fault, match="has no chat template"):
        open_texts([], tmp_path)
    (tmp_path / "tokenizer.json").write_text("{", "utf-8")
    with pytest.raises(Fault, match="cannot be opened"):
        open_texts([], tmp_path)
