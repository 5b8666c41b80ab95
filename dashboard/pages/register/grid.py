"""The review grid's columns and rows. Pure: a draft in, plain values out."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.templates.ids import RowMode
from backend.templates.own_columns import OwnColumn
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import BY_KEY, FIELDS, FieldKey, Kind
from backend.templates.reading.headings import READ_BACK, USED, ColumnMatch, Match
from backend.templates.reading.values import Finding, Severity
from backend.templates.rules import worst
from backend.templates.views import DraftView, RowView
from dashboard.components.data_grid import column
from dashboard.pages.register.own_cells import column_of, own_column

# The fields a grid always shows, in the order of the bench; the file's others follow.
ALWAYS = (
    FieldKey.EXTERNAL_ID,
    FieldKey.SAMPLE_TYPE,
    FieldKey.SUBJECT,
    FieldKey.COLLECTED_ON,
    FieldKey.VOLUME,
    FieldKey.CONCENTRATION,
    FieldKey.ZONE,
)
REQUIRED = frozenset({FieldKey.SAMPLE_TYPE, FieldKey.ZONE})
MOST_EXTRAS = 20
_UNITS = {Kind.VOLUME: "µL", Kind.CONCENTRATION: "ng/µL"}
_SHORT = {FieldKey.CONCENTRATION: "Conc."}
_WIDTHS = {
    Kind.BARCODE: 138,
    Kind.CODE: 138,
    Kind.TEXT: 130,
    Kind.DATE: 104,
    Kind.VOLUME: 104,
    Kind.CONCENTRATION: 112,
    Kind.TYPE: 110,
    Kind.ZONE: 92,
}
_NUMERIC = frozenset({Kind.VOLUME, Kind.CONCENTRATION, Kind.NUMBER, Kind.PERCENT})
_MONO = frozenset({FieldKey.BARCODE, FieldKey.POSITION, FieldKey.INDEX_I7, FieldKey.INDEX_I5})
_MARKS = {
    "is-bad": "params.data.marks[params.colDef.field] === 'error'",
    "is-doubtful": "params.data.marks[params.colDef.field] === 'warning'",
}
_ICONS = {
    RowState.READY: ("check", "ok", "Ready"),
    RowState.WARNING: ("exclamation-triangle-fill", "warn", "Warning"),
    RowState.ERROR: ("x-octagon-fill", "crit", "Error"),
    RowState.UPDATE: ("pencil", "info", "Changes its sample"),
    RowState.SKIPPED: ("dash-circle-dotted", "off", "Left out"),
}


def fields_shown(view: DraftView | None) -> list[FieldKey]:
    """Return the fields of the grid's columns, in order."""
    if view is None:
        return [FieldKey.BARCODE, *ALWAYS, FieldKey.NOTES]
    mapped = {m.field for m in view.columns if m.match in USED - {Match.REPEATED}}
    filled = {FieldKey(name) for name in view.filled}
    by_hand = set() if view.columns else {FieldKey.BARCODE, FieldKey.NOTES}
    wanted = mapped | filled | set(ALWAYS) | by_hand
    order = [spec.key for spec in FIELDS]
    return [key for key in order if key in wanted]


def column_defs(view: DraftView | None, own: Sequence[OwnColumn] = ()) -> list[dict[str, Any]]:
    """Return the grid's columns: row number, state, fields, the template's own, the sender's."""
    units = {m.field: m.unit for m in view.columns if m.field and m.unit} if view else {}
    columns = [
        column("number", "Row", width=58, pinned=True, sortable=False, cellClass=["n", "rownum"]),
        column(
            "state",
            "State",
            width=66,
            pinned=True,
            renderer="rowState",
            filter="agTextColumnFilter",
            suppressHeaderFilterButton=True,
            cellClass=["state"],
        ),
    ]
    if tells_outcomes(view):
        columns.append(
            column(
                "outcome",
                "What happens",
                width=340,
                sortable=False,
                cellClass=["t2"],
                tooltipField="outcome",
            )
        )
    columns += [_field_column(key, units) for key in fields_shown(view)]
    columns += [own_column(each, _MARKS) for each in own]
    return columns + [
        column(
            f"x{number}",
            heading,
            width=120,
            sortable=False,
            cellClass=["kept"],
            headerClass="kept",
            headerTooltip="Kept with the sample as the sender wrote it",
        )
        for number, heading in enumerate(extras_shown(view, own))
    ]


