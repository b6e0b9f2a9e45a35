"""Every hyper-parameter by name, with its range and what it means. A configuration names all of its task; a job replaces some."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from .fault import Fault

Value = str | float | int | bool | None
CONFIGS = Path(__file__).resolve().parents[1] / "configs"
LABELS = ("soft", "targets", "hard", "hard-rise", "dual-sided", "dual-sided-clamped", "outcome-only", "shuffled")


@dataclass(frozen=True)
class Setting:
    what: str
    kind: str = "number"  # number | integer | text | flag
    least: float = 0
    most: float = float("inf")
    over: bool = False  # the least itself is not allowed
    words: tuple[str, ...] = ()  # what a text may be; none: any
    none: bool = False  # null is a value

    def wrong(self, value: object) -> str | None:
        """The rest of the sentence "NAME is VALUE, but …" where it is wrong."""
        if value is None:
            return None if self.none else f"must be {self.wanted()}"
        flag, number = isinstance(value, bool), isinstance(value, (int, float)) and not isinstance(value, bool)
        match self.kind:
            case "flag": good = flag
            case "text": good = isinstance(value, str) and (not self.words or value in self.words)
            case "integer": good = number and value == int(value) and self.inside(value)
            case _: good = number and self.inside(value)
        return None if good else f"must be {self.wanted()}"

    def inside(self, value: float) -> bool:
        return (value > self.least if self.over else value >= self.least) and value <= self.most

    def wanted(self) -> str:
        match self.kind:
            case "flag": words = "true or false"
            case "text": words = f"one of {', '.join(self.words)}" if self.words else "a text"
            case _:
                low = f"over {self.least:g}" if self.over else f"at least {self.least:g}"
                words = f"a{' whole' if self.kind == 'integer' else ''} number {low}{f' and at most {self.most:g}' if self.most < float('inf') else ''}"
        return f"{words}{' or null' if self.none else ''}"


EVERY: dict[str, Setting] = {
    "loop": Setting("own: a compact loop whose results are the same bytes wherever it was killed, for small models on a CPU. trl: the trainers of TRL and transformers, for large ones", "text", words=("own", "trl")),
    "weights": Setting("full: every weight learns. lora: an adapter, merged at the end", "text", words=("full", "lora")),
    "loraRank": Setting("r of the adapter", "integer", 1),
    "loraAlpha": Setting("alpha of the adapter", over=True),
    "loraDropout": Setting("dropout in front of the adapter", most=0.99),
    "loraModules": Setting("linear modules that get an adapter, separated by commas", "text"),
    "learningRate": Setting("after the warm-up", over=True),
    "schedule": Setting("how the rate falls", "text", words=("cosine", "linear", "constant")),
    "lastRateShare": Setting("the rate at the end, as a share of learningRate", most=1),
    "warmupShare": Setting("share of the steps in which the rate rises", most=1),
    "weightDecay": Setting("of matrices; norms and biases have none"),
    "beta1": Setting("of AdamW", most=0.9999),
    "beta2": Setting("of AdamW", most=0.999999),
    "epsilon": Setting("of AdamW", over=True),
    "gradientNormMax": Setting("gradients are clipped to this norm", over=True),
    "epochs": Setting("passes over the rows; a fraction is allowed", over=True),
    "batchRows": Setting("rows of an update; null: batchTokens counts", "integer", 1, none=True),
    "batchTokens": Setting("positions of an update, padding included; null: batchRows counts", "integer", 1, none=True),
    "microRows": Setting("rows of one pass of one device; batchRows is reached by adding gradients. Only the loop trl", "integer", 1),
    "tokensMax": Setting("rows with more tokens are left out, never cut", "integer", 1),
    "promptTokensMax": Setting("rows whose question has more tokens are left out", "integer", 1),
    "precision": Setting("of the arithmetic; what learns is float32 in either, what lies under an adapter and what is written is of this. bfloat16 only in the loop trl", "text", words=("float32", "bfloat16")),
    "gradientCheckpointing": Setting("computes activations twice to save memory. Only the loop trl", "flag"),
    "heldOutShare": Setting("share of the questions that are kept back, to report on", most=0.9),
    "mergedSeparator": Setting("what to do where the tokenizer joins the end of a step with the next one, so that engines read other tokens than these", "text", words=("refuse", "allow")),
    "reportSteps": Setting("steps a line of loss.jsonl", "integer", 1),
    "checkpointSeconds": Setting("between two checkpoints"),
}
OF_TASK: dict[str, dict[str, Setting]] = {
    "sft": {
        "most": Setting("different right solutions of a question that are learnt; null: all", "integer", 1, none=True),
        "mostBy": Setting("which ones: those with the highest minimum step value, or drawn by the seed", "text", words=("value", "random")),
        "learnFrom": Setting("steps: loss on what follows Step 0. completion: Step 0 too", "text", words=("steps", "completion")),
    },
    "prm": {
        "labels": Setting("what is learnt, from the values of the row, or its targets as they were sealed", "text", words=LABELS),
        "hardThreshold": Setting("a value above it is right, for hard and hard-rise", most=1),
        "lookBack": Setting("beta of dual-sided labels"),
        "loss": Setting("cross-entropy: of both classes. bce: of the logit for right alone", "text", words=("cross-entropy", "bce")),
        "logits": Setting("of the head: 2 classes, or 1 with a sigmoid (then the loss is bce)", "integer", 1, 2),
        "weighting": Setting("steps: every step counts the same. trajectories: every trajectory. visits: a step as often as the search visited it", "text", words=("steps", "trajectories", "visits")),
        "trajectoriesMax": Setting("of a question, half of each polarity where there are enough; null: all", "integer", 1, none=True),
        "filterInvalid": Setting("leaves out questions that lack right or wrong trajectories", "flag"),
        "oneSided": Setting("whether to train where all trajectories are right, or all wrong", "text", words=("refuse", "train")),
    },
    "dpo": {
        "beta": Setting("of DPO: how dear it is to leave the reference", over=True),
        "labelSmoothing": Setting("share of pairs taken to be the wrong way round", most=0.5),
        "steps": Setting("also learns from preference_steps: pairs of unfinished prefixes, without an end of the turn", "flag"),
        "pairsMax": Setting("of a question, the widest gaps first; null: all", "integer", 1, none=True),
    },
}


def settings_of(task: str) -> dict[str, Setting]:
    return {**EVERY, **OF_TASK[task]}


def config_names() -> list[str]:
    return sorted(file.stem for file in CONFIGS.glob("*.json"))


def read_settings(task: str, config: str, replaced: dict[str, Value]) -> dict[str, Value]:
    """Every setting of the task, in the order of the table. CONFIG_WRONG, SETTING_UNKNOWN, SETTING_WRONG."""
    table = settings_of(task)
    found = read_config(task, config)
    for name in found:
        check_name(name, task, f"the configuration {config}")
    missing = [name for name in table if name not in found]
    if missing:
        raise Fault("CONFIG_WRONG", f"The configuration {config} says nothing of {task}.{missing[0]}{f' and {len(missing) - 1} more' if len(missing) > 1 else ''}.", "A configuration names every setting; copy one of tools/training/configs and change it.")
    for name, value in replaced.items():
        short = name.removeprefix(f"{task}.")
        check_name(short, task, "settings of the job")
        found[short] = value
    for name, setting in table.items():
        said = setting.wrong(found[name])
        if said is not None:
            raise Fault("SETTING_WRONG", f"{task}.{name} is {json.dumps(found[name])}, but {said}.", f"It means: {setting.what}.")
    return together({name: number(table[name], found[name]) for name in table}, task)


def number(setting: Setting, value: Value) -> Value:
    return int(value) if setting.kind == "integer" and value is not None else float(value) if setting.kind == "number" and value is not None else value


def together(settings: dict[str, Value], task: str) -> dict[str, Value]:
    """What settings may not be beside one another."""
    if (settings["batchRows"] is None) == (settings["batchTokens"] is None):
        raise Fault("SETTING_WRONG", f"{task}.batchRows is {settings['batchRows']} and {task}.batchTokens is {settings['batchTokens']}.", "Give one of the two and null for the other.")
    if settings["loop"] == "trl" and settings["batchRows"] is None:
        raise Fault("SETTING_WRONG", f"{task}.loop is trl, which counts rows, but {task}.batchRows is null.", "Give batchRows, and null for batchTokens.")
    if settings["loop"] == "own" and settings["precision"] != "float32":
        raise Fault("SETTING_WRONG", f"{task}.loop is own, which computes in float32, but {task}.precision is {settings['precision']}.", "Give float32, or the loop trl.")
    if task == "prm" and settings["logits"] == 1 and settings["loss"] != "bce":
        raise Fault("SETTING_WRONG", "prm.logits is 1, which has no two classes, but prm.loss is cross-entropy.", "Give the loss bce, or 2 logits.")
    return settings


def check_name(name: str, task: str, where: str) -> None:
    table = settings_of(task)
    if name in table:
        return
    near = get_close_matches(name, table, 1, 0.5) or get_close_matches(name.lower(), [one.lower() for one in table], 1, 0.4)
    spelled = next((one for one in table if near and one.lower() == near[0].lower()), None)
    other = next((of for of in OF_TASK if name.removeprefix(f"{of}.") in OF_TASK[of] and of != task), None)
    hint = f"It belongs to the task {other}." if other is not None else f"Did you mean {spelled}?" if spelled else ""
    raise Fault("SETTING_UNKNOWN", f"{where[0].upper()}{where[1:]}: {name} is no setting of {task}.", f"{hint} \"python tools/training/main.py --settings {task}\" lists all.".strip())


def read_config(task: str, config: str) -> dict[str, Value]:
    file = Path(config) if config.endswith(".json") or "/" in config else CONFIGS / f"{config}.json"
    if not file.is_file():
        near = get_close_matches(config, config_names(), 1, 0.4)
        raise Fault("CONFIG_WRONG", f"There is no configuration {config}.", f"{f'Did you mean {near[0]}? ' if near else ''}There are {', '.join(config_names())}, or give the path of a file.")
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Fault("CONFIG_WRONG", f"The configuration {file} cannot be read: {error}.", "Correct the file.") from error
    if not isinstance(value, dict) or not isinstance(value.get(task), dict):
        having = [name for name in config_names() if isinstance(json.loads((CONFIGS / f"{name}.json").read_text(encoding="utf-8")).get(task), dict)]
        raise Fault("CONFIG_WRONG", f"The configuration {config} has no {task}.", f"{' and '.join(having)} have it.")
    return dict(value[task])
