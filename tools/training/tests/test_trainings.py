"""Every task by both loops, all weights and LoRA: real trainings of a tiny model on real rows."""

import json
from pathlib import Path

import pytest
import torch
from conftest import train
from safetensors.torch import load_file

from trainer.hashes import model_hash
from trainer.schema import read_schema, wrongs

OWN = {"batchTokens": 4096}
WHOLE = {"batchTokens": None, "batchRows": 64}  # all rows are one batch, so losses of two steps can be compared
TRL = {**WHOLE, "loop": "trl", "microRows": 16, "gradientCheckpointing": True}


@pytest.mark.parametrize("weights", ["full", "lora"])
@pytest.mark.parametrize("loop", [WHOLE, TRL], ids=["own", "trl"])
@pytest.mark.parametrize("task", ["sft", "prm", "dpo"])
def test_a_training_learns_and_writes_what_its_manifest_says(task, loop, weights, job_file, tmp_path, qwen):
    rate = {"learningRate": 1e-2} if task != "dpo" else {"learningRate": 1e-3, "steps": True}
    manifest = train(job_file(task=task, settings={**loop, **rate, "weights": weights, "epochs": 8, "reportSteps": 1}))
    out = tmp_path / "job"
    assert json.loads((out / "manifest.json").read_text()) == manifest
    assert list(wrongs(manifest, read_schema("training-manifest.v1"))) == []
    assert manifest["loss"]["last"] < manifest["loss"]["first"]
    assert manifest["model"]["sha256"] == model_hash(out / "model")
    assert manifest["data"]["rows"] == manifest["data"]["used"] + sum(manifest["data"]["skipped"].values())
    assert manifest["deterministic"] is (loop is WHOLE)
    assert len((out / "loss.jsonl").read_text().splitlines()) == manifest["steps"]
    assert (out / "loss.svg").read_text().startswith("<?xml")
    assert not (out / "checkpoint").exists()
    base, learnt = load_file(qwen / "model.safetensors"), load_file(out / "model" / "model.safetensors")
    changed = [name for name in base if name in learnt and not torch.equal(base[name], learnt[name])]
    if weights == "lora":
        assert {name.split(".")[-2] for name in changed} == {"q_proj", "v_proj"}
        assert manifest["adapter"]["sha256"] == model_hash(out / "adapter")
        assert merged(base, out / "adapter")["model.layers.0.self_attn.q_proj.weight"] == pytest.approx(learnt["model.layers.0.self_attn.q_proj.weight"].numpy(), abs=1e-6)
    else:
        assert manifest["adapter"] is None and len(changed) > 5
    if task == "prm":
        assert {"score.weight", "score.bias"} <= set(learnt)
        held = json.loads((out / "held.json").read_text())
        assert held["steps"] > 0
        assert held["outOf"] == "this training alone; its base may have learnt them" and f"held out of {held['outOf']}" in (out / "README.md").read_text()


def merged(base: dict, adapter: Path) -> dict:
    """W + alpha / r B A, by hand."""
    config, found = json.loads((adapter / "adapter_config.json").read_text()), load_file(adapter / "adapter_model.safetensors")
    assert "/" not in config["base_model_name_or_path"]
    name = "model.layers.0.self_attn.q_proj"
    a, b = (found[f"base_model.model.{name}.lora_{one}.weight"] for one in "AB")
    return {f"{name}.weight": (base[f"{name}.weight"] + config["lora_alpha"] / config["r"] * b @ a).numpy()}


def test_both_loops_compute_the_same_loss_of_the_same_rows(job_file, tmp_path):
    one_batch = {"batchTokens": None, "batchRows": 1000, "microRows": 1000, "gradientCheckpointing": False, "heldOutShare": 0}
    for task in ("sft", "prm", "dpo"):
        own = train(job_file(f"{task}-own", task=task, settings=one_batch))
        trl = train(job_file(f"{task}-trl", task=task, settings={**one_batch, "loop": "trl"}))
        assert own["steps"] == trl["steps"] == (2 if task == "prm" else 1)
        assert own["loss"]["first"] == pytest.approx(trl["loss"]["first"], abs=2e-5), task
        assert (own["tokens"], own["epochs"]) == (trl["tokens"], trl["epochs"])


