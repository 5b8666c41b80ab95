"""What a status of a unit asks for. No I/O."""

from collections.abc import Mapping
from datetime import date

from backend.storage.ids import UnitStatus

_LONGEST_REASON = 300
_WHY = {
    UnitStatus.DEFROSTING: "Write why it is defrosted, and where its contents are meanwhile.",
    UnitStatus.BACKUP: "Write why it is kept as backup, and for which unit.",
    UnitStatus.RETIRED: "Write why it is retired.",
}


def status_faults(
    status: UnitStatus, reason: str, move_back_on: date | None, today: date | None
) -> Mapping[str, str]:
    """Return by field what the status lacks, as sentences; ``reason`` has no spaces around it."""
    faults: dict[str, str] = {}
    if not reason and status in _WHY:
        faults["reason"] = _WHY[status]
    if len(reason) > _LONGEST_REASON:
        faults["reason"] = f"A reason has at most {_LONGEST_REASON} characters."
    if status is UnitStatus.BACKUP:
        if move_back_on is None:
            faults["move_back_on"] = "Say by which day its contents are to be moved back."
        elif today is not None and move_back_on < today:
            faults["move_back_on"] = "That day has passed. Choose today or a later one."
    elif move_back_on is not None:
        faults["move_back_on"] = "Only a backup unit has a day of moving back. Leave it empty."
    return faults
