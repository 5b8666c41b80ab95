"""Codes that a spreadsheet took for dates."""

import re

from backend.templates.reading.values import Problem, Severity

# What Excel makes of SEP9, MAR1 or 1-2 where a cell is not formatted as text (Ziemann et al. 2016,
# “Gene name errors are widespread in the scientific literature”, doi 10.1186/s13059-016-1044-7).
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DAY_ANDMONTH = re.compile(
    rf"^(?:\d{{1,2}}-{MONTH}(?:-\d{{2,4}})?|{MONTH}-\d{{2}})$", re.IGNORECASE
)
_ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def made_a_date(text: str, label: str) -> Problem | None:
    """Return what is said of a code that is, or may be, a date by now; None of any other."""
    if _DAY_ANDMONTH.match(text):
        return Problem(
            "code_is_date",
            Severity.ERROR,
            f"{label} “{text}” is a date: the spreadsheet has changed what was typed. "
            "Format the column as text and type the code again.",
        )
    if _ISO_DAY.match(text):
        return Problem(
            "code_is_date",
            Severity.WARNING,
            f"{label} “{text}” is a day. If a code as SEP9 or 1-2 was typed, the "
            "spreadsheet has changed it; write the code.",
        )
    return None
