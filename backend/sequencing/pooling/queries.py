"""Reading pools: the list, and one with its recipe."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.errors import InvalidInput
from backend.core.paging import Page, checked_limit, decode_cursor, encode_cursor
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import QcVerdict
from backend.samples.models import Project, Sample, SampleHold
from backend.sequencing import pool_queries
from backend.sequencing import queries as board_queries
from backend.sequencing.codes import pool_code, request_code, run_code
from backend.sequencing.errors import PoolNotFound
from backend.sequencing.ids import PoolId, PoolState
from backend.sequencing.indexing.collisions import Barcode
from backend.sequencing.models import Instrument, RequestSample, SequencingRequest, SequencingRun
from backend.sequencing.pool_models import LibraryPool, PoolMember, RunLoad
from backend.sequencing.pooling import settings as kept
from backend.sequencing.pooling.assembling import Member, Tube, assemble, index_findings, shares_of
from backend.sequencing.pooling.measured import Measured, measured_of
from backend.sequencing.pooling.molarity import Amount, amount_of, factor_of
from backend.sequencing.pooling.recipe import Finding, Line, Recipe, Target
from backend.sequencing.pooling.settings import DEFAULT_NM, DEFAULT_UL, Settings
from backend.sequencing.pooling.views import PartView, PoolRow, PoolView
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.content import PoolingContent

_CODE = re.compile(r"P-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class _Row:
    """A member with its request and its sample."""

    sample_id: UUID
    reads_millions: Decimal
    index_i7: str
    index_i5: str | None
    request: int
    project: str
    barcode: str
    name: str
    volume_ul: Decimal | None
    qc_verdict: QcVerdict


def list_pools(
    session: ReadSession,
    principal: Principal,
    *,
    state: PoolState | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[PoolRow]:
    """Return a page of pools, the newest first.

    Raises:
        InvalidInput: a foreign cursor, or a limit outside 1 to 200.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    checked_limit(limit)
    statement = pool_queries.visible_pools(principal)
    if state is not None:
        statement = statement.where(LibraryPool.state == state)
    if cursor is not None:
        statement = statement.where(LibraryPool.number < _number(decode_cursor(cursor, 1)[0]))
    found = session.scalars(statement.order_by(LibraryPool.number.desc()).limit(limit + 1)).all()
    shown = found[:limit]
    sequenced = pool_queries.sequenced_pools(session, [each.id for each in shown])
    lines = {
        line.id: line for line in pool_queries.pool_lines(session, [each.id for each in shown])
    }
    return Page(
        items=[
            PoolRow(
                id=PoolId(pool.id),
                code=pool_code(pool.number),
                name=pool.name,
                state=pool.state,
                is_mixed=pool.sample_id is not None,
                is_sequenced=pool.id in sequenced,
                mode=pool.mode,
                project_codes=line.project_codes if line else (),
                libraries=line.libraries if line else 0,
                reads_millions=line.reads_millions if line else Decimal(0),
                target_nm=pool.target_nm,
                created_by_name=pool.created_by_name,
                created_at=pool.created_at,
            )
            for pool in shown
            for line in [lines.get(PoolId(pool.id))]
        ],
        next_cursor=encode_cursor(str(shown[-1].number)) if len(found) > limit else None,
    )


def get_pool(session: ReadSession, principal: Principal, code: str) -> PoolView:
    """Return a pool by its code, as ``P-0417``.

    Raises:
        PoolNotFound: no such pool, or one with libraries of a project that is not yours.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    return view_of(session, find_pool(session, principal, code))


def find_pool(session: Session, principal: Principal, code: str) -> LibraryPool:
    """Return a visible pool's row. Same errors as `get_pool`."""
    number = number_of(code)
    statement = pool_queries.visible_pools(principal).where(LibraryPool.number == number)
    found = session.scalars(statement).one_or_none() if number is not None else None
    if found is None:
        raise PoolNotFound
    return found


def number_of(code: str) -> int | None:
    """Return the number in a pool's code, in any case of letters; None where it is no code."""
    found = _CODE.fullmatch(code.strip().upper())
    return int(found[1]) if found else None


