"""Reading parcels that are expected from outside. Who sees the project sees its parcel."""

from datetime import date

from sqlalchemy import ScalarSelect, Select, func, select

from backend.auth import queries as auth_queries
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.custody.errors import IncomingNotFound
from backend.custody.ids import IncomingId, IncomingState
from backend.custody.incoming_models import Incoming, IncomingLine, IncomingOver
from backend.custody.views import IncomingLineView, IncomingView
from backend.samples import queries as samples_queries
from backend.samples.models import Project, Sample

MOST = 200
_PREFIX = "INC-"


def code_of(parcel: Incoming) -> str:
    """Return what people call a parcel from outside."""
    return f"{_PREFIX}{parcel.number:05d}"


def absent() -> IncomingNotFound:
    """Return the error of a parcel that is not there, or not to be seen."""
    return IncomingNotFound("There is no such parcel among yours. Check its code.")


def visible(principal: Principal) -> Select[Incoming]:
    """Select the parcels that a principal may see."""
    return samples_queries.only_visible(select(Incoming), principal, Incoming.project_id)


def expected(session: ReadSession, principal: Principal) -> list[IncomingView]:
    """Return visible parcels, those that are expected first, the earliest on top, at most MOST."""
    principal.require(Permission.SAMPLES_VIEW)
    rows = session.execute(
        visible(principal)
        .join(Project, Project.id == Incoming.project_id)
        .add_columns(Project.code, _counted(), _counted(has_outcome=True))
        .order_by(Incoming.closed_at.desc().nulls_first(), Incoming.expected_on, Incoming.number)
        .limit(MOST)
    )
    today = auth_queries.laboratory_day(session)
    return [
        _view(parcel, project, named, arrived, today=today)
        for parcel, project, named, arrived in rows
    ]


def late(principal: Principal, today: date) -> Select[Incoming]:
    """Select the visible parcels that should have come before today."""
    return visible(principal).where(Incoming.closed_at.is_(None), Incoming.expected_on < today)


def how_many(session: ReadSession, principal: Principal) -> int:
    """Return how many visible parcels are still expected."""
    principal.require(Permission.SAMPLES_VIEW)
    open_ones = (
        visible(principal).where(Incoming.closed_at.is_(None)).with_only_columns(Incoming.id)
    )
    return session.scalar(select(func.count()).select_from(open_ones.subquery())) or 0


def get_incoming(session: ReadSession, principal: Principal, code: str) -> IncomingView:
    """Return a parcel with what its sender named and what came besides.

    Raises:
        IncomingNotFound: no such parcel, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    digits = code.strip().upper().removeprefix(_PREFIX)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004 -- bigint
        raise absent()
    row = session.execute(
        visible(principal)
        .join(Project, Project.id == Incoming.project_id)
        .add_columns(Project.code)
        .where(Incoming.number == int(digits))
    ).one_or_none()
    if row is None:
        raise absent()
    parcel, project = row
    lines = _lines(session, principal, parcel)
    over = session.scalars(
        select(IncomingOver.code)
        .where(IncomingOver.incoming_id == parcel.id)
        .order_by(IncomingOver.scanned_at)
    ).all()
    arrived = sum(line.arrival is not None for line in lines)
    today = auth_queries.laboratory_day(session)
    return _view(parcel, project, len(lines), arrived, lines, tuple(over), today=today)


def _lines(
    session: ReadSession, principal: Principal, parcel: Incoming
) -> tuple[IncomingLineView, ...]:
    lines = session.scalars(
        select(IncomingLine)
        .where(IncomingLine.incoming_id == parcel.id)
        .order_by(IncomingLine.number)
    ).all()
    known = set(
        session.scalars(
            samples_queries.visible_samples(principal)
            .with_only_columns(Sample.barcode)
            .where(Sample.barcode.in_({line.code.upper() for line in lines}))
        )
    )
    return tuple(
        IncomingLineView(
            code=line.code,
            barcode=line.code.upper() if line.code.upper() in known else None,
            arrival=line.arrival,
            condition=line.condition,
        )
        for line in lines
    )


def _counted(*, has_outcome: bool = False) -> ScalarSelect[int]:
    statement = select(func.count()).where(IncomingLine.incoming_id == Incoming.id)
    if has_outcome:
        statement = statement.where(IncomingLine.arrival.is_not(None))
    return statement.correlate(Incoming).scalar_subquery()


def _view(  # noqa: PLR0917 -- a row in parts
    parcel: Incoming,
    project: str,
    named: int,
    arrived: int,
    lines: tuple[IncomingLineView, ...] = (),
    over: tuple[str, ...] = (),
    *,
    today: date,
) -> IncomingView:
    is_open = parcel.state is IncomingState.EXPECTED
    return IncomingView(
        id=IncomingId(parcel.id),
        code=code_of(parcel),
        project=project,
        sender=parcel.sender,
        carrier=parcel.carrier,
        tracking=parcel.tracking,
        seal=parcel.seal,
        document=parcel.document,
        expected_on=parcel.expected_on,
        is_late=is_open and parcel.expected_on < today,
        state=parcel.state,
        created_by_name=parcel.created_by_name,
        named=named,
        arrived=arrived,
        lines=lines,
        over=over,
    )
