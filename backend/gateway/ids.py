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
