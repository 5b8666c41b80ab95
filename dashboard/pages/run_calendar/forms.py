"""The two forms of the calendar: a service time, and another start of a planned run."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.core.errors import AppError, InvalidInput
from backend.sequencing.booking.schemas import RescheduleIn, ServiceIn
from backend.sequencing.ids import RunState
from backend.sequencing.released.views import PlanLine
from backend.sequencing.views import InstrumentView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.run_calendar import ids
from dashboard.pages.sequencing.forms import checked, instant

SERVICE_FIELDS = {
    "instrument_id": (ids.SERVICE_INSTRUMENT, "Choose an instrument."),
    "start_at": (ids.SERVICE_FROM, "Give the day and time from which it is not run."),
    "end_at": (ids.SERVICE_UNTIL, "Give the day and time until which it is not run."),
    "why": (ids.SERVICE_WHY, "Say in up to 120 characters what is done."),
}
RUN_FIELDS = {
    "run": (ids.RUN, "Choose a planned run."),
    "start_at": (ids.RUN_START, "Give the day and time at which the run starts."),
}


def service_form(instruments: Sequence[InstrumentView], zone: ZoneInfo) -> html.Section:
    """Draw the form that keeps an instrument free of runs."""
    options = [{"label": each.name, "value": str(each.id)} for each in instruments]
    return panel(
        "Service time",
        error_summary({}, id=ids.SERVICE_PROBLEMS),
        form_field("Instrument", dbc.Select(id=ids.SERVICE_INSTRUMENT, options=options)),
        html.Div(
            [
                form_field("From", dbc.Input(id=ids.SERVICE_FROM, type="datetime-local")),
                form_field("Until", dbc.Input(id=ids.SERVICE_UNTIL, type="datetime-local")),
            ],
            className="rc-pair",
        ),
        form_field(
            "Why",
            dbc.Input(id=ids.SERVICE_WHY, value="", maxlength=120, autocomplete="off"),
            help_text=f"No run is planned over it. Laboratory time, {zone.key}.",
        ),
        html.Div(
            button("Add service time", id=ids.SERVICE_SEND, kind="primary", icon="plus-lg"),
            className="row-x",
        ),
        class_name="bt rc-form",
    )


def run_form(runs: Sequence[PlanLine], *, chosen: str, zone: ZoneInfo) -> html.Section:
    """Draw the form that gives a planned run another start, the run ``chosen`` already picked."""
    planned = [each for each in runs if each.state is RunState.PLANNED]
    body: list[Component] = [html.P("No run is planned.", className="t2")]
    if planned:
        options = [
            {
                "label": f"{each.code}, {each.instrument}, {fmt.moment(each.start, zone)}",
                "value": each.code,
            }
            for each in planned
        ]
        known = chosen if chosen in {each.code for each in planned} else None
        body = [
            error_summary({}, id=ids.RUN_PROBLEMS),
            form_field("Run", dbc.Select(id=ids.RUN, options=options, value=known)),
            form_field(
                "New start",
                dbc.Input(id=ids.RUN_START, type="datetime-local"),
                help_text="Its length stays, and so do its lanes and their release. "
                f"Laboratory time, {zone.key}.",
            ),
            html.Div(
                button("Reschedule", id=ids.RUN_SEND, kind="primary", icon="calendar-plus"),
                className="row-x",
            ),
        ]
    return panel("Reschedule a run", *body, class_name="bt rc-form")


def parse_service(
    instrument: str | None, start: str | None, end: str | None, why: str | None, *, zone: ZoneInfo
) -> ServiceIn:
    """Return the service time that was typed. Raises InvalidInput by the schema's fields."""
    typed = {
        "instrument_id": instrument,
        "start_at": instant(start, zone),
        "end_at": instant(end, zone),
        "why": why or "",
    }
    return checked(lambda: ServiceIn.model_validate(typed), SERVICE_FIELDS)


def parse_run(run: str | None, start: str | None, *, zone: ZoneInfo) -> tuple[str, RescheduleIn]:
    """Return which run gets which start. Raises InvalidInput by field."""
    wish = checked(
        lambda: RescheduleIn.model_validate({"start_at": instant(start, zone)}), RUN_FIELDS
    )
    if not run:
        sentence = RUN_FIELDS["run"][1]
        raise InvalidInput(sentence, fields={"run": sentence})
    return run, wish


def at_fields(
    refusal: AppError, fields: Mapping[str, tuple[str, str]], *, otherwise: str
) -> dict[str, str]:
    """Return a refusal's sentences by the id of the field they stand at."""
    found = {fields.get(name, (otherwise, ""))[0]: said for name, said in refusal.fields.items()}
    return found or {otherwise: refusal.message}
