"""What runs refuse."""

from backend.core.errors import Conflict, InvalidInput, NotFound


class RunFolderNotFound(NotFound):
    """No such run folder."""

    def __init__(self) -> None:
        super().__init__("There is no such run. Look for it in the list of runs.")


class ProposalNotFound(NotFound):
    """No such proposal, or of a library of another project."""

    def __init__(self) -> None:
        super().__init__("There is no such proposal. Load the page again.")


class RunNotReady(Conflict):
    """A run that cannot be confirmed or matched as it stands; the sentence says why."""


class LimitsRefused(InvalidInput):
    """Limits that contradict each other, or are of no use."""