def view_of(session: Session, pool: LibraryPool) -> PoolView:
    """Return a pool with what is known of it now, whoever may see it."""
    settings = kept.settings_of(pool.recipe)
    laboratory = reference_queries.pooling(session)
    tubes = tubes_of(session, pool, settings, laboratory)
    target = Target(
        nm=pool.target_nm or DEFAULT_NM,
        ul=pool.target_ul or DEFAULT_UL,
        phix_percent=pool.phix_percent,
    )
    pipetting = settings.pipetting(laboratory)
    made = assemble(tubes, mode=pool.mode, target=target, settings=settings, pipetting=pipetting)
    recipe, findings, shares = made.recipe, made.findings, made.shares
    pipetted = kept.kept_of(pool.recipe)
    if pipetted is not None:
        # What is mixed stays as it was mixed, whatever is measured since.
        recipe, findings = pipetted, tuple(index_findings(tubes))
        shares = shares_of(tubes, {line.name: line.achieved_share for line in pipetted.lines})
    is_sequenced = bool(pool_queries.sequenced_pools(session, [pool.id]))
    if is_sequenced and pipetted is None:
        # It was loaded without a tube of its own: what would be missing to mix it matters no more.
        recipe, findings = None, tuple(index_findings(tubes))
    members = [member for tube in tubes for member in tube.members]
    factor = factor_of(settings.strand, dsdna=laboratory.dsdna_g_per_mol_per_bp)
    return PoolView(
        id=PoolId(pool.id),
        code=pool_code(pool.number),
        name=pool.name,
        state=pool.state,
        tube=_barcode(session, pool.sample_id),
        mode=pool.mode,
        target_nm=target.nm,
        target_ul=target.ul,
        phix_percent=pool.phix_percent,
        settings=settings,
        pipetting=pipetting,
        parts=[_part(tube, recipe, findings, settings, factor) for tube in tubes],
        recipe=recipe,
        findings=findings,
        indexes=[member.index for member in members],
        shares=[shares.get(member.barcode, Decimal(0)) for member in members],
        project_codes=sorted({code for tube in tubes for code in tube.project_codes}),
        runs=_runs(session, pool.id),
        is_sequenced=is_sequenced,
        created_by_name=pool.created_by_name,
        created_at=pool.created_at,
        version=pool.version,
    )


def tubes_of(
    session: Session, pool: LibraryPool, settings: Settings, laboratory: PoolingContent
) -> list[Tube]:
    """Return the tubes that a pool is mixed from, in its order."""
    rows = _member_rows(session, pool.id)
    by_barcode = {row.barcode: row for row in rows}
    via = {barcode: code for code, codes in settings.pools.items() for barcode in codes}
    inner: dict[str, LibraryPool] = {
        pool_code(each.number): each
        for each in session.scalars(
            select(LibraryPool).where(
                LibraryPool.number.in_([number_of(code) for code in settings.pools])
            )
        )
    }
    keys = [row.sample_id for row in rows if row.barcode not in via]
    keys += [each.sample_id for each in inner.values() if each.sample_id is not None]
    factor = factor_of(settings.strand, dsdna=laboratory.dsdna_g_per_mol_per_bp)
    measured = measured_of(session, keys, g_per_mol_per_base=factor)
    holds = _holds(session, [row.sample_id for row in rows])
    members = {barcode: _member(row, holds) for barcode, row in by_barcode.items()}
    tubes, seen = [], set()
    for row in rows:
        code = via.get(row.barcode)
        if code is None:
            tubes.append(_library(row, members[row.barcode], measured[row.sample_id]))
        elif code in inner and code not in seen:
            seen.add(code)
            inside = [each for each in rows if via.get(each.barcode) == code]
            tubes.append(_pool_tube(session, inner[code], inside, members, measured))
    return tubes


def _library(row: _Row, member: Member, known: Measured) -> Tube:
    return Tube(
        barcode=row.barcode,
        name=row.name,
        sample_id=row.sample_id,
        members=(member,),
        request_codes=(request_code(row.request),),
        project_codes=(row.project,),
        molarity_nm=known.nm,
        size_bp=known.size_bp,
        told=known.told,
        lacking=known.lacking,
        doubt=known.doubt,
        available_ul=row.volume_ul,
    )


def _pool_tube(
    session: Session,
    pool: LibraryPool,
    rows: Sequence[_Row],
    members: dict[str, Member],
    measured: dict[UUID, Measured],
) -> Tube:
    code, recipe = pool_code(pool.number), kept.kept_of(pool.recipe)
    tube = session.get(Sample, pool.sample_id) if pool.sample_id is not None else None
    known = measured.get(tube.id, Measured()) if tube is not None else Measured()
    nm, told = known.nm, known.told
    if nm is None and recipe is not None and pool.target_ul:
        nm, told = recipe.achieved_nm, f"as {code} was mixed"
    return Tube(
        barcode=tube.barcode if tube is not None else code,
        name=pool.name or code,
        sample_id=tube.id if tube is not None else pool.id,
        members=tuple(members[row.barcode] for row in rows),
        request_codes=tuple(dict.fromkeys(request_code(row.request) for row in rows)),
        project_codes=tuple(dict.fromkeys(row.project for row in rows)),
        molarity_nm=nm,
        size_bp=known.size_bp,
        told=told,
        lacking=f"{code} has no tube yet. Make it first.",
        doubt=known.doubt,
        available_ul=tube.volume_ul if tube is not None else None,
        pool_code=code,
        inner_shares={line.name: line.achieved_share for line in recipe.lines} if recipe else None,
    )


