"""A well's own choice of a pair of its protocol's kit."""

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.sequencing.preparation import rules, worksheets
from backend.sequencing.preparation.errors import WorksheetInput
from backend.sequencing.preparation.ids import PlateShape, WorksheetId
from backend.sequencing.preparation.rules import IndexPair
from backend.sequencing.preparation.worksheet_models import WorksheetWell


def choose_pair(
    session: WriteSession, principal: Principal, *, worksheet_id: WorksheetId, well: str, pair: str
) -> None:
    """Give one well of a draft a pair of the protocol's kit, by the pair's name or its kit well.

    Raises:
        WorksheetNotFound, WorksheetRefused: none of yours, or no draft any more.
        WorksheetInput: an empty well, or no pair of the kit.
    """
    row, protocol = worksheets.lock_draft(session, principal, worksheet_id)
    place = rules.place_of(well, row.shape)
    held = session.get(WorksheetWell, (row.id, place)) if place is not None else None
    if held is None:
        said = f"Nothing is in “{well[:10]}”. Write a filled well, such as A1."
        raise WorksheetInput({"well": said})
    pairs = [IndexPair(**each) for each in protocol.index_pairs]
    chosen = _pair(pairs, pair)
    if chosen is None:
        kit = protocol.index_kit or "the kit"
        raise WorksheetInput({"pair": f"“{pair[:60]}” is no pair of {kit}. Choose one of its."})
    old = {"pair": held.index_name}
    held.index_well, held.index_name = chosen.well, chosen.name
    held.index_i7, held.index_i5 = chosen.i7, chosen.i5
    session.flush()
    label = rules.well_of(held.place, row.shape).label
    new = {"well": label, "pair": chosen.name}
    worksheets.record(session, principal, row, act="pair", old=old, new=new)


def _pair(pairs: list[IndexPair], said: str) -> IndexPair | None:
    """Return the pair of a name, or else of a well of the kit."""
    wanted = said.strip().casefold()
    by_name = next((each for each in pairs if each.name.casefold() == wanted), None)
    if by_name is not None:
        return by_name
    place = rules.place_of(said, PlateShape.PLATE_96)
    if place is None:
        return None
    label = rules.well_of(place, PlateShape.PLATE_96).label
    return next((each for each in pairs if each.well == label), None)
