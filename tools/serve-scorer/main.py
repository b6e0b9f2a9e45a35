"""Serves a step scorer with a head of labels, and the policy beside it, over the paths that vLLM has for them.

Policy and scorer are adapters on one base in memory, or full weights:
  python main.py --base DIR --policy-adapter DIR --scorer-adapter DIR
  python main.py --base MEDSSS_POLICY --scorer-adapter MEDSSS_PRM
  python main.py --scorer DIR

then: slowthink score --scorer 'openai:http://127.0.0.1:8000#NAME&row=medsss' …
      slowthink ask --policy openai:http://127.0.0.1:8000#NAME …

An adapter beside full weights is used only where it is named. Nothing is downloaded, no code of a model folder is run.
Paths: /v1/models /tokenize /detokenize /pooling /v1/completions /v1/chat/completions /health /metrics. SIGINT or SIGTERM answers what was asked and ends; a second one ends at once.
"""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # weights are folders
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait take the cores of the server

import argparse
import signal
import socket
import sys
import warnings
from pathlib import Path

from fault import FAILED, MISSING, WRONG_USE, Fault

EXITS = "exit codes: 0 stopped by a signal, 1 failed, 2 wrong use, 3 a file, a package or the port is missing\nSERVE_SCORER_API_KEY in the environment: the key that requests must carry"


def read_flags(arguments: list[str] | None = None) -> argparse.Namespace:
    flags = argparse.ArgumentParser(prog="serve-scorer", description=__doc__, epilog=EXITS, formatter_class=argparse.RawDescriptionHelpFormatter)
    weights = flags.add_argument_group("weights")
    weights.add_argument("--base", type=Path, metavar="DIR", help="full weights of a language model: the policy, or what the adapters were trained on")
    weights.add_argument("--policy-adapter", type=Path, metavar="DIR", help="LoRA adapter of the policy (CAUSAL_LM) on --base")
    weights.add_argument("--scorer-adapter", type=Path, metavar="DIR", help="LoRA adapter of the scorer (TOKEN_CLS) on --base, with its score head")
    weights.add_argument("--scorer-over", choices=("policy", "base"), default="policy", help="what the scorer's adapter was trained on: the policy, with --policy-adapter where it is given (default), or the bare base")
    weights.add_argument("--head-without-bias", action="store_true", help="the score head was trained without a bias; else a missing one is refused")
    weights.add_argument("--scorer", type=Path, metavar="DIR", help="full weights of a token classifier, instead of --scorer-adapter")
    weights.add_argument("--tokenizer", type=Path, metavar="DIR", help="default: the first of the folders above that has one")
    reading = flags.add_argument_group("answers")
    reading.add_argument("--activation", choices=("softmax", "sigmoid"), default="softmax", help="of /pooling with use_activation: over the labels (default; the released scorer), or of each logit (trained by binary cross-entropy)")
    reading.add_argument("--policy-name", metavar="NAME", help="name of the policy in requests; default: its folder's")
    reading.add_argument("--scorer-name", metavar="NAME", help="name of the scorer in requests; default: its folder's")
    reading.add_argument("--context", type=int, metavar="TOKENS", help="longest prompt and completion together; default: that of config.json")
    running = flags.add_argument_group("running")
    running.add_argument("--host", default="127.0.0.1")
    running.add_argument("--port", type=int, default=8000, help="0: any free one, said on stdout (default 8000)")
    running.add_argument("--device", default="auto", help="auto (default), cpu, cuda, cuda:1, mps")
    running.add_argument("--dtype", choices=("auto", "float32", "bfloat16", "float16"), default="auto", help="default: float32 on a CPU, bfloat16 elsewhere; the head is float32 always")
    running.add_argument("--threads", type=int, help="of a CPU; default: those that torch takes")
    running.add_argument("--pass-tokens", type=int, metavar="N", help="tokens of one scoring pass, padding included; a longer row is scored alone (default 1,024 on a CPU, 8,192 elsewhere)")
    running.add_argument("--cache-tokens", type=int, metavar="N", help="tokens whose keys and values are kept while they are written (default 16,384 on a CPU, 65,536 elsewhere)")
    running.add_argument("--rows", type=int, default=16, help="rows of a pass at most (default 16)")
    running.add_argument("--waiting-max", type=int, default=1024, help="requests that may wait; more are answered 503 (default 1,024)")
    running.add_argument("--drain-seconds", type=int, default=120, help="how long a signal lets open requests go on (default 120)")
    given = flags.parse_args(arguments)
    for name in ("context", "threads", "pass_tokens", "cache_tokens", "rows", "waiting_max"):
        value = getattr(given, name)
        if value is not None and value < 1:
            flags.error(f"--{name.replace('_', '-')} is {value}; it is 1 or more")
    if not 0 <= given.port <= 65535:
        flags.error(f"--port {given.port} is no port (0 to 65535)")
    return given


def take_port(host: str, port: int) -> socket.socket:
    """Before weights are loaded: a port that is taken is said at once."""
    try:
        found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        return found
    except OSError as error:
        raise Fault("PORT_UNAVAILABLE", f"{host}:{port} cannot be listened on: {error.strerror or error}.", "Take another --port, or 0 for any free one; --host is an address of this machine.") from None


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    given = read_flags()
    warnings.simplefilter("ignore", FutureWarning)  # of libraries about each other
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: sys.exit(0))  # while weights are loaded; the server has its own
    try:
        listening = take_port(given.host, given.port)
        try:
            from start import serve  # torch takes seconds, and --help none of them
        except ImportError as error:
            raise Fault("SETTING_INVALID", f"A Python package is missing: {error}.", "Install tools/serve-scorer/requirements.txt (docs/serve-scorer.md).") from None
        return serve(given, listening, say)
    except Fault as fault:
        say(str(fault))
        return fault.exit_code
    except MemoryError:
        say("MODEL_SERVER_ERROR The weights do not fit into memory. Use a machine with more, or --dtype bfloat16.")
        return FAILED


if __name__ == "__main__":
    assert {FAILED, WRONG_USE, MISSING} == {1, 2, 3}
    sys.exit(main())
