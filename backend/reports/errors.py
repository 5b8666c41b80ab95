"""What reports refuse."""

from backend.core.errors import NotFound


class ReportNotFound(NotFound):
    """No report of this name."""

    def __init__(self) -> None:
        super().__init__("There is no such report. Choose one from the list.")


class ArtifactNotFound(NotFound):
    """No such file of a report."""

    def __init__(self) -> None:
        super().__init__("There is no such file of a report. Look for it in the history.")
