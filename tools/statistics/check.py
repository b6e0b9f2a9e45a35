"""Computes again what cases.ts has computed, by other implementations, and compares: python check.py < cases.json

Prints one line a kind: how many cases, and the largest difference. Exit code 0: all agree to 1e-9; 1: one does not, with a line that says which.
"""
import json
import math
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy.stats import binomtest, chi2
from sklearn.metrics import brier_score_loss, f1_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

TOLERANCE = 1e-9  # of the number, or of SMALL where that is larger
SMALL = 1e-3
TINY = 1e-300  # for p values, whose digits count however small they are
getcontext().prec = 60


class Differs(Exception):
    """Two implementations do not agree."""


def gap(ours, theirs, where, small=SMALL):
    """The largest relative difference of two numbers, lists or objects; raises Differs where it is too large or the forms differ."""
    if isinstance(theirs, dict):
        if set(ours) != set(theirs):
            raise Differs(f"{where}: {sorted(ours)} and {sorted(theirs)}")
        return max((gap(ours[key], theirs[key], f"{where}.{key}", small) for key in theirs), default=0.0)
    if isinstance(theirs, (list, tuple, np.ndarray)):
        if len(ours) != len(theirs):
            raise Differs(f"{where}: {len(ours)} and {len(theirs)} numbers")
        return max((gap(a, b, f"{where}[{at}]", small) for at, (a, b) in enumerate(zip(ours, theirs))), default=0.0)
    if ours is None or theirs is None or isinstance(theirs, str):
        if ours != theirs:
            raise Differs(f"{where}: {ours} and {theirs}")
        return 0.0
    difference = abs(ours - float(theirs)) / max(abs(float(theirs)), small)
    if not difference <= TOLERANCE:
        raise Differs(f"{where}: {ours!r} and {theirs!r}")
    return difference


def generator(seed):
    """xoshiro128** with whole numbers of any size."""
    mask = 0xFFFFFFFF

    def mix(word):
        word ^= word >> 16
        word = word * 0x85EBCA6B & mask
        word ^= word >> 13
        word = word * 0xC2B2AE35 & mask
        return word ^ word >> 16

    def left(word, bits):
        return (word << bits | word >> 32 - bits) & mask

    weyl = (seed & mask) ^ ((seed >> 32) * 0x85EBCA6B & mask)
    state = []
    for _ in range(4):
        weyl = weyl + 0x9E3779B9 & mask
        state.append(mix(weyl))
    while True:
        yield left(state[1] * 5 & mask, 7) * 9 & mask
        shifted = state[1] << 9 & mask
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = left(state[3], 11)


def subset(seed, n, k):
    """Selection sampling by fractions."""
    numbers, taken = generator(seed), []
    for at in range(n):
        if Fraction(next(numbers), 2**32) * (n - at) < min(n, k) - len(taken):
            taken.append(at)
    return taken


def mcnemar_of(b, c):
    if b + c == 0:
        return {"p": None, "test": "none"}
    if b + c < 25:
        exact = mcnemar([[0, b], [c, 0]], exact=True).pvalue
        gap(exact, binomtest(b, b + c, 0.5).pvalue, "statsmodels and scipy", TINY)
        return {"p": exact, "test": "exact"}
    if b == c:  # statsmodels squares the negative |b - c| - 1; R, as we do, has p = 1
        return {"p": 1.0, "test": "chi-square"}
    corrected = mcnemar([[0, b], [c, 0]], exact=False, correction=True).pvalue
    gap(corrected, chi2.sf((abs(b - c) - 1) ** 2 / (b + c), 1), "statsmodels and scipy", TINY)
    return {"p": corrected, "test": "chi-square"}


def passes(n, c, k):
    """By exact fractions."""
    every = math.comb(n, k)
    return [float(1 - Fraction(math.comb(n - c, k), every)), float(Fraction(math.comb(c, k), every))]


