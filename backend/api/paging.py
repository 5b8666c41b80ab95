"""The query of every list and the shape of every page."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import Field

from backend.api.routing import ApiInput
from backend.core.paging import MAX_PAGE_SIZE, decode_moment, encode_moment

Item = TypeVar("Item")


class PageQuery(ApiInput):
    """Where a page starts and how long it is."""

    cursor: str | None = Field(
        default=None, max_length=400, description="next_cursor of the page before; opaque."
    )
    limit: int = Field(default=50, ge=1, le=MAX_PAGE_SIZE)

    @property
    def before(self) -> tuple[datetime, UUID] | None:
        """Return the cursor of a list by time.

        Raises:
            InvalidInput: not a cursor of ours.
        """
        return None if self.cursor is None else decode_moment(self.cursor)


def page_of(
    found: Sequence[Item], limit: int, key: Callable[[Item], tuple[datetime, UUID]]
) -> tuple[Sequence[Item], str | None]:
    """Return the rows of a page and the next cursor; ``found`` was asked for one row more."""
    shown = found[:limit]
    return shown, encode_moment(*key(shown[-1])) if len(found) > limit else None
