"""Callbacks of the dialog that prints labels: preview of the first, and the print itself."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component

from backend.core import clock
from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.gateway import outgoing
from backend.gateway.errors import CircuitOpen
from backend.labels import contents, printing, queries, service, sheet_files
from backend.labels.adapters import zpl_printer
from backend.labels.rendering import sheet as sheets
from backend.labels.rendering import svg
from backend.labels.schemas import (
    MOST_COPIES,
    MOST_LABELS,
    LabelsInput,
    ManyInput,
    PrintInput,
    SheetsInput,
)
from backend.labels.views import LabelContent, Layout
from backend.samples import bench, stored_queries
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.form_field import field_error
from dashboard.components.icon import icon
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.labels import ids, many, places
from dashboard.session import current_principal
from dashboard.shell_ids import live

What = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands in the dialog, in the order of the callback's states."""

    what: What
    template: str
    where: str
    printer: str | None
    sheet: str
    start_at: float | None
    copies: float | None
    only_new: list[str] | None
    reason: str | None


@page_callback(
    Permission.LABELS_PRINT,
    Output(ids.PREVIEW, "children"),
    Output(ids.ON_PRINTER, "hidden"),
    Output(ids.ON_SHEET, "hidden"),
    Input(ids.WHAT, "data"),
    Input(ids.TEMPLATE, "value"),
    Input(ids.WHERE, "value"),
    Input(ids.PRINTER, "value"),
    Input(ids.ONLY_NEW, "value"),
    Input(ids.SAID, "children"),
)
def show_preview(
    what: What,
    template: str,
    where: str,
    printer: str | None,
    only_new: list[str] | None,
    _said: object = None,
) -> tuple[list[Component], bool, bool]:
    """Draw the first label as it will come out, and say how many there are."""
    try:
        drawn = _preview(what, template, where, printer, only_new)
    except AppError as refusal:
        drawn = [_refused(refusal.message)]
    return drawn, where != "printer", where != "sheet"


@page_callback(
    Permission.LABELS_PRINT,
    Output(ids.STATE, "children"),
    Input(ids.ASK, "n_clicks"),
    Input(ids.PRINTER, "value"),
    prevent_initial_call=True,
)
def show_printer(_presses: int | None, printer: str | None) -> list[Component | str]:
    """Say what the printer says of itself: ready, out of labels, not there."""
    if not printer:
        return []
    with reading() as session:
        found = queries.get_printer(session, current_principal(), UUID(printer))
    return printer_words(found.host, found.port)


@page_callback(
    Permission.LABELS_PRINT,
    Output(ids.SAID, "children"),
    Output(ids.FILE, "data"),
    Output(ids.SHEETS_JOB, "data"),
    Input(ids.GO, "n_clicks"),
    State(ids.WHAT, "data"),
    State(ids.TEMPLATE, "value"),
    State(ids.WHERE, "value"),
    State(ids.PRINTER, "value"),
    State(ids.SHEET, "value"),
    State(ids.START_AT, "value"),
    State(ids.COPIES, "value"),
    State(ids.ONLY_NEW, "value"),
    State(ids.AGAIN_FOR, "value"),
    prevent_initial_call=True,
)
def print_labels(presses: int | None, *chosen: Any) -> tuple[Any, Any, Any]:
    """Queue the labels or make the PDF; a refusal stands in the dialog and all stays chosen."""
    if not presses:
        return no_update, no_update, no_update
    choice = Choice(*chosen)
    try:
        if choice.where == "printer":
            return _queue(choice), no_update, None
        return _make_file(choice)
    except AppError as refusal:
        return _refused(refusal.message), no_update, None


@page_callback(
    Permission.LABELS_PRINT,
    Output(ids.SHEETS_FILE, "children"),
    Input(live("work"), "data"),
    Input(ids.SHEETS_JOB, "data"),
    prevent_initial_call=True,
)
def offer_sheets(_version: int | None, job: str | None) -> list[Component]:
    """Offer the file of very many labels once its worker is done."""
    if not job:
        return []
    with reading() as session:
        return many.file_link(session, current_principal(), job)


