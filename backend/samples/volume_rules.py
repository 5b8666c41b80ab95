"""Decisions about volumes in µL, without I/O: what may be drawn, and how a pool is shared."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from backend.samples.ids import VolumeCause

OPENING_CAUSES = frozenset({VolumeCause.ALIQUOT, VolumeCause.DERIVATIVE, VolumeCause.POOL})
"""What fills a new tube."""

_STEP = Decimal("0.001")
_SHARE = Decimal("0.000001")


def volume_fault(volume_ul: Decimal, *, least_ul: Decimal, most_ul: int) -> str | None:
    """Return what is wrong with a volume that somebody gave, None when it is fine."""
    if not volume_ul.is_finite():
        return "Volume must be a number in µL."
    if volume_ul < least_ul:
        return f"Volume must be {shown(least_ul)} µL or more."
    if volume_ul > most_ul:
        return f"Volume must be {most_ul:,} µL or less."
    if volume_ul != volume_ul.quantize(_STEP):
        return "Volume is kept to 0.001 µL. Write at most three decimals."
    return None


def volume_refusal(
    balance_ul: Decimal | None, wanted_ul: Decimal, *, balance_unknown_is_fine: bool
) -> str | None:
    """Return why a volume cannot be drawn from a balance, None when it can."""
    if balance_ul is None:
        if balance_unknown_is_fine:
            return None
        return (
            "Nobody knows how much is in it. Measure it and correct its volume, or say that it "
            "is to be drawn all the same."
        )
    if wanted_ul > balance_ul:
        return f"It holds {shown(balance_ul)} µL, and {shown(wanted_ul)} µL are asked for."
    return None


def shares(volumes_ul: Sequence[Decimal]) -> list[Decimal]:
    """Return each volume's share of the whole, 0–1 to six decimals; they add up to exactly 1.

    What rounding leaves over goes to the largest.
    """
    total = sum(volumes_ul, Decimal(0))
    made = [(volume / total).quantize(_SHARE, ROUND_HALF_EVEN) for volume in volumes_ul]
    largest = max(range(len(made)), key=lambda index: made[index])
    made[largest] += 1 - sum(made, Decimal(0))
    return made


def shares_fault(proportions: Sequence[Decimal]) -> str | None:
    """Return what is wrong with shares that somebody gave, None when they are fine."""
    if any(not 0 < share <= 1 for share in proportions):
        return "Each share of a pool must be more than 0 and at most 1."
    total = sum(proportions, Decimal(0))
    if total != 1:
        return f"The shares of a pool must add up to 1; these add up to {shown(total)}."
    return None


def shown(number: Decimal) -> str:
    """Return a number without zeros that say nothing: ``12.5``."""
    return f"{number.normalize():f}"
