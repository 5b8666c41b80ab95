"""Least squares for a unit's parameters: Levenberg-Marquardt with a prior on every one.

Inside, parameters are theta: log minutes, log minutes, logit of the share, °C. Many problems with
the same warm-ups are solved at once: theta has shape (n, 4), a row each.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.telemetry.thermal.model import Floats, Parameters, remembered, risen
from backend.telemetry.thermal.segments import WarmUp

_SIGMA_FLOOR_K = 0.2
_STEPS = 30
_NUDGE = 1e-4
_LITTLE_GAIN = 1e-2
"""A hundredth of what one reading counts."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Warm-ups, what to reach in them, and the prior that holds what they leave open.

    ``targets``: all warm-ups' temperatures one after the other, shape (n, readings). ``mean`` has
    shape (n, 4), ``sd`` (4,).
    """

    warm_ups: Sequence[WarmUp]
    targets: Floats
    mean: Floats
    sd: Floats

    def residuals(self, theta: Floats, sigma: float) -> Floats:
        """Return what is left, in standard deviations, shape (n, readings + 4)."""
        data = (predict(theta, self.warm_ups) - self.targets) / sigma
        return np.concatenate([data, (theta - self.mean) / self.sd], axis=1)


def solve(warm_ups: Sequence[WarmUp], mean: Floats, sd: Floats) -> tuple[Floats, float]:
    """Return the theta that fits what was measured, shape (4,), and the noise that it leaves, K."""
    problem = Problem(warm_ups, measured(warm_ups)[None, :], mean[None, :], sd)
    sigma, theta = 1.0, mean[None, :]
    for _ in range(2):
        theta = refine(problem, theta, sigma)
        left = predict(theta, warm_ups) - problem.targets
        sigma = max(_SIGMA_FLOOR_K, float(np.sqrt(np.mean(left**2))))
    return theta[0], sigma


def refine(problem: Problem, start: Floats, sigma: float) -> Floats:
    """Return the theta of every row that fits best, given the noise."""
    theta, damping = start, np.full(len(start), 1e-2)
    left = problem.residuals(theta, sigma)
    for _ in range(_STEPS):
        columns = [
            (problem.residuals(theta + step, sigma) - left) / _NUDGE for step in _NUDGE * np.eye(4)
        ]
        jacobian = np.stack(columns, axis=2)
        normal = np.einsum("nij,nik->njk", jacobian, jacobian)
        diagonal = np.einsum("njj->nj", normal)[:, :, None] * np.eye(4)
        downhill = np.einsum("nij,ni->nj", jacobian, left)
        move = -np.linalg.solve(normal + damping[:, None, None] * diagonal, downhill[:, :, None])
        tried = theta + np.clip(move[:, :, 0], -2 * problem.sd, 2 * problem.sd)
        after = problem.residuals(tried, sigma)
        gain = np.sum(left**2, axis=1) - np.sum(after**2, axis=1)
        better = gain > 0
        theta = np.where(better[:, None], tried, theta)
        left = np.where(better[:, None], after, left)
        damping = np.where(better, np.maximum(damping / 5, 1e-9), damping * 5)
        if np.all(np.where(better, gain, np.where(damping > 1.0, 0.0, np.inf)) < _LITTLE_GAIN):
            break
    return theta


def measured(warm_ups: Sequence[WarmUp]) -> Floats:
    """Return all warm-ups' temperatures one after the other."""
    return np.concatenate([each.temperature_c for each in warm_ups])


def predict(theta: Floats, warm_ups: Sequence[WarmUp]) -> Floats:
    """Return what the model says at the instants of the warm-ups, shape (n, readings)."""
    # The clips keep a trial step from overflowing; no warm-up comes near them.
    slow, exchange = np.exp(np.clip(theta[:, :2], -5.0, 14.0)).T
    share = 1 / (1 + np.exp(-np.clip(theta[:, 2], -9.0, 9.0)))
    facts = np.stack([slow, exchange, share, theta[:, 3]])
    curves = []
    for each in warm_ups:
        air = float(each.temperature_c[0])
        contents = remembered(share, exchange, each.before, air)
        curves.append(risen(facts, air, contents, each.minutes))
    return np.concatenate(curves, axis=1)


def parameters_of(theta: Floats) -> Parameters:
    """Return one theta in minutes, shares and °C."""
    slow, exchange = np.exp(np.clip(theta[:2], -5.0, 14.0))
    return Parameters(
        slow_min=float(slow),
        exchange_min=float(exchange),
        air_share=1 / (1 + math.exp(-float(np.clip(theta[2], -9.0, 9.0)))),
        ambient_c=float(theta[3]),
    )
