"""Thresholds of quality control: those in force, the draft of a next version, older ones."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.samples.ids import MaterialType, Metric
from backend.samples.qc_effects import ThresholdsEffect
from backend.samples.qc_rules import NAMES, UNITS, Limits
from backend.samples.qc_standards import STANDARD_LIMITS
from backend.samples.rules import MATERIAL_NAME
from backend.samples.views import ThresholdsView
from backend.samples.volume_rules import shown
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.admin.rules import ids
from dashboard.pages.samples.detail_words import VERDICTS

NOT_ASKED, REQUIRED, IF_MEASURED = "no", "required", "if_measured"
_ASKED = (
    {"value": NOT_ASKED, "label": "Not asked"},
    {"value": REQUIRED, "label": "Required"},
    {"value": IF_MEASURED, "label": "If measured"},
)
_HEADS = (
    ("Metric", ""),
    ("Asked", ""),
    ("Fails below", ""),
    ("Warns below", ""),
    ("Warns above", ""),
    ("Fails above", ""),
)
_EDGE_WORDS: Mapping[str, str] = dict(
    zip(ids.EDGES, ("fails below", "warns below", "warns above", "fails above"), strict=True)
)


def address(material: MaterialType, analysis: str) -> str:
    """Return where the thresholds of a material, and of an analysis, are drafted."""
    asked = {"tab": "thresholds", "material": material.value}
    return f"/admin/rules?{urlencode({**asked, 'analysis': analysis} if analysis else asked)}"


def what_of(material: MaterialType, analysis: str) -> str:
    """Name what thresholds are for."""
    return f"{MATERIAL_NAME[material]}, {analysis}" if analysis else MATERIAL_NAME[material]


def in_force(sets: Sequence[ThresholdsView], *, zone: ZoneInfo) -> Component:
    """Draw the sets that judge now, and the way to one for something else."""
    heads = (("For", ""), ("Version", "n"), ("Asks", ""), ("Published", ""))
    body: Component = (
        table("Thresholds in force", heads, [_set_row(each, zone=zone) for each in sets])
        if sets
        else empty_state(
            "No thresholds are published",
            "Until there are, a person signs each verdict.",
            icon="rulers",
        )
    )
    return panel("Thresholds in force", body, meta=fmt.count(len(sets)), class_name="ad-p")


def begin() -> Component:
    """Draw the form that opens the draft of a material, or of one of its analyses."""
    materials = [{"value": each.value, "label": MATERIAL_NAME[each]} for each in MaterialType]
    return panel(
        "Draft thresholds",
        html.Div(
            [
                form_field(
                    "Material",
                    dbc.Select(id=ids.FOR_MATERIAL, options=materials, value=materials[0]["value"]),
                ),
                form_field(
                    "Analysis",
                    dbc.Input(id=ids.FOR_ANALYSIS, value="", maxLength=80),
                    help_text="As samples name it; without one, for all that have none of "
                    "their own.",
                    optional=True,
                ),
            ],
            className="rl-pair",
        ),
        html.Div(
            button("Open the draft", id=ids.OPEN_FORM, kind="primary"), className="row-x ad-acts"
        ),
        class_name="ad-p bt",
    )


def draft(
    material: MaterialType, analysis: str, versions: Sequence[ThresholdsView]
) -> list[Component]:
    """Draw the form of a next version, filled from the one in force, or with usual limits."""
    newest = versions[0] if versions else None
    usual = STANDARD_LIMITS.get(material, ())
    known = {each.metric: each for each in (newest.limits if newest else usual)}
    based_on = newest.version if newest else 0
    which = {"material": material.value, "analysis": analysis, "version": based_on}
    return [
        panel(
            f"Draft version {based_on + 1}",
            dcc.Store(id=ids.WHICH, data=which),
            error_summary({}, id=ids.PROBLEMS),
            html.P(_drafted_from(based_on, has_usual=bool(usual)), className="t2 rl-said"),
            table(
                f"Limits of {what_of(material, analysis)}",
                _HEADS,
                [_metric_row(metric, known.get(metric)) for metric in Metric],
            ),
            form_field(
                "Reason",
                dcc.Textarea(
                    id=ids.REASON, value="", rows=2, maxLength=500, className="form-control"
                ),
                help_text="Why they change, such as the validation that they rest on. Kept with "
                "the version and your name.",
                class_name="rl-why",
            ),
            html.Div(
                [
                    button("Count what would differ", id=ids.COUNT),
                    button("Publish", id=ids.PUBLISH, kind="primary"),
                ],
                className="row-x",
            ),
            html.Div(id=ids.EFFECT, role="status", className="rl-effect"),
            class_name="ad-p",
        )
    ]


def _drafted_from(version: int, *, has_usual: bool) -> str:
    heeded = "A value at a limit still passes it; an empty limit asks nothing."
    if version:
        kept = "Verdicts that stand keep the version they rest on."
        return f"Drafted from version {version}. {heeded} {kept}"
    begun = " These limits are usual ones: set your own where you validated them."
    return f"There is no version yet.{begun if has_usual else ''} {heeded}"


def effect(found: ThresholdsEffect) -> list[Component]:
    """Say how many verdicts would differ, and into what."""
    apart = (
        f" {fmt.plural(found.overruled, 'verdict', 'verdicts')} that a person set against "
        "thresholds would stand."
        if found.overruled
        else ""
    )
    among = fmt.plural(found.judged, "verdict", "verdicts")
    of = among if found.is_whole else f"{among} in your projects"
    mark = icon("info-circle", Tone.INFO) if found.differing else icon("check-circle-fill", Tone.OK)
    head = html.P([mark, f" {fmt.count(found.differing)} of {of} would differ.{apart}"])
    lines = [
        html.Li(
            f"{fmt.count(each.count)} from “{VERDICTS[each.was]}” to “{VERDICTS[each.would_be]}”"
        )
        for each in found.changes
    ]
    later = html.P(
        "None changes by publishing: a sample meets new thresholds when it is measured next.",
        className="t3 sm",
    )
    return [head, *([html.Ul(lines)] if lines else []), later]


def history(versions: Sequence[ThresholdsView], *, zone: ZoneInfo) -> Component | None:
    """Draw every version, newest first; nothing before the first."""
    if not versions:
        return None
    heads = (("Version", ""), ("Asked", ""), ("Reason", ""), ("Published", ""))
    rows = [
        [
            html.Td(html.B(str(each.version), className="md")),
            html.Td([html.Div(_told(limit)) for limit in each.limits], className="ad-wrap"),
            html.Td(each.reason, className="ad-wrap"),
            html.Td(_published(each, zone=zone)),
        ]
        for each in versions
    ]
    return panel(
        "Versions",
        table("Versions, newest first", heads, rows),
        meta=fmt.count(len(versions)),
        class_name="ad-p bt",
    )


def _set_row(each: ThresholdsView, *, zone: ZoneInfo) -> list[Component]:
    name = what_of(each.material_type, each.application)
    return [
        html.Td(html.A(name, href=address(each.material_type, each.application))),
        html.Td(str(each.version), className="n"),
        html.Td(", ".join(NAMES[limit.metric] for limit in each.limits), className="ad-wrap"),
        html.Td(_published(each, zone=zone)),
    ]


def _published(each: ThresholdsView, *, zone: ZoneInfo) -> Component:
    at: datetime = each.published_at
    return two_lines(each.published_by_name, fmt.moment(at, zone))


def _metric_row(metric: Metric, limits: Limits | None) -> list[Component]:
    unit = UNITS[metric]
    name = html.Label(
        f"{NAMES[metric]}, {unit}" if unit else NAMES[metric], htmlFor=ids.asked(metric.value)
    )
    asked = NOT_ASKED
    if limits is not None:
        asked = REQUIRED if limits.is_required else IF_MEASURED
    choice = dbc.Select(
        id=ids.asked(metric.value), options=list(_ASKED), value=asked, className="sm rl-asked"
    )
    edges = [_edge_cell(metric, edge, limits) for edge in ids.EDGES]
    return [html.Td(name), html.Td(choice, className="rl-c"), *edges]


def _edge_cell(metric: Metric, edge: str, limits: Limits | None) -> html.Td:
    field_id = ids.edge(metric.value, edge)
    value: Decimal | None = getattr(limits, edge) if limits is not None else None
    return html.Td(
        [
            html.Label(f"{NAMES[metric]} {_EDGE_WORDS[edge]}", htmlFor=field_id, className="vh"),
            dbc.Input(
                id=field_id,
                value="" if value is None else shown(value),
                inputMode="decimal",
                autocomplete="off",
                className="sm rl-edge",
            ),
        ],
        className="rl-c",
    )


def _told(limit: Limits) -> str:
    said = [
        f"{_EDGE_WORDS[edge]} {shown(value)}"
        for edge in ids.EDGES
        if (value := getattr(limit, edge)) is not None
    ]
    asked = "" if limit.is_required else ", if measured"
    return f"{NAMES[limit.metric]} {', '.join(said)} {UNITS[limit.metric]}".rstrip() + asked
