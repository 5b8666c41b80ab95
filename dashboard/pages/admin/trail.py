"""The audit trail: filters in the address, entries with what changed, and the chain's check."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.events.views import AuditFilters, AuditView, BrokenLink, ChainChecks, ChainState
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.admin import ids
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.admin.words import ORIGINS, act, changes, shortened

FILTERS = ("entity", "entity_id", "actor", "action", "since", "until")
_HEADS = (("When", ""), ("Who", ""), ("What", ""), ("Changes", ""), ("Sealed", "ad-wide"))
_SHORT_KEY = 8
_CHANGES_SHOWN = 6


def page_parts(
    entries: Sequence[AuditView],
    entities: Sequence[str],
    chosen: Mapping[str, str],
    checks: ChainChecks,
    *,
    more: bool,
    zone: ZoneInfo,
    taking: Component,
) -> list[Component]:
    """Draw the filters, the checks of the chain, a page of entries, and ``taking`` them out."""
    by_itself = checked(checks, zone=zone)
    listed = _entries(entries, chosen, taking, more=more, zone=zone)
    return [_filters(entities, chosen, by_itself), listed]


def _filters(entities: Sequence[str], chosen: Mapping[str, str], by_itself: Component) -> Component:
    kinds = [{"value": "", "label": "All"}, *({"value": each, "label": each} for each in entities)]
    one = chosen.get("entity_id", "")
    notice = (
        html.P(
            [
                f"Only {chosen.get('entity') or 'record'} {one}. ",
                html.A("Show all records", href=address({**chosen, "entity_id": ""})),
            ],
            className="t2 mono sm",
        )
        if one
        else html.Span(hidden=True)
    )
    return panel(
        "Audit trail",
        html.Div(
            [
                form_field(
                    "Record",
                    dbc.Select(id=ids.TRAIL_ENTITY, options=kinds, value=chosen.get("entity", "")),
                ),
                form_field("Who", dbc.Input(id=ids.TRAIL_ACTOR, value=chosen.get("actor", ""))),
                form_field(
                    "Act begins with",
                    dbc.Input(
                        id=ids.TRAIL_ACTION,
                        value=chosen.get("action", ""),
                        placeholder="storage.",
                        className="mono",
                    ),
                ),
                form_field(
                    "From",
                    dbc.Input(id=ids.TRAIL_SINCE, type="date", value=chosen.get("since", "")),
                ),
                form_field(
                    "To",
                    dbc.Input(id=ids.TRAIL_UNTIL, type="date", value=chosen.get("until", "")),
                ),
                button("Show", id=ids.TRAIL_SHOW, kind="primary", size="lg"),
            ],
            className="ad-filters",
        ),
        notice,
        by_itself,
        html.Div(id=ids.VERIFIED, **aria(live="polite")),
        aside=button("Verify the chain", id=ids.VERIFY, icon="shield-check", size="sm"),
        class_name="ad-p",
    )


def address(chosen: Mapping[str, str], *, before: int | None = None) -> str:
    """Return the address of a view of the trail."""
    asked = {name: chosen[name] for name in FILTERS if chosen.get(name)}
    if before is not None:
        asked["before"] = str(before)
    return f"/admin?{urlencode({'tab': 'audit', **asked})}"


def _entries(
    entries: Sequence[AuditView],
    chosen: Mapping[str, str],
    taking: Component,
    *,
    more: bool,
    zone: ZoneInfo,
) -> Component:
    if not entries:
        filtered = any(chosen.get(name) for name in FILTERS)
        return empty_state(
            "No entry fits" if filtered else "Nothing has happened yet",
            "Take a filter away to see more." if filtered else "Every act leaves an entry here.",
            *([button("Show everything", href="/admin?tab=audit")] if filtered else []),
            icon="journal-text",
        )
    parts: list[Component] = [
        table("Audit trail, newest first", _HEADS, [_row(each, chosen, zone) for each in entries])
    ]
    parts.append(taking)
    if more or chosen.get("before"):
        links = [button("Newest", href=address(chosen), kind="ghost")]
        if more:
            older = address(chosen, before=entries[-1].id)
            links.append(button("Older entries", href=older, icon="arrow-down"))
        parts.append(html.Div(links, className="row-x ad-more"))
    return html.Div(parts, className="bt ad-trail")


def _row(entry: AuditView, chosen: Mapping[str, str], zone: ZoneInfo) -> list[Component]:
    record = html.A(
        f"{entry.entity} …{str(entry.entity_id)[-_SHORT_KEY:]}",
        href=address({**chosen, "entity": entry.entity, "entity_id": str(entry.entity_id)}),
        title=str(entry.entity_id),
        className="mono sm",
    )
    return [
        html.Td(
            two_lines(
                html.Span(
                    fmt.moment(entry.at, zone), className="num", title=fmt.tooltip_time(entry.at)
                ),
                f"request …{entry.request_id[-_SHORT_KEY:]}" if entry.request_id else "",
            )
        ),
        html.Td(two_lines(entry.actor_name, ORIGINS.get(entry.origin, entry.origin))),
        html.Td(html.Div([html.Div(act(entry.action), title=entry.action), record])),
        html.Td(_changes(entry), className="ad-wrap ad-diff"),
        html.Td(
            [icon("link-45deg", Tone.OK), html.Span("Sealed", className="vh")]
            if entry.sealed
            else html.Span("Not yet", className="sm t3"),
            className="ad-wide ad-c",
        ),
    ]


def _changes(entry: AuditView) -> list[Component]:
    found = [_change(*each) for each in changes(entry.old_values, entry.new_values)]
    shown: list[Component] = [*found[:_CHANGES_SHOWN]]
    if len(found) > _CHANGES_SHOWN:
        rest = found[_CHANGES_SHOWN:]
        shown.append(html.Details([html.Summary(f"{len(rest)} more"), *rest]))
    if entry.reason:
        shown.append(html.Div([html.Span("Reason: ", className="t3"), entry.reason]))
    return shown


def _change(name: str, before: str | None, after: str | None) -> html.Div:
    parts: list[Component | str] = [html.Span(f"{name}: ", className="t3")]
    if before is not None:
        parts.append(html.Del(shortened(before), title=before))
    if before is not None and after is not None:
        parts.append(" → ")
    if after is not None:
        words = html.Ins if before is not None else html.Span
        parts.append(words(shortened(after), title=after))
    return html.Div(parts)


def checked(checks: ChainChecks, *, zone: ZoneInfo) -> Component:
    """Say what the program's own checks of the chain found, every quarter of an hour."""
    last, whole = checks.last, checks.whole
    if last is None:
        said = "The program checks the chain every quarter of an hour; no check has run yet."
        return html.P([icon("hourglass-split", Tone.OFF), " ", said], className="t2")
    at = fmt.moment(last.at, zone)
    if last.said is not None:
        return banner(
            f"The check of {at} found the chain broken. {last.said}",
            tone=Tone.CRIT,
            icon="exclamation-octagon-fill",
        )
    began = f", from its first entry {fmt.moment(whole.at, zone)}" if whole else ""
    said = f"Checked by itself: followed to position {fmt.count(last.to_pos)}, {at}{began}."
    return html.P([icon("shield-check", Tone.OK), " ", said], className="t2")


