"""What booking refuses."""

from backend.core.errors import Conflict, NotFound


class ServiceNotFound(NotFound):
    """No such service time, or somebody has removed it."""

    def __init__(self) -> None:
        super().__init__("There is no such service time any more. Look at the calendar again.")


class ServiceOver(Conflict):
    """A service time that has passed stays on record."""

    def __init__(self, instrument: str) -> None:
        super().__init__(
            f"The service of {instrument} is over; it stays on the calendar as what was."
        )


class NotReschedulable(Conflict):
    """A run that has started, ended or lost its booking."""

    def __init__(self, code: str, state: str) -> None:
        super().__init__(f"{code} is {state}. Only a planned run gets another time.")