def rollouts(values, right, n):
    """Each entry as two: its right and its wrong rollouts as weights of one value."""
    values, right, n = np.array(values, float), np.array(right, float), np.array(n, float)
    truth = np.concatenate([np.ones(len(values)), np.zeros(len(values))])
    return truth, np.concatenate([values, values]), np.concatenate([right, n - right])


def auroc(values, right, n):
    truth, scores, weights = rollouts(values, right, n)
    if weights[truth == 1].sum() == 0 or weights[truth == 0].sum() == 0:
        return None
    return roc_auc_score(truth, scores, sample_weight=weights)


def brier(values, right, n):
    truth, scores, weights = rollouts(values, right, n)
    return None if weights.sum() == 0 else brier_score_loss(truth, scores, sample_weight=weights, pos_label=1)


def calibration(values, right, n, bins=10):
    truth, scores, weights = rollouts(values, right, n)
    place = np.minimum(np.floor(scores * bins), bins - 1).astype(int)
    rows, error = [], 0.0
    for at in range(bins):
        here = place == at
        count = weights[here].sum()
        value = np.average(scores[here], weights=weights[here]) if count > 0 else None
        share = np.average(truth[here], weights=weights[here]) if count > 0 else None
        rows.append({"low": at / bins, "high": (at + 1) / bins, "n": count, "value": value, "right": share})
        error += count / weights.sum() * abs(share - value) if count > 0 else 0.0
    return {"bins": rows, "ece": error}


def bootstrap(strata, of, columns, indices):
    starts = np.cumsum([0, *strata])
    means = []
    for column in np.array(columns, float):
        drawn = column[np.array(indices)]  # draws x items
        if of == "items":
            means.append(drawn.mean(axis=1))
        else:
            means.append(np.mean([drawn[:, a:b].mean(axis=1) for a, b in zip(starts, starts[1:])], axis=0))
    low, high = np.quantile(means[0] - means[1], [0.025, 0.975])
    return {"means": means, "difference": {"low": low, "high": high}}


def bootstrap_quality(values, right, n, itemOf, indices):
    result = {"auroc": [], "brier": [], "ece": []}
    for items in indices:
        entries = [at for item in items for at, owner in enumerate(itemOf) if owner == item]
        some = [[column[at] for at in entries] for column in (values, right, n)]
        result["auroc"].append(auroc(*some))
        result["brier"].append(brier(*some))
        result["ece"].append(calibration(*some)["ece"])
    return result


def first_wrong(values, threshold):
    return next((at for at, value in enumerate(values) if value <= threshold), -1)


def process_bench_at(chains, threshold):
    found = [first_wrong(chain["values"], threshold) == chain["label"] for chain in chains]
    erroneous = [hit for hit, chain in zip(found, chains) if chain["label"] >= 0]
    correct = [hit for hit, chain in zip(found, chains) if chain["label"] < 0]
    if not erroneous or not correct:
        return (np.mean(erroneous) if erroneous else None, np.mean(correct) if correct else None, None)
    a, b = np.mean(erroneous), np.mean(correct)
    return a, b, 0.0 if a + b == 0 else 2 * a * b / (a + b)


def process_bench(chains, threshold, chosen):
    erroneous, correct, f1 = process_bench_at(chains, threshold)
    best = None
    if f1 is not None:
        edges = sorted({0.0, 1.0, *(value for chain in chains for value in chain["values"])})
        best = max(process_bench_at(chains, (a + b) / 2)[2] for a, b in zip(edges, edges[1:]))
        gap(process_bench_at(chains, chosen)[2], best, "F1 at the chosen threshold and the best there is")
    return {"f1": f1, "erroneous": erroneous, "correct": correct, "best": best}


def prm_numbers(items):
    right = [step for item in items for step in item["right"]]
    predicted = [step for item in items for step in item["predicted"]]
    if not right:
        return [None, None, None]
    f1 = f1_score(right, predicted, pos_label=True, zero_division=np.nan)
    negative = None if all(right) else f1_score(right, predicted, pos_label=False, zero_division=np.nan)
    f1 = None if np.isnan(f1) else f1
    return [f1, negative, None if f1 is None else f1 if negative is None else (f1 + negative) / 2]