def verdict(chain: ChainState, *, at: str) -> Component:
    """Draw what walking the chain has found."""
    if chain.first_broken_pos is not None:
        return banner(
            f"The chain is broken at position {fmt.count(chain.first_broken_pos)}: that entry, or "
            "one before it, was changed, inserted or removed outside the program. "
            f"{_named(chain.broken)}Keep a copy of the database and compare it with a backup.",
            tone=Tone.CRIT,
            icon="exclamation-octagon-fill",
        )
    waiting = (
        f" {fmt.plural(chain.unsealed, 'entry waits', 'entries wait')} for the next seal."
        if chain.unsealed
        else ""
    )
    return banner(
        f"The chain is whole: {fmt.plural(chain.sealed, 'entry', 'entries')} verified at {at}."
        f"{waiting}",
        tone=Tone.INFO,
        icon="shield-check",
    )


def _named(link: BrokenLink | None) -> str:
    if link is None:
        return ""
    return (
        f"It reads now: entry {link.entry_id}, {fmt.tooltip_time(link.at)}, {link.actor_name}, "
        f"{link.action}, {link.entity} {link.entity_id}. "
    )


def day_start(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the local midnight with which a typed day begins; None for no day."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return None


def filters_of(asked: Mapping[str, str], zone: ZoneInfo) -> AuditFilters:
    """Return what an address asks for; its last day is included."""
    last_day = day_start(asked.get("until", ""), zone)
    return AuditFilters(
        action=asked.get("action"),
        actor=asked.get("actor"),
        entity=asked.get("entity"),
        entity_id=key_of(asked.get("entity_id", "")),
        since=day_start(asked.get("since", ""), zone),
        until=last_day + timedelta(days=1) if last_day else None,
    )


def key_of(text: str) -> UUID | None:
    """Return a record's key from an address; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
