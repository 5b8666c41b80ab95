"""The regions of a sample's page: header, four axes, way, measurements, details, timeline."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.labels import contents
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.labels import modules_of
from backend.samples.quality import usual
from backend.samples.rules import MATERIAL_NAME, ZONE_NAME
from backend.samples.views import SampleDetail
from backend.storage.views import LocationView
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import SAMPLE_LOOKS, look_of, status_pill
from dashboard.components.tones import Tone
from dashboard.components.tube_label import data_matrix, tube_label
from dashboard.pages.register.single_panels import label_of_sample
from dashboard.pages.samples import (
    detail_arrival,
    detail_attachments,
    detail_custody,
    detail_events,
    detail_family,
    detail_keeping,
    detail_preanalytical,
)
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_facts import SampleFacts
from dashboard.pages.samples.detail_lifecycle import Stage, way_of
from dashboard.pages.samples.detail_place import band_bar, location
from dashboard.pages.samples.detail_timeline import timeline
from dashboard.pages.samples.detail_words import custody_words, hold_words, verdict_words


def header(facts: SampleFacts, principal: Principal) -> list[Component]:
    """Draw code, name, the four axes and what may be done; a freezer's alarm below."""
    row = facts.sample.row
    title = html.Div(
        [html.H2(row.name), status_pill(look_of(SAMPLE_LOOKS, row.status))], className="row-x g12"
    )
    meta = html.Div(
        [
            html.Span(row.barcode, className="mono"),
            html.Span(MATERIAL_NAME[MaterialType(row.material_type)]),
            html.Span(f"Project {row.project_code}"),
            *([html.Span(f"Subject {row.subject_code}")] if row.subject_code else []),
        ],
        className="meta",
    )
    parts: list[Component] = [
        html.Header(
            [
                html.Div(
                    data_matrix(modules_of(row.barcode), row.barcode),
                    className="dmw",
                    **data(bs_theme="light"),
                ),
                html.Div([title, meta], className="sp"),
                html.Div(_acts(facts, principal), className="row-x oh-a"),
            ],
            className="oh",
        ),
        html.Div(
            tube_label(contents.of_text(label_of_sample(facts.sample))), className="for-paper"
        ),
        _axes(facts),
    ]
    if facts.in_alarm and facts.location is not None:
        parts.insert(1, _alarm(facts.location))
    return parts


def regions(
    facts: SampleFacts, principal: Principal, *, zone: ZoneInfo, now: datetime
) -> list[Component]:
    """Draw the page below the header."""
    sample = facts.sample
    happenings = timeline(
        sample.transitions,
        facts.stays,
        facts.audit,
        facts.signatures,
        registered_at=sample.row.created_at,
    )
    stops = way_of(
        sample.transitions,
        status=sample.row.status,
        registered_at=sample.row.created_at,
        since=sample.state_since,
        now=now,
    )
    return [
        _way(stops, zone=zone, now=now),
        html.Div(
            [
                html.Div(
                    [
                        _measurements(sample),
                        location(facts),
                        detail_keeping.ledger(facts, principal, zone=zone),
                    ]
                ),
                html.Div(
                    [
                        detail_family.lineage(facts, principal),
                        detail_events.events(happenings, facts, zone=zone, now=now),
                        detail_preanalytical.preanalytical(facts, principal),
                    ],
                    className="bl",
                ),
                html.Div(
                    [
                        _details(sample, principal, zone=zone),
                        detail_keeping.quality(facts, principal, zone=zone),
                        detail_keeping.consent(facts, principal),
                        detail_keeping.keeping(facts, principal, zone=zone, now=now),
                        detail_attachments.attachments(facts, principal, zone=zone, now=now),
                        _submitted(sample),
                    ],
                    className="bl",
                ),
            ],
            className="sd-cols",
        ),
    ]


