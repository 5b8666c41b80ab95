"""Positions of a box, who may stand where, and when a place counts as full. No I/O."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from backend.storage.ids import Numbering

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FILLING_FRACTION = 0.80
NEARLY_FULL_FRACTION = 0.95
UNDO_WITHIN = timedelta(minutes=10)
MOST_LOOSE = 9_999
"""Numbers that a loose place gives where nobody has said how many tubes it takes: what can still
be read as a running number, and ten times what a drawer holds."""

GENERAL, CONTAINED = "general", "contained"
CONTAINED_FROM = 3
"""Biosafety level from which material is handled under containment (WHO manual, 4th edition)."""
APART: frozenset[frozenset[str]] = frozenset({frozenset({GENERAL, CONTAINED})})

ZONE_NAMES: Mapping[str, str] = {
    "ln2": "LN2 vapour",
    "-80": "\N{MINUS SIGN}80 °C",
    "-40": "\N{MINUS SIGN}40 °C",
    "-20": "\N{MINUS SIGN}20 °C",
    "4": "4 °C",
    "room": "room temperature",
    "37": "37 °C",
}
NUMBERING_NAMES: Mapping[Numbering, str] = {
    Numbering.LETTERS: "letters and numbers",
    Numbering.ROWS: "numbers by row",
    Numbering.COLUMNS: "numbers by column",
}
_LETTER_FIRST = re.compile(r"^\s*([A-Za-z]{1,2})\s*0*([1-9]\d{0,2})\s*$")
_NUMBER_FIRST = re.compile(r"^\s*0*([1-9]\d{0,2})\s*([A-Za-z]{1,2})\s*$")
_LINEAR = re.compile(r"^\s*0*([1-9]\d{0,3})\s*$")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Row and column, both counted from 1. Sorting gives the fill order: row by row.

    Row 0 is the one of a loose place. It has no letter, so its positions read 1, 2, 3.
    """

    row: int
    column: int
    said: str = field(default="", compare=False)
    """What stands on the lid, where that is no letter and number (`BoxShape.at`)."""

    @property
    def label(self) -> str:
        """What people read and write: A1, H12, AF24; 12 where the lid is numbered."""
        return self.said or self.key

    @property
    def key(self) -> str:
        """The position by letter and number, whatever stands on the lid."""
        return f"{row_letters(self.row)}{self.column}"


@dataclass(frozen=True, slots=True)
class BoxShape:
    """Rows and columns of a box: 9 x 9, 8 x 12 or 16 x 24 as a rule. A loose place has no rows.

    ``numbering`` is how its lid names positions; two boxes of one size are alike without it.
    """

    rows: int
    columns: int
    numbering: Numbering = field(default=Numbering.LETTERS, compare=False)

    @property
    def is_loose(self) -> bool:
        """Whether it has no grid: its positions are only numbers."""
        return self.rows == 0

    @property
    def capacity(self) -> int:
        """How many positions there are; of a loose place how many numbers it may give."""
        return max(self.rows, 1) * self.columns

    @property
    def words(self) -> str:
        """What people call it: ``9 × 9``, or ``loose``."""
        return "loose" if self.is_loose else f"{self.rows} × {self.columns}"

    @property
    def is_numbered(self) -> bool:
        """Whether its lid has running numbers instead of letters and numbers."""
        return not self.is_loose and self.numbering is not Numbering.LETTERS

    @property
    def example(self) -> str:
        """A position as the lid names it, for forms and refusals: ``B1``, or ``10``."""
        return self.at(min(2, self.rows), 1).label

    @property
    def counted(self) -> str:
        """How its positions are counted, as its label says it; empty where it is loose.

        ``A1–I9, rows A–I``; of a numbered lid ``1–81, rows of 9``: there 37 begins the fifth row.
        """
        if self.is_loose:
            return ""
        span = f"{self.at(1, 1).label}–{self.at(self.rows, self.columns).label}"
        match self.numbering:
            case Numbering.LETTERS:
                return f"{span}, rows A–{row_letters(self.rows)}"
            case Numbering.ROWS:
                return f"{span}, rows of {self.columns}"
            case Numbering.COLUMNS:
                return f"{span}, columns of {self.rows}"

    def row_head(self, row: int) -> str:
        """What stands before a row: its letter, or the number of its first position."""
        return self.at(row, 1).label if self.is_numbered else row_letters(row)

    def column_head(self, column: int) -> str:
        """What stands over a column: its number, or that of its first position."""
        return self.at(1, column).label if self.is_numbered else str(column)

    def at(self, row: int, column: int) -> Position:
        """Return a position that reads as the lid does."""
        if not self.is_numbered:
            return Position(row, column)
        by_rows = self.numbering is Numbering.ROWS
        before = (row - 1) * self.columns if by_rows else (column - 1) * self.rows
        return Position(row, column, str(before + (column if by_rows else row)))

    def __contains__(self, position: Position) -> bool:
        lowest = 0 if self.is_loose else 1
        return lowest <= position.row <= self.rows and 1 <= position.column <= self.columns

    def positions(self) -> Iterator[Position]:
        """Every position in fill order."""
        for row in range(0 if self.is_loose else 1, self.rows + 1):
            for column in range(1, self.columns + 1):
                yield self.at(row, column)


def loose_shape(capacity: int | None) -> BoxShape:
    """Return the shape of a loose place; None where nobody says how many tubes it takes."""
    return BoxShape(0, MOST_LOOSE if capacity is None else capacity)


