"""Reading samples. `only_visible` is the one place that says who sees what."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import Row, Select, Tuple, bindparam, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from backend.core import barcodes
from backend.core.errors import InvalidInput
from backend.core.paging import Page, checked_limit, decode_cursor, encode_cursor
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import arrival_queries
from backend.samples.errors import SampleNotFound
from backend.samples.ids import HoldKind, ProjectId, SampleId
from backend.samples.models import (
    Project,
    ProjectMember,
    Sample,
    SampleHold,
    SampleTransition,
    folded_id,
)
from backend.samples.standing import standing_of
from backend.samples.views import (
    HoldView,
    ProjectView,
    SampleDetail,
    SampleRow,
    TransitionView,
)

Columns = TypeVarTuple("Columns")

ROW_COLUMNS = (
    Sample.id,
    Sample.barcode,
    Sample.name,
    Project.code.label("project_code"),
    Sample.material_type,
    Sample.status,
    Sample.subject_code,
    Sample.volume_ul,
    Sample.concentration_ng_per_ul,
    Sample.rin,
    Sample.din,
    Sample.temperature_class,
    Sample.received_at,
    Sample.created_at,
    Sample.custody,
    Sample.qc_verdict,
    Sample.priority,
    Sample.expires_on,
)


def visible_projects(principal: Principal) -> Select[Project]:
    """Select the projects that a principal may see: their own, or all with the right for it."""
    return only_visible(select(Project), principal, Project.id)


def visible_project_ids(principal: Principal) -> Select[UUID]:
    """Select the keys of the projects that a principal may see."""
    return only_visible(select(Project.id), principal, Project.id)


def visible_samples(principal: Principal) -> Select[Sample]:
    """Select the samples that a principal may see: those of their projects."""
    return only_visible(select(Sample), principal, Sample.project_id)


def only_visible(
    statement: Select[*Columns], principal: Principal, project_id: InstrumentedAttribute[UUID]
) -> Select[*Columns]:
    """Leave of a statement the rows of projects that a principal may see."""
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return statement
    mine = select(ProjectMember.project_id).where(ProjectMember.user_id == principal.user_id)
    return statement.where(project_id.in_(mine))


def projects_of_person() -> Select[UUID]:
    """Select the projects of whom the parameter ``person`` names, for statements written once."""
    return select(ProjectMember.project_id).where(ProjectMember.user_id == bindparam("person"))


def visible_rows(principal: Principal) -> Select[*tuple[Any, ...]]:
    """Select list columns of the visible samples, joined with their project."""
    samples = visible_samples(principal).with_only_columns(*ROW_COLUMNS)
    joined: Select[*tuple[Any, ...]] = samples.join(Project, Project.id == Sample.project_id)
    return joined


def projects(session: ReadSession, principal: Principal) -> list[ProjectView]:
    """Return the visible projects by code."""
    principal.require(Permission.SAMPLES_VIEW)
    rows = session.scalars(visible_projects(principal).order_by(Project.code))
    return [
        ProjectView(id=ProjectId(p.id), code=p.code, name=p.name, is_open=p.is_open) for p in rows
    ]


def get_sample(session: ReadSession, principal: Principal, sample_id: UUID) -> SampleDetail:
    """Return everything that is known of a sample.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    return _detail(session, load_sample(session, principal, sample_id))


def load_sample(session: ReadSession, principal: Principal, sample_id: UUID) -> Sample:
    """Return a visible sample's row. Same errors as `get_sample`."""
    sample = session.scalars(visible_samples(principal).where(Sample.id == sample_id)).one_or_none()
    if sample is None:
        raise SampleNotFound("There is no such sample among yours.")
    return sample


def get_by_barcode(session: ReadSession, principal: Principal, code: str) -> SampleDetail:
    """Return the sample that carries a barcode. Same errors as `get_sample`."""
    principal.require(Permission.SAMPLES_VIEW)
    tidy = barcodes.tidy(code)
    sample = session.scalars(visible_samples(principal).where(Sample.barcode == tidy)).one_or_none()
    if sample is None:
        raise SampleNotFound(f"No sample of yours carries the barcode {tidy}. Check the label.")
    return _detail(session, sample)


def find_by_barcode(session: ReadSession, principal: Principal, code: str) -> SampleRow | None:
    """Return the sample that carries a barcode, None when none visible does."""
    principal.require(Permission.SAMPLES_VIEW)
    statement = visible_rows(principal).where(Sample.barcode == barcodes.tidy(code))
    row = session.execute(statement).one_or_none()
    return row_view(row) if row is not None else None


def search(
    session: ReadSession, principal: Principal, typed: str, limit: int = 8
) -> list[SampleRow]:
    """Return samples whose barcode starts as typed, or whose external id is what was typed."""
    principal.require(Permission.SAMPLES_VIEW)
    tidy = barcodes.tidy(typed)
    statement = visible_rows(principal).where(
        or_(
            # A range, not LIKE: it can use the barcode's unique index in any collation.
            Sample.barcode.between(tidy, tidy + "\U0010ffff"),
            folded_id() == typed.strip().lower(),
        )
    )
    rows = session.execute(statement.order_by(Sample.barcode).limit(limit)).all()
    return [row_view(row) for row in rows]


