"""Every example of dual-sided labels is that of the method's description."""

import numpy as np
import pytest

from trainer.step_labels import shuffled, step_labels


@pytest.mark.parametrize(("values", "expected"), [([.3, .4, .1, 0, 0, 0], [1, 1, 0, 0, 0, 0]), ([1, 0, 0], [1, 0, 0]), ([.3, .1, .2], [1, 0, 1]), ([.8, .3, .5, 0], [1, 0, 1, 0])])
def test_dual_sided_labels_look_back_from_the_original_values(values, expected):
    assert step_labels("dual-sided", values).tolist() == expected


def test_clamped_dual_sided_labels_are_not_rounded():
    assert step_labels("dual-sided-clamped", [.8, .3, .5, 0]).tolist() == pytest.approx([.8, 0.0, .5, 0], abs=1e-6)


def test_soft_labels_are_the_values():
    assert step_labels("soft", [.25, 1]).tolist() == [.25, 1]


def test_a_hard_label_needs_a_value_over_the_threshold():
    assert step_labels("hard", [.5, .6, .4]).tolist() == [0, 1, 0]


def test_hard_rise_also_needs_that_the_value_did_not_fall():
    assert step_labels("hard-rise", [.9, .8, .8, .4]).tolist() == [1, 0, 1, 0]


def test_outcome_only_leaves_every_step_but_the_last_without_label():
    assert step_labels("outcome-only", [.9, .8, 1]).tolist() == [-1, -1, 1]


def test_shuffling_keeps_the_labels_and_moves_them():
    labels = [np.arange(10, dtype=np.float32), np.arange(10, 30, dtype=np.float32)]
    moved = shuffled(labels, 0)
    assert [len(one) for one in moved] == [10, 20]
    assert sorted(np.concatenate(moved)) == list(range(30))
    assert not np.array_equal(np.concatenate(moved), np.arange(30))
    assert labels[0].tolist() == list(range(10))
