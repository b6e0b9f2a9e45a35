from __future__ import annotations

import numpy as np


def auroc(scores: np.ndarray, labels: np.ndarray) -> float | None:
    """Probability that a right step has a higher value than a wrong one; ties count half. None where one of the two is missing."""
    labels = labels.astype(bool)
    right, wrong = int(labels.sum()), int((~labels).sum())
    if right == 0 or wrong == 0:
        return None
    values, places = np.unique(scores, return_inverse=True)
    counts = np.bincount(places, minlength=len(values))
    ranks = np.cumsum(counts) - (counts - 1) / 2  # mean rank of ties, 1-based
    return round(float((ranks[places][labels].sum() - right * (right + 1) / 2) / (right * wrong)), 4)
