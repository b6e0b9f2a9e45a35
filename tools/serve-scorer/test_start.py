from __future__ import annotations

from pathlib import Path

import pytest
import torch

from fault import WRONG_USE, Fault
from main import read_flags
from start import open_serving


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--base", "@base", "--context", "999999"], r"SETTING_INVALID --context is 999999; the model was made for 4096 tokens\."),
        (["--base", "@base", "--scorer-adapter", "@prm", "--scorer-name", "base"], r"SETTING_INVALID Policy and scorer are both named base\."),
        (["--base", "@base", "--device", "cuda:77"], r"SETTING_INVALID --device cuda:77 cannot be used"),
        (["--base", "@base", "--scorer-adapter", "@prm", "--scorer", "@base"], r"SETTING_INVALID --scorer and --scorer-adapter are both given\."),
    ],
)
def test_flags_that_cannot_be_met_are_wrong_use(tiny: Path, flags: list[str], sentence: str) -> None:
    with pytest.raises(Fault, match=sentence) as found:
        open_serving(read_flags([str(tiny / flag[1:]) if flag.startswith("@") else flag for flag in flags]), lambda _line: None)
    assert found.value.exit_code == WRONG_USE


@pytest.mark.parametrize("flags", [["--rows", "0"], ["--port", "70000"], ["--pass-tokens", "-5"], ["--nothing"]])
def test_a_number_out_of_range_or_an_unknown_flag_ends_with_2(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_flags(flags)
    assert ended.value.code == 2
    assert flags[0].removeprefix("--") in capsys.readouterr().err


def test_a_tokenizer_of_another_model_is_told(tiny: Path, tmp_path: Path) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig.from_pretrained(tiny / "base")
    LlamaForCausalLM(LlamaConfig(**{**config.to_dict(), "vocab_size": 100, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0})).save_pretrained(tmp_path)
    with pytest.raises(Fault, match=r"MODEL_TOKENIZER_WRONG The tokenizer in .* has \d+ tokens; the model knows 100\."):
        open_serving(read_flags(["--base", str(tmp_path), "--tokenizer", str(tiny / "base")]), lambda _line: None)


def test_both_roles_are_named_for_their_folders_and_what_is_served_is_said(tiny: Path) -> None:
    lines: list[str] = []
    serving = open_serving(read_flags(["--base", str(tiny / "base"), "--policy-adapter", str(tiny / "policy-adapter"), "--scorer-adapter", str(tiny / "prm")]), lines.append)
    assert serving.names == {"policy": "policy-adapter", "scorer": "prm"}
    assert serving.revisions["policy"] != serving.revisions["scorer"]
    assert any("trained on pixas/MedSSS_Policy; --scorer-over base leaves the policy's adapter out" in line for line in lines)
    assert serving.worker.scoring is not None and serving.worker.scoring.served.any.dtype is torch.float32


def test_a_scorer_of_full_weights_is_served_alone(tiny: Path, tmp_path: Path) -> None:
    from transformers import LlamaConfig, LlamaForTokenClassification

    torch.manual_seed(4)
    whole = LlamaForTokenClassification(LlamaConfig(**{**LlamaConfig.from_pretrained(tiny / "base").to_dict(), "num_labels": 2})).eval()
    whole.save_pretrained(tmp_path / "own-prm")
    serving = open_serving(read_flags(["--scorer", str(tmp_path / "own-prm"), "--tokenizer", str(tiny / "base")]), lambda _line: None)
    assert serving.names == {"scorer": "own-prm"} and serving.worker.writing is None and serving.worker.scoring is not None
    ids = [5, 17, 200, 31]
    with torch.inference_mode():
        torch.testing.assert_close(serving.worker.scoring.run([ids], 64, 2)[0], whole(torch.tensor([ids])).logits[0], atol=1e-5, rtol=0)
