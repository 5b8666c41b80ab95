"""Dialogs that record the time before storage and override the code derived from it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html

from backend.samples.preanalytical.rules import FluidRecord
from backend.samples.preanalytical.tables import CONTAINERS, SPECIMENS, VESSELS
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_dialogs import answers, reason
from dashboard.pages.samples.detail_facts import SampleFacts

NOT_KNOWN = "unknown"
"""A choice of its own: the empty one cannot be chosen again."""
_SPUN = {NOT_KNOWN: "Not known", "no": "Not centrifuged", "once": "Once", "twice": "Twice"}


def dialogs(facts: SampleFacts, zone: ZoneInfo) -> list[html.Dialog]:
    """Draw the dialogs; both always stand there for callbacks."""
    view = facts.preanalytical
    own = view is not None and view.inherited_from is None
    record = view.record if view is not None and own else FluidRecord()
    return [_recording(record, zone), _override()]


def _recording(record: FluidRecord, zone: ZoneInfo) -> html.Dialog:
    hours = f"In {zone.key}"
    return dialog(
        ids.SPREC_DIALOG,
        "Record the time before storage",
        error_summary({}, id=ids.SPREC_PROBLEMS),
        html.P("What nobody knows stays empty and is coded as unknown.", className="t2"),
        form_field("Type of sample", _select(ids.SPREC_SPECIMEN, SPECIMENS, record.specimen)),
        form_field(
            "Primary container",
            _select(ids.SPREC_CONTAINER, CONTAINERS, record.container),
            optional=True,
        ),
        form_field(
            "Collected",
            _moment(ids.SPREC_COLLECTED, record.collected_at, zone),
            help_text=hours,
            optional=True,
        ),
        form_field(
            "Kept at until centrifuged or stored",
            _celsius(ids.SPREC_KEPT, record.kept_at_c),
            unit="°C",
            optional=True,
        ),
        form_field(
            "Centrifuged",
            dbc.Select(
                id=ids.SPREC_SPUN,
                options=[{"value": key, "label": name} for key, name in _SPUN.items()],
                value=_spun(record),
            ),
        ),
        form_field(
            "First centrifuged at",
            _moment(ids.SPREC_SPUN_AT, record.spun_at, zone),
            help_text=hours,
            optional=True,
        ),
        form_field(
            "Stored",
            _moment(ids.SPREC_STORED, record.stored_at, zone),
            help_text=hours,
            optional=True,
        ),
        form_field(
            "Storage temperature",
            _celsius(ids.SPREC_STORAGE, record.storage_c),
            unit="°C",
            optional=True,
        ),
        form_field(
            "Stored in",
            _select(
                ids.SPREC_VESSEL,
                {vessel.value: name for vessel, name in VESSELS.items()},
                record.vessel,
            ),
            optional=True,
        ),
        answers("Record nothing", "Record", ids.SPREC_SEND),
    )


def _override() -> html.Dialog:
    return dialog(
        ids.OVERRIDE_DIALOG,
        "Override the SPREC code",
        error_summary({}, id=ids.OVERRIDE_PROBLEMS),
        form_field(
            "Code",
            dbc.Input(id=ids.OVERRIDE_CODE, value="", maxlength=40),
            help_text="Seven elements, as SER-SST-A-B-N-A-A. Empty: the derived code counts again",
            optional=True,
        ),
        reason(ids.OVERRIDE_REASON),
        answers("Change nothing", "Set code", ids.OVERRIDE_SEND),
    )


def _select(field: str, names: Mapping[str, str], value: str | None) -> dbc.Select:
    options = [{"value": NOT_KNOWN, "label": "Not known"}]
    options += [{"value": code, "label": name} for code, name in names.items()]
    return dbc.Select(id=field, options=options, value=value or NOT_KNOWN)


def _moment(field: str, at: datetime | None, zone: ZoneInfo) -> dbc.Input:
    shown = "" if at is None else at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return dbc.Input(id=field, type="datetime-local", value=shown)


def _celsius(field: str, value: Decimal | None) -> dbc.Input:
    return dbc.Input(id=field, value="" if value is None else f"{value:f}", inputmode="decimal")


def _spun(record: FluidRecord) -> str:
    if record.is_spun is None:
        return NOT_KNOWN
    if not record.is_spun:
        return "no"
    return "twice" if record.is_spun_twice else "once"
