"""What tests/test_accelerate.py launches: TRL's SFTTrainer on a tiny random Llama and made-up rows, a few updates, in as many processes as the launcher starts.

Each process ends with a line on stdout: rank, processes, distributed type, sha256 of the weights before and after (the latter must be the same on every rank), last loss.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch  # noqa: E402
from datasets import Dataset  # noqa: E402
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM  # noqa: E402
from trl import SFTConfig, SFTTrainer  # noqa: E402

SEED_POLICY = Path(__file__).resolve().parents[3] / "libs" / "seed-models" / "policy"
UPDATES = 3


def main(out: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(SEED_POLICY)
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, max_position_embeddings=128,
                                         eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, bos_token_id=None))
    rows = Dataset.from_list([{"prompt": f"How many mg are {k} doses of {k + 2} mg?", "completion": f"\n\nStep 1: The answer is {k * (k + 2)} mg."} for k in range(2, 26)])
    settings = SFTConfig(output_dir=out, max_steps=UPDATES, per_device_train_batch_size=2, learning_rate=1e-2, report_to="none", save_strategy="no", logging_steps=1, seed=0, disable_tqdm=True, bf16=False, use_cpu=True)
    trainer = SFTTrainer(model=model, args=settings, train_dataset=rows, processing_class=tokenizer)
    before = digest(trainer, trainer.model)
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    after = digest(trainer, trainer.model_wrapped)
    accelerator = trainer.accelerator
    print(f"rank {accelerator.process_index} of {accelerator.num_processes} {accelerator.distributed_type.value} {before} {after} {losses[-1]}", flush=True)


def digest(trainer: SFTTrainer, model: torch.nn.Module) -> str:
    """Of the whole weights, gathered where they are sharded."""
    state = trainer.accelerator.get_state_dict(model) or {}
    found = hashlib.sha256()
    for name in sorted(state):
        value = state[name]
        found.update(name.encode() + (value.full_tensor() if hasattr(value, "full_tensor") else value).detach().float().cpu().numpy().tobytes())
    return found.hexdigest()


if __name__ == "__main__":
    main(sys.argv[1])
