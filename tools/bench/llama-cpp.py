"""Runs llama.cpp's HTTP server on a GGUF file until its standard input ends: python llama-cpp.py FILE PORT SLOTS SLOT_TOKENS THREADS"""
import os
import sys

import xllamacpp

file, port, slots, slot_tokens, threads = sys.argv[1], *map(int, sys.argv[2:6])
params = xllamacpp.CommonParams()
params.model.path = file
params.n_parallel = slots
params.n_ctx = slots * slot_tokens
params.hostnames = ["127.0.0.1"]
params.port = port
params.cpuparams.n_threads = threads
params.cpuparams_batch.n_threads = threads
params.ui = False
server = xllamacpp.Server(params)
sys.stdin.read()  # the parent holds the other end: the server never outlives it
os._exit(0)
