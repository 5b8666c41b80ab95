"""A sample's record as it was at an instant: to be read, and nothing can be done with it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.errors import AppError
from backend.core.transaction import reading
from backend.events.views import Json
from backend.samples.errors import NotRegisteredThen, StillToCome
from backend.samples.past.reading import sample_as_of
from backend.samples.past.views import PastField, PastRecord
from backend.samples.views import HoldView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.form_field import form_field
from dashboard.components.icon import icon
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.status import SAMPLE_LOOKS, look_of, status_pill
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.custody import panels as custody_panels
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_events import past_events
from dashboard.pages.samples.detail_facts import SampleFacts, facts_of
from dashboard.pages.samples.detail_signatures import standing_at
from dashboard.pages.samples.detail_timeline import timeline
from dashboard.pages.samples.detail_words import hold_words
from dashboard.pages.samples.past_address import parse_asof, sample_href
from dashboard.pages.samples.past_words import LABELS, said
from dashboard.session import current_principal

_STATE = ("lifecycle", "custody", "qc_verdict")
_MEASURED = ("volume_ul", "concentration_ng_per_ul", "a260_280", "a260_230", "rin", "din")
_KEPT = ("place", "freeze_thaw_count", "expires_on", "consent", "sprec")
_ABOVE = frozenset({*_STATE, *_MEASURED, *_KEPT, "name", "status", "attributes"})


def control(barcode: str, at: datetime | None, *, zone: ZoneInfo) -> html.Details:
    """Draw the way to the record at another time; the field is in the laboratory's zone."""
    shown = "" if at is None else f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"
    return html.Details(
        [
            html.Summary("The record at a past time"),
            dcc.Store(id=ids.PAST_WHICH, data=barcode),
            html.Div(
                [
                    form_field(
                        f"Date and time, {zone.key}",
                        dbc.Input(id=ids.PAST_WHEN, type="datetime-local", value=shown),
                    ),
                    button("Show it as it was", id=ids.PAST_SHOW, icon="clock-history"),
                    html.Div(id=ids.PAST_PROBLEM, className="t2", role="alert"),
                ],
                className="sd-when",
            ),
        ],
        open=at is not None,
        className="sd-past",
    )


def past_layout(barcode: str, asof: str) -> Page:
    """Draw the record as of an instant; an instant that has none is told in a sentence."""
    principal, zone, now = current_principal(), lab_zone(), clock.utc_now()
    at = parse_asof(asof, zone)
    record, refusal = None, "This time cannot be read. Choose date and time."
    with reading() as session:
        facts = facts_of(session, principal, barcode)
        if at is not None:
            try:
                record = sample_as_of(session, principal, barcode, at=at)
            except (NotRegisteredThen, StillToCome) as problem:
                refusal = _sentence(problem, zone)
    row = facts.sample.row
    parts = [_no_record(refusal, row.barcode)] if record is None else _record(record, facts, zone)
    project = f"/samples?project={quote(row.project_code)}"
    return page(
        title=row.barcode,
        breadcrumb=[Crumb("Samples", "/samples"), Crumb(row.project_code, project)],
        class_name="sample",
        children=[
            parts[0],
            control(row.barcode, min(at, now) if at else now, zone=zone),
            html.Div(parts[1:], className="sd-body"),
        ],
    )


def _sentence(problem: AppError, zone: ZoneInfo) -> str:
    if isinstance(problem, NotRegisteredThen):
        at = fmt.moment(problem.registered_at, zone)
        return f"There is no record of that time: the sample was registered on {at}."
    return problem.message


def _no_record(sentence: str, barcode: str) -> html.Div:
    back = html.A("Back to now", href=sample_href(barcode), className="md nw")
    return banner(sentence, tone=Tone.WARN, icon="clock-history", action=back)


def _record(record: PastRecord, facts: SampleFacts, zone: ZoneInfo) -> list[Component]:
    differing = sum(each.differs for each in record.fields)
    unrecorded = sum(not each.is_recorded for each in record.fields)
    told = (
        f"As of {fmt.moment(record.at, zone)}. {_counted(differing, 'differs', 'differ')} from "
        f"today{_unknown(unrecorded)}. Nothing can be done with a past record."
    )
    back = html.A("Back to now", href=sample_href(record.barcode), className="md nw")
    return [
        banner(told, tone=Tone.INFO, icon="clock-history", action=back, role="status"),
        _header(record, zone),
        _axes(record, zone),
        html.Div(
            [
                html.Div(
                    [
                        _panel("Measurements", [record.field(name) for name in _MEASURED], zone),
                        _ledger(facts, record.at, zone=zone),
                    ]
                ),
                html.Div(
                    [
                        custody_panels.chain(
                            [link for link in facts.chain if link.at <= record.at], zone=zone
                        ),
                        _happened(record, facts, zone),
                    ],
                    className="bl",
                ),
                html.Div(
                    [
                        _panel("Keeping", [record.field(name) for name in _KEPT], zone),
                        _panel(
                            "Details",
                            [each for each in record.fields if each.name not in _ABOVE],
                            zone,
                            class_name="bt",
                        ),
                        _submitted(record.field("attributes")),
                    ],
                    className="bl",
                ),
            ],
            className="sd-cols",
        ),
    ]


