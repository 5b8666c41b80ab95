"""What pooling refuses."""

from collections.abc import Mapping, Sequence

from backend.core.errors import Conflict, InvalidInput, NotFound


class PoolRefused(InvalidInput):
    """A pool with something to correct; ``fields`` says what, all at once."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(
            "Nothing was saved; there is something to correct. " + " ".join(fields.values()),
            fields=fields,
        )


class PoolNotMade(Conflict):
    """A pool that cannot be mixed as it is; every reason is named."""

    def __init__(self, code: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{code} was not made. " + " ".join(reasons))


class PoolClosed(Conflict):
    """A pool that is mixed, cancelled or on a run, so that this cannot be done with it."""


class TopUpNotFound(NotFound):
    """No such proposal, or of a pool that is not yours."""

    def __init__(self) -> None:
        super().__init__("There is no such top-up among your projects.")


class YieldsRefused(InvalidInput):
    """Yields that cannot be read; the sentence says which and why."""
