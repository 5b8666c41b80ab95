"""An entry as it stands, in words and units, and what its versions changed."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.sequencing.indexing.colours import BASES
from backend.sequencing.reference.content import (
    ChemistryContent,
    Content,
    IndexKitContent,
    KitWell,
)
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.kit_reading import least_distances
from backend.sequencing.reference.views import ReferenceView
from backend.sequencing.reference.words import FIELDS, KINDS, differences, written
from dashboard import format as fmt
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import form_field
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.reference_data import ids
from dashboard.pages.reference_data.address import address
from dashboard.pages.reference_data.typed import REFERENCES
from dashboard.pages.reference_data.words import light

_DRAWN = frozenset({"wells", "lights"})
"""Fields that have a table of their own."""
_MOST_CHANGES = 12
_PLATE_COLUMNS = {96: 12, 384: 24}

Names = Mapping[tuple[ReferenceKind, str], str]


def facts(view: ReferenceView, names: Names, *, zone: ZoneInfo) -> Component:
    """Draw what an entry says now; ``names`` are those of the entries it refers to."""
    content = view.content
    pairs = [
        (FIELDS[name].label, _value(name, content, names))
        for name in type(content).model_fields
        if name not in _DRAWN
    ]
    if isinstance(content, IndexKitContent):
        pairs += _of_kit(content)
    made = f"{view.made_by_name}, {fmt.moment(view.made_at, zone)}"
    pairs += [("Key", html.Span(view.key, className="mono")), ("In force since", made)]
    return panel(
        KINDS[view.kind].one.capitalize(),
        html.Dl(
            [html.Div([html.Dt(label), html.Dd(value)]) for label, value in pairs],
            className="rd-facts",
        ),
        html.P([html.Span("Source ", className="t3"), view.source], className="rd-from"),
        *([colours(content)] if isinstance(content, ChemistryContent) else []),
        meta=f"version {view.number}" if view.is_active else f"version {view.number}, retired",
        class_name="ad-p",
    )


def judge(wanted: str, judged_by: str | None, usual: str | None) -> Component:
    """Draw by which thresholds an assay's libraries are judged, and where those are published.

    ``judged_by`` is in force for it, ``usual`` for the material; None where nothing is published.
    """
    if judged_by is None:
        said = "No thresholds are published: nothing judges its libraries."
    elif wanted and judged_by == usual:
        said = f"None are published for {wanted}: {judged_by} judges its libraries."
    else:
        said = f"Its libraries are judged by {judged_by}."
    href = f"/admin/rules?{urlencode({'material': 'library', 'analysis': wanted.casefold()})}"
    return panel(
        "Quality control",
        html.P([said, " ", html.A("Thresholds", href=href)]),
        class_name="ad-p bt",
    )


def colours(content: ChemistryContent) -> Component:
    """Draw which channel sees which base."""
    heads = (("Base", ""), ("Channels", ""))
    rows = [[html.Td(html.B(base)), html.Td(light(content, base))] for base in BASES]
    return table("Colours of the bases", heads, rows)


def wells(content: IndexKitContent) -> Component:
    """Draw the kit's plate, or its pairs in their order where no wells are known."""
    placed = {each.well: each for each in content.wells if each.well}
    size = 96 if all(_on_96(each) for each in placed) else 384
    if len(placed) < len(content.wells):
        heads = (("Name", ""), ("i7", ""), ("i5, forward", ""))
        rows = [
            [
                html.Td(each.name),
                html.Td(each.i7, className="mono"),
                html.Td(each.i5 or "–", className="mono"),
            ]
            for each in content.wells
        ]
        body = table("Index pairs", heads, rows)
    else:
        columns = _PLATE_COLUMNS[size]
        numbered = (("", ""), *((str(column), "") for column in range(1, columns + 1)))
        body = table(
            "Plate of the kit: name, i7, i5 forward",
            numbered,
            [
                [
                    html.Th(row, scope="row"),
                    *(_well(placed.get(f"{row}{column:02}")) for column in range(1, columns + 1)),
                ]
                for row in "ABCDEFGHIJKLMNOP"[: size // columns]
            ],
        )
    return panel(
        "Index pairs",
        body,
        meta=f"{fmt.plural(len(content.wells), 'pair', 'pairs')}, i7 above i5 forward",
        class_name="ad-p bt rd-plate",
    )


def history(versions: Sequence[ReferenceView], *, zone: ZoneInfo) -> Component:
    """Draw every version, newest first, with what it changed of the one before."""
    heads = (("Version", ""), ("Changed", ""), ("Why", ""), ("Source", ""), ("By", ""))
    rows = []
    for place, each in enumerate(versions):
        before = versions[place + 1] if place + 1 < len(versions) else None
        rows.append(
            [
                html.Td(html.B(str(each.number), className="md")),
                html.Td(_changed(before, each), className="ad-wrap"),
                html.Td(each.reason, className="ad-wrap"),
                html.Td(each.source, className="ad-wrap rd-source"),
                html.Td(two_lines(each.made_by_name, fmt.moment(each.made_at, zone))),
            ]
        )
    return panel(
        "Versions",
        table("Versions, newest first", heads, rows),
        meta=f"{fmt.count(len(versions))}, each kept as it was made",
        class_name="ad-p bt rd-wide",
    )


def retire_dialog(view: ReferenceView) -> Component:
    """Draw the question before an entry is retired, or offered again."""
    act = "Retire" if view.is_active else "Offer again"
    said = (
        "It is offered no more. What was made with it keeps it, and its versions stay."
        if view.is_active
        else "It is offered again, as it stood."
    )
    which = {
        "kind": view.kind.value,
        "key": view.key,
        "name": view.name,
        "is_active": view.is_active,
    }
    reason = dbc.Input(id=ids.RETIRE_REASON, value="", maxlength=500, autocomplete="off")
    return dialog(
        ids.RETIRE_DIALOG,
        f"{act} {view.name}?",
        dcc.Store(id=ids.RETIRE_WHICH, data=which),
        html.P(said, className="t2"),
        form_field("Reason", reason),
        html.Div(id=ids.RETIRE_SAID, className="err-x", role="alert"),
        html.Div(
            [
                button("Cancel", **data(close="")),
                button(act, id=ids.RETIRE, kind="danger-o" if view.is_active else "primary"),
            ],
            className="row-x",
        ),
    )


def _value(name: str, content: Content, names: Names) -> Component | str:
    value, unit = getattr(content, name), FIELDS[name].unit
    if name in REFERENCES:
        kind = REFERENCES[name]
        return html.A(names.get((kind, value), value), href=address(kind, value))
    told = written(value)
    return f"{told} {unit}" if unit and told != "–" else told


def _of_kit(content: IndexKitContent) -> list[tuple[str, str]]:
    least = least_distances(content.wells)
    return [
        ("Unique dual indexes", "yes" if content.is_unique_dual else "no"),
        *(
            (f"Least distance of {side}", f"{each} bases")
            for side, each in zip(("i7", "i5"), least, strict=True)
            if each is not None
        ),
    ]


def _on_96(well: str) -> bool:
    return well[0] <= "H" and int(well[1:]) <= _PLATE_COLUMNS[96]


def _well(each: KitWell | None) -> html.Td:
    if each is None:
        return html.Td("–", className="t3")
    parts: list[Component] = [html.Div(each.name, className="sm t3"), html.Div(each.i7)]
    if each.i5:
        parts.append(html.Div(each.i5))
    return html.Td(parts, className="mono")


def _changed(before: ReferenceView | None, after: ReferenceView) -> list[Component]:
    if before is None:
        return [html.Span("First version", className="t3")]
    found = differences(before.content, after.content)
    lines: list[Component] = [
        html.Div([f"{each.label}: {each.before} → ", html.B(each.after, className="md")])
        for each in found[:_MOST_CHANGES]
    ]
    left = len(found) - _MOST_CHANGES
    if left > 0:
        lines.append(html.Div(f"and {fmt.plural(left, 'more', 'more')}", className="t3"))
    return lines or [html.Span("Only its source or name", className="t3")]
