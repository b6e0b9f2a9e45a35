from pathlib import Path

import pytest

from trainer.choose_rows import balanced, best_of_each, split_questions, two_sided, without_doubles
from trainer.hashes import data_hash, hash_of_lines, model_hash


def rows(*sides: str, question: str = "q") -> list[dict]:
    return [{"id": f"{question}/tree/{k}", "question_id": question, "tree_id": "tree", "ordinal": k, "polarity": "positive" if side == "+" else "negative", "value": k} for k, side in enumerate(sides)]


@pytest.mark.parametrize(("sides", "right", "wrong"), [("++++----", 3, 3), ("+-------", 1, 5), ("+++++++-", 5, 1), ("++", 2, 0), ("--------", 0, 6)])
def test_a_question_gives_half_of_each_polarity_where_there_are_enough(sides, right, wrong):
    chosen = balanced(rows(*sides), 6, 0)
    assert [sum(row["polarity"] == side for row in chosen) for side in ("positive", "negative")] == [right, wrong]


def test_what_is_chosen_does_not_depend_on_the_order_of_questions():
    one, two = rows(*"++++++++", question="a"), rows(*"--------", question="b")
    ids = lambda some: {row["id"] for row in some}  # noqa: E731
    assert ids(balanced(one + two, 3, 5)) == ids(balanced(two + one, 3, 5))
    assert ids(best_of_each(one + two, 3, None, 5)) == ids(best_of_each(list(reversed(one + two)), 3, None, 5))


def test_what_is_chosen_does_not_depend_on_the_order_within_a_question():
    some = rows(*"++++++++--------")
    one, other = ([row["id"] for row in balanced(given, 5, 3)] for given in (some, [*some[5:], *reversed(some[:5])]))
    assert one == other


def test_which_of_two_doubles_is_learnt_does_not_depend_on_the_order_of_the_files():
    some = rows(*"+-+-")
    assert [[row["value"] for row in without_doubles(given, lambda row: row["polarity"])] for given in (some, some[::-1])] == [[0, 1], [1, 0]]


def test_held_out_questions_are_held_out_whole():
    train, held = split_questions([row for k in range(20) for row in rows(*"+-", question=f"q{k}")], 0.1, 0)
    assert len(held) == 4 and not {row["question_id"] for row in train} & {row["question_id"] for row in held}


def test_the_best_of_a_question_are_those_with_the_highest_value():
    assert [row["value"] for row in best_of_each(rows(*"++++"), 2, lambda row: row["value"], 0)] == [3, 2]


def test_questions_of_one_polarity_are_left_out_where_both_are_wanted():
    assert {row["question_id"] for row in two_sided(rows(*"++", question="a") + rows(*"+-", question="b"))} == {"b"}


def test_a_chain_that_two_rounds_found_is_learnt_once():
    assert len(without_doubles(rows(*"+-") + rows(*"+-"), lambda row: row["polarity"])) == 2


def test_a_model_hash_is_that_of_the_lines_of_sha256sum(tmp_path: Path):
    (tmp_path / "onnx").mkdir()
    for name, text in (("b.json", "b"), ("onnx/a", "a"), ("checksums.json", "x"), ("README.md", "x"), (".hidden", "x")):
        (tmp_path / name).write_text(text)
    a, b = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
    assert model_hash(tmp_path) == hash_of_lines([(b, "b.json"), (a, "onnx/a")])
    (tmp_path / "README.md").write_text("y")
    assert model_hash(tmp_path) == hash_of_lines([(b, "b.json"), (a, "onnx/a")])


def test_a_data_hash_knows_the_place_of_each_data_set():
    assert data_hash([{"sft/a": "1"}, {"sft/a": "2"}]) == hash_of_lines([("1", "0/sft/a"), ("2", "1/sft/a")]) != data_hash([{"sft/a": "2"}, {"sft/a": "1"}])
