"""What may be refused about documents."""

from backend.core.errors import NotFound


class FileNotFound(NotFound):
    """No such file, or one of a project that the principal is not in."""

    def __init__(self) -> None:
        super().__init__("There is no such document that you may see. Open it from the list.")