def printer_words(host: str, port: int) -> list[Component | str]:
    """Return a printer's answer as a mark and words; asked with no session open."""
    address = zpl_printer.Address(host, port)
    try:
        with outgoing.through(writing, address.target, away=zpl_printer.NotSent):
            found = zpl_printer.ask(address, _SHORT)
    except (zpl_printer.NotSent, CircuitOpen) as unreachable:
        return [icon("x-octagon-fill", Tone.CRIT), f" {unreachable}"]
    if found is None:
        return [icon("check-circle", Tone.OFF), " Connected; it does not tell its state."]
    if found.obstacle:
        return [icon("exclamation-triangle-fill", Tone.WARN), f" It is {found.obstacle}."]
    return [icon("check-circle-fill", Tone.OK), " Ready"]


_SHORT = zpl_printer.Timing(connect_s=1.0, answer_s=0.7)


def samples_of(
    session: ReadSession, principal: Principal, what: What, only_new: Sequence[str] | None
) -> list[UUID]:
    """Return the samples whose labels a page asks for."""
    if not what:
        return []
    if "query" in what:
        # As a PDF: a printer gets them from a worker instead.
        query_id, most = UUID(what["query"]), sheet_files.MOST_OF_A_FILE
        keys: list[UUID] = [
            *stored_queries.samples_of(session, principal, query_id, most=most),
        ]
    elif "import" in what:
        keys = contents.of_import(session, principal, UUID(what["import"]))
    elif what.get("session"):
        midnight = clock.utc_now().astimezone(lab_zone()).replace(hour=0, minute=0, second=0)
        since = midnight.replace(microsecond=0).astimezone(UTC)
        rows, _ = bench.registered_since(session, principal, since, limit=MOST_LABELS)
        keys = [row.id for row in reversed(rows)]
    else:
        keys = [UUID(key) for key in what.get("samples", [])]
    return service.without_label(session, principal, keys) if only_new else keys


def _preview(
    what: What,
    template: str,
    where: str,
    printer: str | None,
    only_new: Sequence[str] | None,
) -> list[Component]:
    principal = current_principal()
    with reading() as session:
        first, said = _first_and_amount(session, principal, what, where, only_new)
        if not first:
            return [html.P("No label is left to print.", className="t2")]
        on_printer = where == "printer" and printer
        dpi = (
            queries.get_printer(session, principal, UUID(printer)).dpi if on_printer else sheets.DPI
        )
    (layout,) = printing.layouts_of(template, first, dpi=dpi)
    return [_drawn(layout), *_warnings(layout), html.P(said, className="t2")]


def _first_and_amount(
    session: ReadSession,
    principal: Principal,
    what: What,
    where: str,
    only_new: Sequence[str] | None,
) -> tuple[list[LabelContent], str]:
    """Return the first label, none for no label, and how many there are."""
    if what and places.is_place(what):
        labels = places.labels_of(session, principal, what, only_new)
        return labels[:1], _amount(len(labels))
    if what and "query" in what:
        found = many.look_at(session, principal, what["query"], only_new=bool(only_new))
        said = many.amount(found.count) if where == "printer" else _amount(found.count)
        keys = [found.first] if found.first else []
    else:
        keys = samples_of(session, principal, what, only_new)
        said = _amount(len(keys))
    return contents.of_samples(session, principal, keys[:1]) if keys else [], said


def _drawn(layout: Layout) -> Component:
    said = ", ".join(text.text for text in layout.texts)
    return html.Img(
        src=svg.data_uri(layout),
        alt=f"Label of {layout.content.barcode}: {said}",
        className="lp-label",
    )


def _warnings(layout: Layout) -> list[Component]:
    cut = [text.field.value.replace("_", " ") for text in layout.texts if text.was_cut]
    lost = "".join(text.lost for text in layout.texts)
    said = []
    if cut:
        said.append(f"Shortened to fit: {', '.join(cut)}.")
    if lost:
        said.append(f"These letters cannot be printed: {lost}")
    return [
        html.P([icon("exclamation-triangle-fill", Tone.WARN), f" {each}"], className="sm")
        for each in said
    ]


