"""Facts about the temperatures of storage units."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised:
    """A rule has been met for its whole delay, or a more severe one of the same kind."""

    TYPE: ClassVar[str] = "telemetry.alarm_raised"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    temperature_c: float | None
    """None where no temperature is judged; ``value`` is the newest number, in ``measured_in``."""
    above_c: float | None
    """The limit that it is above; None when it is below ``below_c``, or of another kind."""
    since: datetime
    below_c: float | None = None
    kind: str = "high"
    severity: str = "critical"
    alarm_id: UUID | None = None
    value: float | None = None
    measured_in: str = "°C"
    limit: float | None = None
    is_gathered: bool = False
    """`AlarmStorm` tells of it together with others."""
    connected_there: str = ""
    """When the silent sensor was connected, by the laboratory's clock, if it has not spoken since.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmHeld:
    """A rule has been met in a unit that is in maintenance: written down, told to nobody."""

    TYPE: ClassVar[str] = "telemetry.alarm_held"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    kind: str
    severity: str
    value: float | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmStorm:
    """Several units were alarmed within minutes, as when power or network fails."""

    TYPE: ClassVar[str] = "telemetry.alarm_storm"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    """The sensor with whose alarm it began."""
    storm_id: UUID
    """Of the alarm in whose place it is told and climbs the ladder."""
    severity: str
    """Of that alarm."""
    unit_labels: tuple[str, ...]
    within_min: int = 2
    common_version: int = 1
    """Of the common rule, by which they are one matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCleared:
    """A unit is back in its range, and a person has acknowledged that it was not.

    Nobody had to where the rule is not latched, or where nobody had been told. Without ``has_rule``
    it may be as far out as before: its unit is out of use, its sensor was moved, or its rule was
    switched off.
    """

    TYPE: ClassVar[str] = "telemetry.alarm_cleared"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    since: datetime
    kind: str = "high"
    is_told: bool = True
    has_rule: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFitted:
    """A unit's thermal model was fitted anew, or found to have too few warm-ups."""

    TYPE: ClassVar[str] = "telemetry.unit_fitted"
    AGGREGATE: ClassVar[str] = "thermal_fit"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    version: str
    warm_ups: int
    rmse_k: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAcknowledged:
    """A person has seen the alarm and acts; why stands in the audit entry."""

    TYPE: ClassVar[str] = "telemetry.alarm_acknowledged"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSilent:
    """A sensor that used to report does so no longer: its unit's state is unknown."""

    TYPE: ClassVar[str] = "telemetry.sensor_silent"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    code: str
    last_read_at: datetime | None
    """None where it was never heard there."""
    is_gathered: bool = False
    """Others fell silent in the same check; `SensorsSilent` tells of all of them at once."""
    connected_at: datetime | None = None
    """Since when it stands there without a word; None where it has spoken since."""
    connected_there: str = ""
    """The same by the laboratory's clock, as people are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorsSilent:
    """Several sensors fell silent in one check, as when the laboratory's network stood still."""

    TYPE: ClassVar[str] = "telemetry.sensors_silent"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    """The first of them."""
    unit_labels: tuple[str, ...]
    codes: tuple[str, ...]
    never_heard: tuple[str, ...] = ()
    """Codes of those that have not spoken since they were connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorHeard:
    """A silent sensor reports again, or for the first time since it was connected."""

    TYPE: ClassVar[str] = "telemetry.sensor_heard"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    code: str
    last_read_at: datetime | None
    """Before the silence; None where it had not spoken since ``connected_at``."""
    connected_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceAllowed:
    """The limit was raised past a sensor's silence: no alarm any more, though nothing was heard.

    Who raised it and why stands in the audit entry of the rule.
    """

    TYPE: ClassVar[str] = "telemetry.silence_allowed"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    code: str
    last_read_at: datetime | None
    """None where it has not spoken since ``connected_at``."""
    connected_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTokenMade:
    """A logger may record for a unit, or for named sensors."""

    TYPE: ClassVar[str] = "telemetry.device_token_made"
    AGGREGATE: ClassVar[str] = "device_token"
    aggregate_id: UUID
    name: str
    unit_label: str | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTokenRevoked:
    """A logger's token holds no longer; why stands in the audit entry."""

    TYPE: ClassVar[str] = "telemetry.device_token_revoked"
    AGGREGATE: ClassVar[str] = "device_token"
    aggregate_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsImported:
    """A person has brought in a logger's file."""

    TYPE: ClassVar[str] = "telemetry.readings_imported"
    AGGREGATE: ClassVar[str] = "reading_import"
    aggregate_id: UUID
    file_name: str
    readings: int
    accepted: int
    codes: tuple[str, ...]
    """Of the sensors in it, the first fifty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRuleChanged:
    """A rule has another version from now on; the one before stands in the audit entry."""

    TYPE: ClassVar[str] = "telemetry.alarm_rule_changed"
    AGGREGATE: ClassVar[str] = "alarm_rule"
    aggregate_id: UUID
    rule: str
    version: int
    limit: float
    delay_s: int
    deadband: float
    is_active: bool
    is_withdrawn: bool = False
    """Retired, or, of one unit or sensor, taken back: the wider one holds again."""
    severity: str = ""
    window_s: int | None = None
    is_added: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSnoozed:
    """A person needs time: the ladder waits, the alarm stands; why is in the audit entry."""

    TYPE: ClassVar[str] = "telemetry.alarm_snoozed"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    unit_id: UUID
    unit_label: str
    until: datetime
    by: str
    common_version: int = 1
    """Of the common rule, which says how long a snooze may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEscalated:
    """Nobody has acknowledged an alarm, or those before could not be reached: others are told."""

    TYPE: ClassVar[str] = "telemetry.alarm_escalated"
    AGGREGATE: ClassVar[str] = "sensor"
    aggregate_id: UUID
    alarm_id: UUID
    unit_id: UUID
    unit_label: str
    kind: str
    severity: str
    since: datetime
    step: int
    step_label: str
    roles: tuple[str, ...]
    people: tuple[str, ...]
    channels: tuple[str, ...]
    was_undelivered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTestSent:
    """A step of the ladder is tried out; no unit is in alarm."""

    TYPE: ClassVar[str] = "telemetry.alarm_test_sent"
    AGGREGATE: ClassVar[str] = "alarm_test"
    aggregate_id: UUID
    step: int
    step_label: str
    roles: tuple[str, ...]
    people: tuple[str, ...]
    channels: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenersGone:
    """No process that takes readings of a kind lives any more."""

    TYPE: ClassVar[str] = "telemetry.listeners_gone"
    AGGREGATE: ClassVar[str] = "listening_gap"
    aggregate_id: UUID
    service: str
    since: datetime
    since_there: str
    """By the laboratory's clock, as people write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenersBack:
    """Readings of a kind are taken again."""

    TYPE: ClassVar[str] = "telemetry.listeners_back"
    AGGREGATE: ClassVar[str] = "listening_gap"
    aggregate_id: UUID
    service: str
    since: datetime
    """When it had begun that nobody took them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderTestDue:
    """The ladder is to be tried out; ``tested_on`` None: nobody ever has."""

    TYPE: ClassVar[str] = "telemetry.ladder_test_due"
    AGGREGATE: ClassVar[str] = "escalation_ladder"
    aggregate_id: UUID
    due_on: date
    tested_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderChanged:
    """Others are told, or at other times, when nobody acknowledges an alarm."""

    TYPE: ClassVar[str] = "telemetry.ladder_changed"
    AGGREGATE: ClassVar[str] = "escalation_ladder"
    aggregate_id: UUID
    version: int
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonRuleChanged:
    """Of every alarm: what is a storm, when one is over, or how long a snooze may be."""

    TYPE: ClassVar[str] = "telemetry.common_rule_changed"
    AGGREGATE: ClassVar[str] = "alarm_common_rule"
    aggregate_id: UUID
    version: int
    storm_units: int
    storm_within_min: int
    stable_min: int
    longest_snooze_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceStarted:
    """Nobody is told of the alarms of some units for a while; why stands in the audit entry."""

    TYPE: ClassVar[str] = "telemetry.maintenance_started"
    AGGREGATE: ClassVar[str] = "maintenance_window"
    aggregate_id: UUID
    unit_labels: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceEnded:
    """A person has ended a maintenance before its time."""

    TYPE: ClassVar[str] = "telemetry.maintenance_ended"
    AGGREGATE: ClassVar[str] = "maintenance_window"
    aggregate_id: UUID
    unit_labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityPriceSet:
    """Another price of electricity holds."""

    TYPE: ClassVar[str] = "telemetry.electricity_price_set"
    AGGREGATE: ClassVar[str] = "electricity_price"
    aggregate_id: UUID
    version: int
    price_per_kwh: str
    currency: str
    """Three letters of ISO 4217."""
