"""Register one sample at a bench: scan, complete, Enter; the label is drawn beside it."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.labels.rendering import svg
from backend.samples import rules
from backend.samples.ids import MaterialType, Priority, TemperatureClass
from backend.templates import queries
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.form_field import error_id, error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.kbd import kbd
from dashboard.components.page import Page, page
from dashboard.components.scan_target import scan_target
from dashboard.components.tones import Tone
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.labels.dialog import print_dialog
from dashboard.pages.register import single_ids as ids
from dashboard.pages.register.layout import tabs
from dashboard.pages.register.single_form import KEEPABLE, USUALLY_KEPT
from dashboard.pages.samples.arrival_fields import arrival_fields
from dashboard.session import current_principal
from dashboard.zone_names import ZONE_NAMES


def single_layout(*, barcode: str | None = None, **_: str) -> Page:
    """Draw the bench form; ``barcode`` is what a search could not find and offered to register."""
    return page(
        title="Register a sample",
        tabs=tabs("/register/single"),
        class_name="bench",
        children=[
            scan_target(),
            dcc.Store(id=ids.DONE),
            dcc.Store(id=ids.FOCUS_SINK),
            dcc.Store(id=ids.SCAN_SINK),
            *_printing(),
            dbc.Form(
                [
                    html.Div(
                        [_fields(barcode), _aside()], className="bn-cols", **data(scan_form="")
                    ),
                    _footer(),
                ],
                id=ids.FORM,
                class_name="bn-form",
            ),
        ],
    )


def _printing() -> list[Component]:
    if not current_principal().may(Permission.LABELS_PRINT):
        return []
    return [dcc.Store(id=label_ids.WHAT, data={"session": True}), print_dialog(only_new=True)]


def zone_options(material: MaterialType | None) -> list[dict[str, str]]:
    """Return the temperatures at which a material may be kept, all of them for an unknown one."""
    fitting = rules.KEPT_AT[material] if material else frozenset(TemperatureClass)
    return [
        {"label": ZONE_NAMES[zone], "value": zone.value}
        for zone in TemperatureClass
        if zone in fitting
    ]


def _fields(barcode: str | None) -> html.Div:
    return html.Div(
        [
            error_summary({}, id=ids.PROBLEMS),
            _row(_barcode(barcode), _name()),
            _row(_project(), _subject()),
            _material(),
            _row(_volume(), _concentration(), _collected(), class_name="bn-3"),
            _row(_temperature(), _box()),
            _arrival(),
            _more(),
            _sticky(),
            _save_code(),
        ],
        className="bn-fields",
    )


def _barcode(scanned: str | None) -> html.Div:
    field = form_field(
        "Tube barcode",
        _input(ids.BARCODE, value=scanned or "", autofocus=True, class_name="mono"),
        help_text="Scan it, or leave it empty for a new one",
    )
    said = html.Div(id=ids.CHECKED, className="bn-said", **aria(live="polite"))
    return html.Div([field, said], className="bn-barcode", **data(scan=""))


def _name() -> html.Div:
    field = form_field(
        "Sample name",
        _input(ids.NAME, required=True),
        help_text="Scan the request form or type it",
    )
    return html.Div(field, **data(scan=""))


def _project() -> html.Div:
    with reading() as session:
        choices = queries.list_projects(session, current_principal())
    options = [
        {"label": f"{choice.code} · {choice.name}", "value": choice.code} for choice in choices
    ]
    only = choices[0].code if len(choices) == 1 else None
    return form_field(
        "Project",
        _select(ids.PROJECT, options, value=only, required=True, placeholder="Choose a project"),
        help_text="Whose samples these are",
    )


def _subject() -> html.Div:
    field = form_field(
        "Subject", _input(ids.SUBJECT), help_text="Code of the donor or animal", optional=True
    )
    return html.Div(field, **data(scan=""))


def _material() -> html.Div:
    tiles = dbc.RadioItems(
        id=ids.MATERIAL,
        options=[
            {"label": rules.MATERIAL_NAME[material], "value": material.value}
            for material in MaterialType
        ],
        name=ids.MATERIAL,
        class_name="bn-tiles",
        persistence=True,
        persistence_type="local",
    )
    return html.Div(
        [
            html.Span("Sample type", className="lab", id=f"{ids.MATERIAL}-name"),
            html.Div(tiles, role="radiogroup", **aria(labelledby=f"{ids.MATERIAL}-name")),
            html.Div(id=error_id(ids.MATERIAL), className="err-x", role="alert"),
        ],
        className="fld",
    )


def _volume() -> html.Div:
    return form_field("Volume", _number(ids.VOLUME), unit="µL", optional=True)


def _concentration() -> html.Div:
    return form_field("Concentration", _number(ids.CONCENTRATION), unit="ng/µL", optional=True)


def _collected() -> html.Div:
    return form_field("Collected", _input(ids.COLLECTED, type="date"), optional=True)


def _temperature() -> html.Div:
    return form_field(
        "Kept at",
        _select(
            ids.TEMPERATURE, zone_options(None), required=True, placeholder="Choose a temperature"
        ),
        help_text="Temperatures that suit the type",
    )


def _box() -> html.Div:
    field = form_field(
        "Storage place",
        _input(ids.BOX, class_name="mono"),
        help_text="Scan a box: its first free position is taken",
        optional=True,
    )
    return html.Div(field, **data(scan=""))


def _arrival() -> html.Details:
    # Folded and empty: a tube that nobody has anything to say about is registered as fast as ever.
    return html.Details(
        [
            html.Summary("How it arrived", id=ids.ARRIVAL),
            arrival_fields(ids.BENCH, hidden=False, is_blank=True),
            html.P("With nothing ticked, nothing is written down.", className="t3 sm"),
        ],
        className="bn-more",
    )


def _more() -> html.Details:
    return html.Details(
        [
            html.Summary("More about this sample"),
            _row(
                form_field("Submitter’s name for it", _input(ids.EXTERNAL_ID), optional=True),
                html.Div(
                    form_field("Taken from", _input(ids.PARENT, class_name="mono"), optional=True),
                    **data(scan=""),
                ),
                form_field("Received", _input(ids.RECEIVED, type="datetime-local"), optional=True),
                class_name="bn-3",
            ),
            _row(
                form_field("A260/280", _number(ids.A260_280), optional=True),
                form_field("A260/230", _number(ids.A260_230), optional=True),
                form_field("RIN", _number(ids.RIN), optional=True),
                form_field("DIN", _number(ids.DIN), optional=True),
                class_name="bn-4",
            ),
            _row(
                form_field("Index i7", _input(ids.INDEX_I7, class_name="mono"), optional=True),
                form_field("Index i5", _input(ids.INDEX_I5, class_name="mono"), optional=True),
            ),
            _row(
                form_field("Container", _input(ids.CONTAINER), optional=True),
                form_field("Biosafety level", _select(ids.BIOSAFETY, _levels(), value="1")),
                form_field(
                    "Priority", _select(ids.PRIORITY, _priorities(), value=Priority.NORMAL.value)
                ),
                class_name="bn-3",
            ),
            _row(
                form_field("Submitter", _input(ids.SUBMITTER), optional=True),
                form_field("Analysis", _input(ids.ANALYSIS), optional=True),
                form_field("Consent reference", _input(ids.CONSENT), optional=True),
                class_name="bn-3",
            ),
            form_field(
                "Notes",
                dcc.Textarea(id=ids.NOTES, rows=2, className="form-control"),
                optional=True,
            ),
            html.P("Without a time of receipt it is now: the tube is here.", className="t3 sm"),
        ],
        className="bn-more",
    )


def _sticky() -> html.Details:
    choice = dbc.Checklist(
        id=ids.STICKY,
        options=[{"label": field.what, "value": field.name} for field in KEEPABLE],
        value=list(USUALLY_KEPT),
        class_name="bn-sticky",
        persistence=True,
        persistence_type="local",
    )
    return html.Details(
        [
            html.Summary("What stays for the next sample"),
            html.P(
                "After a tube is saved, or the form is cleared, these fields keep what stands in "
                "them. This bench remembers the choice.",
                className="t2",
            ),
            html.Div(choice, role="group", **aria(label="What stays for the next sample")),
        ],
        className="bn-more",
    )


def _save_code() -> html.Details:
    uri = svg.code_uri(ids.SAVE_CODE)
    return html.Details(
        [
            html.Summary("Save by a scan"),
            html.P(
                "Print this code and keep it at the bench: scanned, it saves the tube as the "
                "button does. A form that lacks something is never saved; the scan goes there.",
                className="t2",
            ),
            html.Img(src=uri, alt=f"Data Matrix {ids.SAVE_CODE}", width=96, height=96),
            html.P(html.A("Download the code to print it", href=uri, download="save-code.svg")),
        ],
        className="bn-more",
    )


def _aside() -> html.Aside:
    return html.Aside(
        [
            html.H2("Label"),
            html.Div(id=ids.LABEL),
            html.P(id=ids.LABEL_STATE, className="t2"),
            button("Print label", id=ids.PRINT, icon="printer", **data(print_label="")),
            html.Div(id=ids.SESSION, **aria(live="polite")),
        ],
        className="bn-side",
        **aria(label="Label and this session"),
    )


def _footer() -> html.Div:
    return html.Div(
        [
            html.Span(
                [icon("upc-scan", Tone.OK), html.B("Scanner ready", className="md")],
                className="row-x",
            ),
            html.Span(className="sp"),
            button("Clear", id=ids.CLEAR, kind="ghost"),
            button("Save and open", id=ids.SAVE),
            html.Button(
                ["Save and scan next", kbd("Enter")],
                type="submit",
                # Our own sentences stand beside the fields; the browser's bubble would come first.
                formNoValidate=True,
                className="btn btn-primary",
            ),
        ],
        className="bn-foot",
    )


def _levels() -> list[dict[str, str]]:
    return [{"label": str(level), "value": str(level)} for level in range(1, 5)]


def _priorities() -> list[dict[str, str]]:
    return [{"label": each.value.capitalize(), "value": each.value} for each in Priority]


def _input(id: str, *, class_name: str = "", **options: object) -> dbc.Input:
    return dbc.Input(
        id=id,
        class_name=class_name,
        autocomplete="off",
        **{"type": "text", "value": "", **options},
    )


def _number(id: str) -> dbc.Input:
    return _input(id, inputmode="decimal")


def _select(
    id: str, options: Sequence[dict[str, str]], *, value: str | None = None, **more: object
) -> dbc.Select:
    return dbc.Select(
        id=id,
        options=list(options),
        value=value,
        persistence=True,
        persistence_type="local",
        **more,
    )


def _row(*fields: Component, class_name: str = "bn-2") -> html.Div:
    return html.Div(list(fields), className=class_name)
