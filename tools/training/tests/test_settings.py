import json

import pytest

from trainer.fault import Fault
from trainer.settings import config_names, read_config, read_settings, settings_of

SCHEDULE = {"schedule": "cosine", "warmupShare": 0.03}
METHOD = {  # reference numbers of both versions of the paper and its scripts; seed-cpu: chosen on dev (docs/experiments.md)
    ("meds3-v2", "sft"): {**SCHEDULE, "weights": "lora", "loraRank": 16, "loraAlpha": 32, "learningRate": 2e-4, "epochs": 1, "batchRows": 32, "weightDecay": 0, "tokensMax": 4096, "promptTokensMax": 3072},
    ("meds3-v2", "prm"): {**SCHEDULE, "weights": "lora", "loraRank": 64, "loraAlpha": 128, "loraModules": "q_proj,v_proj", "learningRate": 2e-4, "epochs": 1, "batchRows": 64, "labels": "soft", "loss": "cross-entropy", "logits": 2, "filterInvalid": True, "weightDecay": 0.01, "tokensMax": 8192, "promptTokensMax": 3072},
    ("meds3-v4", "sft"): {**SCHEDULE, "weights": "full", "learningRate": 1e-6, "epochs": 1, "batchRows": 128, "weightDecay": 0, "tokensMax": 4096, "promptTokensMax": 3072},
    ("meds3-v4", "prm"): {**SCHEDULE, "weights": "lora", "loraRank": 32, "loraAlpha": 64, "loraModules": "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj", "learningRate": 5e-5, "epochs": 2, "batchRows": 256, "labels": "dual-sided", "loss": "bce", "logits": 2, "filterInvalid": True, "weightDecay": 0.01, "tokensMax": 8192, "promptTokensMax": 3072},
    ("meds3-v4", "dpo"): {**SCHEDULE, "weights": "full", "learningRate": 5e-7, "epochs": 1, "beta": 0.1, "steps": True, "batchRows": 128, "promptTokensMax": 3072, "tokensMax": 8192},
    ("seed-cpu", "sft"): {"loop": "own", "learningRate": 1e-4, "epochs": 1, "batchTokens": 2048, "learnFrom": "steps"},
    ("seed-cpu", "prm"): {"loop": "own", "learningRate": 1e-3, "epochs": 2, "batchTokens": 2048, "trajectoriesMax": 6, "labels": "soft", "filterInvalid": False},
}


@pytest.mark.parametrize(("config", "task"), METHOD)
def test_the_configurations_carry_the_numbers_of_the_method(config, task):
    found = read_settings(task, config, {})
    assert {name: found[name] for name in METHOD[config, task]} == METHOD[config, task]


def test_every_configuration_names_exactly_the_settings_of_its_tasks():
    for config in config_names():
        for task in ("sft", "prm", "dpo"):
            if config == "meds3-v2" and task == "dpo":
                continue
            assert list(read_config(task, config)) and set(read_config(task, config)) == set(settings_of(task))


def test_a_job_replaces_numbers_by_name_with_or_without_the_task():
    found = read_settings("sft", "seed-cpu", {"sft.most": 2, "epochs": 3})
    assert (found["most"], found["epochs"]) == (2, 3.0)


@pytest.mark.parametrize(("task", "settings", "code", "words"), [
    ("sft", {"learningrate": 1}, "SETTING_UNKNOWN", "Did you mean learningRate?"),
    ("sft", {"beta": 1}, "SETTING_UNKNOWN", "belongs to the task dpo"),
    ("sft", {"learningRate": 0}, "SETTING_WRONG", "sft.learningRate is 0, but must be a number over 0"),
    ("prm", {"labels": "softer"}, "SETTING_WRONG", "one of soft, targets"),
    ("prm", {"epochs": True}, "SETTING_WRONG", "prm.epochs is true"),
    ("prm", {"logits": 1}, "SETTING_WRONG", "no two classes"),
    ("sft", {"batchRows": 4}, "SETTING_WRONG", "Give one of the two"),
    ("sft", {"loop": "trl"}, "SETTING_WRONG", "counts rows"),
])
def test_a_wrong_setting_is_a_sentence(task, settings, code, words):
    with pytest.raises(Fault) as caught:
        read_settings(task, "seed-cpu", settings)
    assert caught.value.code == code
    assert words in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.exit == 2


def test_an_unknown_configuration_names_the_nearest():
    with pytest.raises(Fault, match="Did you mean meds3-v2"):
        read_settings("sft", "meds-v2", {})


def test_a_task_that_a_configuration_has_not_names_those_that_have_it():
    with pytest.raises(Fault, match="has no dpo"):
        read_settings("dpo", "meds3-v2", {})


def test_a_configuration_file_of_ones_own_must_be_whole(tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"sft": {name: value for name, value in read_config("sft", "seed-cpu").items() if name != "epochs"}}))
    with pytest.raises(Fault, match="says nothing of sft.epochs"):
        read_settings("sft", str(file), {})
