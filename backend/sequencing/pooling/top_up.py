"""What a second run needs, from what the first one gave. Only a proposal: a person decides.

A library's yield is what it got for its share of the pool. Its next share is what it still needs
over that yield. Factors (next volume over last) are kept within 0.2 to 5: what asks for more has
another trouble than its volume. A library that gave less than a tenth of the median is prepared
again rather than loaded again (DOMAIN 2c).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import Final

from backend.sequencing.pooling.proportions import shares

LEAST_FACTOR: Final = Decimal("0.2")
MOST_FACTOR: Final = Decimal(5)
REPREPARE_BELOW: Final = Decimal("0.1")
"""Of the median yield."""


class Advice(StrEnum):
    """What is to become of a library."""

    ENOUGH = "enough"
    TOP_UP = "top_up"
    REPREPARE = "reprepare"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Yielded:
    """What a library was to get, and got, in one unit (reads or coverage).

    ``loaded`` is its share of the pool in any unit that all have in common.
    """

    name: str
    wanted: Decimal
    got: Decimal
    loaded: Decimal = Decimal(1)
    is_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp:
    """What is proposed for a library; ``need`` in the unit of its yield, for each run to come.

    ``factor`` is how much of it to load compared with last time, ``share`` (0–1) its share of the
    next pool; both 0 unless it is to be topped up. ``is_clamped`` says that the factor stands at
    the edge of what is sensible, so it will get less (or more) than it needs.
    """

    name: str
    advice: Advice
    need: Decimal
    factor: Decimal = Decimal(0)
    share: Decimal = Decimal(0)
    is_clamped: bool = False

    @property
    def sentence(self) -> str:
        """Say what to do, and why."""
        match self.advice:
            case Advice.FAILED:
                return f"{self.name} failed and is left out. Prepare it again or drop it."
            case Advice.REPREPARE:
                return (
                    f"{self.name} gave less than {REPREPARE_BELOW:.0%} of the median yield. "
                    "Prepare it again: more of the same will not help."
                )
            case Advice.ENOUGH:
                return f"{self.name} has what it needs."
            case Advice.TOP_UP:
                told = (
                    f"{self.name} needs {self.need:,.2f} M reads more: load {self.factor:.3g} times"
                )
                edge = "; that is the most or least that is sensible" if self.is_clamped else ""
                return f"{told} what was loaded{edge}."


def top_up(yields: Sequence[Yielded], *, runs: int = 1) -> list[TopUp]:
    """Return what is proposed for each library, in their order, over ``runs`` further runs.

    Raises:
        ValueError: no run, a wanted or loaded amount that is not more than 0, or a yield below 0.
    """
    if runs < 1 or any(min(each.wanted, each.loaded) <= 0 or each.got < 0 for each in yields):
        raise ValueError("Wanted and loaded amounts and the number of runs are more than 0.")
    rates = [each.got / each.loaded for each in yields if not each.is_failed]
    least = median(rates) * REPREPARE_BELOW if rates else Decimal(0)
    found = [_one(each, least, runs) for each in yields]
    loaded = {
        index: yields[index].loaded * each.factor
        for index, each in enumerate(found)
        if each.advice is Advice.TOP_UP
    }
    parts = dict(zip(loaded, shares(list(loaded.values())), strict=True)) if loaded else {}
    return [
        each
        if index not in parts
        else TopUp(
            name=each.name,
            advice=each.advice,
            need=each.need,
            factor=each.factor,
            share=parts[index],
            is_clamped=each.is_clamped,
        )
        for index, each in enumerate(found)
    ]


def _one(given: Yielded, least_rate: Decimal, runs: int) -> TopUp:
    need = max(Decimal(0), given.wanted - given.got) / runs
    if given.is_failed:
        return TopUp(name=given.name, advice=Advice.FAILED, need=need)
    if not need:
        return TopUp(name=given.name, advice=Advice.ENOUGH, need=need)
    # Nothing at all is nothing to scale, whatever the others gave.
    if not given.got or given.got / given.loaded < least_rate:
        return TopUp(name=given.name, advice=Advice.REPREPARE, need=need)
    factor = need / given.got
    kept = min(max(factor, LEAST_FACTOR), MOST_FACTOR)
    return TopUp(
        name=given.name,
        advice=Advice.TOP_UP,
        need=need,
        factor=kept,
        is_clamped=kept != factor,
    )


def run_average_target(got: Sequence[Decimal], *, times: Decimal) -> Decimal:
    """Return one common wish for libraries of a run: ``times`` the mean of what they got.

    Raises:
        ValueError: nothing is told of any library.
    """
    if not got:
        raise ValueError("Give what at least one library got.")
    return times * sum(got, Decimal(0)) / len(got)
