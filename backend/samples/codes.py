"""Decisions about tubes' codes, without I/O: series made here and ranges of bought tubes.

A code of a series is ``PREFIX-0012345K``: a number of fixed width and the ISO/IEC 7064 MOD 37,36
check character of prefix and number. Codes of a day (``DNA-251118-K7F3``, core.barcodes) stay what
a laboratory without a series of its own gets.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.core import barcodes
from backend.core.check_characters import mod_37_36
from backend.samples.ids import MaterialType

PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,7}")
FEWEST_DIGITS, MOST_DIGITS = 4, 12
MOST_TUBES = 1_000_000
_NUMBER_AT_END = re.compile(r"(.*?)(\d{1,18})")
_OF_SERIES = re.compile(r"([A-Z][A-Z0-9]{1,7})-(\d{4,12})([0-9A-Z])")


class ForeignCodes(StrEnum):
    """Which codes from elsewhere a registration takes."""

    ANY = "any"
    RANGES = "ranges"
    """Only those of ranges that were registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series of codes made here."""

    prefix: str
    digits: int
    material_types: tuple[MaterialType, ...] = ()
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tubes:
    """Bought tubes from ``first`` to ``last``, both included."""

    stem: str
    digits: int
    first: int
    last: int

    @property
    def count(self) -> int:
        """Return how many tubes the range holds."""
        return self.last - self.first + 1

    def code(self, number: int) -> str:
        """Return the code of one tube."""
        return f"{self.stem}{number:0{self.digits}d}"

    def holds(self, code: str) -> bool:
        """Say whether a code belongs to one of these tubes."""
        stem, digits = code[: len(self.stem)], code[len(self.stem) :]
        fits = stem == self.stem and len(digits) == self.digits and digits.isdecimal()
        return fits and self.first <= int(digits) <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRules:
    """By what a laboratory judges the codes that tubes bring along.

    ``ranges`` are the open ones of bought tubes; None where any code from elsewhere is taken.
    """

    series: tuple[Series, ...]
    ranges: tuple[Tubes, ...] | None

    def refusals(self, given: Collection[str]) -> dict[str, str]:
        """Return the given codes that no registration may take, with the sentence for each.

        A code of one of our series whose check character disagrees was misread. Where ranges are
        asked for, a code of no series of ours must belong to an open one.
        """
        ours = tuple(f"{each.prefix}-" for each in self.series)
        near = [code for code in given if code.startswith(ours)] if ours else []
        refused = {
            code: sentence for code in near if (sentence := misread(code, self.series)) is not None
        }
        if self.ranges is None:
            return refused
        for code in given:
            is_ours = is_of_series(code, self.series) or barcodes.is_ours(code)
            if not is_ours and not any(each.holds(code) for each in self.ranges):
                refused.setdefault(
                    code,
                    f"Barcode {code} belongs to no registered range of tubes. Register the range "
                    "it came with, or leave the barcode empty to print a new one.",
                )
        return refused


def code_of(series: Series, number: int) -> str:
    """Return the code of a number of a series, its check character last."""
    digits = f"{number:0{series.digits}d}"
    return f"{series.prefix}-{digits}{mod_37_36(series.prefix + digits)}"


def series_for(series: Sequence[Series], material: MaterialType) -> Series | None:
    """Return the series that codes of a material come from, None where there is none.

    One that names the material goes before one for every material.
    """
    active = [each for each in series if each.is_active]
    named = [each for each in active if material in each.material_types]
    general = [each for each in active if not each.material_types]
    return next(iter(named + general), None)


def misread(code: str, series: Collection[Series]) -> str | None:
    """Return the sentence about a code of ours whose check character disagrees.

    None for a right one, and for a code that is of none of our series.
    """
    found = _OF_SERIES.fullmatch(code)
    if found is None:
        return None
    prefix, digits, given = found.groups()
    if not any(each.prefix == prefix and each.digits == len(digits) for each in series):
        return None
    if mod_37_36(prefix + digits) == given:
        return None
    return (
        f"Barcode {code} was misread: its last character does not fit the others. "
        "Scan the tube again, or compare what you typed with the label."
    )


def is_of_series(code: str, series: Collection[Series]) -> bool:
    """Say whether a code has the shape of one of our series."""
    found = _OF_SERIES.fullmatch(code)
    return found is not None and any(
        each.prefix == found[1] and each.digits == len(found[2]) for each in series
    )


def tubes_between(first: str, last: str) -> Tubes | str:
    """Return the tubes from one code to another, or the sentence that says why there are none."""
    start, end = _NUMBER_AT_END.fullmatch(first), _NUMBER_AT_END.fullmatch(last)
    if start is None or end is None:
        return "The first and the last code must end in a number, such as FD00000001."
    if len(first) != len(last):
        return f"{first} and {last} have different lengths. Scan the first and the last tube again."
    shared = _shared_stem(first, last, start[1], end[1])
    if shared is None:
        return f"{first} and {last} begin differently. Scan tubes of one delivery."
    low, high = int(first[len(shared) :]), int(last[len(shared) :])
    if low > high:
        return f"{first} comes after {last}. Scan the lower number first."
    if high - low >= MOST_TUBES:
        return f"A range holds at most {MOST_TUBES:,} tubes. Register it in parts."
    return Tubes(stem=shared, digits=len(first) - len(shared), first=low, last=high)


def _shared_stem(first: str, last: str, one: str, other: str) -> str | None:
    # Both must end in a number from the same place on, or the longer stem is taken for both.
    stem = max(one, other, key=len)
    return stem if first.startswith(stem) and last.startswith(stem) else None


def series_faults(prefix: str, digits: int) -> dict[str, str]:
    """Return what stops a series from being made, by field."""
    faults = {}
    if not PREFIX.fullmatch(prefix):
        faults["prefix"] = "Use 2 to 8 capitals and digits, a letter first, such as HMG."
    if not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        faults["digits"] = f"Choose {FEWEST_DIGITS} to {MOST_DIGITS} digits."
    return faults
