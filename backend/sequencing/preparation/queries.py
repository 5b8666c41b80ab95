"""Reading lots of reagents and protocols."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from backend.auth import queries as auth_queries
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.sequencing.preparation import rules
from backend.sequencing.preparation.errors import ProtocolNotFound
from backend.sequencing.preparation.ids import LotId, ProtocolId, ProtocolState, WorksheetState
from backend.sequencing.preparation.lot_models import ReagentLot
from backend.sequencing.preparation.protocol_models import LibraryProtocol
from backend.sequencing.preparation.rules import IndexPair, InputWish, LotFacts
from backend.sequencing.preparation.views import LotView, ProtocolView
from backend.sequencing.preparation.worksheet_models import (
    LibraryWorksheet,
    WorksheetLot,
    WorksheetWell,
)


def worksheet_code(number: int) -> str:
    """Return what people call a worksheet."""
    return f"LP-{number:04d}"


def list_lots(session: ReadSession, principal: Principal) -> list[LotView]:
    """Return every lot, the ones that expire first above, used-up ones last."""
    principal.require(Permission.SEQUENCING_VIEW)
    rows = session.scalars(
        select(ReagentLot).order_by(
            ReagentLot.reactions_left == 0, ReagentLot.expires_on, ReagentLot.kit, ReagentLot.lot
        )
    ).all()
    return _lot_views(session, rows)


def lots_of(session: ReadSession, worksheet_id: UUID) -> list[LotView]:
    """Return the lots of a worksheet, by kit."""
    rows = session.scalars(
        select(ReagentLot)
        .join(WorksheetLot, WorksheetLot.lot_id == ReagentLot.id)
        .where(WorksheetLot.worksheet_id == worksheet_id)
        .order_by(ReagentLot.kit, ReagentLot.lot)
    ).all()
    return _lot_views(session, rows)


def facts_of(lot: ReagentLot) -> LotFacts:
    """Return what decides whether a lot may be used."""
    return LotFacts(
        kit=lot.kit,
        lot=lot.lot,
        expires_on=lot.expires_on,
        reactions_left=lot.reactions_left,
    )


def facts_of_view(lot: LotView) -> LotFacts:
    """Return what decides whether a lot may be used, of a lot that was read already."""
    return LotFacts(
        kit=lot.kit,
        lot=lot.lot,
        expires_on=lot.expires_on,
        reactions_left=lot.reactions_left,
    )


def list_protocols(session: ReadSession, principal: Principal) -> list[ProtocolView]:
    """Return every version of every protocol, by name and the newest first."""
    principal.require(Permission.SEQUENCING_VIEW)
    rows = session.scalars(
        select(LibraryProtocol).order_by(LibraryProtocol.name, LibraryProtocol.version.desc())
    )
    return [protocol_view(row) for row in rows]


def protocols_in_force(session: ReadSession, principal: Principal) -> list[ProtocolView]:
    """Return the newest published version of each protocol, by name."""
    newest: dict[str, ProtocolView] = {}
    for each in list_protocols(session, principal):
        if each.state is ProtocolState.PUBLISHED:
            newest.setdefault(each.name, each)
    return list(newest.values())


def get_protocol(
    session: ReadSession, principal: Principal, protocol_id: ProtocolId
) -> ProtocolView:
    """Return one version of a protocol. Raises ProtocolNotFound."""
    principal.require(Permission.SEQUENCING_VIEW)
    row = session.get(LibraryProtocol, protocol_id)
    if row is None:
        raise ProtocolNotFound
    return protocol_view(row)


def protocol_view(row: LibraryProtocol) -> ProtocolView:
    """Return a protocol's row as readers receive it."""
    return ProtocolView(
        id=ProtocolId(row.id),
        name=row.name,
        version=row.version,
        state=row.state,
        input_material=row.input_material,
        output_material=row.output_material,
        wish=InputWish(
            least_ng=row.input_ng_min,
            target_ng=row.input_ng_target,
            most_ng=row.input_ng_max,
            volume_ul=row.input_volume_ul,
            pipette_min_ul=row.pipette_min_ul,
        ),
        final_volume_ul=row.final_volume_ul,
        fragment_size_bp=row.fragment_size_bp,
        index_kit=row.index_kit,
        kit_key=row.kit_key,
        kit_version=row.kit_version,
        index_pairs=[IndexPair(**each) for each in row.index_pairs],
        assay=row.assay,
        reagents=list(row.reagents),
        no_template_controls=row.no_template_controls,
        positive_controls=row.positive_controls,
        no_template_limit_ng_per_ul=row.no_template_limit_ng_per_ul,
        positive_least_ng_per_ul=row.positive_least_ng_per_ul,
        notes=row.notes,
        published_by_name=row.published_by_name,
        published_at=row.published_at,
    )


def index_uses(session: ReadSession, index_kit: str, kit_key: str) -> dict[str, int]:
    """Return how often each well of an index kit was used, by worksheets that were not stopped.

    A kit of the reference data is one by its key, whatever it was called; pasted pairs by name.
    """
    same = LibraryProtocol.kit_key == kit_key
    if not kit_key:
        same &= LibraryProtocol.index_kit == index_kit
    rows = session.execute(
        select(WorksheetWell.index_well, func.count())
        .join(LibraryWorksheet, LibraryWorksheet.id == WorksheetWell.worksheet_id)
        .join(LibraryProtocol, LibraryProtocol.id == LibraryWorksheet.protocol_id)
        .where(same, WorksheetWell.index_well.is_not(None))
        .where(LibraryWorksheet.state != WorksheetState.CANCELLED)
        .group_by(WorksheetWell.index_well)
    ).all()
    return {well: count for well, count in rows if well is not None}


def _lot_views(session: ReadSession, rows: Collection[ReagentLot]) -> list[LotView]:
    today = auth_queries.laboratory_day(session)
    used: defaultdict[UUID, list[str]] = defaultdict(list)
    for lot_id, number in session.execute(
        select(WorksheetLot.lot_id, LibraryWorksheet.number)
        .join(LibraryWorksheet, LibraryWorksheet.id == WorksheetLot.worksheet_id)
        .where(WorksheetLot.lot_id.in_([row.id for row in rows]))
        .order_by(LibraryWorksheet.number)
    ):
        used[lot_id].append(worksheet_code(number))
    return [
        LotView(
            id=LotId(row.id),
            kit=row.kit,
            catalogue_number=row.catalogue_number,
            lot=row.lot,
            expires_on=row.expires_on,
            received_on=row.received_on,
            opened_on=row.opened_on,
            reactions_total=row.reactions_total,
            reactions_left=row.reactions_left,
            refusal=rules.lot_refusal(facts_of(row), today=today, reactions=1),
            worksheets=used[row.id],
        )
        for row in rows
    ]
