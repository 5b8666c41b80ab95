"""Worklists for pipetting robots: tubes of a pick list into the wells of a plate. No I/O.

Wells are filled and numbered column by column, as robots count: A1 is 1, B1 is 2, and on a plate
of 8 rows A2 is 9. Volumes are µL.

Sources of the formats:
- Tecan Freedom EVO: record types and the order of fields as in the EVOware manual 2.3, 15.24.2,
  and as written by JuBiotech/robotools (robotools/worklists/base.py): eleven fields of an ``A`` or
  ``D`` record, ``W`` for a washed or new tip, labels of at most 32 characters without a semicolon.
- Hamilton VENUS reads columns by the names that the method gives them; those here are source
  labware and position, target labware and position, and volume.
- Beckman Biomek, "Transfer From File": source and destination, each by name and well with letter
  and number, and the volume (docs.teselagen.com, articles/3809098-biomek-worklist, which follows
  the Biomek 4000 Software Tutorial, A99502AA, pages 5-11 to 5-15).
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from backend.storage.errors import WorklistRefused
from backend.storage.rules import BoxShape, Position

MOST_UL: Final = Decimal(5_000)
LEAST_UL: Final = Decimal("0.1")
MOST_EACH: Final = 384
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.\-]{0,31}\Z")
_NAMED: Final = 5


class PlateFormat(StrEnum):
    """Plates that wells are counted on."""

    WELLS_96 = "96"
    WELLS_384 = "384"

    @property
    def shape(self) -> BoxShape:
        return BoxShape(8, 12) if self is PlateFormat.WELLS_96 else BoxShape(16, 24)


class Robot(StrEnum):
    """Whose worklist it is."""

    TECAN = "tecan"
    HAMILTON = "hamilton"
    BIOMEK = "biomek"

    @property
    def ending(self) -> str:
        """What the name of its file ends with."""
        return "gwl" if self is Robot.TECAN else f"{self.value}.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A tube where it stands, and what the ledger says is in it; None where nobody knows."""

    line: int
    barcode: str
    labware: str
    shape: BoxShape
    position: Position
    available_ul: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CherryPick:
    """What is wanted: so much of each tube, into so many wells of a new plate.

    A tube that is named twice is a mistake unless ``may_repeat``.
    """

    plate: str
    format: PlateFormat
    volume_ul: Decimal
    wells_each: int = 1
    may_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One aspiration and one dispensation."""

    source: Source
    plate: str
    plate_shape: BoxShape
    well: Position
    volume_ul: Decimal


def well_index(position: Position, shape: BoxShape) -> int:
    """Return the number that robots give a well: down the first column, then the next."""
    return (position.column - 1) * shape.rows + position.row


def is_readable(name: str) -> bool:
    """Say whether robots can read a name: letters, digits, blanks, dots and hyphens, 32 at most."""
    return bool(_NAME.match(name))


def wells_by_column(shape: BoxShape) -> list[Position]:
    """Return every well in the order in which it is filled."""
    return [
        Position(row, column)
        for column in range(1, shape.columns + 1)
        for row in range(1, shape.rows + 1)
    ]


def cherry_pick(sources: Sequence[Source], wanted: CherryPick) -> tuple[Transfer, ...]:
    """Give each tube its wells, in the order of the list.

    Raises:
        WorklistRefused: a volume that is none or more than there is, a tube twice, too few wells,
            or a name that a robot cannot read; the line is named.
    """
    shape = wanted.format.shape
    faults = [*_wishes(wanted), *_lines(sources, wanted)]
    needed = len(sources) * wanted.wells_each
    if needed > shape.capacity:
        faults.append(
            f"{needed} wells are needed and a plate has {shape.capacity}. Make shorter lists."
        )
    if not sources:
        faults.append("No tube is left on the list.")
    refuse(faults)
    wells = iter(wells_by_column(shape))
    return tuple(
        Transfer(
            source=source,
            plate=wanted.plate.strip(),
            plate_shape=shape,
            well=next(wells),
            volume_ul=wanted.volume_ul,
        )
        for source in sources
        for _ in range(wanted.wells_each)
    )


def poured(transfers: Sequence[Transfer], *, step_ul: Decimal = LEAST_UL) -> tuple[Transfer, ...]:
    """Return transfers of volumes of their own, as into a pool, once a robot can read them.

    That a tube holds so much, in steps of ``step_ul``, is for whoever worked out the volumes.

    Raises:
        WorklistRefused: a volume or a name that a robot cannot be given; the line is named.
    """
    faults = []
    for each in transfers:
        name = f"Line {each.source.line}, {each.source.barcode}"
        if not LEAST_UL <= each.volume_ul <= MOST_UL or each.volume_ul % step_ul:
            faults.append(
                f"{name}: a robot is given {LEAST_UL} to {MOST_UL:,} µL in steps of {step_ul}, not "
                f"{_ul(each.volume_ul)} µL."
            )
        labels = (each.source.labware, each.source.barcode, each.plate)
        if not all(_NAME.match(label) for label in labels):
            faults.append(f"{name} in {each.source.labware}: a robot cannot read this name.")
    if not transfers:
        faults.append("There is nothing to pipette.")
    refuse(faults)
    return tuple(transfers)


def by_rack(transfers: Sequence[Transfer]) -> list[Transfer]:
    """Return transfers so that a robot is done with one rack before the next, well after well.

    Racks come in the order of the list, so that nobody looks for the first tube at the end.
    """
    racks = {name: rank for rank, name in enumerate(_racks(transfers))}
    return sorted(
        transfers,
        key=lambda each: (
            racks[each.source.labware],
            well_index(each.source.position, each.source.shape),
        ),
    )


def refuse(faults: Sequence[str]) -> None:
    """Refuse a list with its first faults. Raises WorklistRefused where there are any."""
    if faults:
        more = len(faults) - _NAMED
        told = [*faults[:_NAMED], *([f"And {more} more."] if more > 0 else [])]
        raise WorklistRefused(" ".join(told))


def written(robot: Robot, transfers: Sequence[Transfer]) -> str:
    """Return the worklist as the robot reads it."""
    match robot:
        case Robot.TECAN:
            return tecan(transfers)
        case Robot.HAMILTON:
            return hamilton(transfers)
        case Robot.BIOMEK:
            return biomek(transfers)


def tecan(transfers: Sequence[Transfer]) -> str:
    """Return a Freedom EVO worklist (.gwl): aspirate, dispense, new tip, for each transfer.

    Fields: type; rack label; rack id; rack type; position; tube id; volume; liquid class; tip type;
    tip mask; forced rack type. Empty ones are the script's own.
    """
    lines = []
    for each in transfers:
        source, volume = each.source, _ul(each.volume_ul)
        at, to = well_index(source.position, source.shape), well_index(each.well, each.plate_shape)
        lines += [
            f"A;{source.labware};;;{at};{source.barcode};{volume};;;;",
            f"D;{each.plate};;;{to};;{volume};;;;",
            "W;",
        ]
    return "".join(f"{line}\r\n" for line in lines)


def hamilton(transfers: Sequence[Transfer]) -> str:
    """Return a CSV worklist for VENUS; positions are the robot's numbers."""
    heads = ("SourceLabware", "SourcePosition", "TargetLabware", "TargetPosition", "Volume")
    return _csv(
        heads,
        [
            (
                each.source.labware,
                str(well_index(each.source.position, each.source.shape)),
                each.plate,
                str(well_index(each.well, each.plate_shape)),
                _ul(each.volume_ul),
            )
            for each in transfers
        ],
    )


