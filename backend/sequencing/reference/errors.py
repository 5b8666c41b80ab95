"""What reference data refuses."""

from collections.abc import Mapping, Sequence

from backend.core.errors import Conflict, InvalidInput, NotFound


class ReferenceNotFound(NotFound):
    """No such entry or version; the sentence names what there is."""


class ReferenceRefused(InvalidInput):
    """Content with something to correct; ``fields`` says what, all at once."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("Nothing was saved. " + " ".join(fields.values()), fields=fields)


class ReferenceChanged(Conflict):
    """Somebody made another version in the meantime."""

    def __init__(self, name: str, number: int, by: str) -> None:
        super().__init__(
            f"{by} made version {number} of {name} in the meantime. Look at it, then change again."
        )


class ReferenceInUse(Conflict):
    """An entry that others in use refer to."""

    def __init__(self, name: str, users: Sequence[str]) -> None:
        super().__init__(f"{name} is used by {', '.join(users)}. Retire those first.")
