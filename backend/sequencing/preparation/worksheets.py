"""Worksheets before the bench: planning a plate, changing it, starting and stopping it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select

from backend.auth import queries as auth_queries
from backend.core import barcodes, clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.volumes import checked_reason
from backend.sequencing.preparation import lots as lots_service
from backend.sequencing.preparation import queries, rules, usability, worksheet_queries
from backend.sequencing.preparation.errors import (
    ProtocolNotFound,
    WorksheetInput,
    WorksheetNotFound,
    WorksheetRefused,
)
from backend.sequencing.preparation.events import WorksheetChanged
from backend.sequencing.preparation.ids import (
    ProtocolState,
    WellKind,
    WorksheetId,
    WorksheetState,
)
from backend.sequencing.preparation.lot_models import ReagentLot
from backend.sequencing.preparation.protocol_models import LibraryProtocol
from backend.sequencing.preparation.rules import IndexPair
from backend.sequencing.preparation.schemas import WorksheetIn
from backend.sequencing.preparation.worksheet_models import (
    LibraryWorksheet,
    WorksheetLot,
    WorksheetWell,
)


def plan_worksheet(session: WriteSession, principal: Principal, *, plan: WorksheetIn) -> str:
    """Make a draft with its samples, the protocol's controls, index pairs and lots.

    Returns what people call it.

    Raises:
        ProtocolNotFound: no such protocol, or it is not published.
        WorksheetInput: samples that may not be prepared, a full plate, lots that may not be used;
            every reason is named and nothing is made.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    protocol = session.get(LibraryProtocol, plan.protocol_id)
    if protocol is None or protocol.state is not ProtocolState.PUBLISHED:
        raise ProtocolNotFound
    made = LibraryWorksheet(
        protocol_id=protocol.id,
        shape=plan.shape,
        notes=plan.notes,
        made_by=principal.user_id,
        made_by_name=principal.name,
    )
    session.add(made)
    session.flush()
    _put_samples(session, principal, made, protocol, plan.barcodes)
    for kind, number in (
        (WellKind.NO_TEMPLATE, protocol.no_template_controls),
        (WellKind.POSITIVE, protocol.positive_controls),
    ):
        for _ in range(number):
            _put_control(session, made, kind)
    _give_indexes(session, made, protocol, plan.first_column)
    _put_lots(session, made, plan.lot_ids)
    record(session, principal, made, act="plan", new={"samples": len(plan.barcodes)})
    return queries.worksheet_code(made.number)


def add_samples(
    session: WriteSession, principal: Principal, *, worksheet_id: WorksheetId, codes: Sequence[str]
) -> None:
    """Put samples into the next free wells of a draft, each with the kit's next pair.

    Raises:
        WorksheetNotFound, WorksheetRefused: none of yours, or no draft any more.
        WorksheetInput: samples that may not be prepared; every reason, and none is added.
    """
    row, protocol = lock_draft(session, principal, worksheet_id)
    _put_samples(session, principal, row, protocol, codes)
    _give_indexes(session, row, protocol, None, keep=True)
    record(session, principal, row, act="add", new={"samples": list(codes)})


def add_control(
    session: WriteSession, principal: Principal, *, worksheet_id: WorksheetId, kind: WellKind
) -> None:
    """Put a control into the next free well of a draft. Errors as of `add_samples`."""
    row, protocol = lock_draft(session, principal, worksheet_id)
    _put_control(session, row, kind)
    _give_indexes(session, row, protocol, None, keep=True)
    record(session, principal, row, act="add", new={"control": kind.value})


def clear_wells(
    session: WriteSession, principal: Principal, *, worksheet_id: WorksheetId, wells: Sequence[str]
) -> None:
    """Take out of a draft what is in these wells. Errors as of `add_samples`."""
    row, _ = lock_draft(session, principal, worksheet_id)
    places = {well: rules.place_of(well, row.shape) for well in wells}
    strange = [well for well, place in places.items() if place is None]
    if strange or not wells:
        said = f"{', '.join(strange) or 'Nothing'} is no well of this plate. Write such as A1."
        raise WorksheetInput({"wells": said})
    session.execute(
        delete(WorksheetWell).where(
            WorksheetWell.worksheet_id == row.id, WorksheetWell.place.in_(places.values())
        )
    )
    record(session, principal, row, act="clear", new={"wells": list(wells)})


def choose_column(
    session: WriteSession,
    principal: Principal,
    *,
    worksheet_id: WorksheetId,
    first_column: int | None,
) -> None:
    """Give every well of a draft a pair, from a column of the kit on; None is the next free one.

    Errors as of `add_samples`.
    """
    row, protocol = lock_draft(session, principal, worksheet_id)
    _give_indexes(session, row, protocol, first_column)
    record(session, principal, row, act="index", new={"first_column": first_column})


