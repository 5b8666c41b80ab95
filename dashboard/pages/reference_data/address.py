"""Where parts of the reference data stand."""

from urllib.parse import urlencode

from backend.sequencing.reference.ids import ReferenceKind

PATH = "/sequencing/reference"


def search(kind: ReferenceKind, key: str = "", view: str = "") -> str:
    """Return the query of a kind, of one of its entries, or of a view of that."""
    asked = {"kind": kind.value, "key": key, "view": view}
    return f"?{urlencode({name: value for name, value in asked.items() if value})}"


def address(kind: ReferenceKind, key: str = "", view: str = "") -> str:
    """Return the address that `search` belongs to."""
    return f"{PATH}{search(kind, key, view)}"
