"""Taking in what loggers send: many readings at once, late, repeated or out of order.

Every reading has an outcome of its own and the others are kept: a logger that sends a backlog would
otherwise send it for ever because of one line. A repetition changes nothing, so whoever is not sure
that a batch arrived sends it again. All of a batch is written in one transaction, or none of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.telemetry import device_tokens, doorbell, keeping, kinds, rules
from backend.telemetry.errors import ReadingRefused
from backend.telemetry.intake_views import Ingested, Outcome, SentReading
from backend.telemetry.models import Sensor

MOST_AT_ONCE: Final = 50_000
"""Of one transaction: seconds of work."""

# In the order of their keys, so that two batches with the same readings wait for one another and
# never both.
_INSERT = text(
    "INSERT INTO reading (sensor_id, at, value, correction, raw_value) "
    "SELECT * FROM unnest(CAST(:sensors AS uuid[]), CAST(:ats AS timestamptz[]), "
    "CAST(:numbers AS float8[]), CAST(:corrections AS float8[]), CAST(:raws AS float8[])) "
    "ON CONFLICT DO NOTHING RETURNING sensor_id, at"
)
_THERE = text(
    "SELECT r.sensor_id, r.at, coalesce(r.raw_value, r.value) FROM reading r "
    "JOIN unnest(CAST(:sensors AS uuid[]), CAST(:ats AS timestamptz[])) AS asked (sensor_id, at) "
    "ON r.sensor_id = asked.sensor_id AND r.at = asked.at"
)

Key = tuple[UUID, datetime]


def ingest(
    session: WriteSession, principal: Principal, sent: Sequence[SentReading], *, kept_days: int
) -> Ingested:
    """Keep what can be kept of ``sent`` and return what became of each, in the same order.

    Each sensor's correction is added; hours that are touched are summed up again; alarms are judged
    at once where a fresh reading may matter, else by the next check; by the times of the readings,
    so that late ones raise nothing twice.

    Raises:
        ReadingRefused: more than can be taken at once, or an instant without a time zone; nothing
            is kept.
    """
    batch = _looked_at(session, principal, sent, kept_days)
    written = _write(session, batch)
    fresh = clock.utc_now() - doorbell.FRESH
    doorbell.ring(session, {sensor_id for sensor_id, at in written if at >= fresh})
    return _told(sent, batch, _there(session, batch.new.keys() - written))


def look_at(
    session: ReadSession, principal: Principal, sent: Sequence[SentReading], *, kept_days: int
) -> Ingested:
    """Return what `ingest` would make of ``sent`` now, and keep nothing.

    Raises:
        ReadingRefused: as with `ingest`.
    """
    batch = _looked_at(session, principal, sent, kept_days)
    return _told(sent, batch, _there(session, batch.new))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What can be told from the batch alone, and what may be new: the first of each instant."""

    outcomes: list[Outcome | None]
    sensors: Sequence[Sensor | None]
    """Of each reading, as it stood then."""
    new: Mapping[Key, int]
    sent: Sequence[SentReading]

    def said(self, key: Key) -> float:
        value = self.sent[self.new[key]].value
        assert value is not None  # noqa: S101 looked at before
        return value


def _looked_at(
    session: Session, principal: Principal, sent: Sequence[SentReading], kept_days: int
) -> _Batch:
    principal.require(Permission.TELEMETRY_RECORD)
    if len(sent) > MOST_AT_ONCE:
        raise ReadingRefused(
            f"{len(sent):,} readings are too many at once. Nothing was kept; send at most "
            f"{MOST_AT_ONCE:,}."
        )
    naive = next((each for each in sent if each.at.tzinfo is None), None)
    if naive is not None:
        raise ReadingRefused(
            f"The reading of {naive.code} at {naive.at:%Y-%m-%d %H:%M} has no time zone. Nothing "
            "was kept; send instants in UTC or with their offset."
        )
    sensors = _sensors(session, principal, {each.code for each in sent})
    now = clock.utc_now()
    latest = now + rules.FUTURE_TOLERANCE
    oldest = datetime.combine(keeping.kept_from(now, kept_days), time(), UTC)
    stood = [_stood_at(sensors.get(each.code, ()), each.at) for each in sent]
    outcomes = [
        _fault(each, sensor, oldest, latest) if each.code in sensors else Outcome.UNKNOWN_SENSOR
        for each, sensor in zip(sent, stood, strict=True)
    ]
    new: dict[Key, int] = {}
    for index, (each, sensor, fault) in enumerate(zip(sent, stood, outcomes, strict=True)):
        if fault is None and sensor is not None:
            new.setdefault((sensor.id, each.at), index)
    return _Batch(outcomes=outcomes, sensors=stood, new=new, sent=sent)