def choose_lots(
    session: WriteSession,
    principal: Principal,
    *,
    worksheet_id: WorksheetId,
    lot_ids: Sequence[UUID],
) -> None:
    """Say which lots a draft uses, in place of those chosen before. Errors as of `add_samples`."""
    row, _ = lock_draft(session, principal, worksheet_id)
    session.execute(delete(WorksheetLot).where(WorksheetLot.worksheet_id == row.id))
    _put_lots(session, row, lot_ids)
    record(session, principal, row, act="lots", new={"lots": [str(key) for key in lot_ids]})


def start_worksheet(
    session: WriteSession, principal: Principal, *, worksheet_id: WorksheetId
) -> None:
    """Begin at the bench: volumes are frozen, reactions are taken from the lots.

    Raises:
        WorksheetNotFound: none of yours.
        WorksheetRefused: with everything that stands against it.
    """
    row, _ = lock_draft(session, principal, worksheet_id)
    wells = wells_of(session, row)
    usability.lock_samples(session, [well.sample_id for well in wells if well.sample_id])
    lots = [
        lots_service.lock_lot(session, key)
        for key in sorted(
            session.scalars(select(WorksheetLot.lot_id).where(WorksheetLot.worksheet_id == row.id))
        )
    ]
    seen = worksheet_queries.view_of(session, row)
    if seen.obstacles:
        raise WorksheetRefused(f"{seen.code} was not started.", seen.obstacles)
    by_place = {well.place: well for well in wells}
    for view in seen.wells:
        well = by_place[view.place]
        well.concentration_ng_per_ul = view.concentration_ng_per_ul
        well.volume_ul, well.diluent_ul = view.volume_ul, view.diluent_ul
    for lot in lots:
        _take(session, principal, row, lot, seen.code, reactions=len(wells))
    row.state, row.started_at = WorksheetState.STARTED, clock.utc_now()
    row.started_by_name = principal.name
    record(session, principal, row, act="start", old={"state": "draft"}, new={"state": "started"})


