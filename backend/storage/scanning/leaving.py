"""Leaving single lines of a scan out of its commit, and what that does to the others. No I/O."""

from collections.abc import Collection
from dataclasses import replace

from backend.storage.scanning.verdicts import ScanLine, Step


def can_be_left_out(line: ScanLine) -> bool:
    """Say whether committing the line would do anything that a person may want to leave out."""
    return line.step in {Step.PLACE, Step.DOUBT} or bool(line.takes_out)


def leave_out(lines: Collection[ScanLine], positions: Collection[str]) -> tuple[ScanLine, ...]:
    """Return the lines as they are committed without those of the given positions.

    A tube that is left where it is recorded keeps its position, so nothing can be placed there:
    such a line is left out too, and so on. A position that was found without its tube keeps it,
    unverified.
    """
    left = {
        line.position: _stays(line)
        for line in lines
        if line.position in positions and can_be_left_out(line)
    }
    while blocked := _blocked(lines, left):
        left |= blocked
    unmoved = {line.found for line in lines if line.position in left and line.step is Step.PLACE}
    return tuple(
        replace(line, step=Step.NONE, takes_out="", left_out=left[line.position])
        if line.position in left
        else _doubted(line, unmoved, positions)
        for line in lines
    )


def _blocked(lines: Collection[ScanLine], left: dict[str, str]) -> dict[str, str]:
    """Return the lines that would place a tube where one now stays that was to leave."""
    unmoved = {line.found for line in lines if line.position in left and line.step is Step.PLACE}
    return {
        line.position: f"Left out as well: {line.expected} keeps {line.position}. {_stays(line)}"
        for line in lines
        if line.step is Step.PLACE and line.expected in unmoved and line.position not in left
    }


def _stays(line: ScanLine) -> str:
    said = []
    if line.step is Step.PLACE:
        where = f"stays in {line.came_from}" if line.came_from else "still stands nowhere"
        said.append(f"{line.found} {where}.")
    if line.takes_out:
        said.append(f"{line.takes_out} keeps {line.position}.")
    elif line.step is Step.DOUBT:
        said.append(f"{line.expected} keeps {line.position} and gets no mark.")
    return " ".join(said)


def _doubted(line: ScanLine, unmoved: Collection[str], positions: Collection[str]) -> ScanLine:
    """Mark a tube that was found elsewhere and is left here, unless that is left out as well."""
    if line.step is not Step.NONE or not line.expected or line.expected not in unmoved:
        return line
    doubted = replace(line, step=Step.DOUBT)
    if line.position not in positions:
        return doubted
    return replace(line, left_out=_stays(doubted))
