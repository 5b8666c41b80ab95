"""Which sensors there are, and how what they say is corrected."""

import math
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.telemetry import alarm_judging, alarm_rules, alarm_terms
from backend.telemetry.alarm_terms import SensorTraits
from backend.telemetry.errors import (
    ReasonMissing,
    SensorCodeTaken,
    SensorNotFound,
    SensorRefused,
)
from backend.telemetry.ids import TEMPERATURES, SensorId, SensorKind
from backend.telemetry.kinds import KINDS
from backend.telemetry.models import Sensor
from backend.telemetry.sensor_events import SensorAdded, SensorCalibrated

LONGEST_CODE = 60
_LONGEST_CERTIFICATE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureLimits:
    """Where a unit should be and where it may not get to, in °C.

    Without ``alarm_high_c`` the house rules of its class hold, too cold included, and change with
    them; with it only what is said here does.
    """

    setpoint_c: float
    warning_high_c: float
    alarm_high_c: float | None = None


def add_sensor(
    session: WriteSession,
    principal: Principal,
    *,
    code: str,
    kind: SensorKind,
    unit_id: UUID,
    unit_label: str,
    limits: TemperatureLimits | None = None,
) -> SensorId:
    """Connect a sensor to a storage unit and return its key; it is missed until it is heard.

    Raises:
        SensorRefused: a code with spaces, a temperature without limits, limits without one, or no
            alarm limit where the house has none for such a unit.
        SensorCodeTaken: another sensor has the code.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    code = code.strip()
    faults = limit_faults(session, kind, unit_id, limits)
    if not code or len(code) > LONGEST_CODE or any(letter.isspace() for letter in code):
        faults["code"] = f"A code has 1 to {LONGEST_CODE} characters and no space."
    if faults:
        raise SensorRefused("The sensor cannot be added yet.", fields=faults)
    before = list(session.scalars(select(Sensor).where(Sensor.code == code)))
    if any(each.disconnected_at is None for each in before):
        raise SensorCodeTaken(f"There is a sensor {code} already. Choose another code.")
    if before:
        raise SensorCodeTaken(
            f"{code} was disconnected. Connect it again where sensors are moved, or choose another "
            "code."
        )
    sensor_id = SensorId(new_id())
    session.execute(
        insert(Sensor).values(
            id=sensor_id,
            code=code,
            kind=kind,
            unit_id=unit_id,
            unit_label=unit_label,
            setpoint_c=limits.setpoint_c if limits else None,
            warning_high_c=limits.warning_high_c if limits else None,
            alarm_high_c=limits.alarm_high_c if limits else None,
            alarm_delay_s=900,
            registered_at=clock.utc_now(),
        )
    )
    added = SensorAdded(
        aggregate_id=sensor_id, unit_id=unit_id, unit_label=unit_label, code=code, kind=kind.value
    )
    events_service.record(session, principal, added)
    return sensor_id


def limit_faults(
    session: Session, kind: SensorKind, unit_id: UUID, limits: TemperatureLimits | None
) -> dict[str, str]:
    """Return why a sensor of a kind cannot have limits in a unit, by field; empty where it can."""
    if kind in TEMPERATURES and limits is None:
        return {"limits": "A temperature needs its set point and warning."}
    if limits is None:
        return {}
    if kind not in TEMPERATURES:
        return {"limits": "Only temperatures have alarm limits. Leave them out."}
    return _limit_faults(limits, _house_high_c(session, kind, unit_id, limits.setpoint_c))


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorFacts:
    """A sensor as it is set up."""

    code: str
    kind: SensorKind
    unit_label: str
    correction: float
    calibrated_on: date | None
    calibration_due_on: date | None
    certificate: str | None


def list_sensors(session: ReadSession, principal: Principal) -> list[SensorFacts]:
    """Return every sensor that stands in a unit, by unit and code."""
    principal.require(Permission.STORAGE_VIEW)
    return [
        SensorFacts(
            code=sensor.code,
            kind=sensor.kind,
            unit_label=sensor.unit_label,
            correction=sensor.correction,
            calibrated_on=sensor.calibrated_on,
            calibration_due_on=sensor.calibration_due_on,
            certificate=sensor.certificate,
        )
        for sensor in session.scalars(
            select(Sensor)
            .where(Sensor.disconnected_at.is_(None))
            .order_by(Sensor.unit_label, Sensor.code)
        )
    ]


def sensor_id_of(session: ReadSession, principal: Principal, code: str) -> SensorId:
    """Return the key of the sensor with a code, as it stands or, disconnected, stood last.

    Raises:
        SensorNotFound: no sensor has it.
    """
    principal.require(Permission.STORAGE_VIEW)
    found = session.scalar(
        select(Sensor.id)
        .where(Sensor.code == code.strip())
        .order_by(Sensor.disconnected_at.desc().nulls_first())
        .limit(1)
    )
    if found is None:
        raise SensorNotFound(f"There is no sensor {code}. Look at the list of sensors.")
    return SensorId(found)


def calibrate_sensor(
    session: WriteSession,
    principal: Principal,
    *,
    sensor_id: SensorId,
    correction: float,
    calibrated_on: date,
    due_on: date | None,
    reason: str,
    certificate: str | None = None,
) -> None:
    """Say what is added to everything that a sensor sends from now on.

    Readings that are there stay as they were recorded, each with the correction it had.

    Raises:
        SensorNotFound: no such sensor.
        SensorRefused: a calibration in the future, a due date before it, a correction larger than
            anything it could measure, or any for a switch; each fault stands at its field.
        ReasonMissing: the reason is empty.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    sensor = session.scalars(
        select(Sensor)
        .where(Sensor.id == sensor_id, Sensor.disconnected_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if sensor is None:
        raise SensorNotFound("There is no such sensor. Look at the list of sensors.")
    certificate = (certificate or "").strip() or None
    faults = _calibration_faults(sensor.kind, correction, calibrated_on, due_on, certificate)
    if faults:
        raise SensorRefused(f"The calibration of {sensor.code} cannot be kept yet.", fields=faults)
    if not reason.strip():
        raise ReasonMissing(
            f"Say in a few words how the calibration of {sensor.code} was done.",
            fields={"reason": "A few words are needed."},
        )
    calibrated = SensorCalibrated(
        aggregate_id=sensor.id,
        code=sensor.code,
        unit=KINDS[sensor.kind].unit,
        correction=correction,
        correction_before=sensor.correction,
        calibrated_on=calibrated_on,
        due_on=due_on,
        certificate=certificate,
    )
    sensor.correction, sensor.certificate = correction, certificate
    sensor.calibrated_on, sensor.calibration_due_on = calibrated_on, due_on
    events_service.record(session, principal, calibrated, reason=reason.strip())


def _limit_faults(limits: TemperatureLimits, house_c: float | None) -> dict[str, str]:
    alarm_c = house_c if limits.alarm_high_c is None else limits.alarm_high_c
    if alarm_c is None:
        return {
            "alarm": f"The house rules have no limit for a unit set to {limits.setpoint_c:g} °C. "
            "Write above which temperature it is an alarm."
        }
    if limits.setpoint_c <= limits.warning_high_c <= alarm_c:
        return {}
    whose = f": by the house rules {alarm_c:g} °C" if limits.alarm_high_c is None else ""
    return {"limits": f"The warning lies between the set point and the alarm limit{whose}."}


def _house_high_c(
    session: Session, kind: SensorKind, unit_id: UUID, setpoint_c: float
) -> float | None:
    """Return above which temperature the rules of a unit and its class alarm; None without one."""
    asked = SensorTraits(
        sensor_id=SensorId(new_id()), unit_id=unit_id, kind=kind, setpoint_c=setpoint_c
    )
    holding = [
        each
        for each in alarm_terms.terms_for(asked, alarm_rules.standing(session))
        if each.unit_id is not None or alarm_terms.is_of_its_class(setpoint_c)
    ]
    return alarm_judging.limits_of(holding)[1]


def _calibration_faults(
    kind: SensorKind,
    correction: float,
    calibrated_on: date,
    due_on: date | None,
    certificate: str | None,
) -> dict[str, str]:
    facts = KINDS[kind]
    faults = {}
    if not math.isfinite(correction) or abs(correction) > facts.high - facts.low:
        faults["correction"] = f"The correction is a number of {facts.unit}."
    elif correction and not facts.correctable:
        faults["correction"] = f"A sensor of the kind “{facts.label}” takes no correction."
    # A day of slack: the laboratory may be ahead of UTC.
    if (calibrated_on - clock.utc_now().date()).days > 1:
        faults["calibrated_on"] = "The calibration lies in the future."
    if due_on is not None and due_on <= calibrated_on:
        faults["due_on"] = "The next calibration is due after this one."
    if certificate is not None and len(certificate) > _LONGEST_CERTIFICATE:
        faults["certificate"] = f"Use at most {_LONGEST_CERTIFICATE} characters."
    return faults
