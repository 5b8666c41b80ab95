"""The address of a workbook's page: its version and sheet, what it is compared with, what is found.

Address(workbook_id, sheet=sheet.id, find="DNA-0007").href()
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from backend.workbooks.errors import WorkbookNotFound
from backend.workbooks.ids import SheetId, WorkbookId

PATH = "/documents/workbooks"
QUERY = ("v", "sheet", "with", "key", "page", "find", "row")
LIST_QUERY = ("find", "older", "named", "after")
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Address:
    """What the page shows; without version and sheet the newest version and its first sheet."""

    workbook_id: WorkbookId
    version: int | None = None
    sheet: SheetId | None = None
    against: SheetId | None = None
    """The sheet of another version that this one is compared with."""
    key: str = ""
    page: int | None = None
    """Which page of a long comparison, from 1."""
    find: str = ""
    row: int | None = None
    """The line of the file that is sought: the grid begins there and marks it."""

    def href(self) -> str:
        """Write the address; what is not said is left out."""
        said = {
            "v": self.version,
            "sheet": self.sheet,
            "with": self.against,
            "key": self.key,
            "page": self.page,
            "find": self.find,
            "row": self.row,
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{PATH}/{self.workbook_id}" + (f"?{query}" if query else "")


def address_of(workbook_id: str, query: Mapping[str, str]) -> Address:
    """Read an address; a part that cannot be read is as if it were not there.

    Raises:
        WorkbookNotFound: the workbook's own key is mistyped.
    """
    try:
        key = WorkbookId(UUID(workbook_id))
    except ValueError as error:
        raise WorkbookNotFound from error
    return Address(
        key,
        version=_number(query.get("v")),
        sheet=_sheet(query.get("sheet")),
        against=_sheet(query.get("with")),
        key=query.get("key", ""),
        page=_number(query.get("page")),
        find=query.get("find", "").strip(),
        row=_number(query.get("row")),
    )


def address_at(workbook_id: str, search: str | None) -> Address:
    """Read an address as the browser has it, its search as one text.

    Raises:
        WorkbookNotFound: the workbook's own key is mistyped.
    """
    return address_of(workbook_id, dict(parse_qsl((search or "").lstrip("?"))))


def list_href(find: str = "", *, older: bool = False, named: str = "", after: str = "") -> str:
    """Return the address of the list, with what is sought in all sheets or among the names.

    ``after`` is the cursor of a later page.
    """
    said = {
        "find": find.strip(),
        "older": "1" if older and find.strip() else "",
        "named": named.strip(),
        "after": after,
    }
    query = urlencode({name: value for name, value in said.items() if value})
    return PATH + (f"?{query}" if query else "")


def _number(text: str | None) -> int | None:
    return (
        int(text) if text and text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
    )


def _sheet(text: str | None) -> SheetId | None:
    try:
        return SheetId(UUID(text)) if text else None
    except ValueError:
        return None
