"""Reading run plans, releases and the sheets that are kept with them."""

import hashlib
import re
from collections.abc import Sequence

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from backend.auth.models import ElectronicSignature
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.sequencing import flow_cells, pool_queries
from backend.sequencing.codes import run_code
from backend.sequencing.ids import I5Orientation, RunId, RunState
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.pool_models import LibraryPool, PoolMember, RunLoad
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.released.errors import PlanNotFound, ReleaseNotFound, SheetDamaged
from backend.sequencing.released.gathering import OnRun, checks_of, draft_of, on_run
from backend.sequencing.released.ids import ReleaseId
from backend.sequencing.released.models import RunRelease
from backend.sequencing.released.schemas import ReleaseIn
from backend.sequencing.released.sheet_making import Draft, cycles_of
from backend.sequencing.released.views import PlanLine, ReleaseView, RunPlan, WaitingPools
from backend.sequencing.released.ways_out import places_for
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.views import PoolLine

MOST_PLANS = 200
CHANGED = "What is on the lanes has changed since."
_CODE = re.compile(r"([A-Z]{2,8})-(\d{1,9})")
_OPEN = (RunState.PLANNED, RunState.RUNNING)


def visible_runs(principal: Principal) -> Select[SequencingRun]:
    """Return the runs whose every pool the principal may see."""
    visible = pool_queries.visible_pools(principal).with_only_columns(LibraryPool.id)
    foreign = select(RunLoad.pool_id).where(
        RunLoad.run_id == SequencingRun.id, RunLoad.pool_id.not_in(visible)
    )
    return select(SequencingRun).where(~exists(foreign.correlate(SequencingRun)))


def find_run(session: Session, principal: Principal, code: str) -> SequencingRun:
    """Return a run by its code.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
    """
    parts = _CODE.fullmatch(code.strip().upper())
    if parts is None:
        raise PlanNotFound(code)
    found = session.scalars(
        visible_runs(principal)
        .join(Instrument, Instrument.id == SequencingRun.instrument_id)
        .where(Instrument.run_prefix == parts[1], SequencingRun.number == int(parts[2]))
    ).one_or_none()
    if found is None:
        raise PlanNotFound(code)
    return found


def list_plans(session: ReadSession, principal: Principal) -> list[PlanLine]:
    """Return the runs that are planned or running, the next one first."""
    principal.require(Permission.SEQUENCING_VIEW)
    loaded = (
        select(
            RunLoad.run_id,
            func.count(RunLoad.pool_id.distinct()).label("pools"),
            func.count(RunLoad.lane.distinct()).label("lanes"),
            func.count(PoolMember.sample_id.distinct()).label("libraries"),
        )
        .join(PoolMember, PoolMember.pool_id == RunLoad.pool_id)
        .group_by(RunLoad.run_id)
        .subquery()
    )
    rows = session.execute(
        visible_runs(principal)
        .join(Instrument, Instrument.id == SequencingRun.instrument_id)
        .join(loaded, loaded.c.run_id == SequencingRun.id)
        .outerjoin(
            RunRelease,
            (RunRelease.run_id == SequencingRun.id) & RunRelease.voided_at.is_(None),
        )
        .where(SequencingRun.state.in_(_OPEN))
        .order_by(SequencingRun.planned_start_at, SequencingRun.number)
        .limit(MOST_PLANS)
        .with_only_columns(
            SequencingRun,
            Instrument,
            loaded.c.pools,
            loaded.c.lanes,
            loaded.c.libraries,
            RunRelease.number,
            maintain_column_froms=True,
        )
    ).all()
    known = reference_queries.flow_cells(session)
    names = reference_queries.names(session, ReferenceKind.FLOW_CELL)
    return [
        PlanLine(
            code=run_code(instrument.run_prefix, run.number),
            instrument=instrument.name,
            model=names.get(cell.key, cell.key),
            state=run.state,
            start=run.started_at or run.planned_start_at,
            end=run.planned_end_at,
            pools=pools,
            libraries=libraries,
            lanes_used=lanes,
            lanes=cell.lanes,
            release=number,
        )
        for run, instrument, pools, lanes, libraries, number in rows
        for cell in [flow_cells.of_run(run, instrument, known)]
    ]


