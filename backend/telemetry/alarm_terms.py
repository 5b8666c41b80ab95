"""Which rules hold for a sensor: the defaults, a laboratory's versions of them, its own limits.

Numbers without a mark are DOMAIN 2h's; those marked K there are common knowledge and are to be
looked at by the laboratory. Each is a default that a person may change; the change is a version.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from backend.telemetry.ids import (
    TEMPERATURES,
    AlarmKind,
    AlarmSeverity,
    Measure,
    SensorKind,
    UnitClass,
)

_A_DAY: Final = timedelta(days=1)
_NO_TIME: Final = timedelta(0)
DEFAULT_VERSION: Final = 1
OWN_LIMITS: Final = "own"
"""Key of the limits with which a sensor was connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One rule: beyond ``limit`` for ``delay`` is an alarm, over inside of it by ``deadband``.

    ``limit`` is in the unit of the measure; for a rate K in ``window``, for a cumulative one the
    minutes within ``window`` above the mildest high limit, for silence minutes, K between two.
    """

    unit_class: UnitClass
    measure: Measure
    kind: AlarmKind
    severity: AlarmSeverity
    limit: float
    delay: timedelta = _NO_TIME
    deadband: float = 0.0
    window: timedelta | None = None
    is_active: bool = True
    version: int = DEFAULT_VERSION
    unit_id: UUID | None = None
    sensor_id: UUID | None = None
    scope_label: str | None = None
    is_own: bool = False
    kept_key: str | None = None
    """Under which its versions stand; None: the usual one. It outlives a change of severity."""

    @property
    def key(self) -> str:
        """What a version is a version of."""
        if self.is_own:
            return f"{OWN_LIMITS}:{self.kind.value}"
        if self.kept_key is not None:
            return self.kept_key
        scope = self.sensor_id or self.unit_id or self.unit_class.value
        return f"{scope}:{self.measure.value}:{self.kind.value}:{self.severity.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorTraits:
    """What decides which rules hold for a sensor. ``setpoint_c`` is its unit's."""

    sensor_id: UUID
    unit_id: UUID
    kind: SensorKind
    setpoint_c: float | None
    own_high: float | None = None
    own_low: float | None = None
    own_delay: timedelta = timedelta(minutes=15)
    own_deadband: float = 2.0


def class_of(setpoint_c: float | None) -> UnitClass:
    """Return the class of a set point, by the SPREC storage bands with room at their edges."""
    if setpoint_c is None:
        return UnitClass.OTHER
    for unit_class, low, high in _BANDS:
        if low <= setpoint_c < high:
            return unit_class
    return UnitClass.OTHER


def is_of_its_class(setpoint_c: float) -> bool:
    """Say whether the high limit of a set point's class was meant for such a unit.

    That of freezers is of −20 °C ones (DOMAIN 2h), by SPREC −35…−18: at −15 °C what is kept at
    −40 °C has long been too warm.
    """
    is_colder = setpoint_c < _COLDEST_OF_FREEZERS_C
    return not (is_colder and class_of(setpoint_c) is UnitClass.FREEZER)


_COLDEST_OF_FREEZERS_C: Final = -35.0
_BANDS: Final = (
    (UnitClass.NITROGEN, -273.15, -135.0),
    (UnitClass.ULTRA_LOW, -100.0, -55.0),
    (UnitClass.FREEZER, -40.0, -10.0),
    (UnitClass.REFRIGERATOR, 1.0, 10.0),
)


def measure_of(kind: SensorKind) -> Measure | None:
    """Return what a sensor's readings can be judged as; None where only silence is."""
    if kind in TEMPERATURES:
        return Measure.TEMPERATURE
    return _MEASURES.get(kind)


_MEASURES: Final = {
    SensorKind.CO2: Measure.CO2,
    SensorKind.LN2_LEVEL: Measure.LN2_LEVEL,
    SensorKind.DOOR: Measure.DOOR,
}


