"""Pretrains the policy from scratch: Llama, 1.15 million parameters, on worked solutions, of which only what follows Step 0 is learnt, and on drills.

AdamW, betas .9 and .98, weight decay .01, gradient norm 1; a short warm-up, 1e-3 for 60 % of the tokens, then falling in a line to 5e-5. Loss after 0.6 million tokens by batch and rate:
512 positions 1e-3 .33, 2e-3 .39; 256 2e-3 .49; 1,024 3e-3 .57; 2,048 3e-3 .62: how many updates there are counts for more than how even they are, until the rate falls.
Sequences are padded behind and attention is causal, so no mask is needed: a text never sees its padding.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from trainer.batches import Texts, gather, plan_epoch, together
from transformers import LlamaConfig, LlamaForCausalLM

from drills import drill_texts, encode_drills
from settings import Settings
from tokenizer import CONTEXT, END, PAD
from turns import encode_texts, policy_text

CHECKPOINT_SECONDS = 60


def new_policy(tokenizer: Tokenizer, seed: int, attention: str = "sdpa") -> LlamaForCausalLM:
    torch.manual_seed(seed)
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=128, num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=4, intermediate_size=512,
        max_position_embeddings=CONTEXT, tie_word_embeddings=True, rms_norm_eps=1e-5, initializer_range=0.05,
        bos_token_id=None, eos_token_id=tokenizer.token_to_id(END), pad_token_id=tokenizer.token_to_id(PAD), attn_implementation=attention,
    ))


def read_corpus(file: Path) -> list[dict]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def rate_at(done: float, batch: int, settings: Settings) -> float:
    """Learning rate at a share 0..1 of the tokens."""
    if batch < settings.warmup:
        return settings.rate * (batch + 1) / settings.warmup
    return settings.rate + (settings.rate_last - settings.rate) * max(0.0, min(1.0, (done - settings.steady) / (1 - settings.steady)))


def loss_of(model: LlamaForCausalLM, texts: Texts, rows: np.ndarray) -> torch.Tensor:
    """Mean cross-entropy of the learnt tokens of a batch; logits are computed for them alone."""
    ids, learnt = (torch.from_numpy(found) for found in gather(texts, rows))
    wanted = learnt[:, 1:]
    hidden = model.model(input_ids=ids[:, :-1], use_cache=False).last_hidden_state  # [B, S-1, 128]
    return functional.cross_entropy(model.lm_head(hidden[wanted]), ids[:, 1:][wanted])


def pretrain(settings: Settings) -> dict:
    """Reads corpus.jsonl and tokenizer/, writes pretrain/: model.safetensors, config.json, log.jsonl. Goes on from pretrain/checkpoint.pt where there is one."""
    torch.set_num_threads(settings.threads)
    folder = settings.file("pretrain")
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(settings.file("tokenizer") / "tokenizer.json"))
    problems = read_corpus(settings.file("corpus.jsonl"))
    texts = encode_texts(tokenizer, [policy_text(problem["question"], problem["solution"]) for problem in problems])
    drills = encode_drills(tokenizer, drill_texts(problems, settings.drills, settings.seed))
    share = len(drills.ids) / (len(drills.ids) + len(texts.ids))
    texts = together(texts, drills)
    longest = int(texts.lengths.max())
    if longest > CONTEXT:
        raise SystemExit(f"corpus.jsonl: the longest text has {longest} tokens, the model {CONTEXT} positions. Shorten the wordings.")
    model = new_policy(tokenizer, settings.seed)
    size = sum(weight.numel() for weight in model.parameters())
    print(f"pretrain: {size:,} parameters, {len(texts):,} texts, {len(texts.ids):,} tokens an epoch, {share:.0%} of them drills, longest text {longest}", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)

    state = {"batch": 0, "epoch": 0, "place": 0, "tokens": 0, "seconds": 0.0, "target": settings.tokens}
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        state = kept["state"]
        print(f"pretrain: goes on at {state['tokens']:,} of {state['target']:,} tokens", flush=True)

    losses: list[float] = []
    plan = plan_epoch(texts.lengths, settings.seed, state["epoch"], settings.batch_tokens)
    lengths = texts.lengths
    model.train()
    began = saved = printed = time.monotonic()
    before = state["seconds"]
    printed_tokens = state["tokens"]
    with (folder / "log.jsonl").open("a") as log:
        while state["tokens"] < state["target"]:
            if state["place"] == len(plan):
                state |= {"epoch": state["epoch"] + 1, "place": 0}
                plan = plan_epoch(texts.lengths, settings.seed, state["epoch"], settings.batch_tokens)
            rows = plan[state["place"]]
            rate = rate_at(state["tokens"] / state["target"], state["batch"], settings)
            for group in optimizer.param_groups:
                group["lr"] = rate
            loss = loss_of(model, texts, rows)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
            state |= {"batch": state["batch"] + 1, "place": state["place"] + 1, "tokens": state["tokens"] + int(lengths[rows].sum())}
            now = time.monotonic()
            state["seconds"] = before + now - began
            if settings.minutes is not None and state["batch"] == settings.warmup:
                state["target"] = int(settings.minutes * 60 * state["tokens"] / state["seconds"])
            if now - printed >= 10 or state["tokens"] >= state["target"]:
                speed = (state["tokens"] - printed_tokens) / max(now - printed, 1e-9)
                line = {**state, "loss": round(float(np.mean(losses)), 4), "rate": round(rate, 6), "tokensPerSecond": round(speed)}
                left = max(0, state["target"] - state["tokens"]) / speed / 60
                print(f"pretrain: {state['tokens']:>10,} of {state['target']:,} tokens, loss {line['loss']:.4f}, {speed:,.0f} tokens/s, {left:.1f} min left", flush=True)
                log.write(json.dumps(line) + "\n")
                log.flush()
                losses, printed, printed_tokens = [], now, state["tokens"]
            if now - saved >= CHECKPOINT_SECONDS:
                keep(checkpoint, model, optimizer, state)
                saved = time.monotonic()
    model.eval().save_pretrained(folder)
    checkpoint.unlink(missing_ok=True)
    return {"parameters": size, "drillShare": round(share, 3), "threads": settings.threads, "tokens": state["tokens"], "batches": state["batch"],
            "epochs": round(state["tokens"] / len(texts.ids), 2), "lastLoss": line["loss"], "tokensPerSecond": round(state["tokens"] / state["seconds"]), "longestText": longest}


def keep(file: Path, model: LlamaForCausalLM, optimizer: torch.optim.Optimizer, state: dict) -> None:
    """Whole or not at all: a killed run goes on from the last one."""
    new = file.with_suffix(".new")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "state": state}, new)
    new.replace(file)
