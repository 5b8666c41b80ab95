"""Since when readings could be heard, from what the database says of the processes that listen.

`watch` looks by the recurring check, which a worker runs whether anybody listens or not. Where all
listeners are dead, silence counts from its first look that found nobody, not from their last sign
of life: after an outage of the whole program that look is the first thing it does, and every sensor
has its time again, as those who listen have theirs to say that they are back.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.gateway import measuring
from backend.gateway.measuring import Life
from backend.telemetry.events import ListenersBack, ListenersGone
from backend.telemetry.listening_models import ListeningGap

WEB, MQTT = "web", "mqtt"
EARS: Final = frozenset({WEB, MQTT})
"""Services whose processes take readings from loggers."""
GRACE: Final = timedelta(minutes=3)
"""A process that is started again is back by then; nobody need hear of it."""
_LOOKS_FOLLOW: Final = timedelta(minutes=5)
"""Two looks further apart do not follow one another: the program itself was down in between.

So it was where everything of it that lives began after the first of the two.
"""


def counted_from(session: Session, now: datetime) -> datetime | None:
    """Return since when the program could have heard its sensors; silence is counted from then.

    Since there has been a living process of each service that lives at all; without any, since the
    recurring check found that nobody is left. None where no such process is known of.
    """
    lives = measuring.lives(session, EARS)
    living = [life.since for life in lives.values() if life.since is not None]
    if living:
        return max(living)
    gaps = session.scalars(select(ListeningGap).where(ListeningGap.ended_at.is_(None))).all()
    if gaps:
        up_since = measuring.up_since(session, besides=EARS)
        return max(now if _is_broken(gap, now, up_since) else gap.noticed_at for gap in gaps)
    return now if lives else None


def watch(
    session: WriteSession, principal: Principal, *, expected: Collection[str], zone: ZoneInfo
) -> int:
    """Note which of the ``expected`` services has nobody living; return how many were told of.

    Each gap is told of once, when it has lasted for `GRACE`, with its time in ``zone``, and so is
    its end. A service that is expected no longer is not missed.
    """
    principal.require(Permission.HEALTH_OPERATE)
    now = clock.utc_now()
    lives = measuring.lives(session, EARS)
    missing = {each for each in expected if each not in lives or lives[each].since is None}
    _note_new(session, missing, lives, now)
    up_since = measuring.up_since(session, besides=EARS)
    told = 0
    for gap in session.scalars(
        select(ListeningGap)
        .where(ListeningGap.ended_at.is_(None))
        .order_by(ListeningGap.service)
        .with_for_update()
        .execution_options(populate_existing=True)
    ):
        if gap.service in missing:
            if _is_broken(gap, now, up_since):
                gap.noticed_at = now
            told += _stand(session, principal, gap, now, zone)
            continue
        gap.ended_at = now
        if gap.told_at is not None:
            back = ListenersBack(aggregate_id=gap.id, service=gap.service, since=gap.since)
            events_service.record(session, principal, back)
    session.flush()
    return told


def gone_since(session: ReadSession, service: str) -> datetime | None:
    """Return since when nobody of a service listens, None while somebody does."""
    return session.scalar(
        select(ListeningGap.since).where(
            ListeningGap.service == service, ListeningGap.ended_at.is_(None)
        )
    )


def _note_new(
    session: WriteSession, missing: Collection[str], lives: Mapping[str, Life], now: datetime
) -> None:
    if not missing:
        return
    rows = [
        {
            "id": new_id(),
            "service": service,
            "since": min(lives[service].seen_at, now) if service in lives else now,
            "noticed_at": now,
            "seen_at": now,
        }
        for service in sorted(missing)
    ]
    session.execute(insert(ListeningGap).on_conflict_do_nothing(), rows)


def _stand(
    session: WriteSession, principal: Principal, gap: ListeningGap, now: datetime, zone: ZoneInfo
) -> int:
    gap.seen_at = now
    if gap.told_at is not None or now - gap.noticed_at < GRACE:
        return 0
    gap.told_at = now
    gone = ListenersGone(
        aggregate_id=gap.id,
        service=gap.service,
        since=gap.since,
        since_there=f"{gap.since.astimezone(zone):%d %b %Y, %H:%M}",
    )
    events_service.record(session, principal, gone)
    return 1


def _is_broken(gap: ListeningGap, now: datetime, up_since: datetime | None) -> bool:
    """Say whether the program itself was down since the last look, be it for a minute."""
    has_restarted = up_since is not None and up_since > gap.seen_at
    return has_restarted or now - gap.seen_at > _LOOKS_FOLLOW
