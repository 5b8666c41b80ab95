"""What a unit took, day by day, from what its power sensor said. Energies in kWh. Pure.

A day counts only where readings cover most of it; the time between them is never filled. Of a day
that counts, ``energy_kwh`` is what was measured, and its rate is that over the time measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

LEAST_COVERAGE: Final = 0.9
"""Of a day, 0–1. Doors and defrosts come at their hours: less than most of a day is another day."""
_HOURS_A_DAY: Final = 24.0
_W_PER_KW: Final = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Integral:
    """A sensor's value over one local day, integrated over the time that readings cover.

    ``value_hours`` is in the unit of its kind times hours; a day may have 23 or 25 hours.
    """

    on: date
    value_hours: float
    known_h: float
    whole_h: float

    @property
    def coverage(self) -> float:
        return min(self.known_h / self.whole_h, 1.0)

    @property
    def mean(self) -> float | None:
        """The mean over the time known; None where too little of the day is."""
        return self.value_hours / self.known_h if self.coverage >= LEAST_COVERAGE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyDay:
    """A day of a power sensor."""

    on: date
    energy_kwh: float
    """Measured: what was taken while nothing was read is not in it."""
    coverage: float
    kwh_a_day: float | None
    """The rate of the time measured, over 24 hours; None where the day does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyPeriod:
    """Consecutive days of a power sensor, oldest first, those without a reading too."""

    days: Sequence[EnergyDay]

    @property
    def counted(self) -> list[EnergyDay]:
        """The days that count."""
        return [each for each in self.days if each.kwh_a_day is not None]

    @property
    def kwh_a_day(self) -> float | None:
        """The mean of the days that count; None without any."""
        rates = self.trend
        return sum(rates) / len(rates) if rates else None

    @property
    def trend(self) -> list[float]:
        """The days that count, kWh a day, oldest first."""
        return [each.kwh_a_day for each in self.days if each.kwh_a_day is not None]

    @property
    def energy_kwh(self) -> float | None:
        """What was measured on the days that count; None without any."""
        counted = self.counted
        return sum(each.energy_kwh for each in counted) if counted else None

    @property
    def coverage(self) -> float:
        """The share of the whole period that readings cover, 0–1."""
        return sum(each.coverage for each in self.days) / len(self.days) if self.days else 0.0


def energy_day(power: Integral) -> EnergyDay:
    """Return the energy of a day from its power in W."""
    mean_w = power.mean
    return EnergyDay(
        on=power.on,
        energy_kwh=power.value_hours / _W_PER_KW,
        coverage=power.coverage,
        kwh_a_day=None if mean_w is None else mean_w * _HOURS_A_DAY / _W_PER_KW,
    )


def cost(energy_kwh: float, price_per_kwh: Decimal) -> Decimal:
    """Return what an energy costs, in the currency of the price, to its hundredths."""
    return (Decimal(repr(energy_kwh)) * price_per_kwh).quantize(Decimal("0.01"))
