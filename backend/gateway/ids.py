"""States of the program's own parts."""

from enum import StrEnum


class Health(StrEnum):
    """How a part is. Unknown is not well: nothing has measured it lately."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"
    OFF = "off"
    """Not set up in this laboratory, such as mail; neither well nor ill."""


class BreakerState(StrEnum):
    """Whether a target outside the program is called."""

    CLOSED = "closed"
    """It is called."""
    OPEN = "open"
    """It failed too often: it is not called until its wait is over."""
    HALF_OPEN = "half_open"
    """One call is under way to see whether it is back."""


class RouteClass(StrEnum):
    """What kind of request the web processes count apart."""

    PAGES = "pages"
    """Whole pages and files."""
    CALLBACKS = "callbacks"
    """What an open page asks for by itself or by a click."""
    API = "api"
