"""Possible futures of a level: simulated net increments, never the level itself.

A level is the sum of its increments, so errors of a level model add up (AI.md part C). Two views
of the same history are simulated and pooled, because neither is right:

* the history's own weeks, drawn again with recent ones likelier (block bootstrap; a block keeps its
  days of the week and a clean-out its place in one);
* from half a year of history on, a ridge regression on the last week, the last four weeks and the
  day of the week, with its residuals drawn again in weeks.

Both leave out that the rate itself wanders (a project starts, another ends). A random walk of the
rate stands for that, in steps of a share of the ordinary spread of a week.
"""

import numpy as np

from backend.predictions.planning.series import Floats

BLOCK = 7
HALF_LIFE_DAYS = 120.0
REGRESSION_FROM_DAYS = 180
RATE_STEP = 0.18
"""Weekly step of the rate over the spread of a week. On simulated freezers of known law (tests),
0.18 brings the 80 % interval of time-to-full to 72, 79 and 88 % after 60, 90 and 365 days."""

_AR_WEEK, _AR_MONTH = 7, 28
_FORGETTING = 0.998
_AR_PENALTY, _WEEKDAY_PENALTY = 20.0, 2.0
_ROBUST_SD = 1.4826
"""Standard deviation of a normal law over its median absolute deviation."""


def simulate(increments: Floats, *, n_paths: int, horizon: int, rng: np.random.Generator) -> Floats:
    """Return simulated net increments, shape (n_paths, horizon). Deterministic for a given rng.

    ``increments`` has shape (n,), oldest first, n >= 28.
    """
    if len(increments) < REGRESSION_FROM_DAYS:
        drawn = _redrawn_weeks(increments, n_paths, horizon, rng)
    else:
        half = n_paths // 2
        drawn = np.concatenate(
            [
                _redrawn_weeks(increments, half, horizon, rng),
                _regressed(increments, n_paths - half, horizon, rng),
            ]
        )
    return drawn + _wandering_rate(increments, n_paths, horizon, rng)


def _redrawn_weeks(
    increments: Floats, n_paths: int, horizon: int, rng: np.random.Generator
) -> Floats:
    n = len(increments)
    starts = np.arange(n - BLOCK + 1)
    weights = 0.5 ** ((n - 1 - np.arange(n)) / HALF_LIFE_DAYS)
    of_block = np.array([weights[start : start + BLOCK].mean() for start in starts])
    means = np.array([increments[start : start + BLOCK].mean() for start in starts])
    # Future day h falls on the weekday of history days whose distance to the end is h modulo 7.
    in_step = of_block * ((starts - n) % BLOCK == 0)
    in_step /= in_step.sum()
    drawn = _blocks(increments, rng.choice(starts, (n_paths, -(-horizon // BLOCK)), p=in_step))
    rate = float(np.average(increments, weights=weights))
    effective = int(weights.sum() ** 2 / np.sum(weights**2)) // BLOCK
    estimated = means[rng.choice(starts, (n_paths, effective), p=of_block / of_block.sum())]
    # The rate is itself estimated: each path has its own, as far off as a redrawn history's.
    own_rate = estimated.mean(axis=1)
    shift = (rate - float(in_step @ means)) + (own_rate - own_rate.mean())
    redrawn: Floats = drawn[:, :horizon] + shift[:, None]
    return redrawn


def _regressed(increments: Floats, n_paths: int, horizon: int, rng: np.random.Generator) -> Floats:
    n, rate = len(increments), float(increments.mean())
    sums = np.concatenate([[0.0], np.cumsum(increments)])
    at = np.arange(_AR_MONTH, n)
    design, response = _design(sums, at, rate), increments[at] - rate
    weights = np.power(_FORGETTING, (n - at).astype(np.float64))
    beta = _ridge(design, response, weights)
    base = float(np.average(response - design @ beta, weights=weights))
    residuals = response - design @ beta - base
    shape = (n_paths, -(-horizon // BLOCK))
    noise = _blocks(residuals, rng.integers(len(residuals) - BLOCK + 1, size=shape))
    own = rng.integers(n - BLOCK + 1, size=(n_paths, n // BLOCK))
    own_rate = _blocks(increments, own).mean(axis=1)
    return _recursed(
        sums, rate, base, beta, noise[:, :horizon] + (own_rate - own_rate.mean())[:, None]
    )


def _design(sums: Floats, at: np.typing.NDArray[np.int64], rate: float) -> Floats:
    """Columns: last week's and last four weeks' mean over ``rate``, then seven days of the week."""
    week: Floats = (sums[at] - sums[at - _AR_WEEK]) / _AR_WEEK - rate
    month = (sums[at] - sums[at - _AR_MONTH]) / _AR_MONTH - rate
    days = [(at % BLOCK == day) - 1 / BLOCK for day in range(BLOCK)]
    return np.column_stack([week, month, *days])


def _ridge(design: Floats, response: Floats, weights: Floats) -> Floats:
    penalty = np.full(design.shape[1], _WEEKDAY_PENALTY)
    # The mean rates carry the units of the series; the penalty must, too. A trace keeps it solvable
    # when a series never varied.
    penalty[:2] = np.var(design[:, :2], axis=0, dtype=np.float64) * _AR_PENALTY + 1e-9
    weighted = design * weights[:, None]
    gram = weighted.T @ design + np.diag(penalty)
    return np.asarray(np.linalg.solve(gram, weighted.T @ response), dtype=np.float64)


def _recursed(sums: Floats, rate: float, base: float, beta: Floats, noise: Floats) -> Floats:
    n, (n_paths, horizon) = len(sums) - 1, noise.shape
    running = np.empty((n_paths, n + horizon + 1))
    running[:, : n + 1] = sums
    by_weekday = beta[2:] - beta[2:].mean()
    for day in range(n, n + horizon):
        week = (running[:, day] - running[:, day - _AR_WEEK]) / _AR_WEEK - rate
        month = (running[:, day] - running[:, day - _AR_MONTH]) / _AR_MONTH - rate
        expected = rate + base + beta[0] * week + beta[1] * month + by_weekday[day % BLOCK]
        running[:, day + 1] = running[:, day] + expected + noise[:, day - n]
    simulated: Floats = np.diff(running[:, n:], axis=1)
    return simulated


def _wandering_rate(
    increments: Floats, n_paths: int, horizon: int, rng: np.random.Generator
) -> Floats:
    whole_weeks = increments[len(increments) % BLOCK :].reshape(-1, BLOCK).sum(axis=1)
    # Robust, so that one clean-out is not taken for an unsteady intake.
    deviation = np.abs(whole_weeks - np.median(whole_weeks))
    step = RATE_STEP * _ROBUST_SD * float(np.median(deviation)) / BLOCK
    walk = np.cumsum(rng.normal(0.0, step, (n_paths, -(-horizon // BLOCK))), axis=1)
    daily: Floats = np.repeat(walk, BLOCK, axis=1)[:, :horizon]
    return daily


def _blocks(values: Floats, starts: np.typing.NDArray[np.int64]) -> Floats:
    """Return the blocks that begin at ``starts`` (n_paths, n_blocks), laid end to end."""
    taken: Floats = values[starts[:, :, None] + np.arange(BLOCK)].reshape(len(starts), -1)
    return taken
