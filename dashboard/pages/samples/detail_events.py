"""The events region of a sample's page: what happened, and whether its entries verify."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.auth.views import SignatureView
from backend.events.views import AuditView, RecordChain
from backend.samples.past.replaying import settled
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.samples.detail_facts import SampleFacts
from dashboard.pages.samples.detail_signatures import signature_table
from dashboard.pages.samples.detail_timeline import Happening
from dashboard.pages.samples.past_address import past_href, sample_href

_SHOWN = 12


def events(
    happenings: Sequence[Happening], facts: SampleFacts, *, zone: ZoneInfo, now: datetime
) -> html.Section:
    """Draw the newest happenings, each with a way to the record as it was then."""
    barcode, entries = facts.sample.row.barcode, list(reversed(facts.audit))
    rows = [
        [*_cells(each, zone=zone, now=now), html.Td(_then(each, barcode, entries, zone=zone))]
        for each in happenings[:_SHOWN]
    ]
    link = html.A("All of it", href=f"{sample_href(barcode)}?tab=history")
    return panel(
        "Custody and events",
        chain_state(facts.record_chain, zone=zone, now=now),
        _table(("Time", "Event", "Detail", "By", "Record"), rows),
        *signature_table(facts.signatures, zone=zone),
        meta=fmt.plural(len(facts.audit), "audit entry", "audit entries"),
        aside=link,
        class_name="sd-events",
    )


def past_events(
    happenings: Sequence[Happening],
    signatures: Sequence[SignatureView],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> html.Section:
    """Draw what had happened by an instant, newest first."""
    rows = [_cells(each, zone=zone, now=now) for each in happenings]
    return panel(
        "What had happened",
        _table(("Time", "Event", "Detail", "By"), rows),
        *signature_table(signatures, zone=zone),
        class_name="bt sd-events",
    )


def chain_state(chain: RecordChain, *, zone: ZoneInfo, now: datetime) -> html.P:
    """Say whether the entries of this record verify, up to where, and since when that is known."""
    tone, mark, said = _state(chain, zone=zone, now=now)
    return html.P(
        html.Span([icon(mark, tone), said], className="st st-wrap"),
        className="t2 sd-chain",
        **aria(label="State of the audit chain"),
    )


def _state(chain: RecordChain, *, zone: ZoneInfo, now: datetime) -> tuple[Tone, str, str]:
    last, whole = chain.checks.last, chain.checks.whole
    if last is None:
        return Tone.OFF, "hourglass-split", "Not verified yet: no check of the chain has run."
    at = fmt.moment(last.at, zone, now=now)
    if last.broken_pos is not None:
        before = (
            "This sample’s entries lie before it."
            if chain.sealed and chain.verified == chain.sealed
            else f"{fmt.count(chain.verified)} of its {fmt.count(chain.sealed)} entries lie before."
        )
        said = (
            f"The audit chain is broken at position {fmt.count(last.broken_pos)}, found {at}. "
            f"{before} Tell an administrator."
        )
        return Tone.CRIT, "exclamation-octagon-fill", said
    waiting = chain.sealed + chain.unsealed - chain.verified
    if not chain.verified:
        return Tone.OFF, "hourglass-split", f"Not verified yet: {_waiting(waiting)}"
    began = f", from its first entry {fmt.moment(whole.at, zone, now=now)}" if whole else ""
    said = (
        f"{fmt.plural(chain.verified, 'entry verifies', 'entries verify')}: chain followed to "
        f"position {fmt.count(last.to_pos)}, {at}{began}."
    )
    return Tone.OK, "shield-check", f"{said} {_waiting(waiting)}" if waiting else said


def _waiting(number: int) -> str:
    return f"{fmt.plural(number, 'entry waits', 'entries wait')} for the next check."


def _table(heads: Sequence[str], rows: Sequence[Sequence[Component]]) -> html.Div:
    words = html.Tr([html.Th(word, scope="col") for word in heads])
    table = html.Table(
        [html.Thead(words), html.Tbody([html.Tr(list(cells)) for cells in rows])],
        className="tbl flush plain",
    )
    return html.Div(
        table, className="tbl-x", tabIndex="0", role="region", **aria(label="Events, newest first")
    )


def _cells(happening: Happening, *, zone: ZoneInfo, now: datetime) -> list[Component]:
    detail: list[Component | str] = [happening.detail]
    if happening.reason:
        detail.append(html.Span(f"“{happening.reason}”", className="why-said"))
    return [
        html.Td(
            fmt.moment(happening.at, zone, now=now),
            className="t2 num",
            title=fmt.tooltip_time(happening.at),
        ),
        html.Td(html.Span([icon(happening.icon), happening.title], className="st st-off")),
        html.Td(detail, className="t2 said"),
        html.Td(happening.by, className="t2"),
    ]


def _then(
    happening: Happening, barcode: str, entries: Sequence[AuditView], *, zone: ZoneInfo
) -> html.A:
    at = settled(entries, happening.at)
    told = f"The record as it was after: {happening.title}, {fmt.moment(happening.at, zone)}"
    return html.A(
        "As it was", href=past_href(barcode, at, zone), className="nw", **aria(label=told)
    )
