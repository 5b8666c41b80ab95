"""What sagas refuse."""

from backend.core.errors import NotFound


class SagaNotFound(NotFound):
    """No such saga, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such action in progress that you started.")
