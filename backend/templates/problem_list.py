"""The rows that are left of a draft, as a file to be corrected and sent again."""

import csv
import io

from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import BY_KEY, FIELDS, Kind
from backend.templates.reading.headings import PROBLEM_HEADING
from backend.templates.reading.values import Severity
from backend.templates.views import ImportView, RowView

# A cell that starts like this is run as a formula when the file is opened in a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")
_OURS = {Kind.VOLUME: "µL", Kind.CONCENTRATION: "ng/µL"}


def problem_list(view: ImportView) -> str:
    """Return CSV: the draft's columns under headings that import unchanged, and what is wrong."""
    rows = [row for row in view.rows if row.state is not RowState.REGISTERED]
    written = {name for row in rows for name in row.cells}
    fields = [spec.key.value for spec in FIELDS if spec.key.value in written]
    extras = list(dict.fromkeys(heading for row in rows for heading in row.extras))
    units = {match.field: match.unit for match in view.columns if match.field and match.unit}
    stream = io.StringIO()
    # Excel takes a file for UTF-8 only when it starts with the mark.
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")
    headings = [_heading(name, units.get(BY_KEY[name].key)) for name in fields]
    writer.writerow([*headings, *extras, PROBLEM_HEADING])
    for row in rows:
        cells = [row.cells.get(name, "") for name in fields]
        cells += [row.extras.get(heading, "") for heading in extras]
        writer.writerow([*map(_harmless, cells), _wrong(row)])
    return stream.getvalue()


def _heading(name: str, unit: str | None) -> str:
    spec = BY_KEY[name]
    unit = unit or _OURS.get(spec.kind)
    return f"{spec.label} ({unit})" if unit else spec.label


def _wrong(row: RowView) -> str:
    told = [f.message for f in row.findings if f.severity is not Severity.INFO]
    return " ".join(told)


def _harmless(text: str) -> str:
    """Return the text so that no spreadsheet runs it; figures and temperatures stay as they are."""
    risky = text.startswith(_FORMULA_STARTS) and not _is_figure(text)
    return f"'{text}" if risky else text


def _is_figure(text: str) -> bool:
    return text[:1] in "+-" and text[1:2].isdigit()
