from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, LlamaForTokenClassification

from fault import Fault
from full_weights import load_policy, load_scorer
from served import POLICY, SCORER, Served, Wanted, open_served
from tensors import read_tensors, weight_files

IDS = torch.tensor([[5, 17, 200, 31, 4, 99, 260, 8]])


@torch.inference_mode()
def policy_logits(served: Served) -> torch.Tensor:
    served.switch(POLICY)
    return served.next_logits(served.body(POLICY)(input_ids=IDS).last_hidden_state[0])


@torch.inference_mode()
def scorer_logits(served: Served) -> torch.Tensor:
    served.switch(SCORER)
    return served.labels(served.body(SCORER)(input_ids=IDS).last_hidden_state)[0]


def full(folder: Path) -> tuple[LlamaConfig, dict[str, torch.Tensor]]:
    return LlamaConfig.from_pretrained(folder), read_tensors(weight_files(folder, "model"))


@torch.inference_mode()
def reference_policy(folder: Path) -> torch.Tensor:
    """By transformers alone, of the full weights in a folder."""
    config, tensors = full(folder)
    return LlamaForCausalLM.from_pretrained(None, config=config, state_dict=tensors).eval()(IDS).logits[0]


@torch.inference_mode()
def reference_scorer(base: Path, prm: Path) -> torch.Tensor:
    """By peft alone, of the adapter on the layers of full weights: its own head."""
    config, tensors = full(base)
    whole = LlamaForTokenClassification(LlamaConfig(**{**config.to_dict(), "num_labels": 2}))
    whole.model.load_state_dict({key.removeprefix("model."): tensor for key, tensor in tensors.items() if key.startswith("model.")})
    return PeftModel.from_pretrained(whole, prm).eval()(IDS).logits[0]


def test_the_adapter_on_its_base_gives_what_its_merged_weights_give(tiny: Path, served: Served) -> None:
    torch.testing.assert_close(policy_logits(served), reference_policy(tiny / "policy-full"), atol=1e-4, rtol=0)
    assert (policy_logits(served) - reference_policy(tiny / "base")).abs().max() > 0.1


