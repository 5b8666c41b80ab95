"""A file of places, row by row: what each says, or the sentence that refuses it. No I/O."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.rules import MATERIAL_NAME
from backend.storage.ids import NodeKind, Numbering, UnitStatus
from backend.storage.place_kinds import shape_fault
from backend.storage.rules import MOST_LOOSE, NUMBERING_NAMES, ZONE_NAMES, BoxShape, loose_shape

KIND, IN, LABEL, BARCODE, ZONE, SETPOINT = "Kind", "In", "Label", "Barcode", "Zone", "Set point °C"
ROWS, COLUMNS, SLOTS, LEVEL = "Rows", "Columns", "Boxes it takes", "Biosafety level"
NUMBERING = "Numbering"
PROJECT, TYPES, STATUS, REASON = "Reserved for", "Takes only", "Status", "Reason"
MOVE_BACK, TUBES, BLOCKED = "Move back by", "Tubes it takes", "Blocked"
CIRCUIT = "Power circuit"
_ALSO_CALLED = {"loose": NodeKind.BAG, "tower": NodeKind.STACK}
"""What files call kinds, too."""
HEADINGS = (
    *(KIND, IN, LABEL, BARCODE, ZONE, SETPOINT, ROWS, COLUMNS, NUMBERING, SLOTS),
    *(LEVEL, PROJECT, TYPES, STATUS, REASON, MOVE_BACK, TUBES, BLOCKED, CIRCUIT),
)
"""Columns that are read again; an export has further ones."""
NEEDED = (KIND, IN, LABEL)
Read = TypeVar("Read")

_MOST = 999
_NOT_KEY = re.compile(r"[^a-z0-9]+")
_SPOT = re.compile(
    r"(?:^|;)\s*(?P<position>[A-Za-z]{1,2}\d{1,3}|\d{1,4})(?:\s+until\s+(?P<until>[\d-]+))?\s*:\s*"
)


@dataclass(frozen=True, slots=True)
class BlockedSpot:
    """A position that stays empty, why, and until the beginning of which day; None: for good."""

    position: str
    reason: str
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A place as a file describes it. ``number`` is the row in the file, from 1."""

    number: int
    kind: NodeKind
    parent: str
    """Path of the place around it; empty for a site."""
    label: str
    barcode: str | None
    zone: TemperatureClass | None
    setpoint_c: float | None
    shape: BoxShape | None
    capacity: int | None
    """Tubes that a bag takes; None where the file does not say, and elsewhere."""
    box_slots: int | None
    biosafety_level: int | None
    project: str | None
    material_types: tuple[MaterialType, ...]
    status: UnitStatus
    reason: str
    move_back_on: date | None
    numbering: Numbering | None = None
    """None where the file does not say."""
    blocked: tuple[BlockedSpot, ...] = ()
    power_circuit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that is not taken, and why."""

    number: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFile:
    """What a file says: its rows the outermost first, the refused ones, and columns not read."""

    rows: tuple[PlaceRow, ...]
    refusals: tuple[Refusal, ...]
    ignored: tuple[str, ...]


class _Wrong(Exception):
    """A cell that cannot be read; the message is the sentence."""


def read_rows(grid: Sequence[Sequence[str]]) -> PlaceFile:
    """Read a sheet whose first filled row has the headings.

    A row of several faults is told with all of them. Without its headings nothing is read.
    """
    start = next((index for index, cells in enumerate(grid) if any(cells)), 0)
    headings = [cell.strip() for cell in grid[start]] if grid else []
    known = {_key(name): name for name in HEADINGS}
    columns = {
        known[_key(name)]: index for index, name in enumerate(headings) if _key(name) in known
    }
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        words = ", ".join(f"“{name}”" for name in missing)
        sentence = f"The first row has no heading {words}. Export a place to see the headings."
        refusal = Refusal(number=start + 1, sentence=sentence)
        return PlaceFile(rows=(), refusals=(refusal,), ignored=())
    rows: list[PlaceRow] = []
    refusals: list[Refusal] = []
    for number, cells in enumerate(grid[start + 1 :], start=start + 2):
        said = {
            name: _unquoted(cells[index]) if index < len(cells) else ""
            for name, index in columns.items()
        }
        if not any(said.values()):
            continue
        row, wrong = _row(number, said)
        if row is not None:
            rows.append(row)
        else:
            refusals.append(Refusal(number=number, sentence=" ".join(wrong)))
    order = list(NodeKind)
    return PlaceFile(
        rows=tuple(sorted(rows, key=lambda row: order.index(row.kind))),
        refusals=tuple(refusals),
        ignored=tuple(name for name in headings if name and _key(name) not in known),
    )


class _Cells:
    """The cells of a row by heading, and what is wrong with them."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said
        self.wrong: list[str] = []

    def text(self, name: str) -> str:
        """Return a cell as it is written, empty where there is none."""
        return self._said.get(name, "")

    def read(self, name: str, reader: Callable[[str], Read]) -> Read | None:
        """Return what a cell says; None where it is empty, or wrong and noted as such."""
        text = self.text(name)
        if not text:
            return None
        try:
            return reader(text)
        except _Wrong as error:
            self.wrong.append(f"{name}: {error}")
            return None