def test_an_adapter_of_the_job_is_merged_into_the_base_first(job_file, tmp_path, qwen):
    train(job_file("first", settings={**OWN, "weights": "lora", "learningRate": 1e-2}))
    adapter = tmp_path / "first" / "adapter"
    manifest = train(job_file("second", task="prm", settings={**OWN, "learningRate": 1e-12}, base={"model": str(qwen), "adapter": str(adapter)}))
    assert manifest["base"]["adapter"] == model_hash(adapter)
    one, two = load_file(tmp_path / "first" / "model" / "model.safetensors"), load_file(tmp_path / "second" / "model" / "model.safetensors")
    name = "model.layers.0.self_attn.q_proj.weight"
    assert one[name].numpy() == pytest.approx(two[name].numpy(), abs=1e-6)
    assert not torch.equal(two[name], load_file(qwen / "model.safetensors")[name])


def test_an_adapter_that_lies_in_the_base_is_ignored(job_file, tmp_path, qwen):
    import shutil

    settings = {**OWN, "weights": "lora", "learningRate": 1e-2}
    plain = train(job_file("plain", settings=settings))
    base = tmp_path / "base"
    shutil.copytree(qwen, base)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        shutil.copyfile(tmp_path / "plain" / "adapter" / name, base / name)
    assert train(job_file("beside", settings=settings, base={"model": str(base), "adapter": None}))["model"] == plain["model"]


@pytest.mark.parametrize(("settings", "row"), [
    ({"loss": "bce"}, {"logits": 2, "right": 1, "activation": "sigmoid"}),
    ({"loss": "bce", "logits": 1}, {"logits": 1, "right": 0, "activation": "sigmoid"}),
    ({"labels": "dual-sided", "weighting": "visits"}, {"logits": 2, "right": 1, "activation": "softmax"}),
    ({"labels": "outcome-only"}, {"logits": 2, "right": 1, "activation": "softmax"}),
    ({"labels": "shuffled", "weighting": "trajectories"}, {"logits": 2, "right": 1, "activation": "softmax"}),
])
def test_a_scorer_says_how_its_logits_are_read(settings, row, job_file, tmp_path):
    train(job_file(task="prm", settings={**OWN, **settings}))
    assert json.loads((tmp_path / "job" / "model" / "scorer.json").read_text()) == {"scorer": 1, "separator": "\n\n", **row}
    assert load_file(tmp_path / "job" / "model" / "model.safetensors")["score.weight"].shape[0] == row["logits"]


def test_graph_and_weights_are_the_same_bytes_twice(job_file, tmp_path):
    first, second = (train(job_file(name, task="sft", settings={**OWN, "weights": "lora", "loraDropout": 0.1}, export="onnx")) for name in ("one", "two"))
    assert (tmp_path / "one" / "model" / "onnx" / "model.onnx").read_bytes() == (tmp_path / "two" / "model" / "onnx" / "model.onnx").read_bytes()
    assert first["model"] == second["model"] and first["adapter"] == second["adapter"]
    assert first["onnx"]["difference"] <= first["onnx"]["tolerance"]


def test_pairs_of_prefixes_have_no_end_of_the_turn(dataset, qwen):
    from trainer.dpo import open_dpo
    from trainer.settings import read_settings
    from trainer.tables import read_rows
    from trainer.turns import Turns

    turns, settings = Turns(qwen), read_settings("dpo", "seed-cpu", {"heldOutShare": 0})
    last = lambda kind: {int(one) for one in last_tokens(open_dpo(read_rows((dataset,), (kind,)).rows, turns, settings, 512, 0)[0])}  # noqa: E731
    assert last("preference") == {turns.tokenizer.eos_token_id}
    assert last("preference_steps") == {turns.tokenizer.convert_tokens_to_ids("\n\n")}


def last_tokens(texts):
    return texts.ids[texts.starts[1:] - 1]


@pytest.mark.parametrize(("config", "task"), [("meds3-v2", "sft"), ("meds3-v2", "prm"), ("meds3-v4", "sft"), ("meds3-v4", "prm"), ("meds3-v4", "dpo")])
def test_the_configurations_of_the_method_train_as_they_are(config, task, job_file, tmp_path):
    manifest = train(job_file(task=task, config=config))
    assert manifest["config"] == config and manifest["stopped"] == "end"
    assert {str(weight.dtype) for weight in load_file(tmp_path / "job" / "model" / "model.safetensors").values()} == {"torch.bfloat16"}
    assert json.loads((tmp_path / "job" / "model" / "config.json").read_text())["dtype"] == "bfloat16"
