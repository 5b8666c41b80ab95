"""What sequencing refuses."""

from collections.abc import Mapping, Sequence

from backend.core.errors import Conflict, InvalidInput, NotFound


class RequestNotFound(NotFound):
    """No such request, or of a project that is not yours."""

    def __init__(self) -> None:
        super().__init__("There is no such sequencing request among your projects.")


class InstrumentNotFound(NotFound):
    """No such instrument, or it is out of service."""

    def __init__(self) -> None:
        super().__init__("There is no such instrument in service. Choose one from the list.")


class PoolNotFound(NotFound):
    """No such pool, or one with libraries of a project that is not yours."""

    def __init__(self) -> None:
        super().__init__("There is no such pool among your projects.")


class RequestRefused(InvalidInput):
    """A request with something to correct; ``fields`` says what, all at once."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("Nothing was saved; there is something to correct.", fields=fields)


class MoveRefused(Conflict):
    """A card that may not go there; every reason is named."""

    def __init__(self, code: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{code} was not moved. " + " ".join(reasons))


class InstrumentBooked(Conflict):
    """Another run or a service stands in the same time on the instrument."""

    def __init__(self, instrument: str, *, service: str | None = None) -> None:
        taken = f"in service in that time ({service})" if service else "already booked in that time"
        super().__init__(f"{instrument} is {taken}. Choose another time or instrument.")


class LaneRefused(Conflict):
    """What was put on a lane cannot be told apart, or is too much for it."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("The run was not planned. " + " ".join(reasons))


class TermsChanged(Conflict):
    """Somebody else set what turnaround is measured by in the meantime."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"Version {version} of the terms was set meanwhile. Look at it and try again."
        )


class SheetRefused(InvalidInput):
    """A sample sheet, or what belongs to it, that cannot be worked with; the sentence says why."""
