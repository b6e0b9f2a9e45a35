import numpy as np

from trainer.batches import gather, joined, plan_epoch


def test_an_epoch_has_every_text_once_and_no_batch_over_its_positions():
    lengths = np.random.default_rng(0).integers(3, 90, 500)
    plan = plan_epoch(lengths, 1, 0, positions=256)
    assert sorted(np.concatenate(plan)) == list(range(500))
    assert all(len(batch) * lengths[batch].max() <= 256 for batch in plan)


def test_batches_by_rows_have_that_many():
    plan = plan_epoch(np.arange(1, 41), 1, 0, rows=16)
    assert sorted(len(batch) for batch in plan) == [8, 16, 16]


def test_a_text_longer_than_a_batch_is_one_by_itself():
    assert sorted(len(batch) for batch in plan_epoch(np.array([5, 5, 500]), 0, 0, positions=100)) == [1, 2]


def test_the_plan_follows_from_seed_and_epoch_alone():
    lengths = np.arange(1, 100)
    same = lambda one, other: all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))  # noqa: E731
    assert same(plan_epoch(lengths, 3, 1, positions=200), plan_epoch(lengths, 3, 1, positions=200))
    assert not same(plan_epoch(lengths, 3, 1, rows=9), plan_epoch(lengths, 3, 2, rows=9))


def test_gather_pads_behind():
    texts = joined([np.array([5, 6, 7]), np.array([8])], [np.array([False, True, True]), np.array([True])])
    ids, learnt = gather(texts, np.array([1, 0]))
    assert ids.tolist() == [[8, 0, 0], [5, 6, 7]]
    assert learnt.tolist() == [[True, False, False], [False, True, True]]
