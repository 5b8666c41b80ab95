"""Forecasts of ends: read the histories, compute without a session, keep what came out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.sequencing.events import TurnaroundForecastMade
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.turnaround import calibration, outlooks
from backend.sequencing.turnaround.histories import histories_of
from backend.sequencing.turnaround.models import TurnaroundForecast
from backend.sequencing.turnaround.outlooks import METHOD, Outlooks, Remaining
from backend.sequencing.turnaround.scoring import Lack, Score, lack_of
from backend.sequencing.turnaround.terms import CLOCKED, clock_of, counting_of, terms_now
from backend.sequencing.turnaround.trails import History, Trail
from backend.sequencing.turnaround.views import Prediction
from backend.sequencing.turnaround.working_days import WorkingClock
from backend.work import service as work_service
from backend.work.ids import JobId

JOB_KIND: Final = "sequencing.forecast_turnaround"
WINDOW: Final = timedelta(days=365)
"""Requests asked for in this time are learned from; older ways of working say little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a forecast is made from, as it stood at ``now``."""

    histories: Sequence[History]
    working: WorkingClock
    terms_version: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What came out."""

    past: Past
    finished: int
    outlooks: Outlooks
    score: Score


def request_forecast(session: WriteSession, principal: Principal) -> JobId:
    """Ask for a new forecast; asking twice within a minute is asking once."""
    principal.require(Permission.SEQUENCING_CONFIGURE)
    minute = f"{clock.utc_now():%Y-%m-%dT%H:%M}"
    return work_service.request_job(
        session, principal, kind=JOB_KIND, key=f"asked {minute}", arguments={}, queue="long"
    )


def load_past(session: ReadSession, principal: Principal, *, zone: ZoneInfo) -> Past:
    """Return the requests to learn from: all of them, whoever asks.

    What is kept of them is how long many took and nothing of any one, and it must not depend on
    whose projects the person sees who pressed the button.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    now = clock.utc_now()
    version = terms_now(session)
    requests = select(SequencingRequest).where(SequencingRequest.created_at >= now - WINDOW)
    return Past(
        histories=histories_of(
            session, requests, now=now, counting=counting_of(session, version.terms)
        ),
        working=clock_of(version.terms, zone),
        terms_version=version.version,
        now=now,
    )


def forecast(past: Past) -> Forecast:
    """Learn what is left by column and time there, and try that on the past in order of time."""
    trails = [Trail(history, past.working) for history in past.histories]
    known = [trail.known_at(past.now) for trail in trails]
    return Forecast(
        past=past,
        finished=sum(each.done for each in known),
        outlooks=outlooks.fit(known, CLOCKED),
        score=calibration.score(trails, first=past.now - WINDOW, now=past.now),
    )


def store(session: WriteSession, principal: Principal, *, made: Forecast) -> None:
    """Keep what came out."""
    principal.require(Permission.SEQUENCING_VIEW)
    row = TurnaroundForecast(
        made_at=made.past.now,
        method=METHOD,
        terms_version=made.past.terms_version,
        finished=made.finished,
        outlooks={
            state.value: [each and astuple(each) for each in of_state]
            for state, of_state in made.outlooks.items()
        },
        score=asdict(made.score),
    )
    session.add(row)
    session.flush()
    lack = lack_of(made.score, made.finished)
    events_service.record(
        session,
        principal,
        TurnaroundForecastMade(
            aggregate_id=row.id,
            method=row.method,
            finished=row.finished,
            lack=None if lack is None else lack.value,
        ),
    )


def newest(session: Session, terms_version: int) -> tuple[Prediction, Outlooks | None]:
    """Return the newest forecast under the terms that hold, with its outlooks.

    Without outlooks the forecast says why there are none to go by.
    """
    row = session.scalars(
        select(TurnaroundForecast).order_by(TurnaroundForecast.made_at.desc()).limit(1)
    ).one_or_none()
    if row is None:
        return Prediction(lack=Lack.NEVER_MADE), None
    score = Score(**row.score)
    # Days of another calendar or with other pauses are other days.
    changed = row.terms_version != terms_version or row.method != METHOD
    lack = Lack.TERMS_CHANGED if changed else lack_of(score, row.finished)
    found = _outlooks(row.outlooks) if lack is None else None
    prediction = Prediction(
        made_at=row.made_at,
        finished=row.finished,
        score=score,
        lack=lack,
        left={state: each[0] for state, each in (found or {}).items() if each and each[0]},
    )
    return prediction, found


def _outlooks(kept: Mapping[str, Any]) -> Outlooks:
    return {
        RequestState(state): [each and Remaining(*each) for each in of_state]
        for state, of_state in kept.items()
    }
