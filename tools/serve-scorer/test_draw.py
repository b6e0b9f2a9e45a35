from __future__ import annotations

import math

import pytest
import torch

from draw import Sampling, draw, uniform


def exact(logits: list[float], sampling: Sampling) -> list[float]:
    """The distribution, written out: temperature, top-k, top-p, min-p, equal ones by their numbers."""
    weights = [math.exp(logit / sampling.temperature) for logit in logits]
    order = sorted(range(len(weights)), key=lambda at: (-weights[at], at))
    kept = order[: sampling.top_k] if sampling.top_k > 0 else order
    total, held, enough = sum(weights[at] for at in kept), 0.0, []
    for at in kept:
        if held >= sampling.top_p * total and enough:
            break
        enough.append(at)
        held += weights[at]
    kept = [at for at in enough if weights[at] >= sampling.min_p * weights[enough[0]]]
    total = sum(weights[at] for at in kept)
    return [weights[at] / total if at in kept else 0.0 for at in range(len(weights))]


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.6), Sampling(1.7), Sampling(1, 0.8), Sampling(1, 1, 5), Sampling(1, 1, 0, 0.2), Sampling(0.8, 0.9, 6, 0.05), Sampling(1, 0.01)])
def test_each_id_has_an_interval_as_long_as_its_probability(sampling: Sampling) -> None:
    logits = [1.2, -0.3, 2.0, 0.5, 2.0, -4.0, 0.5, 1.1, -1.0, 0.0]
    grid = 4000
    ids, _ = draw(torch.tensor(logits).expand(grid, -1), [sampling] * grid, [(at + 0.5) / grid for at in range(grid)])
    for at, share in enumerate(exact(logits, sampling)):
        assert abs(ids.count(at) / grid - share) <= 2 / grid


def test_temperature_0_takes_the_likeliest_and_the_lowest_of_equal_ones_whatever_the_number() -> None:
    ids, logprobs = draw(torch.tensor([[1.0, 3.0, 3.0, 2.0]] * 2), [Sampling(0.0, 0.3, 3)] * 2, [0.0, 0.999])
    assert ids == [1, 1]
    assert logprobs == pytest.approx([math.log(math.exp(3) / (math.e + 2 * math.exp(3) + math.exp(2)))] * 2)


def test_rows_of_other_settings_do_not_change_each_other() -> None:
    torch.manual_seed(0)
    logits, samplings, numbers = torch.randn(40, 200), [Sampling(0.5 + at / 40, 0.7 + at / 200, at % 7, at / 400) for at in range(40)], [uniform(at, 3) for at in range(40)]
    together = draw(logits, samplings, numbers)
    alone = [draw(logits[at : at + 1], [samplings[at]], [numbers[at]]) for at in range(40)]
    assert together == ([ids[0] for ids, _ in alone], [logprobs[0] for _, logprobs in alone])


def test_impossible_ids_are_never_drawn_and_logits_that_are_no_numbers_are_an_error() -> None:
    logits = torch.tensor([[-torch.inf, 1.0, -torch.inf, 2.0]])
    for number in (0.0, 0.3, 1 - 2**-53):
        assert draw(logits, [Sampling()], [number])[0][0] in (1, 3)
    for broken in (torch.nan, torch.inf):
        with pytest.raises(FloatingPointError):
            draw(torch.tensor([[1.0, broken]]), [Sampling()], [0.5])


def test_the_number_depends_on_seed_and_place_alone_and_is_uniform() -> None:
    assert uniform(7, 3) == uniform(7, 3)
    numbers = [uniform(seed, place) for seed in range(-50, 50) for place in range(100)]
    assert len(set(numbers)) == 10_000 and 0 <= min(numbers) and max(numbers) < 1
    counts = [sum(1 for number in numbers if int(number * 20) == cell) for cell in range(20)]
    assert sum((count - 500) ** 2 / 500 for count in counts) < 19 + 4 * math.sqrt(38)