def cancel_worksheet(
    session: WriteSession, principal: Principal, *, worksheet_id: WorksheetId, reason: str
) -> None:
    """Give a worksheet up, for a reason. Reactions that were taken stay taken.

    Raises:
        WorksheetNotFound: none of yours.
        WorksheetRefused: it is over already.
        RegistrationRefused: no reason.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    why = checked_reason(reason, "Write why it is given up.")
    row = lock_worksheet(session, principal, worksheet_id)
    if row.state not in {WorksheetState.DRAFT, WorksheetState.STARTED}:
        code = queries.worksheet_code(row.number)
        raise WorksheetRefused(f"{code} is {row.state.value} and cannot be given up.", ())
    before, row.state = row.state, WorksheetState.CANCELLED
    row.cancel_reason = why
    old, new = {"state": before.value}, {"state": row.state.value}
    record(session, principal, row, act="cancel", old=old, new=new, reason=why)


def lock_worksheet(
    session: WriteSession, principal: Principal, worksheet_id: WorksheetId
) -> LibraryWorksheet:
    """Return a worksheet of the principal's with its row locked. Raises WorksheetNotFound."""
    row = session.scalars(
        worksheet_queries.visible_worksheets(principal)
        .where(LibraryWorksheet.id == worksheet_id)
        .with_for_update(of=LibraryWorksheet)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise WorksheetNotFound
    return row


def record(
    session: WriteSession,
    principal: Principal,
    row: LibraryWorksheet,
    *,
    act: str,
    new: Mapping[str, object],
    old: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Record what was done with a locked worksheet."""
    row.version += 1
    session.flush()
    event = WorksheetChanged(
        aggregate_id=row.id,
        code=queries.worksheet_code(row.number),
        act=act,
        state=row.state.value,
    )
    events_service.record(session, principal, event, old=old, new=new, reason=reason)


def lock_draft(
    session: WriteSession, principal: Principal, worksheet_id: WorksheetId
) -> tuple[LibraryWorksheet, LibraryProtocol]:
    """Return a draft of the principal's with its row locked, and its protocol.

    Raises:
        WorksheetNotFound, WorksheetRefused: none of yours, or no draft any more.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    row = lock_worksheet(session, principal, worksheet_id)
    if row.state is not WorksheetState.DRAFT:
        code = queries.worksheet_code(row.number)
        raise WorksheetRefused(
            f"{code} is {row.state.value}. Only a draft can be changed or started.", ()
        )
    return row, session.get_one(LibraryProtocol, row.protocol_id)


def wells_of(session: WriteSession, row: LibraryWorksheet) -> list[WorksheetWell]:
    """Return the wells of a worksheet, in their order."""
    return list(
        session.scalars(
            select(WorksheetWell)
            .where(WorksheetWell.worksheet_id == row.id)
            .order_by(WorksheetWell.place)
        )
    )


def _put_samples(
    session: WriteSession,
    principal: Principal,
    row: LibraryWorksheet,
    protocol: LibraryProtocol,
    codes: Sequence[str],
) -> None:
    """Fill free wells in order.

    Raises:
        WorksheetInput: with a sentence for each barcode that may not be put on the plate.
    """
    tidied = [barcodes.tidy(code) for code in codes if code.strip()]
    found = usability.find_samples(session, principal, tidied)
    wells = wells_of(session, row)
    there = {well.sample_id for well in wells}
    faults: dict[str, str] = {}
    for code in tidied:
        sample = found.get(code)
        if sample is None:
            faults[code] = f"{code} is not a sample of your projects. Check the barcode."
            continue
        reasons = usability.refusals(sample, material=protocol.input_material, volume_ul=None)
        if sample.id in there or tidied.count(code) > 1:
            reasons.append(f"{code} is on the plate already. Make an aliquot for a second library.")
        if reasons:
            faults[code] = " ".join(reasons)
    free = rules.free_places([well.place for well in wells], row.shape)
    if len(tidied) > len(free):
        faults["barcodes"] = f"{len(tidied)} wells are needed and {len(free)} are free."
    if faults:
        raise WorksheetInput(faults)
    session.add_all(
        WorksheetWell(
            worksheet_id=row.id, place=place, kind=WellKind.SAMPLE, sample_id=found[code].id
        )
        for place, code in zip(free, tidied, strict=False)
    )
    session.flush()


def _put_control(session: WriteSession, row: LibraryWorksheet, kind: WellKind) -> None:
    free = rules.free_places([well.place for well in wells_of(session, row)], row.shape)
    if not free:
        raise WorksheetInput({"wells": "No well is left for a control. Take a sample off."})
    session.add(WorksheetWell(worksheet_id=row.id, place=free[0], kind=kind))
    session.flush()


def _give_indexes(
    session: WriteSession,
    row: LibraryWorksheet,
    protocol: LibraryProtocol,
    first_column: int | None,
    *,
    keep: bool = False,
) -> None:
    """Give wells their pairs in order; with ``keep`` only those that have none."""
    wells = wells_of(session, row)
    bare = [well for well in wells if not keep or well.index_well is None]
    for well in bare:
        well.index_well = well.index_name = well.index_i7 = well.index_i5 = None
    session.flush()
    pairs = [IndexPair(**each) for each in protocol.index_pairs]
    taken = {well.index_well for well in wells if well.index_well is not None}
    uses = queries.index_uses(session, protocol.index_kit, protocol.kit_key)
    if first_column is None and taken:
        # What comes later onto a plate goes on where its own pairs end.
        first_column = max(rules.column_of(well) for well in taken)
    free = [pair for pair in pairs if pair.well not in taken]
    chosen = rules.next_pairs(free, uses, len(bare), first_column=first_column)
    if len(chosen) < len(bare):
        kit = protocol.index_kit or "The kit"
        said = f"{kit} has {len(pairs)} pairs and the plate needs {len(wells)}."
        raise WorksheetInput({"first_column": f"{said} Make two worksheets of it."})
    for well, pair in zip(bare, chosen, strict=True):
        well.index_well, well.index_name = pair.well, pair.name
        well.index_i7, well.index_i5 = pair.i7, pair.i5
    session.flush()


def _put_lots(session: WriteSession, row: LibraryWorksheet, lot_ids: Sequence[UUID]) -> None:
    today, needed = auth_queries.laboratory_day(session), len(wells_of(session, row))
    chosen = [lots_service.lock_lot(session, key) for key in sorted(set(lot_ids))]
    refused = [
        sentence
        for lot in chosen
        if (sentence := rules.lot_refusal(queries.facts_of(lot), today=today, reactions=needed))
    ]
    if refused:
        raise WorksheetInput({"lot_ids": " ".join(refused)})
    session.add_all(WorksheetLot(worksheet_id=row.id, lot_id=lot.id) for lot in chosen)
    session.flush()


def _take(
    session: WriteSession,
    principal: Principal,
    row: LibraryWorksheet,
    lot: ReagentLot,
    code: str,
    *,
    reactions: int,
) -> None:
    if lot.opened_on is None:
        lot.opened_on = auth_queries.laboratory_day(session)
    session.get_one(WorksheetLot, (row.id, lot.id)).reactions = reactions
    left = lot.reactions_left - reactions
    lots_service.set_left(session, principal, lot, left=left, reason=f"Used for {code}.")
