"""Naming the kit of libraries by hand, and taking it back."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import following
from backend.sequencing.ids import RunState
from backend.sequencing.kit_naming import queries
from backend.sequencing.kit_naming.errors import MadeOnWorksheet, NotOfKit
from backend.sequencing.kit_naming.events import LibraryKitNamed, LibraryKitTakenBack
from backend.sequencing.kit_naming.models import NamedKit
from backend.sequencing.kit_naming.rules import has_pair, pair_words, pairs_of
from backend.sequencing.kit_naming.schemas import KitNamingIn
from backend.sequencing.kit_naming.views import CarriedPair, KitLine
from backend.sequencing.models import RequestSample, SequencingRun
from backend.sequencing.pool_models import PoolMember, RunLoad
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.models import ReferenceEntry, ReferenceVersion
from backend.sequencing.reference.views import IndexKit
from backend.sequencing.released import library_kits, voiding


def name_kit(session: WriteSession, principal: Principal, *, wish: KitNamingIn) -> list[KitLine]:
    """Say with which kit libraries were made, all or none, or with ``kit`` "" take that back.

    Of a run, a lane or a request those are passed over whose worksheet says their kit. The
    requests are locked first, then the runs to come; a release is void then whose sheet would
    have other adapters or UMIs. The same again changes nothing.

    Raises:
        PlanNotFound, RequestNotFound, LibrariesNotFound: absent, or not the principal's to see.
        ReferenceNotFound: no such kit.
        NotOfKit: the kit does not have the index pair of a library.
        MadeOnWorksheet: a library's worksheet says its kit.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    keys = {each.sample_id for each in queries.find_libraries(session, principal, wish)}
    following.lock_requests(session, _requests_of(session, keys))
    runs = _lock_runs_to_come(session, keys)
    libraries = [
        each
        for each in queries.find_libraries(session, principal, wish)
        if each.sample_id in keys  # What came in since is not locked.
    ]
    if wish.kit:
        _name(session, principal, libraries, wish)
    else:
        _take_back(session, principal, libraries, wish.reason)
    session.flush()
    voiding.void_changed(session, principal, runs, _said(wish))
    return queries.lines_of(session, libraries)


def _name(
    session: WriteSession,
    principal: Principal,
    libraries: Sequence[CarriedPair],
    wish: KitNamingIn,
) -> None:
    kit = reference_queries.index_kit(session, wish.kit)
    before = _kept(session, libraries)
    for each in _nameable(session, libraries, kit, are_picked=bool(wish.libraries)):
        row, was = before.get(each.sample_id, (None, None))
        if row is not None and row.kit_version_id == kit.version_id:
            continue
        if row is None:
            row = NamedKit(
                sample_id=each.sample_id,
                kit_version_id=kit.version_id,
                named_by=principal.user_id,
                named_by_name=principal.name,
                named_at=clock.utc_now(),
            )
            session.add(row)
        else:
            row.kit_version_id, row.named_at = kit.version_id, clock.utc_now()
            row.named_by, row.named_by_name = principal.user_id, principal.name
        named = LibraryKitNamed(
            aggregate_id=each.sample_id, barcode=each.barcode, kit=kit.name, version=kit.number
        )
        new = {"kit": f"{kit.name}, version {kit.number}"}
        old = {"kit": was}
        events_service.record(
            session, principal, named, old=old, new=new, reason=wish.reason or None
        )


def _take_back(
    session: WriteSession, principal: Principal, libraries: Sequence[CarriedPair], reason: str
) -> None:
    codes = {each.sample_id: each.barcode for each in libraries}
    for key, (row, was) in _kept(session, libraries).items():
        session.delete(row)
        taken = LibraryKitTakenBack(aggregate_id=key, barcode=codes[key], kit=was)
        old, new = {"kit": was}, {"kit": None}
        events_service.record(session, principal, taken, old=old, new=new, reason=reason or None)


def _nameable(
    session: WriteSession, libraries: Sequence[CarriedPair], kit: IndexKit, *, are_picked: bool
) -> list[CarriedPair]:
    """Return one line of each library that is to be named. Raises NotOfKit, MadeOnWorksheet."""
    made = library_kits.made_on_worksheets(session, {each.sample_id for each in libraries})
    on_worksheet = {each.sample_id: each.barcode for each in libraries if each.sample_id in made}
    chosen = [each for each in libraries if each.sample_id not in made]
    if on_worksheet and (are_picked or not chosen):
        raise MadeOnWorksheet(list(on_worksheet.values()))
    pairs = pairs_of(kit.content)
    if strange := [each for each in chosen if not has_pair(pairs, each)]:
        raise NotOfKit(kit.name, [f"{each.barcode} ({pair_words(each)})" for each in strange])
    return list({each.sample_id: each for each in chosen}.values())


def _kept(
    session: WriteSession, libraries: Sequence[CarriedPair]
) -> dict[UUID, tuple[NamedKit, str]]:
    """Return what is named already, with the kit in words, by library."""
    rows = session.execute(
        select(NamedKit, ReferenceEntry.name, ReferenceVersion.number)
        .join(ReferenceVersion, ReferenceVersion.id == NamedKit.kit_version_id)
        .join(ReferenceEntry, ReferenceEntry.id == ReferenceVersion.entry_id)
        .where(NamedKit.sample_id.in_({each.sample_id for each in libraries}))
        .order_by(NamedKit.sample_id)
    )
    return {row.sample_id: (row, f"{name}, version {number}") for row, name, number in rows}


def _requests_of(session: WriteSession, keys: Collection[UUID]) -> set[UUID]:
    asked = select(RequestSample.request_id).where(RequestSample.sample_id.in_(keys))
    return set(session.scalars(asked))


def _lock_runs_to_come(session: WriteSession, keys: Collection[UUID]) -> list[UUID]:
    """Lock the planned runs that have any of the libraries on their lanes."""
    on_lanes = (
        select(RunLoad.run_id)
        .join(PoolMember, PoolMember.pool_id == RunLoad.pool_id)
        .where(PoolMember.sample_id.in_(keys))
    )
    return list(
        session.scalars(
            select(SequencingRun.id)
            .where(SequencingRun.id.in_(on_lanes), SequencingRun.state == RunState.PLANNED)
            .order_by(SequencingRun.id)
            .with_for_update()
        )
    )


def _said(wish: KitNamingIn) -> str:
    act = "The kit of libraries was named by hand" if wish.kit else "A named kit was taken back"
    return f"{act}: {wish.reason}" if wish.reason else f"{act}."
