import json
import shutil

import pytest

from trainer.fault import Fault
from trainer.turns import SEPARATOR, Chain, Turns

STEPS = ("Step 0: Let's break down this problem step by step.", "Step 1: 2 × 3 = 6 mg.", "Step 2: The answer is 6 mg.")


def chain(closed: bool, steps: tuple[str, ...] = STEPS) -> Chain:
    return Chain("q/t/0.1", (("user", "How many mg?"),), steps, closed)


def test_a_step_ends_at_the_last_token_of_the_blank_line_behind_it(policy):
    turns = Turns(policy)
    (tokens,) = turns.tokenize([chain(closed=False)])
    separator = turns.tokenizer.convert_tokens_to_ids(SEPARATOR)
    assert tokens.ids[tokens.ends].tolist() == [separator] * 3
    assert tokens.ends[-1] == len(tokens.ids) - 1
    assert turns.backend.decode(tokens.ids[: tokens.ends[1] + 1].tolist(), skip_special_tokens=False) == f"<|user|>How many mg?<|assistant|>{STEPS[0]}\n\n{STEPS[1]}\n\n"


def test_a_closed_chain_ends_the_turn_as_the_template_does(policy):
    turns = Turns(policy)
    (tokens,) = turns.tokenize([chain(closed=True)])
    assert turns.backend.decode(tokens.ids.tolist(), skip_special_tokens=False).endswith("The answer is 6 mg.<|end|>")
    assert turns.backend.decode(tokens.ids[: tokens.prompt].tolist(), skip_special_tokens=False) == "<|user|>How many mg?<|assistant|>"


def changed(policy, folder, **fields):
    shutil.copytree(policy, folder, ignore=shutil.ignore_patterns("onnx", "*.safetensors"))
    state = json.loads((folder / "tokenizer.json").read_text())
    state.update(fields)
    (folder / "tokenizer.json").write_text(json.dumps(state))
    return folder


def test_a_tokenizer_that_loses_blank_lines_is_refused_with_the_step(policy, tmp_path):
    folder = changed(policy, tmp_path / "base", normalizer={"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, added_tokens=[token for token in json.loads((policy / "tokenizer.json").read_text())["added_tokens"] if token["content"] != SEPARATOR])
    with pytest.raises(Fault, match=r"no tokens for the blank line behind step 0 of the row q/t/0.1") as caught:
        Turns(folder).tokenize([chain(closed=False)])
    assert caught.value.code == "SEPARATOR_MISSING" and caught.value.exit == 3


def test_a_tokenizer_that_joins_two_steps_is_refused_with_the_step_unless_it_is_allowed(policy, tmp_path):
    tokens = json.loads((policy / "tokenizer.json").read_text())["added_tokens"]
    joining = {**tokens[-1], "id": 768, "content": "\n\nStep 2:", "special": False}
    turns = Turns(changed(policy, tmp_path / "base", added_tokens=[*tokens, joining]))
    with pytest.raises(Fault, match=r"merges across the separator.*step 1 \('Step 1: 2 × 3 = 6 mg.'\)"):
        turns.tokenize([chain(closed=False)])
    (allowed,) = turns.tokenize([chain(closed=False)], merged="allow")
    assert len(allowed.ends) == 3
    turns.tokenize([chain(closed=False, steps=STEPS[:2])])  # nothing is joined there


def test_a_base_without_chat_template_is_refused(policy, tmp_path):
    folder = changed(policy, tmp_path / "base")
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config.pop("chat_template")
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    with pytest.raises(Fault, match="has no chat template"):
        Turns(folder)