def test_the_scorer_of_both_releases_gives_what_peft_gives_for_it(tiny: Path, served: Served) -> None:
    expected = reference_scorer(tiny / "policy-full", tiny / "prm")
    torch.testing.assert_close(scorer_logits(served), expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(scorer_logits(open_served(Wanted(tiny / "policy-full", scorer_adapter=tiny / "prm"))), expected, atol=1e-5, rtol=1e-5)


def test_a_scorer_that_was_trained_on_the_bare_base_leaves_the_policys_adapter_out(tiny: Path) -> None:
    over_base = open_served(Wanted(tiny / "base", tiny / "policy-adapter", tiny / "prm", over="base"))
    torch.testing.assert_close(scorer_logits(over_base), reference_scorer(tiny / "base", tiny / "prm"), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(policy_logits(over_base), reference_policy(tiny / "policy-full"), atol=1e-4, rtol=0)


def test_switching_back_and_forth_changes_no_bit(served: Served) -> None:
    policy, scorer = policy_logits(served), scorer_logits(served)
    for _ in range(3):
        assert torch.equal(policy_logits(served), policy)
        assert torch.equal(scorer_logits(served), scorer)


def test_the_base_is_in_memory_once(tiny: Path, served: Served) -> None:
    base = sum(tensor.numel() for tensor in read_tensors(weight_files(tiny / "base", "model")).values())
    added = sum(tensor.numel() for name in ("policy-adapter", "prm") for tensor in read_tensors(weight_files(tiny / name, "adapter_model")).values())
    assert served.head is not None and served.tuned is not None
    storages = {parameter.untyped_storage().data_ptr(): parameter.numel() for module in (served.tuned, served.policy, served.scoring, served.head) for parameter in module.parameters()}
    assert sum(storages.values()) == base + added
    assert served.body(POLICY) is served.body(SCORER)


def test_an_adapter_beside_full_weights_is_ignored_unless_named_and_warned_of(tiny: Path) -> None:
    ignored = open_served(Wanted(tiny / "policy-full"))
    torch.testing.assert_close(policy_logits(ignored), reference_policy(tiny / "policy-full"), atol=1e-5, rtol=0)
    assert len(ignored.warnings) == 1
    assert "full weights and an adapter beside them (trained on meta-llama/Llama-3.1-8B-Instruct). The adapter is ignored" in ignored.warnings[0]
    named = open_served(Wanted(tiny / "policy-full", policy_adapter=tiny / "policy-full"))
    assert named.warnings == []
    assert (policy_logits(named) - policy_logits(ignored)).abs().max() > 0.1
    loaded_by_itself = AutoModelForCausalLM.from_pretrained(tiny / "policy-full").eval()  # the trap: transformers adds it unasked
    torch.testing.assert_close(policy_logits(named), loaded_by_itself(IDS).logits[0], atol=1e-5, rtol=1e-5)


def test_an_adapter_alone_is_no_base_and_its_configuration_is_not_followed(tiny: Path) -> None:
    with pytest.raises(Fault, match=r"policy-adapter holds an adapter and no full weights\..*meta-llama/Llama-3\.1-8B-Instruct, its configuration says"):
        open_served(Wanted(tiny / "policy-adapter"))
    with pytest.raises(Fault, match="--scorer-adapter is given without --base. The base is never guessed"):
        open_served(Wanted(None, scorer_adapter=tiny / "prm"))


HEAD, BIAS, LORA = "base_model.model.score.weight", "base_model.model.score.bias", "base_model.model.model.layers.1.mlp.up_proj.lora_B.weight"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda tensors: tensors.pop(BIAS), r"has score\.weight and no score\.bias\..*--head-without-bias"),
        (lambda tensors: tensors.pop(HEAD), r"has no score\.weight: its head was not saved\."),
        (lambda tensors: tensors.update({HEAD: torch.zeros(2, 32)}), r"score\.weight of .* is \(2, 32\); the base is 64 wide\."),
        (lambda tensors: tensors.update({BIAS: torch.zeros(3)}), r"score\.bias of .* is \(3,\) for 2 labels\."),
        (lambda tensors: tensors.pop(LORA), r"lacks base_model\.model\.model\.layers\.1\.mlp\.up_proj\.lora_B\.weight\."),
        (lambda tensors: tensors.update({"base_model.model.model.embed_tokens.weight": torch.zeros(2, 2)}), r"holds base_model\.model\.model\.embed_tokens\.weight, which the base has no place for"),
        (lambda tensors: tensors.update({"base_model.model.score.lora_A.weight": torch.zeros(2, 2)}), r"holds base_model\.model\.score\.lora_A\.weight, which the base has no place for"),
        (lambda tensors: tensors.update({LORA: torch.zeros(128, 8)}), r"has \(128, 8\) for .*, where the base wants \(128, 32\)\."),
    ],
)
def test_a_scorers_adapter_that_is_not_whole_is_refused(tiny: Path, changed: Callable[..., Path], change: Callable, sentence: str) -> None:
    with pytest.raises(Fault, match=sentence):
        open_served(Wanted(tiny / "base", scorer_adapter=changed("prm", change)))


def test_a_head_without_bias_is_loaded_where_that_is_said(tiny: Path, changed: Callable[..., Path]) -> None:
    folder = changed("prm", lambda tensors: tensors.pop(BIAS))
    found = open_served(Wanted(tiny / "base", scorer_adapter=folder, without_bias=True))
    assert found.head is not None and found.head.bias is None
    with pytest.raises(Fault, match="has a score.bias, and --head-without-bias is given"):
        open_served(Wanted(tiny / "base", scorer_adapter=tiny / "prm", without_bias=True))


def test_the_head_is_the_one_that_was_saved(tiny: Path, served: Served) -> None:
    saved = read_tensors(weight_files(tiny / "prm", "adapter_model"))
    assert served.head is not None
    assert torch.equal(served.head.weight, saved[HEAD])
    assert torch.equal(served.head.bias, saved[BIAS]) and saved[BIAS].abs().min() > 0