def prm_score(items):
    names = {item["errorClass"] for item in items}
    return {"total": prm_numbers(items), "classes": {name: prm_numbers([item for item in items if item["errorClass"] == name]) for name in names}}


REDUCERS = {
    "last": lambda values: values[-1],
    "min": min,
    "mean": lambda values: sum(values) / len(values),
    "product": math.prod,
    "geometric-mean": lambda values: math.prod(values) ** (Decimal(1) / len(values)),
    "max": max,
}


def choice(name, candidates):
    """A decoding rule with 60 digits: the sort key of each candidate or answer, highest first, in the order of its appearance."""
    answers = [candidate.get("answer") for candidate in candidates]
    stated = [at for at, answer in enumerate(answers) if answer is not None]
    if name == "greedy":
        return -1
    if name == "maj":
        return max(stated, key=lambda at: (answers.count(answers[at]), -answers.index(answers[at]), -at), default=-1)
    chooser, reducer = next((one, name[len(one) + 1:]) for one in ("bon", "vote-sum", "vote-mean") if name.startswith(one))
    nothing = Decimal(-1)
    scores = [nothing if candidate["values"] is None else round(REDUCERS[reducer]([Decimal(str(value)) for value in candidate["values"]]), 40) for candidate in candidates]
    if chooser == "bon":
        return max(range(len(candidates)), key=lambda at: (answers[at] is not None, scores[at], -at), default=-1)

    def key(at):
        mine = [scores[other] for other in stated if answers[other] == answers[at]]
        scored = [score for score in mine if score != nothing]
        total = sum(scored) if chooser == "vote-sum" else sum(scored) / len(scored) if scored else nothing
        return (round(Decimal(total), 38), max(mine), -answers.index(answers[at]), scores[at], -at)

    return max(stated, key=key, default=-1)


def interval(pair):
    return {"low": pair[0], "high": pair[1]}


CHECKS = {
    "generator": lambda seed: [number for _, number in zip(range(200), generator(seed))],
    "subset": subset,
    "quantile": lambda values, q: np.quantile(values, q),
    "percentile": lambda draws, confidence: interval(np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])),
    "wilson": lambda right, n, confidence: interval(proportion_confint(right, n, alpha=1 - confidence, method="wilson")),
    "mcnemar": mcnemar_of,
    "pass": passes,
    "auroc": auroc,
    "brier": brier,
    "calibration": calibration,
    "holm": lambda ps: multipletests(ps, method="holm")[1],
    "bootstrap": bootstrap,
    "bootstrap quality": bootstrap_quality,
    "process bench": process_bench,
    "prm score": prm_score,
    "decoding": None,  # rule by rule, below
}


def compare(cases):
    seen = {}
    for at, case in enumerate(cases):
        kind, inputs, ours = case["kind"], case["input"], case["result"]
        theirs = {name: choice(name, inputs["candidates"]) for name in ours} if kind == "decoding" else CHECKS[kind](**inputs)
        shown = json.dumps(inputs)
        difference = gap(ours, theirs, f"{kind}, case {at} ({shown if len(shown) < 400 else shown[:400] + '…'})", TINY if kind in ("mcnemar", "pass", "holm") else SMALL)
        count, most = seen.get(kind, (0, 0.0))
        seen[kind] = (count + 1, max(most, difference))
    if set(seen) != set(CHECKS):
        raise Differs(f"kinds: {sorted(seen)} and {sorted(CHECKS)}")
    for kind, (count, most) in seen.items():
        print(f"  {kind}: {count} cases, largest difference {most:.1e}")


if __name__ == "__main__":
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, scikit-learn {sklearn.__version__}")
    try:
        compare(json.load(sys.stdin))
    except Differs as differs:
        print(f"DIFFERS {differs}")
        sys.exit(1)
    print("all agree to 1e-9")
