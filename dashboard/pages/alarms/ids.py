"""Ids of the Alarms page."""

BODY = "alarms-body"
SHOWN = "alarms-shown"
"""Store: the view and the rule that the address names."""
TICK = "alarms-tick"
CHANGED = "alarms-changed"
"""Store: a new value after every act, which draws the view anew."""
OPEN = "alarms-open"
"""Store: ``{"dialog", "at"}`` of the dialog that the browser is to open."""
OPEN_SINK = "alarms-open-sink"
CLOSE = "alarms-close"
CLOSE_SINK = "alarms-close-sink"

ACK_DIALOG = "alarms-ack-dialog"
ACK_WHICH = "alarms-ack-which"
"""Store: the sensor and the alarm that the dialog acknowledges."""
ACK_WHAT = "alarms-ack-what"
ACK_PROBLEMS = "alarms-ack-problems"
ACK_REASON = "alarms-ack-reason"
ACK_SEND = "alarms-ack-send"

SNOOZE_DIALOG = "alarms-snooze-dialog"
SNOOZE_WHICH = "alarms-snooze-which"
SNOOZE_WHAT = "alarms-snooze-what"
SNOOZE_PROBLEMS = "alarms-snooze-problems"
SNOOZE_MINUTES = "alarms-snooze-minutes"
SNOOZE_REASON = "alarms-snooze-reason"
SNOOZE_SEND = "alarms-snooze-send"

RULE_DIALOG = "alarms-rule-dialog"
RULE_WHICH = "alarms-rule-which"
"""Store: key and version of the rule that the dialog was filled from."""
RULE_WHAT = "alarms-rule-what"
RULE_PROBLEMS = "alarms-rule-problems"
RULE_LIMIT = "alarms-rule-limit"
RULE_DELAY = "alarms-rule-delay"
RULE_DEADBAND = "alarms-rule-deadband"
RULE_ACTIVE = "alarms-rule-active"
RULE_REASON = "alarms-rule-reason"
RULE_SEND = "alarms-rule-send"

WINDOW_DIALOG = "alarms-window-dialog"
WINDOW_PROBLEMS = "alarms-window-problems"
WINDOW_UNITS = "alarms-window-units"
WINDOW_FROM = "alarms-window-from"
WINDOW_UNTIL = "alarms-window-until"
WINDOW_REASON = "alarms-window-reason"
WINDOW_SEND = "alarms-window-send"

TEST_DIALOG = "alarms-test-dialog"
TEST_SEND = "alarms-test-send"


def ask_acknowledge(alarm: object) -> dict[str, object]:
    """Return the id of the button that asks to acknowledge an alarm; ALL fits too."""
    return {"type": "alarms-ask-acknowledge", "alarm": alarm}


def ask_snooze(alarm: object) -> dict[str, object]:
    """Return the id of the button that asks for time for an alarm; ALL fits too."""
    return {"type": "alarms-ask-snooze", "alarm": alarm}


def ask_change(rule: object) -> dict[str, object]:
    """Return the id of the button that asks to change a rule; ALL fits too."""
    return {"type": "alarms-ask-change", "rule": rule}


def end_window(window: object) -> dict[str, object]:
    """Return the id of the button that ends a maintenance; ALL fits too."""
    return {"type": "alarms-end-window", "window": window}
