"""Reading libraries with their kits, and how each is known."""

import re
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.models import Sample
from backend.sequencing import pool_queries
from backend.sequencing import queries as board_queries
from backend.sequencing.codes import request_code
from backend.sequencing.errors import RequestNotFound
from backend.sequencing.ids import RequestState, RunId
from backend.sequencing.kit_naming.errors import LibrariesNotFound
from backend.sequencing.kit_naming.rules import has_pair, pairs_of
from backend.sequencing.kit_naming.schemas import LibrariesIn
from backend.sequencing.kit_naming.views import CarriedPair, KitChoice, KitLine, KitsSeen
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.released import library_kits
from backend.sequencing.released import queries as run_queries
from backend.sequencing.views import LaneLibrary

_REQUEST = re.compile(r"SQ-([0-9]{1,18})")


def list_kits(session: ReadSession, principal: Principal, *, of: LibrariesIn) -> KitsSeen:
    """Return libraries with their kits.

    Raises:
        PlanNotFound, RequestNotFound, LibrariesNotFound: absent, or not the principal's to see.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    libraries = find_libraries(session, principal, of)
    return KitsSeen(lines=lines_of(session, libraries), choices=_choices(session, libraries))


def find_libraries(session: Session, principal: Principal, of: LibrariesIn) -> list[CarriedPair]:
    """Return the libraries that are meant, those of a run by lane.

    Raises:
        PlanNotFound, RequestNotFound, LibrariesNotFound: absent, or not the principal's to see.
    """
    if of.run:
        return _on_run(session, principal, of.run, of.lane)
    asked = board_queries.visible_requests(principal)
    if of.request:
        return _of_request(session, asked, of.request)
    still_asked = asked.where(SequencingRequest.state != RequestState.CANCELLED)
    found = _asked_for(session, still_asked, barcodes=of.libraries)
    if missing := set(of.libraries) - {each.barcode for each in found}:
        raise LibrariesNotFound(sorted(missing))
    return found


def lines_of(session: Session, libraries: Sequence[CarriedPair]) -> list[KitLine]:
    """Return libraries with their kits, whoever may see them."""
    kits = library_kits.kits_of(session, libraries)
    return [
        KitLine(
            library=each,
            kit=kits.known.get(each.sample_id),
            why_unknown=kits.unknown.get(each.sample_id, ""),
        )
        for each in libraries
    ]


def _choices(session: Session, libraries: Sequence[CarriedPair]) -> list[KitChoice]:
    found = []
    for kit in reference_queries.index_kits(session):
        pairs = pairs_of(kit.content)
        held = {each.sample_id for each in libraries if has_pair(pairs, each)}
        found.append(KitChoice(key=kit.key, name=kit.name, held=len(held)))
    return sorted(found, key=lambda each: -each.held)


def _on_run(
    session: Session, principal: Principal, code: str, lane: int | None
) -> list[CarriedPair]:
    run = run_queries.find_run(session, principal, code)
    by_pair: dict[tuple[UUID, str, str | None], list[LaneLibrary]] = {}
    for each in pool_queries.lane_libraries(session, RunId(run.id)):
        if lane is None or each.lane == lane:
            key = (each.sample_id, each.index_i7, each.index_i5)
            by_pair.setdefault(key, []).append(each)
    return [
        CarriedPair(
            sample_id=key,
            barcode=held[0].barcode,
            request_code=held[0].request_code,
            lanes=tuple(sorted({each.lane for each in held})),
            index_i7=i7,
            index_i5=i5,
        )
        for (key, i7, i5), held in by_pair.items()
    ]


def _of_request(session: Session, asked: Select[SequencingRequest], code: str) -> list[CarriedPair]:
    parts = _REQUEST.fullmatch(code.upper())
    if parts is None:
        raise RequestNotFound
    one = asked.where(SequencingRequest.number == int(parts[1]))
    if session.scalars(one).one_or_none() is None:
        raise RequestNotFound
    return _asked_for(session, one)


def _asked_for(
    session: Session, asked: Select[SequencingRequest], barcodes: Collection[str] = ()
) -> list[CarriedPair]:
    chosen = (
        select(RequestSample, Sample.barcode, SequencingRequest.number)
        .join(Sample, Sample.id == RequestSample.sample_id)
        .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
        .where(RequestSample.request_id.in_(asked.with_only_columns(SequencingRequest.id)))
        .order_by(SequencingRequest.number, RequestSample.place)
    )
    if barcodes:
        chosen = chosen.where(Sample.barcode.in_(barcodes))
    return [
        CarriedPair(
            sample_id=row.sample_id,
            barcode=barcode,
            request_code=request_code(number),
            lanes=(),
            index_i7=row.index_i7,
            index_i5=row.index_i5,
        )
        for row, barcode, number in session.execute(chosen)
    ]