def _amount(count: int) -> str:
    return "The only label" if count == 1 else f"The first of {fmt.count(count)} labels"


def _queue(choice: Choice) -> Component:
    if not choice.printer:
        raise InvalidInput("Choose a printer, or make a PDF.")
    principal, printer_id = current_principal(), UUID(choice.printer)
    if choice.what and "query" in choice.what:
        return _queue_many(choice, choice.what["query"], printer_id)
    copies = _copies(choice)
    with writing() as session:
        if choice.what and places.is_place(choice.what):
            count = places.queue(
                session,
                principal,
                choice.what,
                choice.only_new,
                printer_id=printer_id,
                asked=LabelsInput(
                    template=choice.template, copies=copies, reason=choice.reason or ""
                ),
            )
        else:
            keys = samples_of(session, principal, choice.what, choice.only_new)
            service.request_prints(
                session,
                principal,
                printer_id=printer_id,
                sample_ids=keys,
                template=choice.template,
                copies=copies,
                reason=choice.reason or "",
            )
            count = len(keys)
        name = queries.get_printer(session, principal, printer_id).name
    words = fmt.plural(count * copies, "label is", "labels are")
    return html.P(
        [
            icon("check-circle-fill", Tone.OK),
            f" {words} queued on {name}. ",
            html.A("Label queue", href="/register/labels"),
        ]
    )


def _queue_many(choice: Choice, query: str, printer_id: UUID) -> Component:
    asked = ManyInput(
        printer_id=printer_id,
        template=choice.template,
        copies=_copies(choice),
        only_new=bool(choice.only_new),
        reason=choice.reason or "",
    )
    with writing() as session:
        return many.queue(session, current_principal(), query, asked)


def _copies(choice: Choice) -> int:
    copies = int(choice.copies or 0)
    if not 1 <= copies <= MOST_COPIES:
        sentence = f"Print 1 to {MOST_COPIES} copies."
        raise InvalidInput(sentence, fields={"copies": sentence})
    return copies


def _make_file(choice: Choice) -> tuple[Component, Any, str | None]:
    """Make a file at once, or ask a worker for one of more labels than a person waits for."""
    principal, copies = current_principal(), _copies(choice)
    if choice.what and places.is_place(choice.what):
        with writing() as session:
            count, file = places.make_file(
                session, principal, choice.what, choice.only_new, _asked(choice)
            )
        return _handed_out(count * copies, file)
    with writing() as session:
        keys = samples_of(session, principal, choice.what, choice.only_new)
        service.check_amount(keys, copies, most=sheet_files.MOST_OF_A_FILE)
        if len(keys) * copies > MOST_LABELS:
            return many.make_sheets(session, principal, choice.what or {}, keys, _asked(choice))
        asked = PrintInput(
            sample_ids=tuple(keys),
            template=choice.template,
            copies=copies,
            reason=choice.reason or "",
        )
        _, file = service.make_sheets(
            session,
            principal,
            asked=asked,
            sheet=choice.sheet,
            start_at=int(choice.start_at or 0),
        )
    return _handed_out(len(keys) * copies, file)


def _handed_out(count: int, file: bytes) -> tuple[Component, Any, None]:
    labels = fmt.plural(count, "label", "labels")
    words = f" {labels} made. Print the file at 100 %, not fitted to the page."
    return (
        html.P([icon("check-circle-fill", Tone.OK), words]),
        {
            "filename": "labels.pdf",
            "type": sheets.MEDIA_TYPE,
            "content": base64.b64encode(file).decode(),
            "base64": True,
        },
        None,
    )


def _asked(choice: Choice) -> SheetsInput:
    return SheetsInput(
        template=choice.template,
        sheet=choice.sheet,
        start_at=int(choice.start_at or 0),
        copies=_copies(choice),
        only_new=bool(choice.only_new),
        reason=choice.reason or "",
    )


def _refused(message: str) -> Component:
    return field_error(message) or html.P()
