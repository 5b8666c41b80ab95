"""What telemetry may refuse.

NotFound       SensorNotFound · DeviceTokenNotFound · RuleNotFound · WindowNotFound
               AlarmNotFound
InvalidInput   ReadingRefused · ReasonMissing · SensorRefused · DeviceTokenRefused · RuleRefused
               WindowRefused · SnoozeRefused · PriceRefused
Conflict       NoOpenAlarm · AlreadyAcknowledged · NotADemonstration · SensorCodeTaken · RuleChanged
               WindowOver · PriceChanged · SensorInAlarm · SensorDisconnected · UnitInMaintenance
"""

from uuid import UUID

from backend.core.errors import Conflict, InvalidInput, NotFound


class SensorNotFound(NotFound):
    """No such sensor."""


class AlarmNotFound(NotFound):
    """No alarm with this key."""


class ReadingRefused(InvalidInput):
    """A reading that cannot be: from the future, or without a time zone."""


class ReasonMissing(InvalidInput):
    """Acknowledging an alarm needs words: what was seen, what is being done."""


class NoOpenAlarm(Conflict):
    """The sensor has no alarm, or has none any more."""


class AlreadyAcknowledged(Conflict):
    """Somebody was faster."""


class NotADemonstration(Conflict):
    """A real laboratory takes measured readings only."""


class SensorRefused(InvalidInput):
    """A sensor or its calibration as it cannot be; each fault stands at its field."""


class SensorCodeTaken(Conflict):
    """Another sensor has the code."""


class SensorInAlarm(Conflict):
    """A sensor with an open alarm stays where it is; ``alarm_id`` is the first that hinders it."""

    def __init__(self, message: str, *, alarm_id: UUID) -> None:
        super().__init__(message)
        self.alarm_id = alarm_id


class SensorDisconnected(Conflict):
    """The sensor does not stand there any more."""


class UnitInMaintenance(Conflict):
    """Nobody would be told of what a sensor says there."""


class DeviceTokenRefused(InvalidInput):
    """A logger's token as it cannot be made; each fault stands at its field."""


class DeviceTokenNotFound(NotFound):
    """No token of this name holds."""


class RuleNotFound(NotFound):
    """No alarm rule of this key."""


class RuleRefused(InvalidInput):
    """An alarm rule as it cannot be; each fault stands at its field."""


class RuleChanged(Conflict):
    """Somebody has made another version of the rule meanwhile."""


class WindowNotFound(NotFound):
    """No such maintenance window."""


class WindowRefused(InvalidInput):
    """A maintenance window as it cannot be; each fault stands at its field."""


class WindowOver(Conflict):
    """The maintenance window has ended already."""


class SnoozeRefused(InvalidInput):
    """An alarm is quiet for an hour at most."""


class PriceRefused(InvalidInput):
    """A price of electricity that is none; each fault stands at its field."""


class PriceChanged(Conflict):
    """Somebody has set another price meanwhile."""
