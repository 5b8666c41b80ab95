"""When a unit crosses a limit if its cooling stops now: a median and an 80 % interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.telemetry.thermal.fitting import HORIZON_MIN
from backend.telemetry.thermal.model import Before, Parameters, contents_c, minutes_until

_SHARES = (0.1, 0.5, 0.9)
_PER_DRAW = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Minutes until the limit; None means not within the horizon of 14 days.

    ``is_beyond``: the limit is warmer than anything the model was compared with.
    """

    limit_c: float
    from_c: float
    low_min: float | None
    median_min: float | None
    high_min: float | None
    is_beyond: bool


def crossing(
    draws: Sequence[Parameters],
    *,
    log_spread: float,
    trials: int,
    warmest_c: float,
    before: Before,
    air_c: float,
    limit_c: float,
    rng: np.random.Generator,
) -> Crossing:
    """Return when the air side crosses ``limit_c``, from ``air_c`` and the readings before it.

    The parameters' doubt comes from the draws; what differs from one warm-up to the next, such as
    the load, from the trials. Few trials know their own spread badly, so it is drawn from Student's
    t with as many degrees of freedom.
    """
    times = np.array(
        [
            _or_never(
                minutes_until(
                    each,
                    air_c,
                    contents_c(each, before, air_c),
                    limit_c,
                    horizon_min=HORIZON_MIN,
                )
            )
            for each in draws
        ]
    )
    factors = np.exp(log_spread * rng.standard_t(trials, (len(times), _PER_DRAW)))
    low, median, high = np.quantile(
        (times[:, None] * factors).ravel(), _SHARES, method="inverted_cdf"
    )
    return Crossing(
        limit_c=limit_c,
        from_c=air_c,
        low_min=_before_horizon(low),
        median_min=_before_horizon(median),
        high_min=_before_horizon(high),
        is_beyond=limit_c > warmest_c,
    )


def within(log_spread: float, *, trials: int) -> tuple[float, float]:
    """Return the factors on a predicted time between which 80 % of the warm-ups lie.

    The same Student's t as in `crossing`; its quantile is read off its summed density.
    """
    grid = np.linspace(0.0, 20.0, 20_001)
    density = (1 + grid**2 / trials) ** (-(trials + 1) / 2)
    scale = math.exp(math.lgamma((trials + 1) / 2) - math.lgamma(trials / 2))
    step = scale / math.sqrt(trials * math.pi) * (density[1:] + density[:-1]) / 2 * grid[1]
    away = float(np.interp(_SHARES[-1] - 0.5, np.cumsum(step), grid[1:])) * log_spread
    return math.exp(-away), math.exp(away)


def _or_never(minutes: float | None) -> float:
    return np.inf if minutes is None else minutes


def _before_horizon(minutes: float) -> float | None:
    return float(minutes) if minutes < HORIZON_MIN else None
