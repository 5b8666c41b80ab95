"""Messages of loggers, as a broker passes them on (decision 13).

Whoever took a message from the broker acknowledges it when the transaction of `take` is committed:
one that comes a second time finds its readings there. A message that cannot be kept is refused with
a reason and is done with; nobody would correct it by sending it again.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError, IntegrityError

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.telemetry import device_tokens, intake
from backend.telemetry.importing import FAULTS, SAID
from backend.telemetry.intake_views import Outcome, SentReading
from backend.telemetry.message_models import BrokerLink, RefusedMessage
from backend.telemetry.message_views import LinkView, Message, RefusedView, Taken
from backend.telemetry.schemas import ReadingsIn

LARGEST: Final = 1_000_000
"""Bytes of one message: its 5,000 readings with room."""
_KEEP: Final = timedelta(days=30)
_MOST_KEPT: Final = 500
"""Reasons by device; whoever makes ever new ones fills no disk."""
_LONGEST_DEVICE, _LONGEST_REASON, _LONGEST_EXCERPT = 120, 300, 200


class _Refused(Exception):
    """The message says nothing that can be kept; the text says why."""


def take(
    session: WriteSession, principal: Principal, messages: Sequence[Message], *, kept_days: int
) -> Taken:
    """Keep the readings of ``messages`` and write down what was refused of them, and why.

    Each device records for what its token records for, and is looked up by the token's name.
    """
    principal.require(Permission.TELEMETRY_RECORD)
    by_device: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        by_device[message.device].append(message)
    kept, reasons = 0, []
    # In the order of their names: two batches wait for one another and never both.
    for device in sorted(by_device):
        logger = device_tokens.admit_named(session, device, request_id=principal.request_id)
        for message in by_device[device]:
            try:
                new, fault = _take_one(session, logger, message, kept_days)
            except _Refused as refusal:
                new, fault = 0, str(refusal)
            kept += new
            if fault:
                reasons.append((message, fault))
    now = clock.utc_now()
    _note_refused(session, reasons, now)
    _count(session, messages=len(messages), readings=kept, refused=len(reasons), now=now)
    return Taken(readings=kept, refused=len(reasons))


def note_link(
    session: WriteSession, principal: Principal, *, is_connected: bool, detail: str = ""
) -> None:
    """Write down that the broker is there now, or why it is not; the same again changes nothing."""
    principal.require(Permission.TELEMETRY_RECORD)
    row = _locked_link(session, clock.utc_now())
    if row.is_connected is not is_connected:
        row.is_connected, row.since = is_connected, clock.utc_now()
    row.detail = detail[:_LONGEST_REASON]


def get_link(session: ReadSession, principal: Principal) -> LinkView | None:
    """Return how it stands with the broker; None when nobody has ever listened to one."""
    principal.require(Permission.HEALTH_OPERATE)
    row = session.get(BrokerLink, 1)
    if row is None:
        return None
    newest = select(RefusedMessage.device, RefusedMessage.reason)
    last = session.execute(newest.order_by(RefusedMessage.last_at.desc()).limit(1)).one_or_none()
    return LinkView(
        is_connected=row.is_connected,
        since=row.since,
        detail=row.detail,
        messages=row.messages,
        readings=row.readings,
        refused=row.refused,
        last_message_at=row.last_message_at,
        last_refused_at=row.last_refused_at,
        last_reason=f"{last.device}: {last.reason}" if last else "",
    )


def list_refused(
    session: ReadSession, principal: Principal, *, most: int = 20
) -> list[RefusedView]:
    """Return why messages were refused in the last month, the newest first."""
    principal.require(Permission.STORAGE_CONFIGURE)
    rows = session.scalars(
        select(RefusedMessage).order_by(RefusedMessage.last_at.desc()).limit(most)
    )
    return [
        RefusedView(
            device=row.device,
            reason=row.reason,
            first_at=row.first_at,
            last_at=row.last_at,
            excerpt=row.excerpt,
            times=row.times,
        )
        for row in rows
    ]


def _take_one(
    session: WriteSession, logger: Principal | None, message: Message, kept_days: int
) -> tuple[int, str]:
    """Return how many readings are new, and what a person should know of those that are not."""
    if logger is None:
        raise _Refused("No token of this name holds. Make one, or correct the logger's topic.")
    sent = _read(message.payload)
    try:
        with session.begin_nested():
            done = intake.ingest(session, logger, sent, kept_days=kept_days)
    except InvalidInput as refusal:
        raise _Refused(refusal.message) from refusal
    except (DataError, IntegrityError) as error:
        raise _Refused("PostgreSQL cannot keep what it says, such as a NUL in a code.") from error
    told = zip(done.outcomes, sent, strict=True)
    fault = next((f"{each.code}: {SAID[what]}" for what, each in told if what in FAULTS), "")
    return done.counts()[Outcome.ACCEPTED], fault


def _read(payload: bytes) -> list[SentReading]:
    if len(payload) > LARGEST:
        raise _Refused(f"A message has at most {LARGEST:,} bytes.")
    try:
        found = ReadingsIn.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        # Without the place in the list: the same mistake is one reason.
        where = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
        raise _Refused(f"{where}: {first['msg']}." if where else f"{first['msg']}.") from error
    return [SentReading(code=each.sensor, at=each.at, value=each.value) for each in found.readings]


def _note_refused(
    session: WriteSession, reasons: Sequence[tuple[Message, str]], now: datetime
) -> None:
    for message, reason in reasons:
        excerpt = _text(message.payload[: 4 * _LONGEST_EXCERPT])[:_LONGEST_EXCERPT]
        row = insert(RefusedMessage).values(
            device=_text(message.device.encode())[:_LONGEST_DEVICE],
            reason=_text(reason.encode())[:_LONGEST_REASON],
            first_at=now,
            last_at=now,
            excerpt=excerpt,
            times=1,
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["device", "reason"],
                set_={"last_at": now, "excerpt": excerpt, "times": RefusedMessage.times + 1},
            )
        )
    if reasons:
        newest = (
            (select(RefusedMessage.last_at).order_by(RefusedMessage.last_at.desc()))
            .offset(_MOST_KEPT)
            .limit(1)
        )
        oldest = max(now - _KEEP, session.scalars(newest).one_or_none() or now - _KEEP)
        session.execute(delete(RefusedMessage).where(RefusedMessage.last_at < oldest))


def _count(
    session: WriteSession, *, messages: int, readings: int, refused: int, now: datetime
) -> None:
    row = _locked_link(session, now)
    row.messages += messages
    row.readings += readings
    row.refused += refused
    row.last_message_at = now
    if refused:
        row.last_refused_at = now


def _locked_link(session: WriteSession, now: datetime) -> BrokerLink:
    new = insert(BrokerLink).values(
        id=1, is_connected=False, since=now, detail="", messages=0, readings=0, refused=0
    )
    session.execute(new.on_conflict_do_nothing(index_elements=["id"]))
    return session.scalars(
        select(BrokerLink).with_for_update().execution_options(populate_existing=True)
    ).one()


def _text(found: bytes) -> str:
    """Return bytes as text that PostgreSQL keeps."""
    return found.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
