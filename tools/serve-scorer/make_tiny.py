"""Writes tiny random models in the file layout of the released MedSSS weights, for tests and for trying flags out: python tools/serve-scorer/make_tiny.py DIR [BASE]

    DIR/base             Llama in small, full weights, as meta-llama/Llama-3.1-8B-Instruct
    DIR/policy-adapter   LoRA r16 a32 CAUSAL_LM alone, as the first release of pixas/MedSSS_Policy
    DIR/policy-full      full weights *and* that adapter beside them, whose base is another model, as the later release
    DIR/prm              LoRA r32 a64 TOKEN_CLS, 2 labels, pad id, score head with bias, its base another model's name, as pixas/MedSSS_PRM

With BASE, a folder of full weights, only DIR/prm is written, an adapter on BASE.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForTokenClassification, PreTrainedTokenizerFast

LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|finetune_right_pad_id|>"]
# The pattern of Llama 3: a full stop and the blank line behind it are one piece, and become one token where the corpus has them often.
PIECES = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEMPLATE = ("{{ bos_token }}{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' }}{% endfor %}"
            "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}")
CORPUS = ["Step 0: Let's break down this problem step by step.\n\nStep 1: Multiply 12 by 5 mg/kg.\n\nStep 2: The answer is 60 mg.\n\n", "A child of 12 kg has fever. How much paracetamol is given? Think in steps.\n\n",
          "The weight is 44 lb, which is 20 kg.\n\nIt is given in 4 doses a day, so divide 240 by 4.\n\n", "The dose is given every six hours, never more than four times a day, Reason or Finish? Reply with one word.\n\n"]


def make_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(PIECES), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS * 4, trainers.BpeTrainer(vocab_size=512, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tokenizer.add_special_tokens(SPECIAL)  # behind the others, as there
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|begin_of_text|>", eos_token="<|eot_id|>", pad_token="<|finetune_right_pad_id|>", chat_template=TEMPLATE, clean_up_tokenization_spaces=False)
    fast.save_pretrained(folder)
    return fast


def shape(vocabulary: int, pad: int, eos: int, bos: int) -> dict:
    return {"vocab_size": vocabulary, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 4096, "initializer_range": 0.2,
            "tie_word_embeddings": False, "bos_token_id": bos, "eos_token_id": eos, "pad_token_id": pad, "rope_parameters": {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 1024}}


def shake(model: torch.nn.Module, seed: int) -> None:
    """B of a fresh LoRA is zero, and a fresh head's bias: random ones show whether they are loaded."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name or "modules_to_save" in name:
                parameter.normal_(std=0.1)


def make_all(folder: Path) -> None:
    tokenizer = make_tokenizer(folder / "base")
    numbers = shape(len(tokenizer), tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id)
    torch.manual_seed(1)
    base = LlamaForCausalLM(LlamaConfig(**numbers))
    base.save_pretrained(folder / "base")

    policy = get_peft_model(base, LoraConfig(r=16, lora_alpha=32, task_type="CAUSAL_LM", target_modules=LINEAR, base_model_name_or_path="meta-llama/Llama-3.1-8B-Instruct"))
    shake(policy, 2)
    policy.save_pretrained(folder / "policy-adapter", save_embedding_layers=False)
    tokenizer.save_pretrained(folder / "policy-full")
    policy.save_pretrained(folder / "policy-full", save_embedding_layers=False)  # the adapter that was left beside
    merged = policy.merge_and_unload()
    merged.save_pretrained(folder / "policy-full")
    for name in ("policy-adapter", "policy-full"):
        say_trained_on(folder / name, "meta-llama/Llama-3.1-8B-Instruct")
    make_prm(folder / "prm", merged)
    tokenizer.save_pretrained(folder / "prm")


def make_prm(folder: Path, base: LlamaForCausalLM) -> None:
    torch.manual_seed(7)
    whole = LlamaForTokenClassification(LlamaConfig(**{**base.config.to_dict(), "num_labels": 2}))
    whole.model.load_state_dict(base.model.state_dict())
    prm = get_peft_model(whole, LoraConfig(r=32, lora_alpha=64, task_type="TOKEN_CLS", target_modules=LINEAR, base_model_name_or_path="pixas/MedSSS_Policy"))
    shake(prm, 3)
    prm.save_pretrained(folder, save_embedding_layers=False)
    say_trained_on(folder, "pixas/MedSSS_Policy")


def say_trained_on(folder: Path, name: str) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "base_model_name_or_path": name}, indent=2), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        print(__doc__)
        sys.exit(0 if sys.argv[1:] in (["--help"], ["-h"]) else 2)
    if len(sys.argv) == 3:
        make_prm(Path(sys.argv[1]) / "prm", LlamaForCausalLM.from_pretrained(sys.argv[2]))
    else:
        make_all(Path(sys.argv[1]))
