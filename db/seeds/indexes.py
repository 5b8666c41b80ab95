"""Invented unique dual indexes: pairs that no demultiplexer confuses."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

LENGTH = 8
PAIRS = 96
LEAST_DISTANCE = 3
"""With one mismatch allowed, two indexes are told apart from distance 3 on (DOMAIN 2c)."""


@lru_cache(maxsize=1)
def unique_dual_indexes() -> Sequence[tuple[str, str]]:
    """Return PAIRS of (i7, i5), each at least LEAST_DISTANCE from every other of its side."""
    rng = np.random.default_rng(8)
    return list(zip(_far_apart(rng), _far_apart(rng), strict=True))


def _far_apart(rng: np.random.Generator) -> list[str]:
    chosen: list[str] = []
    while len(chosen) < PAIRS:
        candidate = "".join(rng.choice(list("ACGT"), LENGTH))
        # Two dark bases at the start leave a two-colour instrument without a signal.
        if not candidate.startswith("GG") and all(
            _distance(candidate, other) >= LEAST_DISTANCE for other in chosen
        ):
            chosen.append(candidate)
    return chosen


def _distance(first: str, second: str) -> int:
    return sum(a != b for a, b in zip(first, second, strict=True))
