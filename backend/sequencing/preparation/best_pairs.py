"""The pairs of a kit that go together best in a lane of a sequencer, for the wells of a draft."""

from collections import Counter

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.sequencing.indexing.picking import KitIndex, Light, Picked, pick
from backend.sequencing.preparation import queries, rules, worksheets
from backend.sequencing.preparation.errors import WorksheetInput
from backend.sequencing.preparation.ids import WorksheetId
from backend.sequencing.preparation.protocol_models import LibraryProtocol
from backend.sequencing.preparation.rules import IndexPair
from backend.sequencing.reference import queries as reference_queries


def pick_pairs(
    session: WriteSession, principal: Principal, *, worksheet_id: WorksheetId, platform: str
) -> Picked:
    """Give every well of a draft a pair of those used least, so that the lane is told apart.

    ``platform`` is the key of the sequencer whose light and reading direction they are picked for.
    The wells get what was picked in the order of the kit.

    Raises:
        WorksheetNotFound, WorksheetRefused: none of yours, or no draft any more.
        WorksheetInput: an empty plate, too few pairs, pairs of several lengths, or no such
            sequencer.
    """
    row, protocol = worksheets.lock_draft(session, principal, worksheet_id)
    light, name = _light(session, platform)
    wells = worksheets.wells_of(session, row)
    pairs = [IndexPair(**each) for each in protocol.index_pairs]
    if said := _why_not(protocol, pairs, len(wells)):
        raise WorksheetInput({"platform": said})
    uses = Counter(queries.index_uses(session, protocol.index_kit, protocol.kit_key))
    uses.subtract(well.index_well for well in wells if well.index_well is not None)
    offered = {each.name: each for each in rules.least_used(pairs, uses, len(wells))}
    kit = [KitIndex(each.name, each.i7, each.i5 or "") for each in offered.values()]
    found = pick(kit, len(wells), light=light)
    for well, index in zip(wells, found.indexes, strict=True):
        pair = offered[index.name]
        well.index_well, well.index_name = pair.well, pair.name
        well.index_i7, well.index_i5 = pair.i7, pair.i5
    session.flush()
    new = {"picked_for": name, "pairs": [each.name for each in found.indexes]}
    worksheets.record(session, principal, row, act="index", new=new)
    return found


def _light(session: WriteSession, key: str) -> tuple[Light, str]:
    offered = {each.key: each for each in reference_queries.platforms(session)}
    chosen = offered.get(key)
    if chosen is None:
        raise WorksheetInput({"platform": "Choose the sequencer that will read them."})
    sees = reference_queries.chemistry(session, chosen.content.chemistry)
    light = Light(chemistry=sees.content.colours, i5_orientation=chosen.content.i5_orientation)
    return light, chosen.name


def _why_not(protocol: LibraryProtocol, pairs: list[IndexPair], needed: int) -> str:
    """Return why no pairs can be picked of a kit; "" where they can."""
    kit = protocol.index_kit or "The kit"
    if not needed:
        return "Nothing is on the plate. Scan the first sample."
    if needed > len(pairs):
        said = f"{kit} has {len(pairs)} pairs and the plate needs {needed}."
        return f"{said} Make two worksheets of it."
    if len({(len(each.i7), len(each.i5 or "")) for each in pairs}) > 1:
        return f"The pairs of {kit} have several lengths. Give indexes by its columns."
    if len({each.name for each in pairs}) < len(pairs):
        return f"{kit} has a name twice. Give indexes by its columns."
    return ""