def _row(number: int, said: Mapping[str, str]) -> tuple[PlaceRow | None, list[str]]:
    cells = _Cells(said)
    kind = cells.read(KIND, _kind)
    is_loose = kind is NodeKind.BAG
    for name in (KIND, LABEL):
        if not cells.text(name):
            cells.wrong.append(f"{name}: write it; every place has one.")
    rows, columns = cells.read(ROWS, _whole), cells.read(COLUMNS, _whole)
    if bool(cells.text(ROWS)) != bool(cells.text(COLUMNS)):
        cells.wrong.append("A box has both rows and columns. Write the other one, too.")
    numbering = cells.read(NUMBERING, _numbering)
    shape = _grid(rows, columns, numbering)
    if kind is not None and (
        fault := shape_fault(kind, loose_shape(None) if is_loose and not shape else shape)
    ):
        cells.wrong.append(fault)
    if numbering and shape is None:
        cells.wrong.append(f"{NUMBERING}: only what has rows and columns has it. Leave it empty.")
    capacity = cells.read(TUBES, _tubes)
    if cells.text(TUBES) and not is_loose:
        cells.wrong.append(f"{TUBES}: only a bag has it. Leave it empty.")
    zone, setpoint_c = cells.read(ZONE, _zone), cells.read(SETPOINT, _degrees)
    slots, level = cells.read(SLOTS, _whole), cells.read(LEVEL, _whole)
    types, status = cells.read(TYPES, _types), cells.read(STATUS, _status)
    move_back_on = cells.read(MOVE_BACK, _day)
    blocked = cells.read(BLOCKED, _blocked)
    if cells.wrong or kind is None:
        return None, cells.wrong
    row = PlaceRow(
        number=number,
        kind=kind,
        parent=cells.text(IN).strip("/"),
        label=cells.text(LABEL),
        barcode=cells.text(BARCODE) or None,
        zone=zone,
        setpoint_c=setpoint_c,
        shape=loose_shape(capacity) if is_loose else shape,
        capacity=capacity,
        box_slots=slots,
        biosafety_level=level,
        project=cells.text(PROJECT) or None,
        material_types=types or (),
        status=status or UnitStatus.ACTIVE,
        reason=cells.text(REASON),
        move_back_on=move_back_on,
        numbering=numbering,
        blocked=blocked or (),
        power_circuit=cells.text(CIRCUIT) or None,
    )
    return row, []


def _grid(rows: int | None, columns: int | None, numbering: Numbering | None) -> BoxShape | None:
    return BoxShape(rows, columns, numbering or Numbering.LETTERS) if rows and columns else None


def _numbering(text: str) -> Numbering:
    wanted = _plain(text)
    for each in Numbering:
        if wanted in {_plain(each.value), _plain(NUMBERING_NAMES[each])}:
            return each
    known = ", ".join(NUMBERING_NAMES.values())
    raise _Wrong(f"“{text}” is no numbering. Write one of {known}.")


def _kind(text: str) -> NodeKind:
    wanted = text.casefold()
    try:
        return _ALSO_CALLED.get(wanted) or NodeKind(wanted)
    except ValueError as error:
        known = ", ".join(NodeKind)
        raise _Wrong(f"“{text}” is no kind of place. Write one of {known}.") from error


def _status(text: str) -> UnitStatus:
    try:
        return UnitStatus(text.lower())
    except ValueError as error:
        known = ", ".join(UnitStatus)
        raise _Wrong(f"“{text}” is no status. Write one of {known}.") from error


def _zone(text: str) -> TemperatureClass:
    wanted = _plain(text)
    for each in TemperatureClass:
        if wanted in {_plain(each.value), _plain(ZONE_NAMES[each.value])}:
            return each
    known = ", ".join(ZONE_NAMES.values())
    raise _Wrong(f"“{text}” is no zone. Write one of {known}.")


def _degrees(text: str) -> float:
    try:
        return float(_plain(text).replace(",", "."))
    except ValueError as error:
        raise _Wrong(f"“{text}” is no temperature. Write degrees Celsius.") from error


def _whole(text: str, most: int = _MOST) -> int:
    # A workbook may hand a whole number out as 9.0.
    digits = text.removesuffix(".0")
    if digits.isascii() and digits.isdigit() and 1 <= int(digits) <= most:
        return int(digits)
    raise _Wrong(f"“{text}” is no whole number from 1 to {most}.")


def _tubes(text: str) -> int:
    return _whole(text, MOST_LOOSE)


def _types(text: str) -> tuple[MaterialType, ...]:
    found = []
    names = {name.casefold(): each for each, name in MATERIAL_NAME.items()}
    names |= {each.value.casefold(): each for each in MaterialType}
    for word in (part.strip() for part in text.split(";")):
        if word and word.casefold() not in names:
            raise _Wrong(f"“{word}” is no type of material. Separate several by semicolons.")
        if word:
            found.append(names[word.casefold()])
    return tuple(dict.fromkeys(found))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _Wrong(f"“{text}” is no day. Write it like 2026-12-31.") from error


def _blocked(text: str) -> tuple[BlockedSpot, ...]:
    """Read what an export says: ``B2: broken clip; B3 until 2026-12-31: for Leeds``."""
    starts = list(_SPOT.finditer(text))
    if not starts or starts[0].start():
        raise _Wrong(
            f"“{text}” names no position. Write it like B2: broken clip; "
            "B3 until 2026-12-31: for Leeds."
        )
    ends = [*(each.start() for each in starts[1:]), len(text)]
    return tuple(
        BlockedSpot(
            position=each["position"].upper(),
            reason=text[each.end() : end].strip(),
            until=_day(each["until"]) if each["until"] else None,
        )
        for each, end in zip(starts, ends, strict=True)
    )


def _plain(text: str) -> str:
    return text.replace("\N{MINUS SIGN}", "-").casefold().removesuffix("°c").strip()


def _unquoted(cell: str) -> str:
    """Return a cell without what an export puts before a text that a spreadsheet might run."""
    text = " ".join(cell.split())
    return text.removeprefix("'")


def _key(heading: str) -> str:
    return _NOT_KEY.sub("", heading.casefold())
