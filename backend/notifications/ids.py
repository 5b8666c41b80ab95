"""Keys and closed vocabularies of notifications."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

NotificationId = NewType("NotificationId", UUID)
DeliveryId = NewType("DeliveryId", UUID)


class Kind(StrEnum):
    """What a notification is about; people choose per kind how they hear of it."""

    PLAN_READY = "plan_ready"
    IMPORT_REGISTERED = "import_registered"
    UNIT_NEARLY_FULL = "unit_nearly_full"
    ALARM_RAISED = "alarm_raised"
    ALARM_CLEARED = "alarm_cleared"
    SAMPLES_EXPOSED = "samples_exposed"
    SENSOR_SILENT = "sensor_silent"
    REPORT_BUILT = "report_built"
    JOB_FAILED = "job_failed"
    HANDOVER = "handover"
    RETURN_OVERDUE = "return_overdue"
    CUSTODY_GAP = "custody_gap"
    PARCEL_LATE = "parcel_late"
    IN_HAND = "in_hand"
    LEFT_IN_HAND = "left_in_hand"
    EXPIRY_NEAR = "expiry_near"
    CALIBRATION_DUE = "calibration_due"
    LADDER_TEST_DUE = "ladder_test_due"
    MOVE_BACK_DUE = "move_back_due"
    RUN_READ = "run_read"
    CHAIN_BROKEN = "chain_broken"
    ACCOUNT = "account"


class Show(StrEnum):
    """Which of their notifications a person looks at."""

    ALL = "all"
    UNREAD = "unread"
    MINE = "mine"
    ALARMS = "alarms"
    STORAGE = "storage"
    SEQUENCING = "sequencing"
    PROGRAM = "program"


class Channel(StrEnum):
    """How a notification reaches a person."""

    IN_APP = "in_app"
    EMAIL = "email"


class Severity(StrEnum):
    """How much it matters; shown as icon, word and colour."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"
    OK = "ok"


class DeliveryState(StrEnum):
    """Where a message outside the program stands."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    NOT_CONFIGURED = "not_configured"