def get_plan(session: ReadSession, principal: Principal, code: str) -> RunPlan:
    """Return a run with its lanes, its checks and its releases.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    there = on_run(session, find_run(session, principal, code))
    return plan_of(session, there)


def plan_of(session: Session, there: OnRun) -> RunPlan:
    """Return a run that was read, with its checks and its releases."""
    run, instrument = there.run, there.instrument
    return RunPlan(
        id=RunId(run.id),
        code=there.code,
        instrument=instrument.name,
        model=there.model,
        platform=there.platform,
        orientation=I5Orientation(instrument.i5_orientation),
        state=run.state,
        start=run.started_at or run.planned_start_at,
        end=run.finished_at or run.planned_end_at,
        lanes=there.cell.lanes,
        usable_millions=there.usable_millions,
        lane_millions=there.cell.lane_reads_millions,
        loads=there.loads,
        pools=pool_queries.pool_lines(session, {each.pool_id for each in there.loads}),
        libraries=there.libraries,
        cycles=there.cycles or cycles_of(there.libraries, there.kits.layouts),
        recipe=f"{there.recipe.name}, version {there.recipe.number}" if there.recipe else "",
        checks=checks_of(session, there, draft_of(there)),
        releases=releases_of(session, there),
        lanes_sha256=there.digest.hex(),
        kits=there.kits.known,
    )


def waiting_for(session: ReadSession, principal: Principal, plan: RunPlan) -> WaitingPools:
    """Return the pools that a run could take, and which of them it could take together.

    A run has one read length, so that pools which ask for another are left out.
    """
    lengths = {each.read_length for each in plan.libraries}
    lines = [
        each
        for each in pool_queries.loadable_pools(session, principal)
        if not lengths or lengths == set(each.read_lengths)
    ]
    libraries = pool_queries.libraries_of_pools(session, {each.id for each in lines})
    # What comes first onto an empty run decides how long its reads are.
    together = lines if lengths else lines[:1]
    coming = {each.id: (libraries[each.id], float(each.reads_millions)) for each in lines}

    def placed(pools: Sequence[PoolLine]) -> list[int | None]:
        return places_for(
            plan.libraries,
            [coming[each.id] for each in pools],
            plan.orientation,
            lanes=plan.lanes,
            usable_millions=plan.usable_millions,
        )

    return WaitingPools(
        lines=[(each, placed([each])[0]) for each in lines],
        suggested=[
            (each, lane)
            for each, lane in zip(together, placed(together), strict=True)
            if lane is not None
        ],
    )


def draft_sheet(
    session: ReadSession, principal: Principal, code: str, *, dialect: Dialect | None = None
) -> Draft | None:
    """Return the sheet of a run as it would be released now, None where its make needs none.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    there = on_run(session, find_run(session, principal, code))
    return draft_of(there, said=ReleaseIn(dialect=dialect))


def list_releases(session: ReadSession, principal: Principal, code: str) -> list[ReleaseView]:
    """Return the releases of a run, voided ones included, newest first.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    there = on_run(session, find_run(session, principal, code))
    return releases_of(session, there)


def kept_sheet(
    session: ReadSession, principal: Principal, code: str, number: int
) -> tuple[ReleaseView, bytes]:
    """Return a release of a run and the sheet that was signed for.

    Raises:
        PlanNotFound: absent, or with libraries that are not the principal's to see.
        ReleaseNotFound: the run has no such release.
        SheetDamaged: the bytes are not those that were signed.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    there = on_run(session, find_run(session, principal, code))
    shown = next((each for each in releases_of(session, there) if each.number == number), None)
    if shown is None:
        raise ReleaseNotFound
    row = session.get_one(RunRelease, shown.id)
    if hashlib.sha256(row.content).digest() != row.sha256:
        raise SheetDamaged(shown.label)
    return shown, row.content


def last_release(
    session: ReadSession, principal: Principal, code: str
) -> tuple[ReleaseView, bytes] | None:
    """Return the newest release of a run with its sheet; None where there is none to be seen."""
    try:
        found = list_releases(session, principal, code)
    except PlanNotFound:
        return None
    return kept_sheet(session, principal, code, found[0].number) if found else None


def releases_of(session: Session, there: OnRun) -> list[ReleaseView]:
    """Return the releases of a run that was read, newest first."""
    rows: Sequence[tuple[RunRelease, str]] = [
        (release, meaning)
        for release, meaning in session.execute(
            select(RunRelease, ElectronicSignature.meaning)
            .join(ElectronicSignature, ElectronicSignature.id == RunRelease.signature_id)
            .where(RunRelease.run_id == there.run.id)
            .order_by(RunRelease.number.desc())
        )
    ]
    now = there.digest
    # What has run stays released for what it ran with.
    is_past = there.run.state is not RunState.PLANNED
    return [
        _view(row, there.code, meaning, changed=not is_past and row.lanes_sha256 != now)
        for row, meaning in rows
    ]


def _view(row: RunRelease, code: str, meaning: str, *, changed: bool) -> ReleaseView:
    return ReleaseView(
        id=ReleaseId(row.id),
        run_code=code,
        number=row.number,
        dialect=row.dialect,
        sha256=row.sha256.hex(),
        released_by_name=row.released_by_name,
        released_at=row.released_at,
        meaning=meaning,
        flow_cell=row.flow_cell,
        reagent_kit=row.reagent_kit,
        stands=row.voided_at is None and not changed,
        void_reason=row.void_reason or (CHANGED if changed else ""),
    )
