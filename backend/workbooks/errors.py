"""What workbooks may refuse.

NotFound       WorkbookNotFound · VersionNotFound · SheetNotFound · ComparisonNotFound
InvalidInput   WorkbookRefused · KeyRefused · RowsRefused · TooLongToCompare
"""

from backend.core.errors import InvalidInput, NotFound


class WorkbookNotFound(NotFound):
    """No such workbook, or one of a project that the principal is not in."""

    def __init__(self) -> None:
        super().__init__("There is no such workbook that you may see. Open it from the list.")


class VersionNotFound(NotFound):
    """No such version, or not of a visible workbook."""

    def __init__(self) -> None:
        super().__init__("There is no such version of a workbook that you may see.")


class SheetNotFound(NotFound):
    """No such sheet, or not of a visible workbook."""

    def __init__(self) -> None:
        super().__init__("There is no such sheet of a workbook that you may see.")


class WorkbookRefused(InvalidInput):
    """A field of a workbook needs another value."""


class KeyRefused(InvalidInput):
    """The column does not name every row of both versions."""


class RowsRefused(InvalidInput):
    """Rows to be sent are not there, or none were chosen."""


class ComparisonNotFound(NotFound):
    """No such comparison, or one that has not finished."""

    def __init__(self) -> None:
        super().__init__("There is no such finished comparison of yours. Ask for it again.")


class TooLongToCompare(InvalidInput):
    """So many rows that a worker has to compare them."""

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"The two sheets have {rows:,} rows together, too many to wait for. Ask for a "
            "comparison: a worker makes it."
        )