def _acts(facts: SampleFacts, principal: Principal) -> list[Component]:
    acts: list[Component] = [button("Print label", icon="tag", **data(print_label=""))]
    place = facts.location
    if place is not None and principal.may(Permission.STORAGE_PLACE):
        href = f"/storage/{quote(place.path)}?pos={quote(place.position)}"
        acts.append(button("Move", href=href, icon="arrow-left-right"))
    acts.extend(detail_custody.acts(facts, principal))
    if principal.may(Permission.SAMPLES_REGISTER) and principal.may(Permission.SAMPLES_EDIT):
        acts.append(button("Aliquot", icon="droplet-half", opens=ids.ALIQUOT_DIALOG))
    if principal.may(Permission.SAMPLES_HOLD):
        acts.append(button("Hold", icon="pause-circle", opens=ids.HOLD_DIALOG))
        if facts.open_holds:
            acts.append(button("Release hold", icon="play-circle", opens=ids.RELEASE_DIALOG))
    if detail_keeping.may_discard(facts, principal):
        acts.append(button("Discard", kind="danger-o", icon="trash3", opens=ids.DISCARD_DIALOG))
    if principal.may(Permission.SAMPLES_TRANSITION):
        acts.append(
            button("Change status", kind="primary", icon="signpost", opens=ids.STATUS_DIALOG)
        )
    return acts


def _axes(facts: SampleFacts) -> html.Dl:
    sample = facts.sample
    holds = facts.open_holds
    held: list[Component | str] = (
        [
            html.Span(
                [icon("pause-circle", Tone.WARN), hold_words(hold.kind)],
                className="st",
                title=hold.reason,
            )
            for hold in holds
        ]
        if holds
        else ["None"]
    )
    verdict_icon, verdict = verdict_words(sample.row.qc_verdict)
    axes: list[tuple[str, list[Component | str]]] = [
        ("Lifecycle", [sample.lifecycle.replace("_", " ").capitalize()]),
        ("Custody", [custody_words(sample.row.custody)]),
        ("Holds", held),
        ("Quality control", [html.Span([verdict_icon, verdict], className="st")]),
    ]
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in axes],
        className="axes",
        **aria(label="State of the sample"),
    )


def _alarm(place: LocationView) -> html.Div:
    return html.Div(
        [
            icon("exclamation-octagon-fill", Tone.CRIT),
            html.Span(
                [html.B("Freezer alarm. "), f"{place.unit_label} is outside its temperature."]
            ),
            html.Span(className="sp"),
            html.A(
                "Open freezer",
                href=f"/storage/{quote(place.path.partition('/')[0])}",
                className="md nw",
            ),
        ],
        className="warnbar",
        role="status",
    )


def _way(stops: Sequence[Stage], *, zone: ZoneInfo, now: datetime) -> html.Ol:
    return html.Ol(
        [_stop(stop, zone=zone, now=now) for stop in stops],
        className="way",
        **aria(label="Way through the laboratory"),
    )


def _stop(stop: Stage, *, zone: ZoneInfo, now: datetime) -> html.Li:
    look = look_of(SAMPLE_LOOKS, stop.status)
    kind = "is-now" if stop.is_current else "is-done" if stop.at else "is-ahead"
    when: list[Component | str] = ["not reached"]
    if stop.at is not None:
        when = [html.Span(fmt.moment(stop.at, zone, now=now), className="num"), f" {stop.by}"]
    lasted = "" if stop.lasted is None else fmt.age(stop.lasted)
    return html.Li(
        [
            html.I(**aria(hidden=True)),
            html.B(look.word),
            html.Span(when, className="when"),
            html.Em(f"{lasted} so far" if stop.is_current and lasted else lasted, className="num"),
        ],
        className=kind,
        **aria(current="step" if stop.is_current else None),
    )


