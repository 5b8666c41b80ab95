"""Lots of reagents: receiving, opening, counting anew."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select

from backend.auth import queries as auth_queries
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.volumes import checked_reason
from backend.sequencing.preparation.errors import LotNotFound, LotTaken, WorksheetInput
from backend.sequencing.preparation.events import LotChanged, LotReceived
from backend.sequencing.preparation.ids import LotId
from backend.sequencing.preparation.lot_models import ReagentLot
from backend.sequencing.preparation.schemas import LotIn


def receive_lot(session: WriteSession, principal: Principal, *, lot: LotIn) -> LotId:
    """Write a delivery down.

    Raises:
        LotTaken: this lot of the kit is on record.
        WorksheetInput: it is to have been received in the future.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    if lot.received_on > auth_queries.laboratory_day(session):
        raise WorksheetInput({"received_on": "That day is still to come. Write when it arrived."})
    taken = session.scalar(
        select(func.count())
        .select_from(ReagentLot)
        .where(func.lower(ReagentLot.catalogue_number) == lot.catalogue_number.lower())
        .where(func.lower(ReagentLot.lot) == lot.lot.lower())
    )
    if taken:
        raise LotTaken(lot.catalogue_number, lot.lot)
    made = ReagentLot(
        kit=lot.kit,
        catalogue_number=lot.catalogue_number,
        lot=lot.lot,
        expires_on=lot.expires_on,
        received_on=lot.received_on,
        opened_on=lot.opened_on,
        reactions_total=lot.reactions,
        reactions_left=lot.reactions,
        recorded_by_name=principal.name,
    )
    session.add(made)
    session.flush()
    event = LotReceived(
        aggregate_id=made.id,
        kit=made.kit,
        lot=made.lot,
        expires_on=made.expires_on,
        reactions=made.reactions_total,
    )
    events_service.record(session, principal, event)
    return LotId(made.id)


def correct_reactions(
    session: WriteSession, principal: Principal, *, lot_id: LotId, left: int, reason: str
) -> None:
    """Say how many reactions are left of a lot, for a reason.

    Raises:
        LotNotFound: there is none.
        WorksheetInput: more than it came with, or less than none.
        RegistrationRefused: no reason.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    why = checked_reason(reason, "Write what the count rests on.")
    lot = lock_lot(session, lot_id)
    if not 0 <= left <= lot.reactions_total:
        said = f"It came with {lot.reactions_total} reactions. Write 0 to {lot.reactions_total}."
        raise WorksheetInput({"reactions_left": said})
    set_left(session, principal, lot, left=left, reason=why)


def set_left(
    session: WriteSession, principal: Principal, lot: ReagentLot, *, left: int, reason: str
) -> None:
    """Change what is left of a locked lot; whether it may be was decided before."""
    before, lot.reactions_left = lot.reactions_left, left
    old, new = {"reactions_left": before}, {"reactions_left": left}
    changed(session, principal, lot, old=old, new=new, reason=reason)


def changed(
    session: WriteSession,
    principal: Principal,
    lot: ReagentLot,
    *,
    old: Mapping[str, object],
    new: Mapping[str, object],
    reason: str | None = None,
) -> None:
    """Record what changed of a lot."""
    event = LotChanged(aggregate_id=lot.id, lot=lot.lot, reactions_left=lot.reactions_left)
    events_service.record(session, principal, event, old=old, new=new, reason=reason)


def lock_lot(session: WriteSession, lot_id: UUID) -> ReagentLot:
    """Return a lot with its row locked. Raises LotNotFound."""
    lot = session.scalars(
        select(ReagentLot)
        .where(ReagentLot.id == lot_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if lot is None:
        raise LotNotFound
    return lot
