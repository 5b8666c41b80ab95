"""What is said of energy, wherever it is: figures, how much is known of them, and cost. Pure."""

from backend.storage.energy_queries import EnergyOfUnit
from backend.telemetry.electricity import Price
from backend.telemetry.energy.days import LEAST_COVERAGE, EnergyPeriod
from dashboard import format as fmt

NO_SENSOR = "no power sensor"
NOT_ENOUGH = "too few readings"


def rate(kwh_a_day: float | None) -> str:
    """Write what a unit takes a day; words where no day counts."""
    return NOT_ENOUGH if kwh_a_day is None else fmt.with_unit(kwh_a_day, "kWh", 1)


def counted(period: EnergyPeriod) -> str:
    """Say how many days count: ``28 of 30 days``."""
    return f"{fmt.count(len(period.counted))} of {fmt.plural(len(period.days), 'day', 'days')}"


def covered(period: EnergyPeriod) -> str:
    """Say how much of the time is known, and what a day needs to count."""
    return (
        f"Readings cover {fmt.percent(period.coverage)} of the time; a day counts with "
        f"{fmt.percent(LEAST_COVERAGE, 0)} of it. Gaps are not filled."
    )


def price(of: Price) -> str:
    """Write a price: ``0.32 EUR a kWh``."""
    return f"{of.price_per_kwh:f}{fmt.NBSP}{of.currency} a kWh"


def cost(energy: EnergyOfUnit) -> str:
    """Say what was measured costs, and of what."""
    if energy.cost is None or energy.price is None or energy.energy is None:
        return ""
    period = energy.energy.period
    return (
        f"{energy.cost} for the {fmt.with_unit(period.energy_kwh, 'kWh', 1)} measured on "
        f"{counted(period)}, at {price(energy.price)} (version {energy.price.version})"
    )


def trend(period: EnergyPeriod) -> str:
    """Say what a sparkline shows."""
    rates = period.trend
    low, high = fmt.decimal(min(rates), 1), fmt.with_unit(max(rates), "kWh", 1)
    return f"Energy of {fmt.plural(len(rates), 'day', 'days')}: {fmt.between(low, high)} a day"
