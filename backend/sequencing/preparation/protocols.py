"""Protocols of library preparation: a draft is changed, a published version is never."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing.preparation import index_pairs
from backend.sequencing.preparation.errors import (
    ProtocolFrozen,
    ProtocolNotFound,
    ProtocolRefused,
)
from backend.sequencing.preparation.events import ProtocolSaved
from backend.sequencing.preparation.ids import ProtocolId, ProtocolState
from backend.sequencing.preparation.protocol_models import LibraryProtocol
from backend.sequencing.preparation.rules import IndexPair
from backend.sequencing.preparation.schemas import ProtocolIn
from backend.sequencing.reference import queries as reference_queries

_TAKEN_AS_TYPED = frozenset(ProtocolIn.model_fields) - {"index_pairs", "index_kit", "reagents"}
_LONGEST_NAME = 80
_OWN_PAIRS_TOO = (
    "Both a kit and pairs of your own are given. Empty the pairs, or choose “Own pairs”."
)


@dataclass(frozen=True, slots=True)
class _Kit:
    """The pairs of a protocol and where they come from; without key they were pasted."""

    name: str
    pairs: Sequence[IndexPair]
    version: int | None = None


def save_draft(session: WriteSession, principal: Principal, *, protocol: ProtocolIn) -> ProtocolId:
    """Save the draft of a protocol's next version; a name that is new begins with version 1.

    The pairs of an index kit of the reference data are copied as its version in force has them.

    Raises:
        ProtocolRefused: amounts out of order, lines that are no index pairs, a kit that cannot be
            used, or an assay that is not offered; all at once.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    kit = _checked(session, protocol)
    row = session.scalars(
        select(LibraryProtocol)
        .where(LibraryProtocol.name == protocol.name)
        .where(LibraryProtocol.state == ProtocolState.DRAFT)
        .with_for_update()
    ).one_or_none()
    given = protocol.model_dump(include=set(_TAKEN_AS_TYPED))
    given |= {
        "index_kit": kit.name,
        "kit_version": kit.version,
        "index_pairs": [asdict(pair) for pair in kit.pairs],
        "reagents": [*protocol.reagents],
    }
    old: dict[str, object] = {}
    if row is None:
        last = session.scalar(
            select(func.max(LibraryProtocol.version)).where(LibraryProtocol.name == protocol.name)
        )
        row = LibraryProtocol(version=(last or 0) + 1, made_by_name=principal.name, **given)
        session.add(row)
    else:
        old = {name: getattr(row, name) for name in given if getattr(row, name) != given[name]}
        for name, value in given.items():
            setattr(row, name, value)
    session.flush()
    _record(session, principal, row, old=old, new=given)
    return ProtocolId(row.id)


def publish_protocol(
    session: WriteSession, principal: Principal, *, protocol_id: ProtocolId
) -> None:
    """Put a draft into force. From then on it never changes; a later version takes its place.

    Raises:
        ProtocolNotFound: there is none.
        ProtocolFrozen: it is published already.
        ProtocolRefused: libraries could not be told apart: it has no index pairs.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    row = session.scalars(
        select(LibraryProtocol).where(LibraryProtocol.id == protocol_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise ProtocolNotFound
    if row.state is ProtocolState.PUBLISHED:
        raise ProtocolFrozen(f"{row.name} v{row.version}")
    if not row.index_pairs:
        said = "It has no index pairs. Choose a kit, or paste well, name, i7, i5 on each line."
        raise ProtocolRefused({"index_pairs": said})
    row.state, row.published_at = ProtocolState.PUBLISHED, clock.utc_now()
    row.published_by_name = principal.name
    session.flush()
    _record(session, principal, row, old={"state": "draft"}, new={"state": "published"})


def _checked(session: WriteSession, protocol: ProtocolIn) -> _Kit:
    faults: dict[str, str] = {}
    if not protocol.input_ng_min <= protocol.input_ng_target <= protocol.input_ng_max:
        faults["input_ng_target"] = "The target must lie between the least and the most input."
    if protocol.pipette_min_ul > protocol.input_volume_ul:
        faults["pipette_min_ul"] = "The least volume must not be more than a well's whole volume."
    if protocol.assay and protocol.assay not in {
        each.key for each in reference_queries.assays(session)
    }:
        said = f"There is no assay “{protocol.assay}” on offer. Choose one from the list, or none."
        faults["assay"] = said
    kit, wrong = _kit_of(session, protocol)
    faults |= wrong
    if faults:
        raise ProtocolRefused(faults)
    return kit


def _kit_of(session: WriteSession, protocol: ProtocolIn) -> tuple[_Kit, dict[str, str]]:
    """Return where a protocol's pairs come from, and what is wrong with them by field."""
    if not protocol.kit_key:
        pairs, wrong = index_pairs.read_pairs(protocol.index_pairs)
        faults = {"index_pairs": " ".join(wrong[:5])} if wrong else {}
        return _Kit(protocol.index_kit, pairs), faults
    offered = {each.key: each for each in reference_queries.index_kits(session)}
    kit = offered.get(protocol.kit_key)
    if kit is None:
        said = f"There is no index kit “{protocol.kit_key}” on offer. Choose one from the list."
        return _Kit("", ()), {"kit_key": said}
    pairs, why = index_pairs.pairs_of(kit.content)
    faults = {"kit_key": why} if why else {}
    if protocol.index_pairs:
        faults["index_pairs"] = _OWN_PAIRS_TOO
    return _Kit(kit.name[:_LONGEST_NAME], pairs, kit.number), faults


def _record(
    session: WriteSession,
    principal: Principal,
    row: LibraryProtocol,
    *,
    old: dict[str, object],
    new: dict[str, object],
) -> None:
    event = ProtocolSaved(
        aggregate_id=row.id, name=row.name, version=row.version, state=row.state.value
    )
    events_service.record(session, principal, event, old=old, new=new)
