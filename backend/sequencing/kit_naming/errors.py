"""What naming kits refuses."""

from collections.abc import Sequence

from backend.core.errors import Conflict, InvalidInput, NotFound

_MOST_NAMED = 3


class LibrariesNotFound(NotFound):
    """Nobody asked for these libraries, or they are of projects that are not yours."""

    def __init__(self, barcodes: Sequence[str]) -> None:
        super().__init__(
            f"{listed(barcodes)}: no such library is asked to be sequenced in your projects."
        )


class NotOfKit(InvalidInput):
    """A kit that does not have the index pairs of libraries; nothing was named."""

    def __init__(self, kit: str, libraries: Sequence[str]) -> None:
        sentence = (
            f"{kit} does not have the index pair of {listed(libraries)}. "
            "Name another kit, or correct the pair in the request. Nothing was named."
        )
        super().__init__(sentence, fields={"kit": sentence})


class MadeOnWorksheet(Conflict):
    """The worksheet of a library says its kit; a person does not."""

    def __init__(self, libraries: Sequence[str]) -> None:
        super().__init__(
            f"{listed(libraries)}: the worksheet says the kit, and it counts. Leave it out. "
            "Nothing was named."
        )


def listed(words: Sequence[str]) -> str:
    """Write the first of several things and how many more there are."""
    more = len(words) - _MOST_NAMED
    return ", ".join(words[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
