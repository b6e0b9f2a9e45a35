"""The parts of the recipe that the product itself does, each a command in the repository: corpus, trees, samples, comparison of tokenizers."""

from __future__ import annotations

import json
import random
import subprocess
import time
from pathlib import Path

from tokenizers import Tokenizer
from trainer.export import write_tokenizer

from pretrain import read_corpus
from settings import REPOSITORY, Settings
from tokenizer import CHAT_TEMPLATE, train_tokenizer, wrap_tokenizer
from turns import policy_text


def node(*words: str | Path, quiet: bool = False) -> str:
    """Runs a program with the node of the PATH (24 or newer) and gives its output; progress goes to the terminal."""
    command = ["node", *map(str, words)]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with code {done.returncode}.\n{done.stdout[-2000:]}")
    if not quiet and done.stdout.strip():
        print(done.stdout.rstrip(), flush=True)
    return done.stdout


def write_corpus(settings: Settings) -> dict:
    """corpus.jsonl: worked solutions with planted misconceptions and slips; none of its combinations of kind and numbers stands in the data set."""
    file = settings.file("corpus.jsonl")
    new = file.with_suffix(".new")
    node("tools/dosage/main.ts", "corpus", "--problems", str(settings.problems), "--seed", str(settings.seed), "--out", new)
    new.replace(file)
    problems = read_corpus(file)
    kinds: dict[str, list[bool]] = {}
    for problem in problems:
        kinds.setdefault(problem["kind"], []).append(problem["right"])
    shares = {kind: {"problems": len(rights), "right": round(sum(rights) / len(rights), 3)} for kind, rights in sorted(kinds.items())}
    for kind, facts in shares.items():
        print(f"corpus: {kind:<24} {facts['problems']:>7,} problems, {facts['right']:.0%} right")
    return {"problems": len(problems), "right": round(sum(problem["right"] for problem in problems) / len(problems), 3), "kinds": shares}


def write_vocabulary(settings: Settings) -> dict:
    """tokenizer/: trained on the corpus, then compared with the JavaScript tokenizer on 2,000 of its texts."""
    folder = settings.file("tokenizer")
    problems = read_corpus(settings.file("corpus.jsonl"))
    draw = random.Random(settings.seed)
    chosen = draw.sample(problems, min(20_000, len(problems)))
    trained = train_tokenizer(text for problem in chosen for text in (problem["question"], problem["solution"]))
    write_tokenizer(wrap_tokenizer(trained), folder)
    compared = compare_tokenizers(trained, folder, draw.sample(problems, min(2000, len(problems))), settings)
    solution = sum(len(found.ids) for found in trained.encode_batch([problem["solution"] for problem in chosen])) / len(chosen)
    question = sum(len(found.ids) for found in trained.encode_batch([problem["question"] for problem in chosen])) / len(chosen)
    print(f"tokenizer: {trained.get_vocab_size()} entries, {question:.1f} tokens a question, {solution:.1f} a solution")
    return {"entries": trained.get_vocab_size(), "tokensPerQuestion": round(question, 1), "tokensPerSolution": round(solution, 1), "comparedTexts": compared}


def compare_tokenizers(tokenizer: Tokenizer, folder: Path, problems: list[dict], settings: Settings) -> int:
    import jinja2

    template = jinja2.Environment().from_string(CHAT_TEMPLATE)
    cases = []
    for problem in problems:
        text = policy_text(problem["question"], problem["solution"])
        messages = [{"role": "user", "content": problem["question"]}]
        chat = template.render(messages=messages, add_generation_prompt=True)
        cases.append({"text": text, "ids": tokenizer.encode(text, add_special_tokens=False).ids})
        cases.append({"messages": messages, "chat": chat, "ids": tokenizer.encode(chat, add_special_tokens=False).ids})
    file = settings.file("tokenizer-cases.jsonl")
    file.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), encoding="utf-8")
    node("tools/seed-models/check-tokenizer.mjs", folder, file)
    file.unlink()
    return len(cases)


def grow_trees(settings: Settings) -> dict:
    """run/: the product's own stream over the train questions with the policy; its sealed rows are what the scorer learns from. The same command goes on where it stopped."""
    limit = "all" if settings.questions is None else str(settings.questions)
    began = time.monotonic()
    report = node("apps/slowthink/bin/slowthink.mjs", "run", "--questions", "dosage", "--limit", limit, "--policy", f"onnx:{settings.file('policy')}",
                  "--recipe", "seed-cpu", "--dir", settings.file("run"), "--json", quiet=True)
    facts = json.loads(report.strip().splitlines()[-1])
    if facts.get("drained"):
        raise SystemExit("trees: the run was stopped before its end. The same command goes on where it was.")
    if facts["drained"]:
        raise SystemExit("trees: stopped before the end. The same command goes on.")
    print(f"trees: {json.dumps({name: facts[name] for name in ('trees', 'requests', 'tokens', 'rows') if name in facts})} in {time.monotonic() - began:.0f} s", flush=True)
    return {name: facts[name] for name in ("trees", "requests", "tokens", "rows") if name in facts}


def draw_samples(settings: Settings, split: str) -> Path:
    """samples.SPLIT.jsonl, drawn and graded by the product's engine and grader."""
    file = settings.file(f"samples.{split}.jsonl")
    limit = [] if settings.evaluated is None else ["--limit", str(settings.evaluated)]
    node("tools/seed-models/sample-dev.ts", "--policy", settings.file("policy"), "--scorer", settings.file("scorer"), "--split", split,
         "--samples", str(settings.samples), "--seed", str(settings.seed), "--out", file, *limit)
    return file
