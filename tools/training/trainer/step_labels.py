"""What a step scorer learns of each step, from the values that the search gave. v_1 … v_m: values of Steps 1 to m, 0..1; Step 0 has none.

    soft                y_k = v_k
    hard                y_k = 1 if v_k > threshold
    hard-rise           y_k = 1 if v_k > threshold and v_k >= v_{k-1}; y_1 looks at the threshold alone
    dual-sided          x_k = v_k - beta max(0, v_{k-1} - v_{k+1}) if v_k < v_{k-1}, else v_k; y_k = 1 if x_k > 1e-9. The first step is compared with nothing, the last has no look-back term.
    dual-sided-clamped  x_k, clamped to 0..1 and not rounded
    outcome-only        the last step alone, y_m = v_m: a scorer of outcomes, as a control

From arXiv 2501.12051 v2 (soft) and v4 (dual-sided); libs/labels computes the same when it seals.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FLOAT_NOISE = 1e-9
UNLABELLED = -1.0


def step_labels(kind: str, values: Sequence[float], threshold: float = 0.5, beta: float = 1.0) -> np.ndarray:
    """[m] float32, -1 where a step is not learnt."""
    v = np.asarray(values, np.float64)
    match kind:
        case "soft": y = v
        case "hard": y = v > threshold
        case "hard-rise": y = (v > threshold) & np.concatenate([[True], v[1:] >= v[:-1]])
        case "dual-sided": y = dual_sided(v, beta) > FLOAT_NOISE
        case "dual-sided-clamped": y = np.clip(dual_sided(v, beta), 0, 1)
        case "outcome-only": y = np.concatenate([np.full(len(v) - 1, UNLABELLED), v[-1:]])
        case _: raise ValueError(kind)
    return y.astype(np.float32)


def dual_sided(v: np.ndarray, beta: float) -> np.ndarray:
    """All from the original values."""
    x = v.copy()
    for k in range(1, len(v)):
        if v[k] < v[k - 1]:
            after = v[k + 1] if k + 1 < len(v) else v[k - 1]
            x[k] = v[k] - beta * max(0.0, v[k - 1] - after)
    return x


def shuffled(labels: Sequence[np.ndarray], seed: int) -> list[np.ndarray]:
    """The same labels, each on another step of any row: a control that must teach nothing."""
    flat = np.concatenate(labels)
    np.random.default_rng([seed, 7]).shuffle(flat)
    return np.split(flat, np.cumsum([len(one) for one in labels])[:-1])
