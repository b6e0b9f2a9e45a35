"""What --check says of folders that are what ships, and of ones that are not; on made-up folders, with the data set of the repository."""

import json
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from check import RESULTS, SHIPPED, check, facts_of  # noqa: E402


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    for part in ("policy", "scorer"):
        (folder / part).mkdir(parents=True)
        shutil.copyfile(SHIPPED / part / "tokenizer.json", folder / part / "tokenizer.json")
    (folder / "corpus.jsonl").write_text('{"question": "q"}\n')
    write_dev(folder)
    return folder


@pytest.fixture
def shipped(tmp_path: Path, made: Path) -> Path:
    folder = tmp_path / "shipped"
    for part in ("policy", "scorer"):
        shutil.copytree(made / part, folder / part)
    (folder / RESULTS).write_text(json.dumps(facts_of(made)))
    return folder


def write_dev(folder: Path, greedy: float = 0.487, majority: float = 0.412, voted: float = 0.915, auroc: float = 0.9588, questions: int = 600) -> None:
    rules = {"greedy": [greedy, 0, 1], "majority": [majority, 0, 1], "voteSumMin": [voted, 0, 1]}
    (folder / "results.dev.json").write_text(json.dumps({"questions": questions, "samples": 16, "rules": rules, "auroc": {"all": auroc}}))


def lines_that_differ(capsys: pytest.CaptureFixture) -> list[str]:
    return [line.removeprefix("DIFFERS ") for line in capsys.readouterr().out.splitlines() if line.startswith("DIFFERS")]


def test_passes_the_folder_that_ships_was_made_from(made, shipped, capsys):
    assert check(made, shipped) == 0
    out = capsys.readouterr().out
    assert "DIFFERS" not in out and "pass:" in out


def test_passes_other_weights_whose_results_are_within_the_tolerances(made, shipped):
    write_dev(made, greedy=0.530, majority=0.350, voted=0.880, auroc=0.945)
    assert check(made, shipped) == 0


@pytest.mark.parametrize(("change", "name"), [({"greedy": 0.55}, "dev greedy"), ({"majority": 0.49}, "dev maj@16"), ({"voted": 0.85}, "dev vote-sum min"), ({"auroc": 0.93}, "dev step AUROC"), ({"questions": 24}, "dev questions")])
def test_fails_a_number_outside_its_tolerance_and_names_it(made, shipped, capsys, change, name):
    write_dev(made, **change)
    assert check(made, shipped) == 1
    differ = lines_that_differ(capsys)
    assert len(differ) == 1 and differ[0].startswith(name)


def test_fails_one_changed_byte_of_corpus_or_tokenizer(made, shipped, capsys):
    with (made / "corpus.jsonl").open("a") as corpus:
        corpus.write(" ")
    with (made / "scorer" / "tokenizer.json").open("a") as tokenizer:
        tokenizer.write(" ")
    assert check(made, shipped) == 1
    assert [line.split(":")[0] for line in lines_that_differ(capsys)] == ["data corpus.jsonl", "scorer/tokenizer.json"]


def test_says_what_is_missing_and_what_to_type(made, shipped, capsys):
    (made / "results.dev.json").unlink()
    assert check(made, shipped) == 3
    assert "--until evaluate" in capsys.readouterr().out


def test_what_ships_has_the_tokenizers_and_the_data_that_its_results_name():
    known = json.loads((SHIPPED / RESULTS).read_text())
    from check import DATA, REPOSITORY, sha256

    assert known["tokenizer"] == {part: sha256(SHIPPED / part / "tokenizer.json") for part in ("policy", "scorer")}
    for part in DATA:
        name = f"datasets/dosage/{part}.jsonl"
        assert known["data"][name] == sha256(REPOSITORY / name)
    card = (SHIPPED / "README.md").read_text()
    assert f"corpus.jsonl `{known['data']['corpus.jsonl'][:16]}`" in card
    assert f"| dev | 600 | {known['dev']['greedy']:.3f} [" in card and f"| {known['dev']['auroc']} (" in card