def terms_for(sensor: SensorTraits, standing: Iterable[Terms]) -> list[Terms]:
    """Return the active rules of a sensor, milder before more severe.

    A rule that was switched off is a rule: it hides the wider ones of its kind.
    """
    return [each for each in holding_for(sensor, standing) if each.is_active]


def terms_for_all(
    sensors: Iterable[SensorTraits], standing: Sequence[Terms]
) -> dict[UUID, Sequence[Terms]]:
    """Return what `terms_for` says of each sensor, worked out once for those that are alike.

    Alike are all that no rule names, themselves or by their unit, and whose other traits are equal.
    """
    named = {each.sensor_id for each in standing} | {each.unit_id for each in standing}
    found: dict[UUID, Sequence[Terms]] = {}
    shared: dict[tuple[object, ...], Sequence[Terms]] = {}
    for sensor in sensors:
        if sensor.sensor_id in named or sensor.unit_id in named:
            found[sensor.sensor_id] = terms_for(sensor, standing)
            continue
        alike = (
            sensor.kind,
            sensor.setpoint_c,
            sensor.own_high,
            sensor.own_low,
            sensor.own_delay,
            sensor.own_deadband,
        )
        if alike not in shared:
            shared[alike] = terms_for(sensor, standing)
        found[sensor.sensor_id] = shared[alike]
    return found


def holding_for(sensor: SensorTraits, standing: Iterable[Terms]) -> list[Terms]:
    """Return the rules of a sensor, those that are switched off too, milder before more severe.

    Of a kind the sensor's rules hold; without any its unit's, then the limits with which it was
    connected, then those of its class, each in the place of one of the same severity for every
    unit.
    """
    unit_class, measure = class_of(sensor.setpoint_c), measure_of(sensor.kind)
    fitting = [
        each
        for each in standing
        if each.measure in {Measure.ANY, measure}
        and _is_in_scope(each, sensor, unit_class)
        # Of two that disagree the probe is told of: it is what the product is.
        and not (each.kind is AlarmKind.DISAGREE and sensor.kind is SensorKind.TEMPERATURE_AIR)
    ]
    found: list[Terms] = []
    for kind in AlarmKind:
        of_kind = [each for each in fitting if each.kind is kind]
        for rung in (
            [each for each in of_kind if each.sensor_id is not None],
            [each for each in of_kind if each.unit_id is not None],
            _own_limits(sensor, kind),
            _of_class([each for each in of_kind if each.sensor_id is None]),
        ):
            if rung:
                found += rung
                break
    return sorted(found, key=lambda each: each.severity is AlarmSeverity.CRITICAL)


def aggregate_of(key: str) -> UUID:
    """Return the key under which the events of all versions of a rule are one after the other."""
    return uuid5(NAMESPACE_OID, f"tracseq:alarm_rule:{key}")


def in_force(changed: Sequence[Terms], retired: Collection[str] = ()) -> list[Terms]:
    """Return every rule as it stands: a laboratory's version in the place of its default.

    ``retired`` are the keys of rules that the laboratory has done without since.
    """
    keys = {*retired, *(each.key for each in changed)}
    return [*(each for each in DEFAULTS if each.key not in keys), *changed]


def _is_in_scope(terms: Terms, sensor: SensorTraits, unit_class: UnitClass) -> bool:
    if terms.sensor_id is not None:
        return terms.sensor_id == sensor.sensor_id
    if terms.unit_id is not None:
        return terms.unit_id == sensor.unit_id
    return terms.unit_class in {UnitClass.ANY, unit_class}


def _of_class(house: Sequence[Terms]) -> list[Terms]:
    """Return the house rules that hold: of one severity the class's before every unit's."""
    narrow = {each.severity for each in house if each.unit_class is not UnitClass.ANY}
    return [
        each
        for each in house
        if each.unit_class is not UnitClass.ANY or each.severity not in narrow
    ]


