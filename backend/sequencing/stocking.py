"""Which flow cells a laboratory keeps for an instrument. Exported by service.py."""

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import flow_cells
from backend.sequencing.errors import InstrumentNotFound, RequestRefused
from backend.sequencing.events import InstrumentStocked
from backend.sequencing.ids import InstrumentId
from backend.sequencing.models import Instrument
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.schemas import FlowCellsIn


def keep_flow_cells(
    session: WriteSession, principal: Principal, *, instrument_id: InstrumentId, kept: FlowCellsIn
) -> None:
    """Say which flow cells are kept for an instrument: others are neither planned nor booked.

    None is every one of its make that the reference data know. What is booked stays as it is.

    Raises:
        InstrumentNotFound: absent, or out of service.
        RequestRefused: one that the instrument does not take.
    """
    principal.require(Permission.SEQUENCING_CONFIGURE)
    instrument = session.scalars(
        select(Instrument).where(Instrument.id == instrument_id).with_for_update()
    ).one_or_none()
    if instrument is None or not instrument.is_active:
        raise InstrumentNotFound
    known = {
        each.key: each.name
        for each in flow_cells.makes(instrument, reference_queries.flow_cells(session))
    }
    strange = [each for each in kept.flow_cells or () if each not in known]
    if strange:
        said = (
            f"{instrument.name} does not take “{strange[0][:60]}”. It takes "
            f"{', '.join(known.values())}."
        )
        raise RequestRefused({"flow_cells": said})
    before = instrument.flow_cells
    # In the order of the make, each once, so that equal wishes are kept alike.
    wanted = kept.flow_cells
    instrument.flow_cells = None if wanted is None else [each for each in known if each in wanted]
    session.flush()
    now = instrument.flow_cells
    stocked = InstrumentStocked(
        aggregate_id=instrument.id,
        name=instrument.name,
        flow_cells=None if now is None else tuple(known[each] for each in now),
    )
    events_service.record(
        session, principal, stocked, old={"flow_cells": before}, new={"flow_cells": now}
    )
