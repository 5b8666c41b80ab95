"""What the API takes and tells of rules of alarms.

Limits and deadbands are in the unit of what is measured, or in ``limit_unit``; spans in minutes
where they come in and in seconds where they go out.
"""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from backend.api.routing import ApiInput, ApiOutput
from backend.telemetry import alarm_rules
from backend.telemetry.alarm_overrides import Origin
from backend.telemetry.alarm_rules import NewTerms, RuleVersion
from backend.telemetry.ids import AlarmKind, AlarmSeverity, Measure, UnitClass

_LONGEST_REASON = 500
_LONGEST_KEY = 120
_MOST_MINUTES = 100_000.0
_FARTHEST = 1_000_000.0


class RulesQuery(ApiInput):
    """Which rules: those in force, or those that the house does without."""

    retired: bool = False


class ReasonIn(ApiInput):
    """Why; it is kept with the caller's name."""

    reason: str = Field(min_length=1, max_length=_LONGEST_REASON)


class RetireIn(ReasonIn):
    """The version that was looked at."""

    version: int = Field(ge=1)


class TermsIn(ReasonIn):
    """The numbers of a rule; ``window_min`` is of a rise or a sum of minutes only."""

    limit: float = Field(ge=-_FARTHEST, le=_FARTHEST)
    delay_min: float = Field(ge=0, le=_MOST_MINUTES)
    deadband: float = Field(ge=0, le=_FARTHEST)
    window_min: float | None = Field(default=None, gt=0, le=_MOST_MINUTES)

    @property
    def window(self) -> timedelta | None:
        """Return the window."""
        return None if self.window_min is None else timedelta(minutes=self.window_min)


class ChangeIn(TermsIn):
    """What changes of the ``version`` that was looked at; null leaves window and severity."""

    version: int = Field(ge=1)
    severity: AlarmSeverity | None = None
    is_active: bool = True

    def terms(self) -> NewTerms:
        """Return what changes."""
        return NewTerms(
            limit=self.limit,
            delay=timedelta(minutes=self.delay_min),
            deadband=self.deadband,
            is_active=self.is_active,
            window=self.window,
            severity=self.severity,
        )


class NewRuleIn(TermsIn):
    """A rule for a class of units, or for every unit."""

    unit_class: UnitClass
    measure: Measure
    kind: AlarmKind
    severity: AlarmSeverity


class OwnRuleIn(ChangeIn):
    """A rule of the sensor or of its whole unit in the place of the one with ``key``."""

    key: str = Field(min_length=1, max_length=_LONGEST_KEY)
    scope: Literal[Origin.SENSOR, Origin.UNIT]


class TakeBackIn(ReasonIn):
    """All rules of a kind that the sensor, or its unit, has of its own."""

    kind: AlarmKind
    scope: Literal[Origin.SENSOR, Origin.UNIT]


class RuleOut(ApiOutput):
    """A version of a rule: beyond ``limit`` for ``delay_s`` is an alarm.

    ``limit`` and ``deadband`` are in ``limit_unit``. ``set_at`` is null for a default of the
    program, ``replaced_at`` for the newest version.
    """

    key: str
    version: int
    unit_class: UnitClass
    scope_label: str | None
    measure: Measure
    kind: AlarmKind
    severity: AlarmSeverity
    limit: float
    limit_unit: str
    delay_s: float
    deadband: float
    window_s: float | None
    is_active: bool
    is_retired: bool
    set_by_name: str
    reason: str
    set_at: datetime | None
    replaced_at: datetime | None

    @classmethod
    def of(cls, version: RuleVersion) -> "RuleOut":
        """Return a version as the API tells it."""
        terms = version.terms
        return cls(
            key=terms.key,
            version=terms.version,
            unit_class=terms.unit_class,
            scope_label=terms.scope_label,
            measure=terms.measure,
            kind=terms.kind,
            severity=terms.severity,
            limit=terms.limit,
            limit_unit=alarm_rules.unit_of(terms),
            delay_s=terms.delay.total_seconds(),
            deadband=terms.deadband,
            window_s=None if terms.window is None else terms.window.total_seconds(),
            is_active=terms.is_active,
            is_retired=version.is_withdrawn,
            set_by_name=version.set_by_name,
            reason=version.reason,
            set_at=version.set_at,
            replaced_at=version.replaced_at,
        )


class RulesOut(ApiOutput):
    """Rules, or versions of one."""

    items: list[RuleOut]


class HeldRuleOut(ApiOutput):
    """A rule that holds for a sensor, and from where it comes."""

    origin: Origin
    rule: RuleOut


class SensorRulesOut(ApiOutput):
    """The rules that hold for a sensor, milder before more severe."""

    sensor: str
    unit_label: str
    unit_class: UnitClass
    items: list[HeldRuleOut]