def _counted(number: int, one: str, many: str) -> str:
    return f"{fmt.plural(number, 'field', 'fields')} {one if number == 1 else many}"


def _unknown(number: int) -> str:
    if not number:
        return ""
    return f", {fmt.count(number)} {'was' if number == 1 else 'were'} not recorded then"


def _header(record: PastRecord, zone: ZoneInfo) -> html.Header:
    name, status = record.field("name"), record.field("status")
    title: list[Component] = [
        html.H2(said(name.name, name.then, zone) if name.is_recorded else record.barcode)
    ]
    if status.is_recorded and isinstance(status.then, str):
        title.append(status_pill(look_of(SAMPLE_LOOKS, status.then)))
    code = record.field("barcode")
    meta = [
        html.Span(str(code.then) if code.is_recorded else record.barcode, className="mono"),
        *(
            html.Span([f"{LABELS[each.name]} ", _today(each, zone)])
            for each in (name, status)
            if each.differs or not each.is_recorded
        ),
    ]
    words = [
        html.Div(title, className="row-x g12"),
        html.Div(meta, className="meta"),
    ]
    return html.Header([html.Div(words, className="sp")], className="oh")


def _axes(record: PastRecord, zone: ZoneInfo) -> html.Dl:
    pairs = [
        html.Div([html.Dt(LABELS[name]), html.Dd(_value(record.field(name), zone))])
        for name in _STATE
    ]
    open_then = [hold for hold in record.holds if hold.released_at is None]
    pairs.insert(2, html.Div([html.Dt("Holds"), html.Dd(_held(open_then))]))
    return html.Dl(pairs, className="axes", **aria(label="State of the sample then"))


def _held(holds: Sequence[HoldView]) -> list[Component | str]:
    if not holds:
        return ["None"]
    return [
        html.Span(
            [icon("pause-circle", Tone.WARN), hold_words(hold.kind)],
            className="st",
            title=hold.reason,
        )
        for hold in holds
    ]


def _panel(
    title: str, fields: Sequence[PastField], zone: ZoneInfo, *, class_name: str = ""
) -> html.Section:
    # What is empty, was empty and is known to have been says nothing.
    told = [each for each in fields if not each.is_recorded or each.differs or _is_said(each)]
    pairs = [
        part for each in told for part in (html.Dt(LABELS[each.name]), html.Dd(_value(each, zone)))
    ]
    inside = html.Dl(pairs, className="kv") if pairs else html.P("Nothing.", className="t3")
    return panel(title, inside, class_name=class_name)


def _is_said(each: PastField) -> bool:
    return each.then not in (None, "", False, {})


def _value(each: PastField, zone: ZoneInfo) -> list[Component | str]:
    if not each.is_recorded:
        return [html.Span("not recorded then", className="t3")]
    words = said(each.name, each.then, zone) or "nothing"
    return [words, _today(each, zone)] if each.differs else [words]


def _today(each: PastField, zone: ZoneInfo) -> html.Span:
    if not each.is_recorded:
        return html.Span("not recorded then", className="t3")
    words = said(each.name, each.today, zone) or "nothing"
    return html.Span(f"today {words}", className="sd-today")


def _submitted(attributes: PastField) -> html.Section:
    then: Json = attributes.then
    if not attributes.is_recorded:
        inside: Component = html.P("Not recorded then.", className="t3")
    elif isinstance(then, dict) and then:
        pairs = [p for name, text in then.items() for p in (html.Dt(name), html.Dd(str(text)))]
        inside = html.Dl(pairs, className="kv")
    else:
        inside = html.P("Nothing.", className="t3")
    mark = [html.P("It says something else today.", className="sd-today")]
    return panel("As submitted", inside, *(mark if attributes.differs else []), class_name="bt")


def _ledger(facts: SampleFacts, at: datetime, *, zone: ZoneInfo) -> html.Section:
    lines = [line for line in reversed(facts.ledger) if line.at <= at]
    told = [
        html.Li(
            [
                html.Span(fmt.moment(line.at, zone), className="t2 num"),
                f" {line.cause.value.capitalize()}, {_left(line.balance_ul)} left",
            ]
        )
        for line in lines
    ]
    inside = html.Ul(told) if told else html.P("Nothing had been moved.", className="t3")
    return panel("Volume by then", inside, class_name="bt")


def _left(balance_ul: Decimal | None) -> str:
    return "unknown" if balance_ul is None else fmt.volume(balance_ul)


def _happened(record: PastRecord, facts: SampleFacts, zone: ZoneInfo) -> html.Section:
    signatures = standing_at(facts.signatures, record.at)
    happened = timeline(
        facts.sample.transitions,
        facts.stays,
        facts.audit,
        signatures,
        registered_at=record.registered_at,
    )
    by_then = [each for each in happened if each.at <= record.at]
    return past_events(by_then, signatures, zone=zone, now=clock.utc_now())