def list_samples(
    session: ReadSession,
    principal: Principal,
    *,
    cursor: str | None = None,
    limit: int = 50,
    project_code: str | None = None,
    status: str | None = None,
) -> Page[SampleRow]:
    """Return a page of samples, newest first, by keyset on (created_at, id).

    Raises:
        InvalidInput: a foreign cursor, or a limit outside 1 to 200.
    """
    principal.require(Permission.SAMPLES_VIEW)
    checked_limit(limit)
    statement = visible_rows(principal)
    if project_code is not None:
        statement = statement.where(Project.code == project_code)
    if status is not None:
        statement = statement.where(Sample.status == status)
    if cursor is not None:
        created_at, sample_id = decode_cursor(cursor, 2)
        statement = statement.where(
            tuple_(Sample.created_at, Sample.id) < _key(created_at, sample_id)
        )
    newest = statement.order_by(Sample.created_at.desc(), Sample.id.desc()).limit(limit + 1)
    rows = [row_view(row) for row in session.execute(newest)]
    more = rows[limit - 1] if len(rows) > limit else None
    following = encode_cursor(more.created_at.isoformat(), str(more.id)) if more else None
    return Page(items=rows[:limit], next_cursor=following)


def _key(created_at: str, sample_id: str) -> Tuple:
    try:
        instant, key = datetime.fromisoformat(created_at), UUID(sample_id)
    except ValueError as error:
        raise InvalidInput("The cursor is not one of ours. Start at the first page.") from error
    return tuple_(literal(instant), literal(key))


def row_view(row: Row[*tuple[Any, ...]]) -> SampleRow:
    """Return a row of `visible_rows` as a view."""
    return SampleRow(**row._asdict())


def open_holds(session: ReadSession, sample_id: UUID) -> list[SampleHold]:
    """Return the holds that keep a sample from being used."""
    held = select(SampleHold).where(
        SampleHold.sample_id == sample_id, SampleHold.released_at.is_(None)
    )
    return list(session.scalars(held))


def holds_of(
    session: ReadSession, principal: Principal, sample_ids: Collection[SampleId]
) -> dict[SampleId, list[HoldKind]]:
    """Return what keeps visible samples from being used; those free of holds are absent."""
    principal.require(Permission.SAMPLES_VIEW)
    visible = visible_samples(principal).with_only_columns(Sample.id)
    rows = session.execute(
        select(SampleHold.sample_id, SampleHold.kind)
        .where(
            SampleHold.released_at.is_(None),
            SampleHold.sample_id.in_(visible.where(Sample.id.in_(sample_ids))),
        )
        .order_by(SampleHold.kind)
    )
    found: defaultdict[SampleId, list[HoldKind]] = defaultdict(list)
    for sample_id, kind in rows:
        found[SampleId(sample_id)].append(kind)
    return found


def _detail(session: ReadSession, sample: Sample) -> SampleDetail:
    parent = aliased(Sample)
    project_code, parent_barcode = session.execute(
        select(Project.code, parent.barcode)
        .select_from(Sample)
        .join(Project, Project.id == Sample.project_id)
        .outerjoin(parent, parent.id == Sample.parent_id)
        .where(Sample.id == sample.id)
    ).one()
    holds = session.scalars(
        select(SampleHold).where(SampleHold.sample_id == sample.id).order_by(SampleHold.set_at)
    )
    steps = session.scalars(
        select(SampleTransition)
        .where(SampleTransition.sample_id == sample.id)
        .order_by(SampleTransition.at, SampleTransition.id)
    )
    return SampleDetail(
        row=SampleRow(
            **{
                column.key: getattr(sample, column.key)
                for column in ROW_COLUMNS
                if column.key != "project_code"
            },
            project_code=project_code,
        ),
        external_id=sample.external_id,
        lifecycle=sample.lifecycle.value,
        container_type=sample.container_type,
        biosafety_level=sample.biosafety_level,
        a260_280=sample.a260_280,
        a260_230=sample.a260_230,
        index_i7=sample.index_i7,
        index_i5=sample.index_i5,
        collected_on=sample.collected_on,
        submitter=sample.submitter,
        analysis=sample.analysis,
        notes=sample.notes,
        attributes=sample.attributes,
        parent_barcode=parent_barcode,
        family_id=sample.family_id,
        is_backup=sample.is_backup,
        freeze_thaw_count=sample.freeze_thaw_count,
        import_id=sample.import_id,
        version=sample.version,
        state_since=sample.state_since,
        expires_on=sample.expires_on,
        standing=standing_of(session, sample),
        holds=[_hold(hold) for hold in holds],
        transitions=[_step(step) for step in steps],
        arrival=arrival_queries.arrival_of(session, sample.id),
    )


def _hold(hold: SampleHold) -> HoldView:
    return HoldView(
        kind=hold.kind,
        reason=hold.reason,
        release_rule=hold.release_rule,
        set_at=hold.set_at,
        set_by_name=hold.set_by_name,
        released_at=hold.released_at,
        released_by_name=hold.released_by_name,
        release_reason=hold.release_reason,
        release_evidence=hold.release_evidence,
    )


def _step(step: SampleTransition) -> TransitionView:
    return TransitionView(
        action=step.action,
        from_status=step.from_status,
        to_status=step.to_status,
        at=step.at,
        actor_name=step.actor_name,
        reason=step.reason,
    )


def sample_id_of(session: ReadSession, principal: Principal, code: str) -> SampleId:
    """Return the key of the sample that carries a barcode. Same errors as `get_sample`."""
    return sample_ids_of(session, principal, [code])[0]


def sample_ids_of(
    session: ReadSession, principal: Principal, codes: Sequence[str]
) -> list[SampleId]:
    """Return the keys of the samples that carry barcodes, in their order. One query.

    Raises:
        SampleNotFound: the first that is absent or not visible, by its name.
    """
    asked = [barcodes.tidy(code) for code in codes]
    rows = session.execute(
        visible_samples(principal)
        .with_only_columns(Sample.barcode, Sample.id)
        .where(Sample.barcode.in_(set(asked)))
    )
    found = {barcode: SampleId(key) for barcode, key in rows}
    for code in asked:
        if code not in found:
            raise SampleNotFound(f"No sample of yours carries the barcode {code}. Check the label.")
    return [found[code] for code in asked]