def _sensors(session: Session, principal: Principal, codes: set[str]) -> dict[str, list[Sensor]]:
    """Return the sensors of each code, one for each unit that it stood in."""
    asked = select(Sensor).where(Sensor.code.in_(codes))
    if principal.device_id is not None:
        asked = device_tokens.within(asked, principal.device_id)
    found: dict[str, list[Sensor]] = {}
    for sensor in session.scalars(asked):
        found.setdefault(sensor.code, []).append(sensor)
    return found


def _stood_at(sensors: Sequence[Sensor], at: datetime) -> Sensor | None:
    """Return the sensor as it stood at an instant: a late reading is of the unit of then."""
    for sensor in sensors:
        is_before = sensor.connected_at is not None and at < sensor.connected_at
        if not is_before and (sensor.disconnected_at is None or at < sensor.disconnected_at):
            return sensor
    return None


def _fault(
    sent: SentReading, sensor: Sensor | None, oldest: datetime, latest: datetime
) -> Outcome | None:
    if sent.at > latest:
        return Outcome.FUTURE
    if sent.at < oldest:
        return Outcome.TOO_OLD
    if sensor is None:
        return Outcome.NOT_CONNECTED
    if sent.value is None or kinds.is_no_data(sensor.kind, sent.value):
        return Outcome.NO_MEASUREMENT
    if not kinds.is_plausible(sensor.kind, sent.value):
        return Outcome.IMPLAUSIBLE
    return None


def _write(session: WriteSession, batch: _Batch) -> set[Key]:
    """Write what may be new and return the keys of what was."""
    if not batch.new:
        return set()
    corrections = {each.id: each.correction for each in batch.sensors if each is not None}
    ordered = sorted(batch.new, key=lambda key: (key[0].int, key[1]))
    kept = [kinds.corrected(batch.said(key), corrections[key[0]]) for key in ordered]
    rows = session.execute(
        _INSERT,
        {
            "sensors": [sensor_id for sensor_id, _ in ordered],
            "ats": [at for _, at in ordered],
            "numbers": [each.value for each in kept],
            "corrections": [each.correction for each in kept],
            "raws": [each.raw_value for each in kept],
        },
    )
    return {(sensor_id, at) for sensor_id, at in rows}


def _there(session: Session, keys: Collection[Key]) -> dict[Key, float]:
    """Return what the sensor said for each of ``keys`` that has a reading."""
    if not keys:
        return {}
    asked = {"sensors": [key[0] for key in keys], "ats": [key[1] for key in keys]}
    return {(sensor_id, at): said for sensor_id, at, said in session.execute(_THERE, asked)}


def _told(sent: Sequence[SentReading], batch: _Batch, there: Mapping[Key, float]) -> Ingested:
    outcomes = []
    told = zip(sent, batch.sensors, batch.outcomes, strict=True)
    for index, (each, sensor, fault) in enumerate(told):
        if fault is not None or sensor is None:
            outcomes.append(fault or Outcome.NOT_CONNECTED)
            continue
        key = (sensor.id, each.at)
        if key not in there and batch.new[key] == index:
            outcomes.append(Outcome.ACCEPTED)
        else:
            known = there[key] if key in there else batch.said(key)
            outcomes.append(Outcome.REPEATED if known == each.value else Outcome.DIFFERS)
    return Ingested(outcomes=tuple(outcomes))
