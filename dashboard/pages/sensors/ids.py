"""Ids of the page of sensors and loggers."""

LIST = "sensors-list"
TICK = "sensors-tick"

NEW_PROBLEMS = "sensors-new-problems"
NEW_CODE = "sensors-new-code"
NEW_KIND = "sensors-new-kind"
NEW_UNIT = "sensors-new-unit"
NEW_SETPOINT = "sensors-new-setpoint"
NEW_WARNING = "sensors-new-warning"
NEW_ALARM = "sensors-new-alarm"
NEW_ADD = "sensors-new-add"

CALIBRATED = "sensors-calibrated"
"""Store: the sensor that the form calibrates."""
CALIBRATE_PROBLEMS = "sensors-calibrate-problems"
CORRECTION = "sensors-correction"
CALIBRATED_ON = "sensors-calibrated-on"
DUE_ON = "sensors-due-on"
CERTIFICATE = "sensors-certificate"
CALIBRATE_REASON = "sensors-calibrate-reason"
CALIBRATE = "sensors-calibrate"
CALIBRATE_FORM = "sensors-calibrate-form"

TOKENS = "sensors-tokens"
TOKEN_PROBLEMS = "sensors-token-problems"  # noqa: S105 -- an id
TOKEN_NAME = "sensors-token-name"  # noqa: S105 -- an id
TOKEN_FOR = "sensors-token-for"  # noqa: S105 -- an id
TOKEN_MAKE = "sensors-token-make"  # noqa: S105 -- an id
TOKEN_MADE = "sensors-token-made"  # noqa: S105 -- an id
TOKEN_SECRET = "sensors-token-secret"  # noqa: S105 -- an id

REVOKED = "sensors-revoked"
"""Store: the name of the token that the form takes back."""
REVOKE_FORM = "sensors-revoke-form"
REVOKE_PROBLEMS = "sensors-revoke-problems"
REVOKE_REASON = "sensors-revoke-reason"
REVOKE = "sensors-revoke"

MOVE_FORM = "sensors-move-form"
MOVED = "sensors-moved"
"""Store: the sensor that the form moves or takes out."""
MOVE_PROBLEMS = "sensors-move-problems"
MOVE_UNIT = "sensors-move-unit"
MOVE_SETPOINT = "sensors-move-setpoint"
MOVE_WARNING = "sensors-move-warning"
MOVE_ALARM = "sensors-move-alarm"
MOVE_REASON = "sensors-move-reason"
MOVE_AT = "sensors-move-at"
MOVE = "sensors-move"
TAKE_OUT = "sensors-take-out"