def test_an_adapter_of_the_other_kind_is_refused_with_the_flag_it_belongs_to(tiny: Path) -> None:
    with pytest.raises(Fault, match=r"is an adapter for TOKEN_CLS; --policy-adapter takes CAUSAL_LM\. Give it to --scorer-adapter\."):
        open_served(Wanted(tiny / "base", policy_adapter=tiny / "prm"))
    with pytest.raises(Fault, match=r"is an adapter for CAUSAL_LM; --scorer-adapter takes TOKEN_CLS\. Give it to --policy-adapter\."):
        open_served(Wanted(tiny / "base", scorer_adapter=tiny / "policy-adapter"))


def test_full_weights_that_lack_a_tensor_or_hold_another_are_refused(tiny: Path, changed: Callable[..., Path]) -> None:
    with pytest.raises(Fault, match=r"the weights lack model\.norm\.weight\..*would be random"):
        load_policy(changed("base", lambda tensors: tensors.pop("model.norm.weight")), "--base", "cpu", torch.float32)
    with pytest.raises(Fault, match=r"the weights lack score\.bias, score\.weight and hold lm_head\.weight"):
        load_scorer(tiny / "base", "--scorer", "cpu", torch.float32)


def test_a_file_that_is_cut_short_and_a_folder_that_is_not_there_are_told(tiny: Path, changed: Callable[..., Path], tmp_path: Path) -> None:
    folder = changed("base", lambda tensors: None)
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(Fault, match=r"MODEL_WEIGHTS_CORRUPT|cannot be read"):
        open_served(Wanted(folder))
    with pytest.raises(Fault, match=r"There is no folder .*nowhere\."):
        open_served(Wanted(tmp_path / "nowhere"))
    (folder / "config.json").write_text(json.dumps({"model_type": "nothing-known"}), "utf-8")
    with pytest.raises(Fault, match="names a model that transformers does not know"):
        open_served(Wanted(folder))


def test_a_base_of_another_shape_is_told(tiny: Path, tmp_path: Path) -> None:
    config, _ = full(tiny / "base")
    LlamaForCausalLM(LlamaConfig(**{**config.to_dict(), "hidden_size": 32, "head_dim": 8})).save_pretrained(tmp_path / "narrow")
    with pytest.raises(Fault, match=r"where the base wants|the base is 32 wide"):
        open_served(Wanted(tmp_path / "narrow", scorer_adapter=tiny / "prm"))
    LlamaForCausalLM(LlamaConfig(**{**config.to_dict(), "num_hidden_layers": 1})).save_pretrained(tmp_path / "shallow")
    with pytest.raises(Fault, match=r"holds .*layers\.1\..*which the base has no place for"):
        open_served(Wanted(tmp_path / "shallow", policy_adapter=tiny / "policy-adapter"))


def test_weights_of_other_bytes_are_another_revision_wherever_they_lie(tiny: Path, served: Served, changed: Callable[..., Path]) -> None:
    again = open_served(Wanted(tiny / "base", tiny / "policy-adapter", tiny / "prm"))
    assert again.revisions == served.revisions
    other = open_served(Wanted(tiny / "base", tiny / "policy-adapter", changed("prm", lambda tensors: tensors[BIAS].add_(1))))
    assert other.revisions[POLICY] == served.revisions[POLICY] and other.revisions[SCORER] != served.revisions[SCORER]
    assert open_served(Wanted(tiny / "base", tiny / "policy-adapter", tiny / "prm", over="base")).revisions[SCORER] != served.revisions[SCORER]


def test_full_weights_of_a_scorer_are_served_beside_a_policy(tiny: Path, tmp_path: Path) -> None:
    config, _ = full(tiny / "base")
    torch.manual_seed(5)
    whole = LlamaForTokenClassification(LlamaConfig(**{**config.to_dict(), "num_labels": 2})).eval()
    whole.save_pretrained(tmp_path / "whole")
    found = open_served(Wanted(tiny / "base", tiny / "policy-adapter", scorer=tmp_path / "whole"))
    policy = policy_logits(found)
    with torch.inference_mode():
        torch.testing.assert_close(scorer_logits(found), whole(IDS).logits[0], atol=1e-5, rtol=1e-5)
    assert torch.equal(policy_logits(found), policy)
