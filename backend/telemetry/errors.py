"""What telemetry may refuse.

NotFound       SensorNotFound · DeviceTokenNotFound
InvalidInput   ReadingRefused · ReasonMissing · SensorRefused · DeviceTokenRefused
Conflict       NoOpenAlarm · AlreadyAcknowledged · NotADemonstration · SensorCodeTaken
"""

from backend.core.errors import Conflict, InvalidInput, NotFound


class SensorNotFound(NotFound):
    """No such sensor."""


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


class DeviceTokenRefused(InvalidInput):
    """A logger's token as it cannot be made; each fault stands at its field."""


class DeviceTokenNotFound(NotFound):
    """No token of this name holds."""
