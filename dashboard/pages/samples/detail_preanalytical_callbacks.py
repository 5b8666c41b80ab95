"""Callbacks of the time before storage on a sample's page."""

from datetime import datetime
from typing import Any

from dash import Input, Output, State

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import service
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import SampleId
from backend.samples.preanalytical.tables import Vessel
from backend.samples.preanalytical_schemas import FluidFacts, SolidFacts
from dashboard.callbacks import page_callback
from dashboard.laboratory import lab_zone
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_acting import Done, Which, carried_out, chosen, perhaps
from dashboard.pages.samples.detail_preanalytical_dialog import NOT_KNOWN

_CLOSE = Output(ids.CLOSE, "data", allow_duplicate=True)
_WHICH = State(ids.WHICH, "data")


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.SPREC_PROBLEMS, "children"),
    _CLOSE,
    Input(ids.SPREC_SEND, "n_clicks"),
    State(ids.SPREC_SPECIMEN, "value"),
    State(ids.SPREC_CONTAINER, "value"),
    State(ids.SPREC_COLLECTED, "value"),
    State(ids.SPREC_KEPT, "value"),
    State(ids.SPREC_SPUN, "value"),
    State(ids.SPREC_SPUN_AT, "value"),
    State(ids.SPREC_STORED, "value"),
    State(ids.SPREC_STORAGE, "value"),
    State(ids.SPREC_VESSEL, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def record_preanalytical(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Record what is known of the time before storage; the code follows."""
    *typed, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        view = service.record_preanalytical(session, principal, sample_id=key, facts=_facts(*typed))
        return f"{which['barcode']} is {view.code}"

    return carried_out(presses, which, act, ids.SPREC_DIALOG, ids.SPREC_SPECIMEN, [])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.SOLID_PROBLEMS, "children"),
    _CLOSE,
    Input(ids.SOLID_SEND, "n_clicks"),
    State(ids.SOLID_SPECIMEN, "value"),
    State(ids.SOLID_COLLECTION, "value"),
    State(ids.SOLID_ISCHAEMIC, "value"),
    State(ids.SOLID_COLLECTED, "value"),
    State(ids.SOLID_FIXATION, "value"),
    State(ids.SOLID_FIXED, "value"),
    State(ids.SOLID_UNTIL, "value"),
    State(ids.SOLID_STORED, "value"),
    State(ids.SOLID_STORAGE, "value"),
    State(ids.SOLID_VESSEL, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def record_solid(presses: int | None, *given: Any) -> tuple[Any, ...]:
    """Record what is known of a tissue's time before storage; the code follows."""
    *typed, which = given

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        facts = _solid_facts(*typed)
        view = service.record_preanalytical(session, principal, sample_id=key, facts=facts)
        return f"{which['barcode']} is {view.code}"

    return carried_out(presses, which, act, ids.SOLID_DIALOG, ids.SOLID_SPECIMEN, [])


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.OVERRIDE_PROBLEMS, "children"),
    _CLOSE,
    Output(ids.OVERRIDE_CODE, "value"),
    Output(ids.OVERRIDE_REASON, "value"),
    Input(ids.OVERRIDE_SEND, "n_clicks"),
    State(ids.OVERRIDE_CODE, "value"),
    State(ids.OVERRIDE_REASON, "value"),
    _WHICH,
    prevent_initial_call=True,
)
def override_sprec(
    presses: int | None, code: str | None, why: str | None, which: Which
) -> tuple[Any, ...]:
    """Set a code by hand, or let the derived one count again."""

    def act(session: WriteSession, principal: Principal, key: SampleId) -> Done:
        given, reason = (code or "").strip(), why or ""
        if given:
            view = service.override_sprec(
                session, principal, sample_id=key, code=given, reason=reason
            )
        else:
            view = service.clear_sprec_override(session, principal, sample_id=key, reason=reason)
        return f"{which['barcode']} is {view.code}"

    return carried_out(presses, which, act, ids.OVERRIDE_DIALOG, ids.OVERRIDE_CODE, ["", ""])


def _facts(  # noqa: PLR0917 -- one a field
    specimen: str | None,
    container: str | None,
    collected: str | None,
    kept: str | None,
    spun: str | None,
    spun_at: str | None,
    stored: str | None,
    storage: str | None,
    vessel: str | None,
) -> FluidFacts:
    return FluidFacts(
        specimen=chosen(_known(specimen), "type of sample"),
        container=_known(container),
        collected_at=_moment(collected, "Collected"),
        kept_at_c=perhaps(kept, "The temperature before centrifugation", "°C"),
        is_spun={"no": False, "once": True, "twice": True}.get(spun or ""),
        spun_at=_moment(spun_at, "First centrifuged"),
        is_spun_twice={"no": False, "once": False, "twice": True}.get(spun or ""),
        stored_at=_moment(stored, "Stored"),
        storage_c=perhaps(storage, "The storage temperature", "°C"),
        vessel=None if _known(vessel) is None else Vessel(vessel or ""),
    )


def _solid_facts(  # noqa: PLR0917 -- one a field
    specimen: str | None,
    collection: str | None,
    ischaemic: str | None,
    collected: str | None,
    fixation: str | None,
    fixed: str | None,
    until: str | None,
    stored: str | None,
    storage: str | None,
    vessel: str | None,
) -> SolidFacts:
    return SolidFacts(
        specimen=chosen(_known(specimen), "type of sample"),
        collection=_known(collection),
        ischaemic_at=_moment(ischaemic, "Supply of blood cut"),
        collected_at=_moment(collected, "Collected"),
        fixation=_known(fixation),
        fixed_at=_moment(fixed, "Fixation begun"),
        fixed_until=_moment(until, "Fixation ended"),
        stored_at=_moment(stored, "Stored"),
        storage_c=perhaps(storage, "The storage temperature", "°C"),
        vessel=None if _known(vessel) is None else Vessel(vessel or ""),
    )


def _known(choice: str | None) -> str | None:
    return None if choice in {None, "", NOT_KNOWN} else choice


def _moment(typed: str | None, name: str) -> datetime | None:
    """Return what was typed as an instant; the field speaks the laboratory's hours."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=lab_zone())
    except ValueError as error:
        raise RegistrationRefused(f"{name} must be a day and an hour.") from error
