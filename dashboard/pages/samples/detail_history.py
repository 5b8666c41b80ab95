"""The audit trail of a sample, with old and new values."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.events.views import AuditView
from backend.samples.past.replaying import settled
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.samples.detail_facts import AUDIT_SHOWN, SampleFacts
from dashboard.pages.samples.past_address import past_href

_ORIGINS = {
    "ui": "Page",
    "api": "API",
    "cli": "Terminal",
    "job": "Background job",
    "import": "Import",
}


def history(facts: SampleFacts, principal: Principal, *, zone: ZoneInfo) -> Component:
    """Draw every audit entry, newest first: who, when, from where, what from and to, and why."""
    heads = ("Time", "Act", "Changed", "Reason", "By", "Through", "Sealed", "Record")
    entries, barcode = list(reversed(facts.audit)), facts.sample.row.barcode
    rows = [_entry(entry, _then(entry, barcode, entries, zone), zone=zone) for entry in facts.audit]
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
        html.Div(
            table, className="tbl-x", tabIndex="0", role="region", **aria(label="Audit entries")
        ),
        meta=meta or fmt.plural(len(facts.audit), "entry", "entries"),
        aside=_whole(facts) if principal.may(Permission.AUDIT_VIEW) else None,
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


def _whole(facts: SampleFacts) -> html.A:
    """Return the way to every entry of this sample in the trail, which has it as a file."""
    asked = urlencode({"tab": "audit", "entity": "sample", "entity_id": facts.sample.row.id})
    return html.A("Take out as a file", href=f"/admin?{asked}")


def _then(entry: AuditView, barcode: str, entries: Sequence[AuditView], zone: ZoneInfo) -> html.A:
    told = f"The record as of this moment: {_act(entry)}, {fmt.moment(entry.at, zone)}"
    href = past_href(barcode, settled(entries, entry.at), zone)
    return html.A("As of this moment", href=href, className="nw", **aria(label=told))


def _act(entry: AuditView) -> str:
    return _said(entry.action.partition(".")[2]).capitalize()


def _entry(entry: AuditView, then: html.A, *, zone: ZoneInfo) -> html.Tr:
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
            html.Td(_act(entry)),
            html.Td(html.Ul(changed), className="t2 said"),
            html.Td(entry.reason or "", className="t2 said"),
            html.Td(entry.actor_name, className="t2"),
            html.Td(_ORIGINS.get(entry.origin, entry.origin), className="t2"),
            html.Td(sealed),
            html.Td(then),
        ]
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
