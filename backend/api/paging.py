"""The query of every list and the shape of every page."""

from pydantic import Field

from backend.api.routing import ApiInput
from backend.core.paging import MAX_PAGE_SIZE


class PageQuery(ApiInput):
    """Where a page starts and how long it is."""

    cursor: str | None = Field(
        default=None, max_length=400, description="next_cursor of the page before; opaque."
    )
    limit: int = Field(default=50, ge=1, le=MAX_PAGE_SIZE)
