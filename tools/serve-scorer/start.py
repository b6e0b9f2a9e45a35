"""From flags to a server that answers: weights, trial of the shapes, threads, HTTP."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import torch
import transformers
import uvicorn

from app import Serving, make_app
from fault import WRONG_USE, Fault
from metrics import Metrics
from scoring import Scoring
from served import POLICY, SCORER, Served, Wanted, open_served
from texts import Texts, open_texts
from worker import Worker, try_rows
from writing import Writing

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def open_serving(given: argparse.Namespace, say: Callable[[str], None]) -> Serving:
    """Faults of the loaders; SETTING_INVALID: a device that is not there, a context longer than the model's, two roles of one name."""
    transformers.utils.logging.disable_progress_bar()
    if given.threads is not None:
        torch.set_num_threads(given.threads)
    device = device_of(given.device)
    cpu = device == "cpu"
    dtype = DTYPES[given.dtype] if given.dtype != "auto" else torch.float32 if cpu else torch.bfloat16
    began = time.monotonic()
    say(f"loading on {device} in {str(dtype).removeprefix('torch.')} …")
    served = open_served(Wanted(given.base, given.policy_adapter, given.scorer_adapter, given.scorer, given.scorer_over, given.head_without_bias, device, dtype))
    for warning in served.warnings:
        say(f"warning: {warning}")
    texts, folder = open_texts(served.tokenizers, given.tokenizer)
    vocabulary = served.any.config.vocab_size
    if len(texts.tokenizer) > vocabulary:
        raise Fault("MODEL_TOKENIZER_WRONG", f"The tokenizer in {folder} has {len(texts.tokenizer)} tokens; the model knows {vocabulary}.", "Give its own tokenizer with --tokenizer DIR.")
    context = context_of(served, given.context)
    pad = texts.tokenizer.pad_token_id if texts.tokenizer.pad_token_id is not None else 0
    names = names_of(given, served)
    metrics = Metrics()
    scoring = Scoring(served, pad, given.pass_tokens or (1024 if cpu else 8192), given.rows, context) if SCORER in names else None
    writing = Writing(served, texts, ends_of(served, texts), pad, given.cache_tokens or (16_384 if cpu else 65_536), given.rows, context) if POLICY in names else None
    for part, role in ((scoring, SCORER), (writing, POLICY)):
        if part is not None:
            part.seen = lambda rows, of, role=role: metrics.passed(role, rows, of)
    if writing is not None:
        writing.wrote = metrics.written.inc
    for sentence in [*served.sentences, f"tokenizer: {folder}", *try_rows(scoring, writing), f"ready after {time.monotonic() - began:.0f} s; context {context:,} tokens; models: {', '.join(f'{name} ({role})' for role, name in names.items())}"]:
        say(sentence)
    metrics_key = os.environ.get("SERVE_SCORER_API_KEY") or None
    return Serving(names, served.revisions, texts, context, vocabulary, given.activation, metrics_key, Worker(scoring, writing, given.waiting_max), metrics)


def serve(given: argparse.Namespace, listening: socket.socket, say: Callable[[str], None]) -> int:
    serving = open_serving(given, say)
    serving.worker.start()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: None)  # uvicorn raises a signal again when it has drained: that is no error
    config = uvicorn.Config(make_app(serving), log_level="warning", access_log=False, timeout_graceful_shutdown=given.drain_seconds, timeout_keep_alive=60)
    server = Server(config, lambda: print(f"http://{given.host}:{listening.getsockname()[1]}", flush=True), say)
    server.run(sockets=[listening])
    if server.broken_off:
        say("ended before every request was answered")
        os._exit(1)
    serving.worker.stop()
    say("every request is answered; bye")
    return 0


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], say: Callable[[str], None]) -> None:
        super().__init__(config)
        self.ready, self.say, self.broken_off = ready, say, False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.server_state.tasks:
            self.say(f"draining {len(self.server_state.tasks)} requests; a second signal ends at once")
        began = time.monotonic()
        await super().shutdown(sockets)
        self.broken_off = self.force_exit or (self.config.timeout_graceful_shutdown is not None and time.monotonic() - began >= self.config.timeout_graceful_shutdown)


def device_of(text: str) -> str:
    if text == "auto":
        return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.zeros(1, device=torch.device(text))
    except (RuntimeError, AssertionError) as error:
        raise Fault("SETTING_INVALID", f"--device {text} cannot be used: {str(error).splitlines()[0].rstrip('.')}.", "Take cpu, cuda or mps, as this machine has it.", WRONG_USE) from None
    return text


def context_of(served: Served, wanted: int | None) -> int:
    most = min(model.config.max_position_embeddings for model in (served.policy, served.scoring) if model is not None)
    if wanted is not None and wanted > most:
        raise Fault("SETTING_INVALID", f"--context is {wanted}; the model was made for {most} tokens.", "Give that or less.", WRONG_USE)
    return wanted or most


def names_of(given: argparse.Namespace, served: Served) -> dict[str, str]:
    """The policy's folder is its adapter's where it has one, as its weights are then only half of it."""
    name = lambda folder: folder.resolve().name  # noqa: E731
    found = {}
    if served.policy is not None:
        found[POLICY] = given.policy_name or name(given.policy_adapter or given.base)
    if served.head is not None:
        found[SCORER] = given.scorer_name or name(given.scorer_adapter or given.scorer)
    if len(set(found.values())) < len(found):
        raise Fault("SETTING_INVALID", f"Policy and scorer are both named {found[POLICY]}.", "Give one of them another name with --policy-name or --scorer-name.", WRONG_USE)
    return found


def ends_of(served: Served, texts: Texts) -> set[int]:
    """Tokens that end a text: of generation_config.json, config.json and the tokenizer."""
    ends: set[int] = set()
    for source in (getattr(served.policy, "generation_config", None), served.any.config, texts.tokenizer):
        found = getattr(source, "eos_token_id", None)
        ends.update(found if isinstance(found, list) else [] if found is None else [found])
    return ends