def row_letters(row: int) -> str:
    """1 is A, 26 is Z, 27 is AA: the way plate makers count. 0, of loose places, has no letter."""
    letters = ""
    while row > 0:
        row, digit = divmod(row - 1, len(ALPHABET))
        letters = ALPHABET[digit] + letters
    return letters


def row_number(letters: str) -> int:
    """The inverse of ``row_letters``."""
    number = 0
    for letter in letters.upper():
        number = number * len(ALPHABET) + ALPHABET.index(letter) + 1
    return number


def parse_position(text: str, shape: BoxShape) -> Position | None:
    """Read A1, a01, 1A or a running number, whichever of them the lid has; None: not in the box.

    Running numbers are counted row by row, and column by column where the lid counts so.
    """
    if shape.is_loose:
        # A letter before or after it would be that of a row, which there is none.
        numbered = _LINEAR.match(text)
        row, column = (0, int(numbered[1])) if numbered else (0, 0)
    elif match := _LETTER_FIRST.match(text):
        row, column = row_number(match[1]), int(match[2])
    elif match := _NUMBER_FIRST.match(text):
        row, column = row_number(match[2]), int(match[1])
    elif match := _LINEAR.match(text):
        row, column = _counted(int(match[1]), shape)
    else:
        return None
    position = shape.at(row, column)
    return position if position in shape else None


def _counted(number: int, shape: BoxShape) -> tuple[int, int]:
    """Return row and column of a running number."""
    if shape.numbering is Numbering.COLUMNS:
        column, row = divmod(number - 1, shape.rows)
    else:
        row, column = divmod(number - 1, shape.columns)
    return row + 1, column + 1


def free_positions(shape: BoxShape, *, taken: Collection[Position]) -> tuple[Position, ...]:
    """Every free position in fill order; ``taken`` counts blocked and reserved ones too."""
    occupied = frozenset(taken)
    return tuple(position for position in shape.positions() if position not in occupied)


def first_free(shape: BoxShape, *, taken: Collection[Position]) -> Position | None:
    """Where the next tube goes, or None when the box is full."""
    occupied = frozenset(taken)
    return next((position for position in shape.positions() if position not in occupied), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleNeeds:
    """What a sample asks of the place it stands in."""

    barcode: str
    material_type: str
    temperature_class: str
    biosafety_level: int
    project_code: str
    is_gone: bool = False
    """Depleted, disposed, returned, lost or destroyed."""
    promised: str = ""
    """Why nobody may move it for now; empty where anybody may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxOffer:
    """What a box and the unit around it offer."""

    path: str
    unit_label: str
    unit_takes_samples: bool
    is_closed: bool
    unit_in_alarm: bool
    temperature_class: str | None
    biosafety_level: int
    reserved_for: str | None
    allowed_types: frozenset[str]
    rack_segregations: frozenset[str]


def segregation_class(biosafety_level: int) -> str:
    """Material of level 3 and above stands apart from everything else, rack by rack."""
    return CONTAINED if biosafety_level >= CONTAINED_FROM else GENERAL


def placement_refusals(sample: SampleNeeds, box: BoxOffer) -> tuple[str, ...]:
    """Return every rule that keeps the sample out of the box, as sentences; empty if none does."""
    segregation = segregation_class(sample.biosafety_level)
    rivals = {other for other in box.rack_segregations if frozenset((segregation, other)) in APART}
    types = ", ".join(sorted(box.allowed_types))
    wanted, found = zone_name(sample.temperature_class), zone_name(box.temperature_class)
    cleared = f"is cleared for biosafety level {box.biosafety_level}"
    checks = (
        (bool(sample.promised), sample.promised),
        (sample.is_gone, gone_words(sample.barcode)),
        (
            box.temperature_class != sample.temperature_class,
            f"{sample.barcode} must be kept at {wanted}; {box.path} is at {found}.",
        ),
        (box.is_closed, closed_words(box.path)),
        (not box.unit_takes_samples, f"{box.unit_label} takes no samples at the moment."),
        (box.unit_in_alarm, f"{box.unit_label} is in alarm. Choose another unit."),
        (
            sample.biosafety_level > box.biosafety_level,
            f"{sample.barcode} is of level {sample.biosafety_level}; {box.unit_label} {cleared}.",
        ),
        (
            box.reserved_for not in (None, sample.project_code),
            f"{box.path} is reserved for project {box.reserved_for}.",
        ),
        (
            bool(box.allowed_types) and sample.material_type not in box.allowed_types,
            f"{box.path} takes only {types}.",
        ),
        (
            bool(rivals),
            f"{box.path}: level 3 and above stands in racks of its own.",
        ),
    )
    return tuple(sentence for refused, sentence in checks if refused)


def gone_words(barcode: str) -> str:
    """Say that there is no tube any more."""
    return f"{barcode} is no longer there: its lifecycle has ended."


def closed_words(path: str) -> str:
    """Say that a place takes nothing any more."""
    return f"{path} is closed. Open it again, or choose another place."


def zone_name(temperature_class: str | None) -> str:
    """A zone as people write it, with a true minus sign."""
    if temperature_class is None:
        return "no set temperature"
    return ZONE_NAMES.get(temperature_class, temperature_class)


def occupancy_band(used_fraction: float) -> str:
    """``ok`` under 80 %, ``warning`` from there, ``critical`` from 95 %."""
    if used_fraction >= NEARLY_FULL_FRACTION:
        return "critical"
    return "warning" if used_fraction >= FILLING_FRACTION else "ok"


def passes_nearly_full(before: int, after: int, capacity: int) -> bool:
    """Say whether a unit went from under 95 % to 95 % or more."""
    limit = NEARLY_FULL_FRACTION * capacity
    return capacity > 0 and before < limit <= after
