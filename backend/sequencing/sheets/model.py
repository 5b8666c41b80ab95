"""A sample sheet as values: what a run reads, settings, samples. Frozen; equal when alike.

Line numbers are carried for findings and do not count when two sheets are compared.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

from backend.sequencing.sheets.values import Dialect

Bases = NewType("Bases", str)
"""A sequence of A, C, G and T in capitals; made by `bases_of` only."""

_BASES = re.compile(r"[ACGT]+")


def bases_of(text: str) -> Bases | None:
    """Return a sequence of bases, or None when a letter is none."""
    return Bases(text) if _BASES.fullmatch(text) else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value, of a header or of settings; ``lane`` is Element's, "" for all."""

    key: str
    value: str
    lane: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycles:
    """Cycles of each read; None is not said, 0 is no such read."""

    read1: int | None = None
    read2: int | None = None
    index1: int | None = None
    index2: int | None = None

    @property
    def in_order(self) -> tuple[tuple[str, int], ...]:
        """Return the reads of the run that have cycles, as sequenced: R1, I1, I2, R2."""
        reads = (("R1", self.read1), ("I1", self.index1), ("I2", self.index2), ("R2", self.read2))
        return tuple((name, count) for name, count in reads if count)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSample:
    """A row of a sheet. Several index sequences stand for one library (``+`` in Element's).

    ``lanes`` empty means all. ``extra`` are further cells by heading, in the headings' order of
    the alphabet, empty ones left out. ``unreadable`` are cells, by field, that hold no lane or no
    bases.
    """

    sample_id: str
    lanes: tuple[int, ...] = ()
    index1: tuple[Bases, ...] = ()
    index2: tuple[Bases, ...] = ()
    name: str = ""
    project: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    line: int = field(default=0, compare=False)

    def own(self, heading: str) -> str:
        """Return the sample's own cell under a heading, "" when it has none."""
        return dict(self.extra).get(heading, "")


@dataclass(frozen=True, slots=True)
class OtherSection:
    """A section kept as it is: of the cloud, of an application, manifests."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    line: int = field(default=0, compare=False)
    numbers: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSheet:
    """A whole sheet. ``header`` holds Element's run values too.

    ``columns`` are places of the samples' cells, from 1: by field of `SheetSample`, or by heading.
    """

    dialect: Dialect
    header: tuple[Entry, ...] = ()
    cycles: Cycles | None = None
    settings: tuple[Entry, ...] = ()
    samples: tuple[SheetSample, ...] = ()
    others: tuple[OtherSection, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict, compare=False)

    def setting(self, key: str) -> str:
        """Return a setting that holds for the whole sheet, "" when it has none."""
        return next((each.value for each in self.settings if each.key == key), "")

    def header_value(self, *keys: str) -> str:
        """Return the first of these header values that is there, "" when none is."""
        held = {each.key: each.value for each in self.header}
        return next((held[key] for key in keys if held.get(key)), "")
