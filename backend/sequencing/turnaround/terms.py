"""What a turnaround is measured by, in versions: the calendar, its pauses, and the targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Self
from uuid import NAMESPACE_OID, UUID, uuid5
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples.ids import HoldKind
from backend.sequencing.errors import TermsChanged
from backend.sequencing.events import TurnaroundTermsSet
from backend.sequencing.ids import ClockStart, RequestState
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.turnaround.histories import Counting
from backend.sequencing.turnaround.models import TurnaroundTerms
from backend.sequencing.turnaround.working_days import WorkingClock

_AGGREGATE: UUID = uuid5(NAMESPACE_OID, "tracseq:turnaround_terms")
_Days = Annotated[Decimal, Field(gt=0, le=365, decimal_places=1)]

CLOCKED = (
    RequestState.WAITING,
    RequestState.POOLED,
    RequestState.PLANNED,
    RequestState.RUNNING,
    RequestState.DEMULTIPLEXED,
    RequestState.QC,
)
"""Columns in which a request's time runs."""

# Public targets of Clinical Genomics (DOMAIN 2j): prepared within 4 days, sequenced 5, analysed 4,
# uploaded 1, delivered 2, all within 21. Ours divides each over the columns of the board.
_STAGE_DAYS = {
    RequestState.WAITING: Decimal(3),
    RequestState.POOLED: Decimal(1),
    RequestState.PLANNED: Decimal(2),
    RequestState.RUNNING: Decimal(3),
    RequestState.DEMULTIPLEXED: Decimal(4),
    RequestState.QC: Decimal(3),
}
# Waiting for somebody outside the laboratory; its own queues are no pause (DOMAIN 2j).
_PAUSING = (
    HoldKind.QUARANTINE,
    HoldKind.CONSENT_WITHDRAWN,
    HoldKind.LEGAL_HOLD,
    HoldKind.PAUSED_BY_REQUESTER,
    HoldKind.PAYMENT,
)


class Terms(BaseModel):
    """By what a turnaround is measured; days are working days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target_days: _Days = Decimal(21)
    stage_days: Mapping[RequestState, _Days] = Field(default_factory=lambda: dict(_STAGE_DAYS))
    weekdays: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(min_length=1)] = (
        *range(5),
    )
    """Monday is 0."""
    holidays: Annotated[tuple[date, ...], Field(max_length=400)] = ()
    cut_off: time | None = time(14)
    """Laboratory time; a request of this time or later counts from the next working day."""
    starts: ClockStart = ClockStart.RECEIVED
    """From what on days are counted, where an assay says nothing else."""
    pausing: tuple[HoldKind, ...] = _PAUSING
    """Kinds of holds on a request's samples that stop its clock."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if set(self.stage_days) != set(CLOCKED):
            raise ValueError("Give days for every column of the board from Waiting to QC.")
        return self


class TermsIn(BaseModel):
    """The next version, with why it is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: Terms
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    version: Annotated[int, Field(ge=0)]
    """The version that was looked at; 0 is the program's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsVersion:
    """Terms as they were set. Version 0 is the program's own and was set by nobody."""

    version: int
    terms: Terms
    reason: str = ""
    set_by_name: str = ""
    set_at: datetime | None = None


def terms_now(session: Session) -> TermsVersion:
    """Return what holds."""
    row = session.scalars(
        select(TurnaroundTerms).order_by(TurnaroundTerms.version.desc()).limit(1)
    ).one_or_none()
    return TermsVersion(version=0, terms=Terms()) if row is None else _version(row)


def clock_of(terms: Terms, zone: ZoneInfo) -> WorkingClock:
    """Return the clock that terms describe."""
    return WorkingClock(
        zone=zone,
        weekdays=frozenset(terms.weekdays),
        holidays=frozenset(terms.holidays),
        cut_off=terms.cut_off,
    )


def counting_of(session: Session, terms: Terms) -> Counting:
    """Return how the clocks of requests run by terms and by what their assays say."""
    return Counting(
        pausing=terms.pausing,
        starts=terms.starts,
        by_assay={
            key: each.content.clock_start
            for key, each in reference_queries.every_assay(session).items()
            if each.content.clock_start is not None
        },
    )


def list_terms(session: ReadSession, principal: Principal) -> list[TermsVersion]:
    """Return every version that was set, the newest first."""
    principal.require(Permission.SEQUENCING_VIEW)
    rows = session.scalars(select(TurnaroundTerms).order_by(TurnaroundTerms.version.desc()))
    return [_version(row) for row in rows]


def set_terms(session: WriteSession, principal: Principal, *, wanted: TermsIn) -> TermsVersion:
    """Put terms into force for every figure from now on; those before stay to be seen.

    Raises:
        TermsChanged: somebody else has set others meanwhile.
    """
    principal.require(Permission.SEQUENCING_CONFIGURE)
    # Two first versions have no row to lock, so they follow one another by this.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("turnaround_terms"))))
    before = terms_now(session)
    if before.version != wanted.version:
        raise TermsChanged(before.version)
    row = TurnaroundTerms(
        version=before.version + 1,
        content=wanted.terms.model_dump(mode="json"),
        reason=wanted.reason,
        set_by=principal.user_id,
        set_by_name=principal.name,
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    events_service.record(
        session,
        principal,
        TurnaroundTermsSet(aggregate_id=_AGGREGATE, version=row.version),
        old=before.terms.model_dump(mode="json"),
        new=row.content,
        reason=wanted.reason,
    )
    return _version(row)


def _version(row: TurnaroundTerms) -> TermsVersion:
    return TermsVersion(
        version=row.version,
        terms=Terms.model_validate(row.content),
        reason=row.reason,
        set_by_name=row.set_by_name,
        set_at=row.set_at,
    )
