"""The rows that are left of a draft, as a file to be corrected and sent again."""

import csv
import io

from backend.templates.formulas import harmless
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import BY_KEY, FIELDS, Kind
from backend.templates.reading.headings import PROBLEM_HEADING, READ_BACK
from backend.templates.reading.values import Severity
from backend.templates.views import ImportView, RowView

_OURS = {Kind.VOLUME: "µL", Kind.CONCENTRATION: "ng/µL"}


def problem_list(view: ImportView) -> str:
    """Return CSV: the draft's columns under headings that import unchanged, and what is wrong."""
    rows = [row for row in view.rows if row.state is not RowState.REGISTERED]
    written = {name for row in rows for name in row.cells}
    fields = [spec.key.value for spec in FIELDS if spec.key.value in written]
    extras = list(
        dict.fromkeys(heading for row in rows for heading in row.extras if heading not in READ_BACK)
    )
    units = {match.field: match.unit for match in view.columns if match.field and match.unit}
    stream = io.StringIO()
    # Excel takes a file for UTF-8 only when it starts with the mark.
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")
    headings = [heading_of(name, units.get(BY_KEY[name].key)) for name in fields]
    writer.writerow([*headings, *extras, PROBLEM_HEADING])
    for row in rows:
        cells = [row.cells.get(name, "") for name in fields]
        cells += [row.extras.get(heading, "") for heading in extras]
        writer.writerow([*map(harmless, cells), _wrong(row)])
    return stream.getvalue()


def heading_of(name: str, unit: str | None) -> str:
    """Return a heading that imports unchanged, with the unit that the figures are in."""
    spec = BY_KEY[name]
    unit = unit or _OURS.get(spec.kind)
    return f"{spec.label} ({unit})" if unit else spec.label


def _wrong(row: RowView) -> str:
    told = [f.message for f in row.findings if f.severity is not Severity.INFO]
    return " ".join(told)