def _member(row: _Row, holds: dict[UUID, list[str]]) -> Member:
    return Member(
        barcode=row.barcode,
        reads_millions=row.reads_millions,
        index=Barcode(name=row.barcode, i7=row.index_i7, i5=row.index_i5 or ""),
        unusable=tuple(
            board_queries.why_unusable(row.barcode, row.qc_verdict, holds.get(row.sample_id))
        ),
    )


def _part(
    tube: Tube,
    recipe: Recipe | None,
    findings: Sequence[Finding],
    settings: Settings,
    g_per_mol_per_base: Decimal,
) -> PartView:
    line = None
    if recipe is not None:
        line = next((each for each in recipe.lines if each.name == tube.barcode), None)
    correction = Decimal(1)
    if len(tube.members) == 1:
        correction = settings.corrections.get(tube.members[0].barcode, correction)
    return PartView(
        barcode=tube.barcode,
        name=tube.name,
        sample_id=tube.sample_id,
        request_codes=tube.request_codes,
        project_codes=tube.project_codes,
        libraries=len(tube.members),
        pool_code=tube.pool_code,
        reads_millions=tube.reads_millions,
        molarity_nm=line.molarity_nm if line is not None else tube.molarity_nm,
        told=tube.told,
        available_ul=tube.available_ul,
        correction=correction,
        line=line,
        amount=None if line is None else _amount(line, tube.size_bp, g_per_mol_per_base),
        findings=[each for each in findings if each.name == tube.barcode],
    )


def _amount(line: Line, size_bp: Decimal | None, g_per_mol_per_base: Decimal) -> Amount:
    undiluted_ul = line.volume_ul / line.dilution
    return amount_of(line.molarity_nm, undiluted_ul, size_bp, g_per_mol_per_base=g_per_mol_per_base)


def _member_rows(session: Session, pool_id: UUID) -> Sequence[_Row]:
    rows = session.execute(
        select(
            PoolMember.sample_id,
            PoolMember.reads_millions,
            RequestSample.index_i7,
            RequestSample.index_i5,
            SequencingRequest.number.label("request"),
            Project.code.label("project"),
            Sample.barcode,
            Sample.name,
            Sample.volume_ul,
            Sample.qc_verdict,
        )
        .join(
            RequestSample,
            (RequestSample.request_id == PoolMember.request_id)
            & (RequestSample.sample_id == PoolMember.sample_id),
        )
        .join(SequencingRequest, SequencingRequest.id == PoolMember.request_id)
        .join(Project, Project.id == SequencingRequest.project_id)
        .join(Sample, Sample.id == PoolMember.sample_id)
        .where(PoolMember.pool_id == pool_id)
        .order_by(PoolMember.place)
    )
    return [
        _Row(
            sample_id=row.sample_id,
            reads_millions=row.reads_millions,
            index_i7=row.index_i7,
            index_i5=row.index_i5,
            request=row.request,
            project=row.project,
            barcode=row.barcode,
            name=row.name,
            volume_ul=row.volume_ul,
            qc_verdict=row.qc_verdict,
        )
        for row in rows
    ]


def _holds(session: Session, keys: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = session.execute(
        select(SampleHold.sample_id, SampleHold.kind)
        .where(SampleHold.sample_id.in_(keys), SampleHold.released_at.is_(None))
        .order_by(SampleHold.sample_id, SampleHold.kind)
    )
    for key, kind in rows:
        found[key].append(kind)
    return found


def _runs(session: Session, pool_id: UUID) -> list[str]:
    rows = session.execute(
        select(Instrument.run_prefix, SequencingRun.number)
        .join(SequencingRun, SequencingRun.instrument_id == Instrument.id)
        .join(RunLoad, RunLoad.run_id == SequencingRun.id)
        .where(RunLoad.pool_id == pool_id, SequencingRun.state.in_(pool_queries.LIVE_RUNS))
        .group_by(Instrument.run_prefix, SequencingRun.number)
        .order_by(SequencingRun.number)
    )
    return [run_code(prefix, number) for prefix, number in rows]


def _barcode(session: Session, sample_id: UUID | None) -> str | None:
    return session.scalar(select(Sample.barcode).where(Sample.id == sample_id))


def _number(text: str) -> int:
    if not text.isdigit():
        raise InvalidInput("The cursor is not one of ours. Start at the first page.")
    return int(text)
