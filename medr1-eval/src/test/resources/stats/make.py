"""Writes stats.json, the figures that the tests of ai.medr1.eval.stats compare with.

Made with scipy, statsmodels and scikit-learn; Newcombe's interval, which none of them has, is written out here from the
paper and checked against the example of D. G. Altman et al., Statistics with Confidence (2000).

    python make.py > stats.json
"""
import json
import math
import random

import numpy as np
from scipy import special, stats
from sklearn.metrics import brier_score_loss
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = random.Random(1998)


def wilson(k, n):
    return proportion_confint(k, n, alpha=0.05, method="wilson")


def newcombe(a, b, c, d):
    """Second less first; a both right, b the first alone, c the second alone, d neither. Method 10."""
    n = a + b + c + d
    p2, p1 = (a + c) / n, (a + b) / n
    (l2, u2), (l1, u1) = wilson(a + c, n), wilson(a + b, n)
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    q = a * d - b * c
    q = max(q - n / 2, 0) if q > 0 else q
    phi = q / math.sqrt(margins) if margins else 0.0
    delta = p2 - p1
    low = delta - math.sqrt((p2 - l2) ** 2 - 2 * phi * (p2 - l2) * (u1 - p1) + (u1 - p1) ** 2)
    high = delta + math.sqrt((u2 - p2) ** 2 - 2 * phi * (u2 - p2) * (p1 - l1) + (p1 - l1) ** 2)
    return low, high


def paired():
    tables = [(36, 2, 12, 0), (1, 1, 7, 12), (0, 0, 0, 5), (5, 0, 0, 0), (0, 4, 0, 0), (10, 3, 9, 20), (40, 12, 12, 3),
              (40, 12, 13, 3), (100, 20, 40, 60), (300, 90, 30, 180), (2000, 400, 310, 900), (3, 30, 2, 0)]
    for a, b, c, d in tables:
        exact = b + c < 25
        test = mcnemar([[a, b], [c, d]], exact=exact, correction=True) if b + c else None
        low, high = newcombe(a, b, c, d)
        yield {"counts": [a, b, c, d], "p": 1.0 if test is None else float(test.pvalue), "low": low, "high": high}


def guessing():
    for options in ([4] * 20, [2, 3, 4, 5] * 25, [2], [4] * 400):
        chances = [1 / o for o in options]
        n = len(chances)
        cdf = [stats.poisson_binom.cdf(k, chances) for k in range(n + 1)]
        low, high = (int(np.argmax(np.array(cdf) >= q)) for q in (0.025, 0.975))
        yield {"options": options, "accuracy": float(np.mean(chances)), "low": low / n, "high": high / n}


def calibration():
    answers = [(round(rng.random(), 4), None) for _ in range(200)] + [(0.0, False), (1.0, True), (0.3, True), (0.1, False)]
    answers = [(p, rng.random() < p * 0.8 if r is None else r) for p, r in answers]
    p = np.array([a[0] for a in answers])
    y = np.array([a[1] for a in answers], dtype=float)
    edges = np.round(np.arange(11) / 10, 10)
    where = np.clip(np.searchsorted(edges, p, side="left") - 1, 0, 9)  # bins are (low, high]
    ece = sum((where == b).mean() * abs(y[where == b].mean() - p[where == b].mean()) for b in range(10) if (where == b).any())
    return {"probabilities": p.tolist(), "right": [bool(v) for v in y], "ece": float(ece), "brier": float(brier_score_loss(y, p)),
            "counts": np.bincount(where, minlength=10).tolist()}


def pass_at_k():
    for n, right, k in [(1, 0, 1), (1, 1, 1), (8, 3, 1), (8, 3, 4), (8, 5, 4), (8, 0, 8), (8, 1, 8), (200, 13, 100), (64, 2, 10)]:
        yield {"n": n, "right": right, "k": k, "p": float(1 - special.comb(n - right, k, exact=True) / special.comb(n, k, exact=True))}


HOLM = [[0.01, 0.04, 0.03, 0.005], [0.5, 0.5, 0.9], [0.04], [0.001, 0.0001, 0.2, 0.02, 0.02]]
Z = [0, 0.1, 0.5, 1, 1.5, 1.96, 2.5, 2.8284271247461903, 3, 4, 6, 10, 20]

low, high = newcombe(36, 2, 12, 0)
assert abs(low - 0.0569) < 5e-5 and abs(high - 0.3404) < 5e-5, (low, high)
print(json.dumps({
    "twoSided": [{"z": z, "p": float(2 * stats.norm.sf(z))} for z in Z],
    "wilson": [{"n": n, "right": k, "low": float(wilson(k, n)[0]), "high": float(wilson(k, n)[1])}
               for k, n in [(1, 2), (0, 10), (10, 10), (33, 100), (1, 1), (8123, 17352)]],
    "paired": list(paired()),
    "holm": [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in HOLM],
    "passAtK": list(pass_at_k()),
    "guessing": list(guessing()),
    "calibration": calibration(),
}, separators=(",", ":")))
