"""Two masses that warm towards the room: the air side, where the sensor is, and the contents.

    C_a dT_a/dt = UA (T_room − T_a) + h (T_c − T_a)        cooling is off
    C_c dT_c/dt = h (T_a − T_c)

Temperatures alone tell rates, never heat: the parameters are two times and a share. With power off
the solution is a sum of two exponentials. Minutes and °C throughout.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

REMEMBERED_MIN = 720.0
"""How far back readings still say where the contents are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """A unit without cooling.

    ``slow_min``: (C_a + C_c) / UA, the time constant of the whole. ``exchange_min``: in which air
    side and contents meet. ``air_share``: C_a / (C_a + C_c).
    """

    slow_min: float
    exchange_min: float
    air_share: float
    ambient_c: float


@dataclass(frozen=True, slots=True)
class Before:
    """Readings up to the start: ``age_min`` counts back from it, both of shape (n,)."""

    age_min: Floats
    temperature_c: Floats


def contents_c(parameters: Parameters, before: Before, air_c: float) -> float:
    """Return where the contents are, by the readings before; the air's where there are none."""
    share, exchange = np.array([parameters.air_share]), np.array([parameters.exchange_min])
    return float(remembered(share, exchange, before, air_c)[0])


def warm_up(parameters: Parameters, air_c: float, contents: float, minutes: Floats) -> Floats:
    """Return the air side's temperature after ``minutes`` without cooling, same shape."""
    facts = np.array(
        [
            [parameters.slow_min],
            [parameters.exchange_min],
            [parameters.air_share],
            [parameters.ambient_c],
        ]
    )
    return np.asarray(risen(facts, air_c, np.array([contents]), minutes)[0])


def remembered(share: Floats, exchange: Floats, before: Before, air_c: float) -> Floats:
    """Return the contents' temperature for each of some parameters, shape (n,).

    Contents follow the air with the rate h / C_c, so the air of long ago counts for little.
    """
    if not len(before.age_min):
        return np.full(len(share), air_c)
    # From the youngest on: else the weights vanish where all readings are old.
    age = before.age_min - before.age_min.min()
    weights = np.exp(-(share / exchange)[:, None] * age)
    return np.asarray(weights @ before.temperature_c / weights.sum(axis=1))


def risen(facts: Floats, air_c: float, contents: Floats, minutes: Floats) -> Floats:
    """Return the air side's temperatures for n parameters, shape (n, len(minutes)).

    ``facts`` has shape (4, n): what `Parameters` holds, in its order.
    """
    slow_min, exchange_min, air_share, ambient_c = facts
    loss = 1.0 / (slow_min * air_share)
    to_contents = (1.0 - air_share) / exchange_min
    to_air = air_share / exchange_min
    half = (loss + to_contents + to_air) / 2
    root = np.sqrt(np.maximum(half**2 - loss * to_air, 1e-18))
    fast = half + root
    # Not half − root, which loses all digits where the whole is slow.
    slow = loss * to_air / fast
    start = air_c - ambient_c
    slope = -(loss + to_contents) * start + to_contents * (contents - ambient_c)
    lasting = (fast * start + slope) / (fast - slow)
    return np.asarray(
        ambient_c[:, None]
        + lasting[:, None] * np.exp(-slow[:, None] * minutes)
        + (start - lasting)[:, None] * np.exp(-fast[:, None] * minutes)
    )


def minutes_until(
    parameters: Parameters, air_c: float, contents: float, limit_c: float, *, horizon_min: float
) -> float | None:
    """Return when the air side crosses ``limit_c`` from below; None if not within the horizon.

    Without cooling and with contents no colder than the air it rises all the time; with colder ones
    it may fall first, so the first crossing is looked for on a grid and then refined by halving.
    """
    if air_c >= limit_c:
        return 0.0
    grid = np.concatenate([[0.0], np.geomspace(0.5, horizon_min, 240)])
    above = warm_up(parameters, air_c, contents, grid) >= limit_c
    if not above.any():
        return None
    last = int(np.argmax(above))
    low, high = grid[last - 1], grid[last]
    for _ in range(30):
        middle = (low + high) / 2
        if warm_up(parameters, air_c, contents, np.array([middle]))[0] >= limit_c:
            high = middle
        else:
            low = middle
    return float(high)
