"""What stands beside the bench form: the label, what was registered today, what a scan says."""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from backend.labels import contents
from backend.samples import rules
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.labels import LabelText
from backend.samples.views import SampleDetail, SampleRow
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.tones import Tone
from dashboard.components.tube_label import tube_label
from dashboard.laboratory import lab_zone
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.register.single_form import Typed

LISTED = 12


def label_of_form(typed: Typed) -> LabelText | None:
    """Return what the form says so far as a label; None while no barcode stands in it."""
    code = (typed["barcode"] or "").upper()
    if not rules.BARCODE.match(code):
        return None
    material, zone = typed["material_type"], typed["temperature_class"]
    return LabelText(
        barcode=code,
        name=typed["name"] or "",
        subject_code=typed["subject_code"],
        material_type=MaterialType(material) if material else None,
        temperature_class=TemperatureClass(zone) if zone else None,
        on=_day(typed["collected_on"]),
    )


def label_of_sample(sample: SampleDetail) -> LabelText:
    """Return the label of a registered sample."""
    return LabelText(
        barcode=sample.row.barcode,
        name=sample.row.name,
        subject_code=sample.row.subject_code,
        material_type=MaterialType(sample.row.material_type),
        temperature_class=TemperatureClass(sample.row.temperature_class),
        on=sample.collected_on,
    )


def label(text: LabelText | None) -> Component:
    """Draw a label, or the place where it will be."""
    if text is not None:
        return tube_label(contents.of_text(text))
    return html.Div(
        html.P("The label is drawn here as soon as there is a barcode.", className="t3"),
        className="tube-label is-empty",
    )


def barcode_free() -> Component:
    """Say that a barcode can be used."""
    return html.P([icon("check-circle-fill", Tone.OK), "This barcode is free"], className="st")


def barcode_unreadable() -> Component:
    """Say that what was scanned cannot be a barcode."""
    return _refusal("Use 3 to 64 letters, digits, hyphens, dots or underscores, no spaces.")


def barcode_taken(code: str, sample: SampleRow | None) -> Component:
    """Say whose a barcode is, with a link where the reader may see it."""
    if sample is None:
        return _refusal(f"{code} already belongs to a sample of another project.")
    link = html.A(f"Open {sample.name}", href=f"/samples/{quote(sample.barcode, safe='')}")
    return _refusal(f"{code} is registered already. ", link)


def session_list(rows: Sequence[SampleRow], total: int) -> Component:
    """Draw what the person registered today, newest first."""
    head = html.H2(["Registered today", html.Span(fmt.count(total), className="m")])
    print_all = button("Print labels", icon="printer", size="sm", opens=label_ids.DIALOG)
    if not rows:
        return html.Section([head, html.P("Nothing yet. Scan the first tube.", className="t3")])
    items = [_item(row) for row in rows]
    older = total - len(rows)
    more = [html.P(f"and {fmt.count(older)} before these", className="t3 sm")] if older else []
    return html.Section([head, html.Ul(items, className="bn-list"), *more, print_all])


def _item(row: SampleRow) -> html.Li:
    link = html.A(row.barcode, href=f"/samples/{quote(row.barcode, safe='')}", className="mono el")
    return html.Li(
        [
            icon("check-circle-fill", Tone.OK),
            html.Span([link, html.Span(row.name, className="t3 sm el")]),
            html.Span(fmt.clock_time(row.created_at, lab_zone()), className="num t3"),
        ]
    )


def _refusal(sentence: str, link: Component | None = None) -> html.P:
    words = [html.Span([sentence, link] if link is not None else sentence)]
    return html.P([icon("exclamation-octagon-fill", Tone.CRIT), *words], className="err")


def _day(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        return None
