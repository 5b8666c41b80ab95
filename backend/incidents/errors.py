"""What incidents may refuse.

NotFound       IncidentNotFound
InvalidInput   IncidentRefused
Conflict       IncidentClosed · UnitHeard · ClosingRefused
"""

from collections.abc import Sequence

from backend.core.errors import Conflict, InvalidInput, NotFound


class IncidentNotFound(NotFound):
    """There is no such incident."""


class IncidentRefused(InvalidInput):
    """A field of what was said needs another value."""


class IncidentClosed(Conflict):
    """It is closed: what stands in it stays as it is."""


class UnitHeard(Conflict):
    """Its own readings say how a unit is, so nobody has to."""


class ClosingRefused(Conflict):
    """Something has to be done first; ``reasons`` names all of it."""

    def __init__(self, code: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{code} cannot be closed yet. {' '.join(reasons)}")
        self.reasons = tuple(reasons)
