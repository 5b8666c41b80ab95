"""What releasing refuses."""

from collections.abc import Sequence

from backend.core.errors import Conflict, NotFound, Unavailable


class PlanNotFound(NotFound):
    """No such run, or with libraries of projects that are not yours."""

    def __init__(self, code: str) -> None:
        super().__init__(f"There is no run {code[:40]} that you may see whole.")


class ReleaseNotFound(NotFound):
    """No such kept sheet, or of a run that is not yours to see."""

    def __init__(self) -> None:
        super().__init__("There is no such sample sheet. Open the run and choose one of its own.")


class ReleaseRefused(Conflict):
    """A run that may not be released; every reason is named."""

    def __init__(self, code: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{code} was not released. " + " ".join(reasons))


class LaneChangeRefused(Conflict):
    """A change of lanes that cannot be."""


class SheetDamaged(Unavailable):
    """The bytes that are kept are not those that were signed."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"The kept sheet {label} does not match its checksum and is not handed out. "
            "Restore it from a backup, or release the run again."
        )
