"""Log-probability of each recorded candidate under the policy that wrote it: a weight of votes that needs no step scorer.

    python tools/experiments/log_probabilities.py --items RESULTS/items.jsonl --policy MODEL_FOLDER --out FILE

A line of FILE: {"id": item, "sum": [natural logarithm, one a candidate], "tokens": [counted, one a candidate]}: of the tokens behind Step 0, the end of the turn too where the candidate ended.
Sampling took the most likely 95 %; these are the probabilities before that cut, so a candidate is never impossible.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

BATCH = 64  # candidates a pass


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--items", type=Path, required=True)
    options.add_argument("--policy", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--threads", type=int, default=1)
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    tokenizer = AutoTokenizer.from_pretrained(given.policy)
    model = AutoModelForCausalLM.from_pretrained(given.policy, dtype=torch.float32).eval()
    new = given.out.with_suffix(".new")
    with given.items.open(encoding="utf-8") as lines, new.open("w", encoding="utf-8") as out:
        for line in lines:
            item = json.loads(line)
            sums, counts = log_probabilities(model, tokenizer, item)
            out.write(json.dumps({"id": item["item"]["id"], "sum": [round(x, 6) for x in sums], "tokens": counts}) + "\n")
    new.replace(given.out)


STEP_ZERO = "Let's break down this problem step by step."


@torch.no_grad()
def log_probabilities(model: torch.nn.Module, tokenizer, item: dict) -> tuple[list[float], list[int]]:
    """The sum over the tokens of each candidate behind Step 0, and how many they are."""
    question = tokenizer.apply_chat_template([{"role": "user", "content": item["item"]["prompt"]["text"]}], tokenize=False, add_generation_prompt=True)
    head = tokenizer(question + f"Step 0: {STEP_ZERO}\n\n", add_special_tokens=False)["input_ids"]
    texts = ["\n\n".join(f"Step {k}: {step}" for k, step in enumerate(candidate["steps"], 1)) for candidate in item["candidates"]]
    ends = [[] if candidate["truncated"] else [tokenizer.eos_token_id] for candidate in item["candidates"]]
    rows = [head + tokenizer(text, add_special_tokens=False)["input_ids"] + end for text, end in zip(texts, ends, strict=True)]
    sums: list[float] = []
    for at in range(0, len(rows), BATCH):
        part = rows[at : at + BATCH]
        longest = max(map(len, part))
        ids = torch.tensor([row + [tokenizer.pad_token_id] * (longest - len(row)) for row in part])
        logits = torch.log_softmax(model(input_ids=ids[:, :-1]).logits.float(), -1)  # attention is causal and padding stands behind: no mask is needed
        given = logits.gather(-1, ids[:, 1:, None]).squeeze(-1)
        for row, values in zip(part, given, strict=True):
            sums.append(float(values[len(head) - 1 : len(row) - 1].sum()))
    return sums, [len(row) - len(head) for row in rows]


if __name__ == "__main__":
    main()
