"""Dialogs that record the time before storage and override the code derived from it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html

from backend.samples.ids import MaterialType
from backend.samples.preanalytical import solids
from backend.samples.preanalytical.rules import FluidRecord
from backend.samples.preanalytical.solids import SolidRecord
from backend.samples.preanalytical.tables import CONTAINERS, SPECIMENS, VESSELS
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_dialogs import answers, reason
from dashboard.pages.samples.detail_facts import SampleFacts

NOT_KNOWN = "unknown"
"""A choice of its own: the empty one cannot be chosen again."""
_VESSELS = {vessel.value: name for vessel, name in VESSELS.items()}
_SPUN = {NOT_KNOWN: "Not known", "no": "Not centrifuged", "once": "Once", "twice": "Twice"}


def dialogs(facts: SampleFacts, zone: ZoneInfo) -> list[html.Dialog]:
    """Draw the dialogs; all always stand there for callbacks."""
    view = facts.preanalytical
    record = view.record if view is not None and view.inherited_from is None else None
    fluid = record if isinstance(record, FluidRecord) else FluidRecord()
    solid = record if isinstance(record, SolidRecord) else SolidRecord()
    return [_recording(fluid, zone), _recording_solid(solid, zone), _override(facts)]


def is_solid(facts: SampleFacts) -> bool:
    """Say whether a sample is recorded as a solid one: it is a tissue, or it was so recorded."""
    view = facts.preanalytical
    if view is not None and view.inherited_from is None:
        return isinstance(view.record, SolidRecord)
    return facts.sample.row.material_type == MaterialType.TISSUE


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
            _select(ids.SPREC_VESSEL, _VESSELS, record.vessel),
            optional=True,
        ),
        answers("Record nothing", "Record", ids.SPREC_SEND),
    )


def _recording_solid(record: SolidRecord, zone: ZoneInfo) -> html.Dialog:
    hours = f"In {zone.key}"

    def moment(title: str, field: str, at: datetime | None) -> html.Div:
        return form_field(title, _moment(field, at, zone), help_text=hours, optional=True)

    def choice(title: str, field: str, names: Mapping[str, str], value: str | None) -> html.Div:
        return form_field(title, _select(field, names, value), optional=True)

    return dialog(
        ids.SOLID_DIALOG,
        "Record the time before storage of a tissue",
        error_summary({}, id=ids.SOLID_PROBLEMS),
        html.P("What nobody knows stays empty and is coded as unknown.", className="t2"),
        form_field(
            "Type of sample", _select(ids.SOLID_SPECIMEN, solids.SPECIMENS, record.specimen)
        ),
        choice("Type of collection", ids.SOLID_COLLECTION, solids.COLLECTIONS, record.collection),
        moment("Supply of blood cut", ids.SOLID_ISCHAEMIC, record.ischaemic_at),
        moment("Collected", ids.SOLID_COLLECTED, record.collected_at),
        choice("Fixation or freezing", ids.SOLID_FIXATION, solids.FIXATIONS, record.fixation),
        moment("Fixation begun", ids.SOLID_FIXED, record.fixed_at),
        moment("Fixation ended", ids.SOLID_UNTIL, record.fixed_until),
        moment("Stored", ids.SOLID_STORED, record.stored_at),
        form_field(
            "Storage temperature",
            _celsius(ids.SOLID_STORAGE, record.storage_c),
            unit="°C",
            optional=True,
        ),
        choice("Stored in", ids.SOLID_VESSEL, _VESSELS, record.vessel),
        answers("Record nothing", "Record", ids.SOLID_SEND),
    )


def _override(facts: SampleFacts) -> html.Dialog:
    such = "TIS-SRG-B-C-NBF-E-P" if is_solid(facts) else "SER-SST-A-B-N-A-A"
    return dialog(
        ids.OVERRIDE_DIALOG,
        "Override the SPREC code",
        error_summary({}, id=ids.OVERRIDE_PROBLEMS),
        form_field(
            "Code",
            dbc.Input(id=ids.OVERRIDE_CODE, value="", maxlength=40),
            help_text=f"Seven elements, as {such}. Empty: the derived code counts again",
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
