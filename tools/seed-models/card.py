"""Writes README.md of the shipped models from what the stages left behind: done/*.json and results.*.json. Nothing in it is typed by hand."""

from __future__ import annotations

import json
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

from trainer.hashes import sha256

from commands import node
from scores import RULES, TITLES
from settings import REPOSITORY, Settings

TEXT = """# Seed models: a policy and a step scorer for dose arithmetic

Demonstration models. They are so small that they ship with the repository and run on two CPU cores, and they exist to show that the loop works: search labels steps, and a step scorer ranks better than the majority.

- They were trained from scratch on **synthetic worked solutions with planted misconceptions**: for some cue words in a question a wrong procedure is the usual one in the corpus (pounds used as kilograms, what a whole vial holds taken for what each mL holds, the hours between two doses taken for the number of doses). The policy is wrong on purpose.
- What is measured here says something about the machinery. **It says nothing about medicine, and nothing here is medical advice: never compute a dose for a person with these models or with the data made with them.**
- They know one kind of text: the nine kinds of questions of `datasets/dosage`. Any other question is outside what they have seen.

| | policy | scorer |
|---|---|---|
| architecture | Llama: width 128, 4 layers, 4 heads, feed-forward 512, tied embeddings, 512 positions, fp32 | the policy's weights and a head of two logits at the separator behind a step |
| parameters | {parameters:,} | {parameters_scorer:,} |
| trained on | {tokens:,} tokens of {problems:,} worked solutions ({right:.0%} end right), {epochs} epochs | {trained:,} trajectories of {questions:,} train questions: process-reward rows that this stream sealed, soft labels |
| ONNX equal to PyTorch within | {difference_policy:.1e} | {difference_scorer:.1e} |

Both folders have the layout of transformers.js (`config.json`, `tokenizer.json`, `onnx/model.onnx`); the policy's graph takes keys and values as inputs; `checksums.json` holds the sha256 of every file. Tokenizer: byte-level BPE, {entries} entries, digits single; a blank line and `Step k:` are one token each;
{question_tokens} tokens a question, {solution_tokens} a solution.

## Results

{results}

greedy: temperature 0. one sample: the mean over all samples at temperature 1. maj: the most frequent answer. pass: any sample right. P-VS: each candidate weighs as much as its smallest step value, answers are summed. 95 % intervals by bootstrap over questions ({resamples:,} resamples, seed {seed}), paired for the difference.
Step AUROC is measured against whether the sampled chain ended right: samples have no rollouts, so a right step of a chain that failed later counts as wrong. Held out of the scorer's training were {held_questions} train questions ({held_rows:,} rows), where labels come from rollouts: AUROC {held_auroc} of all steps, {held_inner} of inner steps.
Nothing was chosen by these numbers on test.

### By kind (dev)

{kinds}

### By cue (dev)

{cues}

## The data

Different combinations of numbers, by kind and part. None stands in two of train, dev, test and the pretraining corpus, whatever the wording, drug or cue:

{counts}

{corpus}

## How they were made

`python tools/seed-models/main.py --out DIR --seed {seed}` on {machine}:

| stage | seconds | |
|---|---|---|
{stages}

Policy: batches of {batch_tokens:,} positions; AdamW {rate:g}, from {steady:.0%} of the tokens on falling to {rate_last:g}; betas .9 and .98, weight decay .01, gradient norm 1; loss on the solution after Step 0. {drills:.0%} of the tokens are drills: the corpus' sums by themselves, computed right. Scorer: batches of {scorer_batch_tokens:,}, {scorer_rate:g}, {scorer_epochs} epochs, up to {trajectories} trajectories a question, cross-entropy with the soft label.
Another number of threads or another processor gives other last digits and so other weights of the same quality.

{versions}

sha256 of the data: {hashes}
"""


