"""An entry of the usual reference data, and the sources that several of them share."""

from typing import Final, NamedTuple

from backend.sequencing.reference.content import Content
from backend.sequencing.reference.ids import ReferenceKind

CHECKQC: Final = "checkQC, default configuration: warning level of clusters passing filter."
NOT_LOOKED_UP: Final = "not looked up"
"""How a source says of a figure that no public page was found for it: it is left out."""


class Usual(NamedTuple):
    """What the laboratory starts with: an entry's first version."""

    kind: ReferenceKind
    key: str
    name: str
    content: Content
    source: str
