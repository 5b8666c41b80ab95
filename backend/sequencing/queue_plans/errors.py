"""What queue plans refuse."""

from collections.abc import Sequence

from backend.core.errors import Conflict, InvalidInput, NotFound


class QueuePlanNotFound(NotFound):
    """No such plan, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such queue plan, or it is somebody else's.")


class QueuePlanNotOpen(Conflict):
    """The plan is not ready for an answer, or has had one."""

    def __init__(self, state: str) -> None:
        super().__init__(f"The plan is {state}. Ask for a new one.")


class QueueChanged(Conflict):
    """What the plan is about is not as it was; every difference is named."""

    def __init__(self, changes: Sequence[str]) -> None:
        super().__init__("Nothing was booked: the queue has changed. " + " ".join(changes))


class QueuePlanRefused(InvalidInput):
    """Something in what was asked that cannot be; the sentence says what."""


class QueuePinNotFound(NotFound):
    """No such pin, or of a project that is not yours."""

    def __init__(self) -> None:
        super().__init__("There is no such pin. It may have been taken away already.")
