"""Positions of a box: labels, fill order, the first free one. No I/O."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER_FIRST = re.compile(r"^\s*([A-Za-z]{1,2})\s*0*([1-9]\d{0,2})\s*$")
_NUMBER_FIRST = re.compile(r"^\s*0*([1-9]\d{0,2})\s*([A-Za-z]{1,2})\s*$")
_LINEAR = re.compile(r"^\s*0*([1-9]\d{0,3})\s*$")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Row and column, both counted from 1. Sorting gives the fill order: row by row."""

    row: int
    column: int

    @property
    def label(self) -> str:
        """What people read and write: A1, H12, AF24."""
        return f"{row_letters(self.row)}{self.column}"


@dataclass(frozen=True, slots=True)
class BoxShape:
    """Rows and columns of a box: 9 x 9, 8 x 12 or 16 x 24 as a rule."""

    rows: int
    columns: int

    @property
    def capacity(self) -> int:
        return self.rows * self.columns

    def __contains__(self, position: Position) -> bool:
        return 1 <= position.row <= self.rows and 1 <= position.column <= self.columns

    def positions(self) -> Iterator[Position]:
        """Every position in fill order."""
        for row in range(1, self.rows + 1):
            for column in range(1, self.columns + 1):
                yield Position(row, column)


def row_letters(row: int) -> str:
    """1 is A, 26 is Z, 27 is AA: the way plate makers count."""
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
    """Read A1, a01, 1A or a running number counted row by row; None when it is not in the box."""
    if match := _LETTER_FIRST.match(text):
        position = Position(row_number(match[1]), int(match[2]))
    elif match := _NUMBER_FIRST.match(text):
        position = Position(row_number(match[2]), int(match[1]))
    elif match := _LINEAR.match(text):
        row, column = divmod(int(match[1]) - 1, shape.columns)
        position = Position(row + 1, column + 1)
    else:
        return None
    return position if position in shape else None


def free_positions(shape: BoxShape, *, taken: Collection[Position]) -> tuple[Position, ...]:
    """Every free position in fill order; ``taken`` counts blocked and reserved ones too."""
    occupied = frozenset(taken)
    return tuple(position for position in shape.positions() if position not in occupied)


def first_free(shape: BoxShape, *, taken: Collection[Position]) -> Position | None:
    """Where the next tube goes, or None when the box is full."""
    occupied = frozenset(taken)
    return next((position for position in shape.positions() if position not in occupied), None)
