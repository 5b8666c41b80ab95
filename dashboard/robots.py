"""Worklists of robots as pages offer and hand them out."""

from collections.abc import Mapping

from backend.storage.pick_files import CSV_TYPE
from backend.storage.worklists import Robot

NAMES: Mapping[Robot, str] = {
    Robot.TECAN: "Tecan, GWL",
    Robot.HAMILTON: "Hamilton, CSV",
    Robot.BIOMEK: "Beckman Biomek, CSV",
}
_TEXT_TYPE = "text/plain; charset=utf-8"


def robot_of(ending: str) -> Robot | None:
    """Return whose worklist a file's ending asks for, None where it is another file's."""
    return next((each for each in Robot if each.ending == ending), None)


def handed(robot: Robot, worklist: str) -> tuple[bytes, str]:
    """Return a worklist as bytes with its media type."""
    return worklist.encode(), _TEXT_TYPE if robot is Robot.TECAN else CSV_TYPE
