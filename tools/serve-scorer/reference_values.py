"""Values of steps by transformers and peft alone, for a test: python reference_values.py BASE ADAPTER REQUEST.json -> {"softmax": [...], "sigmoid": [...]}"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from peft import PeftModel
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, LlamaForTokenClassification

base, adapter, file = sys.argv[1:]
request = json.loads(Path(file).read_text("utf-8"))
tokenizer = AutoTokenizer.from_pretrained(base)
policy = LlamaForCausalLM.from_pretrained(base)
whole = LlamaForTokenClassification(LlamaConfig(**{**policy.config.to_dict(), "num_labels": 2}))
whole.model.load_state_dict(policy.model.state_dict())
scorer = PeftModel.from_pretrained(whole, adapter).eval()
ids = tokenizer.encode(tokenizer.apply_chat_template([{"role": "user", "content": request["question"]}], tokenize=False, add_generation_prompt=True), add_special_tokens=False)
ends = []
for k, step in enumerate(request["steps"]):
    ids += tokenizer.encode(f"Step {k}: {step}\n\n", add_special_tokens=False)
    ends.append(len(ids) - 1)
with torch.inference_mode():
    logits = scorer(torch.tensor([ids])).logits[0, ends[1:]].double()
print(json.dumps({"softmax": torch.softmax(logits, -1)[:, 1].tolist(), "sigmoid": torch.sigmoid(logits[:, 1]).tolist()}))
