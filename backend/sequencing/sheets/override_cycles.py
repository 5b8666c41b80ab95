"""OverrideCycles: what BCL Convert makes of every cycle of every read.

``Y151;I10;N2I8;Y151``: Y bases of a read, I of an index, U of a molecular identifier (UMI), N left
out. One field for each read of the run, in its order; from BCL Convert 4.3.6 on a field may name
its read (``R1:Y151;I1:I10``). DOMAIN 2d.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.sequencing.sheets.model import Cycles

_FIELD = re.compile(r"(?:(R1|R2|I1|I2):)?((?:[YIUN][0-9]{1,4})+)")
_SEGMENT = re.compile(r"([YIUN])([0-9]+)")


@dataclass(frozen=True, slots=True)
class Segment:
    """So many cycles of one kind: Y, I, U or N."""

    kind: str
    cycles: int


@dataclass(frozen=True, slots=True)
class ReadMask:
    """What becomes of one read; ``read`` is "" where the field does not name it."""

    segments: tuple[Segment, ...]
    read: str = ""

    @property
    def cycles(self) -> int:
        """Return all cycles of the read."""
        return sum(each.cycles for each in self.segments)

    def of(self, kind: str) -> int:
        """Return the cycles of one kind."""
        return sum(each.cycles for each in self.segments if each.kind == kind)

    def __str__(self) -> str:
        named = f"{self.read}:" if self.read else ""
        return named + "".join(f"{each.kind}{each.cycles}" for each in self.segments)


@dataclass(frozen=True, slots=True)
class OverrideCycles:
    """Masks of all reads, as written."""

    masks: tuple[ReadMask, ...]

    def __str__(self) -> str:
        return ";".join(map(str, self.masks))

    @property
    def umi_cycles(self) -> int:
        """Return the cycles that are read as molecular identifiers."""
        return sum(mask.of("U") for mask in self.masks)

    def by_read(self, cycles: Cycles | None) -> dict[str, ReadMask]:
        """Return masks by read (R1, I1, I2, R2).

        Without names the run's reads decide; without a run, fields that hold I are its indexes.
        """
        if any(mask.read for mask in self.masks):
            return {mask.read: mask for mask in self.masks if mask.read}
        order = [name for name, _ in cycles.in_order] if cycles else []
        if len(order) != len(self.masks):
            order = _guessed(self.masks)
        return dict(zip(order, self.masks, strict=False))


def parse(text: str) -> OverrideCycles | str:
    """Return the masks of a text, or the sentence that says which part is none."""
    masks = []
    for place, part in enumerate(text.strip().strip(";").split(";"), start=1):
        found = _FIELD.fullmatch(part.strip())
        if found is None:
            return (
                f"OverrideCycles, field {place}: “{part.strip()}” is not made of Y, I, U and N, "
                "each with a number, such as Y151 or I8N2."
            )
        segments = tuple(
            Segment(kind, int(count)) for kind, count in _SEGMENT.findall(found.group(2))
        )
        if any(each.cycles == 0 for each in segments):
            return f"OverrideCycles, field {place}: “{part.strip()}” holds a part of 0 cycles."
        masks.append(ReadMask(segments, found.group(1) or ""))
    named = [mask.read for mask in masks if mask.read]
    if named and len(named) < len(masks):
        return "OverrideCycles names some of its reads. Name all of them or none."
    if len(set(named)) < len(named):
        return "OverrideCycles names a read twice."
    return OverrideCycles(tuple(masks))


def problems(override: OverrideCycles, cycles: Cycles | None) -> list[str]:
    """Return a sentence for everything that a run with these cycles would be refused for."""
    found = []
    known = dict(cycles.in_order) if cycles else {}
    names = any(mask.read for mask in override.masks)
    if not names and known and len(known) != len(override.masks):
        reads = ", ".join(f"{name} {count}" for name, count in known.items())
        said = f"OverrideCycles has {len(override.masks)} fields and the run {len(known)} reads"
        return [f"{said} ({reads}). Write one field for each."]
    for read, mask in override.by_read(cycles).items():
        found += _of_mask(read, mask)
        if read in known and mask.cycles != known[read]:
            found.append(
                f"OverrideCycles: {mask} are {mask.cycles} cycles, and {read} has {known[read]}."
            )
        if names and known and read not in known:
            found.append(f"OverrideCycles names {read}, which the run does not read.")
    return found


def _of_mask(read: str, mask: ReadMask) -> list[str]:
    wrong, right = ("Y", "I") if read.startswith("I") else ("I", "Y")
    found = []
    if mask.of(wrong):
        kind = "an index read" if read.startswith("I") else "a read of the library"
        found.append(f"OverrideCycles: {mask} is {kind} ({read}), where {wrong} cannot stand.")
    if sum(each.kind == right for each in mask.segments) > 1:
        found.append(f"OverrideCycles: {mask} has {right} twice; one stretch of a read is used.")
    return found


def _guessed(masks: Sequence[ReadMask]) -> list[str]:
    order = []
    reads, indexes = iter(("R1", "R2")), iter(("I1", "I2"))
    for place, mask in enumerate(masks):
        between = 0 < place < len(masks) - 1
        is_index = bool(mask.of("I")) or (between and not mask.of("Y"))
        name = next(indexes if is_index else reads, None)
        order.append(name or f"read {place + 1}")
    return order
