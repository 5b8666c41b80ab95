"""Two tabs of a sample: the audit trail with old and new values, and the family."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.events.views import AuditView
from backend.samples.family import MOST, Relative
from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.empty_state import empty_state
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import SAMPLE_LOOKS, look_of, status
from dashboard.components.tones import Tone
from dashboard.pages.samples.detail_facts import AUDIT_SHOWN, SampleFacts

_ORIGINS = {
    "ui": "Page",
    "api": "API",
    "cli": "Terminal",
    "job": "Background job",
    "import": "Import",
}


def history(facts: SampleFacts, *, zone: ZoneInfo) -> Component:
    """Draw every audit entry, newest first: who, when, from where, what from and to, and why."""
    heads = ("Time", "Act", "Changed", "Reason", "By", "Through", "Sealed")
    rows = [_entry(entry, zone=zone) for entry in facts.audit]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])),
            html.Tbody(rows),
        ],
        className="tbl flush plain",
    )
    full = len(facts.audit) == AUDIT_SHOWN
    meta = f"the newest {AUDIT_SHOWN} entries" if full else ""
    return panel(
        "Audit trail",
        html.Div(table, className="tbl-x", tabIndex="0"),
        meta=meta or fmt.plural(len(facts.audit), "entry", "entries"),
        class_name="sd-history",
    )


def family(facts: SampleFacts) -> Component:
    """Draw what the sample was taken from and what was taken from it."""
    relatives = facts.relatives
    if len(relatives) == 1:
        return empty_state(
            "It has no family here",
            "It was taken from no sample of yours, and nothing was taken from it. A parent is "
            "named when an aliquot is registered.",
            icon="diagram-3",
        )
    heads = ("Sample", "Name", "Type", "State", "Volume")
    rows = [_relative(relative, facts.sample.row.barcode) for relative in relatives]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])),
            html.Tbody(rows),
        ],
        className="tbl flush plain",
    )
    meta = f"the first {MOST} members" if len(relatives) == MOST else ""
    return panel(
        "Family",
        html.Div(table, className="tbl-x", tabIndex="0"),
        meta=meta or fmt.plural(len(relatives), "member", "members"),
        class_name="sd-history",
    )


def changes(old: Mapping[str, object] | None, new: Mapping[str, object] | None) -> Sequence[str]:
    """Return what an entry changed, field by field: ``volume ul: 46 → 36``."""
    before, after = old or {}, new or {}
    return [
        f"{_said(name)}: {_value(before[name])} → {_value(value)}"
        if name in before
        else f"{_said(name)}: {_value(value)}"
        for name, value in after.items()
        if value != before.get(name)
    ]


def _entry(entry: AuditView, *, zone: ZoneInfo) -> html.Tr:
    sealed = (
        html.Span([icon("lock", Tone.OK), "Yes"], className="st")
        if entry.sealed
        else html.Span([icon("hourglass-split", Tone.OFF), "Not yet"], className="st")
    )
    changed = [html.Li(line) for line in changes(entry.old_values, entry.new_values)]
    return html.Tr(
        [
            html.Td(
                fmt.moment(entry.at, zone), className="t2 num", title=fmt.tooltip_time(entry.at)
            ),
            html.Td(_said(entry.action.partition(".")[2]).capitalize()),
            html.Td(html.Ul(changed), className="t2 said"),
            html.Td(entry.reason or "", className="t2 said"),
            html.Td(entry.actor_name, className="t2"),
            html.Td(_ORIGINS.get(entry.origin, entry.origin), className="t2"),
            html.Td(sealed),
        ]
    )


def _relative(relative: Relative, shown: str) -> html.Tr:
    is_shown = relative.barcode == shown
    code: Component = (
        html.B(relative.barcode, className="mono")
        if is_shown
        else html.A(
            relative.barcode, href=f"/samples/{quote(relative.barcode, safe='')}", className="mono"
        )
    )
    steps: list[Component] = [html.I(className="fam-step") for _ in range(relative.depth)]
    return html.Tr(
        [
            html.Td(html.Span([*steps, code], className="row-x g4")),
            html.Td(relative.name + (" (backup)" if relative.is_backup else "")),
            html.Td(MATERIAL_NAME[MaterialType(relative.material_type)]),
            html.Td(status(look_of(SAMPLE_LOOKS, relative.status))),
            html.Td(fmt.volume(relative.volume_ul), className="num"),
        ],
        className="sel" if is_shown else "",
        **aria(current="true" if is_shown else None),
    )


def _said(name: str) -> str:
    return name.replace("_", " ")


def _value(value: object) -> str:
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case dict() if not value:
            return "nothing"
        case _:
            return str(value)
