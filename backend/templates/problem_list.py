"""The rows that are left of a draft, as a file to be corrected and sent again.

Rows are written as they come and none is kept, however many are wrong.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO

from backend.templates.formulas import harmless
from backend.templates.reading.fields import BY_KEY, FIELDS, Kind
from backend.templates.reading.headings import PROBLEM_HEADING, READ_BACK
from backend.templates.reading.values import Finding, Severity
from backend.templates.views import ImportHead, ResultRow

_OURS = {Kind.VOLUME: "µL", Kind.CONCENTRATION: "ng/µL"}


def write_problems(
    target: IO[bytes],
    head: ImportHead,
    *,
    written: Sequence[str],
    own: Sequence[str],
    rows: Iterable[ResultRow],
) -> None:
    """Write CSV: the draft's columns under headings that import unchanged, and what is wrong.

    ``written`` names the fields that some row fills, ``own`` the sender's other columns as they
    first appear.
    """
    fields = [spec.key.value for spec in FIELDS if spec.key.value in written]
    extras = [heading for heading in own if heading not in READ_BACK]
    units = {match.field: match.unit for match in head.columns if match.field and match.unit}
    # Excel takes a file for UTF-8 only when it starts with the mark.
    stream = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    headings = [heading_of(name, units.get(BY_KEY[name].key)) for name in fields]
    writer.writerow([*headings, *extras, PROBLEM_HEADING])
    for row in rows:
        cells = [row.cells.get(name, "") for name in fields]
        cells += [row.extras.get(heading, "") for heading in extras]
        writer.writerow([*map(harmless, cells), _wrong(row.findings)])
    stream.detach()


def heading_of(name: str, unit: str | None) -> str:
    """Return a heading that imports unchanged, with the unit that the figures are in."""
    spec = BY_KEY[name]
    unit = unit or _OURS.get(spec.kind)
    return f"{spec.label} ({unit})" if unit else spec.label


def _wrong(findings: Sequence[Finding]) -> str:
    return " ".join(f.message for f in findings if f.severity is not Severity.INFO)