def tells_outcomes(view: DraftView | None) -> bool:
    """Tell whether rows have different fates, so that each row's is to be read beside it."""
    if view is None:
        return False
    return view.row_mode is not RowMode.CREATE or bool(
        view.count(RowState.UPDATE, RowState.SKIPPED)
    )


def extras_shown(view: DraftView | None, own: Sequence[OwnColumn] = ()) -> list[str]:
    """Return the headings of the sender's columns that nobody asked for and hold something."""
    if view is None:
        return []
    asked = READ_BACK | {each.name for each in own}
    return [heading for heading in view.headings if heading not in asked][:MOST_EXTRAS]


def rows_of(
    view: DraftView | None, shown: Sequence[RowView], own: Sequence[OwnColumn] = ()
) -> list[dict[str, Any]]:
    """Return the grid's rows: texts by column, marks and problems by column."""
    extras = {heading: f"x{number}" for number, heading in enumerate(extras_shown(view, own))}
    extras |= {each.name: column_of(each.name) for each in own}
    lined = any(row.lines for row in shown)
    return [_row(row, extras, lined=lined) for row in shown]


def _row(row: RowView, extras: Mapping[str, str], *, lined: bool) -> dict[str, Any]:
    problems = _problems(row.findings)
    name, tone, word = _ICONS[row.state]
    return {
        "id": str(row.number),
        "number": row.number,
        "state": row.state.value,
        "look": {"icon": name, "tone": tone, "word": word},
        "outcome": outcome_of(row),
        "marks": {field: problem["severity"] for field, problem in problems.items()},
        "problems": problems,
        "lines": dict(row.lines) if lined else {},
        **{extras[heading]: text for heading, text in row.extras.items() if heading in extras},
        **dict(row.cells),
    }


def outcome_of(row: RowView) -> str:
    """Return what registering does with a row, in words."""
    if row.state in {RowState.UPDATE, RowState.SKIPPED}:
        said = [f.message for f in row.findings if f.code in {"updates", "exists", "empty_well"}]
        return said[-1] if said else _ICONS[row.state][2]
    return "Error, see the marked cell" if row.state is RowState.ERROR else "New sample"


def _problems(findings: Sequence[Finding]) -> dict[str, dict[str, Any]]:
    by_field: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity is not Severity.INFO and finding.field:
            by_field.setdefault(column_of(finding.field), []).append(finding)
    shown = {}
    for field, group in by_field.items():
        first = worst(group)
        if first is not None:
            shown[field] = {
                "severity": first.severity.value,
                "code": first.code,
                "message": first.message,
                "fix": first.fix,
                "suggestion": first.suggestion,
            }
    return shown


def _field_column(key: FieldKey, units: Mapping[FieldKey, str]) -> dict[str, Any]:
    spec = BY_KEY[key]
    unit = units.get(key) or _UNITS.get(spec.kind, "")
    star = " *" if key in REQUIRED else ""
    return column(
        key.value,
        f"{_SHORT.get(key, spec.label)} {unit}".strip() + star,
        width=_WIDTHS.get(spec.kind, 100),
        numeric=spec.kind in _NUMERIC,
        mono=key in _MONO,
        sortable=False,
        editable=True,
        cellClassRules=_MARKS,
        tooltipValueGetter={"function": "reviewTip(params)"},
    )


def column_label(match: ColumnMatch) -> str:
    """Return what a column of the file fills, in words."""
    if match.field is None or match.match is Match.SUGGESTED:
        return "left out" if match.match in {Match.BLANK, Match.OURS} else "kept as written"
    return BY_KEY[match.field].label