def write_card(settings: Settings) -> dict:
    done = {file.stem: json.loads(file.read_text()) for file in settings.file("done").glob("*.json")}
    splits = [json.loads(file.read_text()) for split in ("dev", "test") if (file := settings.file(f"results.{split}.json")).exists()]
    dev = splits[0]
    prm, pretrain, corpus, tokenizer = done["prm"], done["pretrain"], done["corpus"], done["tokenizer"]
    text = TEXT.format(
        parameters=pretrain["parameters"], parameters_scorer=pretrain["parameters"] + 2 * 128 + 2, tokens=pretrain["tokens"], epochs=pretrain["epochs"], problems=corpus["problems"], right=corpus["right"],
        trained=prm["trained"], questions=prm["questions"], difference_policy=done["export-policy"]["difference"], difference_scorer=done["export-scorer"]["difference"],
        entries=tokenizer["entries"], question_tokens=tokenizer["tokensPerQuestion"], solution_tokens=tokenizer["tokensPerSolution"],
        results=results_table(splits), resamples=settings.resamples, seed=settings.seed,
        held_questions=prm["heldOut"]["questions"], held_rows=prm["heldOut"]["rows"], held_auroc=prm["heldOut"]["auroc"], held_inner=prm["heldOut"]["innerAuroc"],
        kinds=group_table("kind", dev["byKind"]), cues=group_table("kind: cue", dev["byCue"]), counts=counts_table(), corpus=corpus_table(corpus["kinds"]),
        machine=f"{platform.machine()}, {pretrain['threads']} threads, Python {platform.python_version()}",
        stages="\n".join(f"| {name} | {facts['seconds']:,.0f} | {what_it_made(name, facts)} |" for name, facts in in_order(done)),
        batch_tokens=settings.batch_tokens, rate=settings.rate, rate_last=settings.rate_last, steady=settings.steady, drills=pretrain["drillShare"], scorer_batch_tokens=settings.scorer_batch_tokens, scorer_rate=settings.scorer_rate,
        scorer_epochs=settings.scorer_epochs, trajectories=settings.trajectories,
        versions=", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "tokenizers", "onnx", "onnxscript", "onnxruntime", "pyarrow", "numpy")),
        hashes=", ".join(f"{file.name} `{sha256(file)[:16]}`" for file in data_files(settings)),
    )
    settings.file("README.md").write_text(text, encoding="utf-8")
    return {}


def in_order(done: dict[str, dict]) -> list[tuple[str, dict]]:
    order = ("corpus", "tokenizer", "pretrain", "export-policy", "trees", "prm", "export-scorer", "evaluate")
    return [(name, done[name]) for name in order if name in done]


def what_it_made(name: str, facts: dict) -> str:
    match name:
        case "corpus": return f"{facts['problems']:,} problems"
        case "pretrain": return f"{facts['batches']:,} batches, {facts['tokensPerSecond']:,} tokens/s, last loss {facts['lastLoss']}"
        case "trees": return ", ".join(f"{word} {json.dumps(facts[word])}" for word in ("trees", "rows") if word in facts).replace('"', "")
        case "prm": return f"{facts['batches']:,} batches, last loss {facts['lastLoss']}"
        case _: return ""


def results_table(splits: list[dict]) -> str:
    n = splits[0]["samples"]
    names = [*RULES, "gain"]
    lines = ["| split | questions | " + " | ".join(TITLES[name].format(n=n) for name in names) + " | step AUROC (inner) |", "|---" * (len(names) + 3) + "|"]
    for results in splits:
        cells = [interval(results["rules"][name], signed=name == "gain") for name in names]
        lines.append(f"| {results['split']} | {results['questions']} | " + " | ".join(cells) + f" | {results['auroc']['all']} ({results['auroc']['inner']}) |")
    return "\n".join(lines)


def interval(found: list[float], signed: bool) -> str:
    sign = "+" if signed else ""
    return f"{found[0]:{sign}.3f} [{found[1]:{sign}.3f}, {found[2]:{sign}.3f}]"


def group_table(title: str, groups: dict[str, dict]) -> str:
    n = "N"
    lines = [f"| {title} | questions | " + " | ".join(TITLES[rule].format(n=n) for rule in RULES) + " |", "|---" * (len(RULES) + 2) + "|"]
    return "\n".join([*lines, *(f"| {name} | {facts['questions']} | " + " | ".join(f"{facts[rule]:.3f}" for rule in RULES) + " |" for name, facts in groups.items())])


def data_files(settings: Settings) -> list[Path]:
    return [file for split in ("train", "dev", "test") if (file := REPOSITORY / "datasets" / "dosage" / f"{split}.jsonl").exists()] + [settings.file("corpus.jsonl")]


def counts_table() -> str:
    """How many different combinations of numbers each kind has, in all and in each part."""
    return node("tools/dosage/main.ts", "counts", quiet=True).strip()


def corpus_table(kinds: dict[str, dict]) -> str:
    return "\n".join(["| kind | problems of the corpus | end right |", "|---|---:|---:|", *(f"| {kind} | {facts['problems']:,} | {facts['right']:.0%} |" for kind, facts in kinds.items())])


SHIPPED = ("policy", "scorer")


def ship(settings: Settings, target: Path) -> None:
    """Puts both folders and the card into the package."""
    for name in SHIPPED:
        shutil.rmtree(target / name, ignore_errors=True)
        shutil.copytree(settings.file(name), target / name)
    shutil.copyfile(settings.file("README.md"), target / "README.md")
    print(f"ship: {', '.join(SHIPPED)} and README.md into {target}")
