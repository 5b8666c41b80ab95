"""Tokens of loggers: made by whoever sets up storage, shown once, taken back one by one.

A logger is no person: its token opens no page and no other operation, and what it may record for is
looked up with every batch, so that a token taken back records nothing from then on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select, update

from backend.auth.secret_values import new_token, token_hash
from backend.core import clock
from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry.device_models import DeviceToken, DeviceTokenSensor
from backend.telemetry.errors import (
    DeviceTokenNotFound,
    DeviceTokenRefused,
    ReasonMissing,
    SensorNotFound,
)
from backend.telemetry.events import DeviceTokenMade, DeviceTokenRevoked
from backend.telemetry.ids import SensorId
from backend.telemetry.models import Sensor

PREFIX: Final = "tracseqd_"
REQUESTS_A_MINUTE: Final = 120
"""Of one token; a logger sends once a minute, and a backlog in a few requests."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A storage unit, by the key and label that its sensors carry."""

    unit_id: UUID
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTokenView:
    """A token that holds; ``records_for`` names its unit or its sensors."""

    name: str
    records_for: str
    made_at: datetime
    made_by: str
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who a token's request comes from, and how long it has to wait when it comes too often."""

    principal: Principal
    retry_after_s: int | None


def make_device_token(
    session: WriteSession,
    principal: Principal,
    *,
    name: str,
    sensor_codes: Sequence[str] = (),
    unit: Unit | None = None,
) -> str:
    """Make a token for the sensors of a unit or for named ones; return it, told this once.

    Raises:
        DeviceTokenRefused: no or a taken name, or neither or both of unit and sensors.
        SensorNotFound: a code that no sensor has.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    name = " ".join(name.split())
    faults = _faults(session, name, sensor_codes, unit)
    if faults:
        raise DeviceTokenRefused("The token cannot be made yet.", fields=faults)
    sensors = _by_codes(session, sensor_codes)
    secret = PREFIX + new_token()
    made = DeviceToken(
        token_hash=token_hash(secret),
        name=name,
        made_at=clock.utc_now(),
        made_by_name=principal.name,
        unit_id=unit.unit_id if unit else None,
        unit_label=unit.label if unit else None,
    )
    session.add(made)
    session.flush()
    session.add_all(
        DeviceTokenSensor(token_id=made.id, sensor_id=sensor_id) for sensor_id in sensors
    )
    events_service.record(
        session,
        principal,
        DeviceTokenMade(
            aggregate_id=made.id,
            name=name,
            unit_label=made.unit_label,
            codes=tuple(sorted(set(sensor_codes))),
        ),
    )
    return secret


def revoke_device_token(
    session: WriteSession, principal: Principal, *, name: str, reason: str
) -> None:
    """End a token; its next request is refused.

    Raises:
        DeviceTokenNotFound: none of this name holds.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    if not reason.strip():
        raise ReasonMissing(
            "Say in a few words why the token is taken back.",
            fields={"reason": "A few words are needed."},
        )
    row = session.scalars(_holding(name).with_for_update()).one_or_none()
    if row is None:
        raise DeviceTokenNotFound(f"No token {name} holds. Look at the list of tokens.")
    row.revoked_at = clock.utc_now()
    events_service.record(
        session,
        principal,
        DeviceTokenRevoked(aggregate_id=row.id, name=row.name),
        reason=reason.strip(),
    )


def list_device_tokens(session: ReadSession, principal: Principal) -> list[DeviceTokenView]:
    """Return the tokens that hold, by name."""
    principal.require(Permission.STORAGE_CONFIGURE)
    codes = (
        select(func.array_agg(Sensor.code))
        .join(DeviceTokenSensor, DeviceTokenSensor.sensor_id == Sensor.id)
        .where(DeviceTokenSensor.token_id == DeviceToken.id)
        .correlate(DeviceToken)
        .scalar_subquery()
    )
    rows = session.execute(
        select(DeviceToken, codes)
        .where(DeviceToken.revoked_at.is_(None))
        .order_by(func.lower(DeviceToken.name))
    )
    return [
        DeviceTokenView(
            name=token.name,
            records_for=token.unit_label or ", ".join(sorted({*(named or ())})),
            made_at=token.made_at,
            made_by=token.made_by_name,
            last_used_at=token.last_used_at,
        )
        for token, named in rows
    ]