def biomek(transfers: Sequence[Transfer]) -> str:
    """Return a CSV for "Transfer From File"; wells are letter and number."""
    heads = (
        "Source Plate Name",
        "Source Well",
        "Destination Plate Name",
        "Destination Well",
        "Transfer Volume",
    )
    return _csv(
        heads,
        [
            (
                each.source.labware,
                each.source.position.key,
                each.plate,
                each.well.label,
                _ul(each.volume_ul),
            )
            for each in transfers
        ],
    )


def _racks(transfers: Sequence[Transfer]) -> list[str]:
    return list(dict.fromkeys(each.source.labware for each in transfers))


def _wishes(wanted: CherryPick) -> list[str]:
    checks = (
        (
            not is_readable(wanted.plate.strip()),
            "Name the plate with letters, digits, spaces, dots and hyphens, 32 at most.",
        ),
        (
            not LEAST_UL <= wanted.volume_ul <= MOST_UL
            or wanted.volume_ul != round(wanted.volume_ul, 1),
            f"Write a volume from {LEAST_UL} to {MOST_UL:,} µL in steps of 0.1.",
        ),
        (
            not 1 <= wanted.wells_each <= MOST_EACH,
            f"Write how many wells each tube fills, 1 to {MOST_EACH}.",
        ),
    )
    return [sentence for is_wrong, sentence in checks if is_wrong]


def _lines(sources: Sequence[Source], wanted: CherryPick) -> list[str]:
    times = Counter(source.barcode for source in sources)
    faults = []
    for source in sources:
        name = f"Line {source.line}, {source.barcode}"
        asked = wanted.volume_ul * wanted.wells_each * times[source.barcode]
        if times[source.barcode] > 1 and not wanted.may_repeat:
            faults.append(f"{name}: the tube is named {times[source.barcode]} times.")
        if source.available_ul is None:
            faults.append(f"{name}: nobody has written down how much is in it.")
        elif asked > source.available_ul:
            faults.append(
                f"{name}: {_ul(asked)} µL are asked and {_ul(source.available_ul)} µL are there."
            )
        if not is_readable(source.labware) or not is_readable(source.barcode):
            faults.append(f"{name} in {source.labware}: a robot cannot read this name.")
    return faults


def _ul(volume: Decimal) -> str:
    return format(volume.normalize(), "f")


def _csv(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(heads)
    writer.writerows(rows)
    return file.getvalue()
