"""Writes the model folders with random weights that the tests of libs/models-onnx read: llama and qwen2 (fp32 and q8) and a scorer.

    python tools/seed-models/fixtures.py [--tokenizer DIR] [--out libs/models-onnx/src/testing/models]
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "training"))

import onnx
import torch
from tokenizers import Tokenizer
from torch import nn
from trainer.equality import compare_policy, compare_scorer
from trainer.export import IR_VERSION, export_policy, export_scorer, write_checksums
from transformers import LlamaConfig, LlamaForCausalLM, LlamaModel, PreTrainedModel, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from tokenizer import train_tokenizer, wrap_tokenizer

CONTEXT = 2048
HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "libs" / "models-onnx" / "src" / "testing" / "models"
SHAPE = dict(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=128, max_position_embeddings=CONTEXT,
             tie_word_embeddings=True, rms_norm_eps=1e-5, bos_token_id=None)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tokenizer", type=Path, help="a folder with tokenizer.json; default: trained on made-up dose texts")
    options.add_argument("--out", type=Path, default=OUT)
    chosen = options.parse_args()
    plain = Tokenizer.from_file(str(chosen.tokenizer / "tokenizer.json")) if chosen.tokenizer else train_tokenizer(dose_texts(3000))
    tokenizer = wrap_tokenizer(plain, CONTEXT)
    ids = dict(vocab_size=len(tokenizer), eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id)

    torch.manual_seed(1)
    policies: dict[str, PreTrainedModel] = {
        "llama": LlamaForCausalLM(LlamaConfig(**SHAPE, **ids, attn_implementation="eager")),
        "qwen2": Qwen2ForCausalLM(Qwen2Config(**SHAPE, **ids, attn_implementation="eager")),
    }
    for name, model in policies.items():
        scatter(model)
        write_policy(model, tokenizer, chosen.out / name)
    body = LlamaModel(LlamaConfig(**SHAPE, **ids, attn_implementation="eager"))
    head = nn.Linear(64, 2)
    scatter(body)
    nn.init.normal_(head.weight, std=0.25)
    export_scorer(body, head, tokenizer, chosen.out / "scorer")
    print(f"scorer: ONNX and PyTorch differ by at most {compare_scorer(body, head, chosen.out / 'scorer'):.1e}")


def scatter(model: PreTrainedModel) -> None:
    """Random weights whose distribution over next tokens is neither flat nor one-hot: the norm of the last state, 8, times the spread of an embedding is the spread of the logits."""
    for name, weight in model.named_parameters():
        if weight.dim() == 1:
            nn.init.normal_(weight, mean=1.0 if "norm" in name else 0.0, std=0.1)
        else:
            nn.init.normal_(weight, std=0.25 if "embed" in name else weight.shape[1] ** -0.5)


def write_policy(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    export_policy(model, tokenizer, folder)
    quantise(folder / "onnx" / "model.onnx", folder / "onnx" / "model_quantized.onnx")
    write_checksums(folder)
    spread = entropy(model)
    print(f"{folder.name}: {sum(p.numel() for p in model.parameters()):,} parameters, entropy {spread:.2f} nats of {torch.log(torch.tensor(768.0)):.2f}, "
          f"ONNX and PyTorch differ by at most {compare_policy(model, folder):.1e}")


def quantise(source: Path, target: Path) -> None:
    """int8 weights, activations quantised as they come: model_quantized.onnx of a transformers.js folder."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    folded = target.with_suffix(".folded")
    quant_pre_process(str(source), str(folded), skip_symbolic_shape=True)  # weights behind a Transpose become constants: only those are quantised
    quantize_dynamic(str(folded), str(target), weight_type=QuantType.QInt8, extra_options={"EnableSubgraph": False})
    folded.unlink()
    graph = onnx.load(target)
    graph.ir_version = min(graph.ir_version, IR_VERSION)
    del graph.graph.value_info[:]
    target.write_bytes(graph.SerializeToString(deterministic=True))


@torch.no_grad()
def entropy(model: PreTrainedModel) -> float:
    """Mean entropy of the next token over random prefixes, nats."""
    ids = torch.randint(4, model.config.vocab_size, (8, 40))
    logs = torch.log_softmax(model(input_ids=ids).logits, -1)
    return float(-(logs.exp() * logs).sum(-1).mean())


def dose_texts(count: int) -> list[str]:
    draw = random.Random(7)
    drugs, forms = ("amoxicillin", "paracetamol", "heparin", "dopamine", "cefazolin"), ("vial", "label", "syringe", "bag", "course", "infusion")
    syllables = [first + vowel + last for first in "bcdfglmnprstv" for vowel in "aeiou" for last in ("n", "l", "r", "x")]
    names = ["".join(draw.choices(syllables, k=3)) for _ in range(200)]  # made-up drugs: enough different words for every entry of the vocabulary
    texts = []
    for _ in range(count):
        weight, dose, strength, drug, form = draw.randint(6, 110), draw.randint(2, 25), draw.choice((10, 20, 25, 50)), draw.choice((*drugs, *names)), draw.choice(forms)
        total = weight * dose
        texts.append(f"A patient weighs {weight} kg. The order is {drug} {dose} mg/kg. The {form} holds {strength} mg/mL. How many mL are given for each dose?\n")
        texts.append(f"Step 0: Let's break down this problem step by step.\n\nStep 1: Multiply the weight by the dose: {weight} kg x {dose} mg/kg = {total} mg.\n\n"
                     f"Step 2: Divide by the concentration: {total} mg / {strength} mg/mL = {total / strength:g} mL.\n\nStep 3: The answer is {total / strength:g} mL.")
    return texts


if __name__ == "__main__":
    main()