def is_device_token(token: str) -> bool:
    """Say whether a bearer token is a logger's, and no person's."""
    return token.startswith(PREFIX)


def admit(session: WriteSession, token: str, *, request_id: str) -> Admission | None:
    """Return who a token belongs to and count the request; None when it does not hold."""
    now = func.now()
    minute = func.date_trunc("minute", now)
    row = session.execute(
        update(DeviceToken)
        .where(DeviceToken.token_hash == token_hash(token), DeviceToken.revoked_at.is_(None))
        .values(
            last_used_at=now,
            minute=minute,
            requests=case((DeviceToken.minute == minute, DeviceToken.requests + 1), else_=1),
        )
        .returning(
            DeviceToken.id,
            DeviceToken.name,
            DeviceToken.requests,
            func.date_part("second", now).label("second"),
        )
    ).one_or_none()
    if row is None:
        return None
    principal = _logger(row.id, row.name, request_id)
    too_often = row.requests > REQUESTS_A_MINUTE
    wait_s = max(1, math.ceil(60 - row.second)) if too_often else None
    return Admission(principal=principal, retry_after_s=wait_s)


def admit_named(session: WriteSession, name: str, *, request_id: str) -> Principal | None:
    """Return whose token has a name, for a device that a broker vouches for; None when none holds.

    Nothing is counted against the limit of requests: a message that was refused for coming too
    soon would not come again, and how many come at once is for the broker to say.
    """
    row = session.execute(
        update(DeviceToken)
        .where(
            func.lower(DeviceToken.name) == name.strip().lower(),
            DeviceToken.revoked_at.is_(None),
        )
        .values(last_used_at=func.now())
        .returning(DeviceToken.id, DeviceToken.name)
    ).one_or_none()
    return _logger(row.id, row.name, request_id) if row is not None else None


def within(sensors: Select[Sensor], device_id: UUID) -> Select[Sensor]:
    """Return those of ``sensors`` that a token records for; none when it was taken back."""
    named = select(DeviceTokenSensor.sensor_id).where(DeviceTokenSensor.token_id == device_id)
    return sensors.join(
        DeviceToken,
        or_(DeviceToken.unit_id == Sensor.unit_id, Sensor.id.in_(named)),
    ).where(DeviceToken.id == device_id, DeviceToken.revoked_at.is_(None))


def _logger(token_id: UUID, name: str, request_id: str) -> Principal:
    return Principal(
        user_id=None,
        name=f"Logger {name}",
        permissions=frozenset({Permission.TELEMETRY_RECORD}),
        origin=Origin.API,
        request_id=request_id,
        device_id=token_id,
    )


def _holding(name: str) -> Select[DeviceToken]:
    return select(DeviceToken).where(
        func.lower(DeviceToken.name) == name.strip().lower(), DeviceToken.revoked_at.is_(None)
    )


def _faults(
    session: WriteSession, name: str, sensor_codes: Sequence[str], unit: Unit | None
) -> dict[str, str]:
    faults = {}
    if not name or len(name) > _LONGEST_NAME:
        faults["name"] = f"A name has 1 to {_LONGEST_NAME} characters."
    elif session.scalars(_holding(name)).one_or_none() is not None:
        faults["name"] = f"A token {name} holds already. Choose another name or take it back."
    if bool(sensor_codes) == (unit is not None):
        faults["sensors"] = "Name either a unit or its sensors."
    return faults


def _by_codes(session: WriteSession, codes: Sequence[str]) -> list[SensorId]:
    found = {
        code: SensorId(key)
        for code, key in session.execute(
            select(Sensor.code, Sensor.id).where(
                Sensor.code.in_(codes), Sensor.disconnected_at.is_(None)
            )
        )
    }
    missing = next((code for code in codes if code not in found), None)
    if missing is not None:
        raise SensorNotFound(f"There is no sensor {missing}. Look at the list of sensors.")
    return list(found.values())