def _own_limits(sensor: SensorTraits, kind: AlarmKind) -> list[Terms]:
    """Return the limits of the sensor's own; who has a high one alone is harmed by no cold."""
    if sensor.own_high is None or kind not in {AlarmKind.HIGH, AlarmKind.LOW}:
        return []
    limit = sensor.own_high if kind is AlarmKind.HIGH else sensor.own_low
    return [
        Terms(
            unit_class=UnitClass.ANY,
            measure=Measure.TEMPERATURE,
            kind=kind,
            severity=AlarmSeverity.CRITICAL,
            limit=sensor.own_high if limit is None else limit,
            delay=sensor.own_delay,
            deadband=sensor.own_deadband,
            is_active=limit is not None,
            is_own=True,
        )
    ]


def _default(
    unit_class: UnitClass,
    measure: Measure,
    kind: AlarmKind,
    severity: AlarmSeverity,
    limit: float,
    *,
    delay_min: float = 0,
    deadband: float = 0.0,
    window: timedelta | None = None,
) -> Terms:
    return Terms(
        unit_class=unit_class,
        measure=measure,
        kind=kind,
        severity=severity,
        limit=limit,
        delay=timedelta(minutes=delay_min),
        deadband=deadband,
        window=window,
    )


_C, _W = AlarmSeverity.CRITICAL, AlarmSeverity.WARNING
_T, _K = Measure.TEMPERATURE, AlarmKind
_ULT, _FRZ, _FRG = UnitClass.ULTRA_LOW, UnitClass.FREEZER, UnitClass.REFRIGERATOR
_TEN_MIN: Final = timedelta(minutes=10)

DEFAULTS: Final[Sequence[Terms]] = (
    _default(_ULT, _T, _K.HIGH, _W, -70.0, delay_min=15, deadband=2.0),
    _default(_ULT, _T, _K.HIGH, _C, -65.0, delay_min=15, deadband=2.0),
    _default(_ULT, _T, _K.LOW, _W, -90.0, delay_min=15, deadband=2.0),
    # Ten minutes of it: the air of an opened door rises as fast, and is back sooner.
    _default(_ULT, _T, _K.RATE, _W, 5.0, delay_min=10, deadband=2.0, window=_TEN_MIN),
    _default(_ULT, _T, _K.CUMULATIVE, _C, 60.0, window=_A_DAY),
    # The air is warmer than the product for as long as a door or a defrost takes.
    _default(_ULT, _T, _K.DISAGREE, _W, 5.0, delay_min=30, deadband=1.0),
    # A frost-free unit warms itself for half an hour and means nothing by it.
    _default(_FRZ, _T, _K.HIGH, _C, -15.0, delay_min=45, deadband=2.0),
    _default(_FRZ, _T, _K.DISAGREE, _W, 5.0, delay_min=60, deadband=1.0),
    _default(_FRG, _T, _K.HIGH, _C, 8.0, delay_min=15, deadband=0.5),
    _default(_FRG, _T, _K.LOW, _C, 2.0, delay_min=15, deadband=0.5),
    _default(_FRG, _T, _K.CUMULATIVE, _C, 60.0, window=_A_DAY),
    _default(_FRG, _T, _K.DISAGREE, _W, 5.0, delay_min=30, deadband=1.0),
    _default(UnitClass.NITROGEN, _T, _K.HIGH, _C, -150.0, delay_min=15, deadband=2.0),
    _default(UnitClass.ANY, Measure.LN2_LEVEL, _K.LOW, _C, 20.0, delay_min=15, deadband=2.0),
    _default(UnitClass.ANY, Measure.CO2, _K.HIGH, _W, 5.5, delay_min=15, deadband=0.1),
    _default(UnitClass.ANY, Measure.CO2, _K.LOW, _W, 4.5, delay_min=15, deadband=0.1),
    _default(UnitClass.ANY, Measure.DOOR, _K.DOOR, _W, 0.5, delay_min=3),
    _default(UnitClass.ANY, Measure.ANY, _K.NO_DATA, _W, 10.0),
    _default(UnitClass.ANY, Measure.ANY, _K.NO_DATA, _C, 30.0),
)