def _measurements(sample: SampleDetail) -> html.Section:
    row = sample.row
    values: list[tuple[str, str, Decimal | None, str]] = [
        (
            "Concentration",
            "concentration_ng_per_ul",
            row.concentration_ng_per_ul,
            fmt.concentration(row.concentration_ng_per_ul),
        ),
        ("Volume", "volume_ul", row.volume_ul, fmt.volume(row.volume_ul)),
        ("A260/280", "a260_280", sample.a260_280, fmt.decimal(sample.a260_280, 2)),
        ("A260/230", "a260_230", sample.a260_230, fmt.decimal(sample.a260_230, 2)),
        ("RIN", "rin", row.rin, fmt.decimal(row.rin, 1)),
        ("DIN", "din", row.din, fmt.decimal(row.din, 1)),
    ]
    measured = [each for each in values if each[2] is not None]
    if not measured:
        said = html.P("Nothing has been measured yet.", className="t3")
        return panel("Measurements", said)
    material = MaterialType(row.material_type)
    lines = [_measured(material, *each) for each in measured]
    outside = [
        label
        for label, name, value, _ in measured
        if value is not None and (band := usual(material, name)) and not band.holds(value)
    ]
    known = any(usual(material, name) for _, name, _, _ in measured)
    notes: list[Component | str] = []
    if known:
        notes.append(f"Blue: usual for {MATERIAL_NAME[material]}. ")
    if outside:
        notes += [icon("exclamation-triangle-fill", Tone.WARN), f" Outside: {', '.join(outside)}."]
    return panel("Measurements", html.Dl(lines, className="meas"), html.P(notes, className="mi t3"))


def _measured(
    material: MaterialType, label: str, name: str, value: Decimal | None, written: str
) -> html.Div:
    band = usual(material, name)
    bar = band_bar(name, value, band) if value is not None and band is not None else None
    return html.Div(
        [html.Dt(label), html.Dd(written, className="num md"), html.Dd(bar, className="r")]
    )


def _details(sample: SampleDetail, principal: Principal, *, zone: ZoneInfo) -> html.Section:
    row = sample.row
    collected = fmt.calendar_day(sample.collected_on, with_year=True) if sample.collected_on else ""
    indexes = " · ".join(code for code in (sample.index_i7, sample.index_i5) if code)
    known: list[tuple[str, str | list[Component | str]]] = [
        ("Submitter’s name", sample.external_id or ""),
        ("Subject", row.subject_code or ""),
        ("Kept at", ZONE_NAME[TemperatureClass(row.temperature_class)]),
        ("Container", sample.container_type or ""),
        ("Biosafety level", str(sample.biosafety_level)),
        ("Collected", collected),
        ("Received", fmt.moment(row.received_at, zone) if row.received_at else ""),
        (
            "Arrived",
            detail_arrival.arrived(
                sample.arrival, principal, zone=zone, has_come=_came_from_outside(sample)
            ),
        ),
        ("Registered", fmt.moment(row.created_at, zone)),
        ("Submitter", sample.submitter or ""),
        ("Analysis", sample.analysis or ""),
        ("Priority", row.priority.capitalize()),
        ("Indexes", indexes),
        ("Backup", "Yes" if sample.is_backup else ""),
        ("Notes", sample.notes or ""),
    ]
    pairs = [part for name, said in known if said for part in (html.Dt(name), html.Dd(said))]
    return panel("Details", html.Dl(pairs, className="kv"))


def _came_from_outside(sample: SampleDetail) -> bool:
    """Tell whether a sample was received; what is made here of another one never arrives."""
    return sample.row.received_at is not None and sample.parent_barcode is None


def _submitted(sample: SampleDetail) -> html.Section:
    said = [
        part
        for name, value in sample.attributes.items()
        for part in (html.Dt(name), html.Dd(value))
    ]
    parts: list[Component] = [html.Dl(said, className="kv")] if said else []
    if sample.import_id is not None:
        href = f"/register?draft={sample.import_id}"
        parts.append(html.P(html.A("Open the import that it came with", href=href)))
    if not parts:
        parts.append(html.P("It was registered by hand; no file came with it.", className="t3"))
    return panel("As submitted", *parts, class_name="bt")
