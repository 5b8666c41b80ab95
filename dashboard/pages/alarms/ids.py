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
RULE_WINDOW = "alarms-rule-window"
RULE_SEVERITY = "alarms-rule-severity"
RULE_ACTIVE = "alarms-rule-active"
RULE_REASON = "alarms-rule-reason"
RULE_SEND = "alarms-rule-send"

NEW_DIALOG = "alarms-new-dialog"
NEW_PROBLEMS = "alarms-new-problems"
NEW_CLASS = "alarms-new-class"
NEW_MEASURE = "alarms-new-measure"
NEW_KIND = "alarms-new-kind"
NEW_SEVERITY = "alarms-new-severity"
NEW_LIMIT = "alarms-new-limit"
NEW_DELAY = "alarms-new-delay"
NEW_DEADBAND = "alarms-new-deadband"
NEW_WINDOW = "alarms-new-window"
NEW_REASON = "alarms-new-reason"
NEW_SEND = "alarms-new-send"

RETIRE_DIALOG = "alarms-retire-dialog"
RETIRE_WHICH = "alarms-retire-which"
"""Store: key and version of the rule that the dialog retires."""
RETIRE_WHAT = "alarms-retire-what"
RETIRE_PROBLEMS = "alarms-retire-problems"
RETIRE_REASON = "alarms-retire-reason"
RETIRE_SEND = "alarms-retire-send"

WINDOW_DIALOG = "alarms-window-dialog"
WINDOW_PROBLEMS = "alarms-window-problems"
WINDOW_UNITS = "alarms-window-units"
WINDOW_FROM = "alarms-window-from"
WINDOW_UNTIL = "alarms-window-until"
WINDOW_REASON = "alarms-window-reason"
WINDOW_SEND = "alarms-window-send"

TEST_DIALOG = "alarms-test-dialog"
TEST_SEND = "alarms-test-send"


LADDER_DIALOG = "alarms-ladder-dialog"
LADDER_WHICH = "alarms-ladder-which"
"""Store: the version that the dialog was filled from."""
LADDER_PROBLEMS = "alarms-ladder-problems"
LADDER_REASON = "alarms-ladder-reason"
LADDER_SEND = "alarms-ladder-send"

COMMON_DIALOG = "alarms-common-dialog"
COMMON_WHICH = "alarms-common-which"
"""Store: the version of the common rule that the dialog was filled from."""
COMMON_PROBLEMS = "alarms-common-problems"
COMMON_UNITS = "alarms-common-units"
COMMON_WITHIN = "alarms-common-within"
COMMON_STABLE = "alarms-common-stable"
COMMON_SNOOZE = "alarms-common-snooze"
COMMON_REASON = "alarms-common-reason"
COMMON_SEND = "alarms-common-send"

OWN_WHICH = "alarms-own-which"
"""Store: the sensor, the scope and the kind whose rules the dialog takes back."""
OWN_DIALOG = "alarms-own-dialog"
OWN_WHAT = "alarms-own-what"
OWN_PROBLEMS = "alarms-own-problems"
OWN_REASON = "alarms-own-reason"
OWN_SEND = "alarms-own-send"


def step_row(place: int) -> str:
    """Return the id of the row of a step of the ladder."""
    return f"alarms-step-{place}"


def step_label(place: int) -> str:
    """Return the id of the field for a step's name."""
    return f"alarms-step-{place}-label"


def step_minutes(place: int) -> str:
    """Return the id of the field for the minutes after which a step comes."""
    return f"alarms-step-{place}-minutes"


def step_roles(place: int) -> str:
    """Return the id of the choice of roles that a step tells."""
    return f"alarms-step-{place}-roles"


def step_person(place: int) -> str:
    """Return the id of the choice of a person whom a step tells."""
    return f"alarms-step-{place}-person"


def step_mail(place: int) -> str:
    """Return the id of the mark that a step goes by mail too."""
    return f"alarms-step-{place}-mail"


def ask_ladder(version: object) -> dict[str, object]:
    """Return the id of the button that asks to change the ladder; ALL fits too."""
    return {"type": "alarms-ask-ladder", "version": version}


def ask_common(version: object) -> dict[str, object]:
    """Return the id of the button that asks to change the common rule; ALL fits too."""
    return {"type": "alarms-ask-common", "version": version}


def ask_own(rule: object, scope: object) -> dict[str, object]:
    """Return the id of the button that asks for a rule of a sensor or its unit; ALL fits too."""
    return {"type": "alarms-ask-own", "rule": rule, "scope": scope}


def ask_back(kind: object, scope: object) -> dict[str, object]:
    """Return the id of the button that asks to take back rules of a kind; ALL fits too."""
    return {"type": "alarms-ask-back", "kind": kind, "scope": scope}


def ask_acknowledge(alarm: object) -> dict[str, object]:
    """Return the id of the button that asks to acknowledge an alarm; ALL fits too."""
    return {"type": "alarms-ask-acknowledge", "alarm": alarm}


def ask_snooze(alarm: object) -> dict[str, object]:
    """Return the id of the button that asks for time for an alarm; ALL fits too."""
    return {"type": "alarms-ask-snooze", "alarm": alarm}


def ask_change(rule: object) -> dict[str, object]:
    """Return the id of the button that asks to change a rule; ALL fits too."""
    return {"type": "alarms-ask-change", "rule": rule}


def ask_retire(rule: object) -> dict[str, object]:
    """Return the id of the button that asks to retire a rule; ALL fits too."""
    return {"type": "alarms-ask-retire", "rule": rule}


def end_window(window: object) -> dict[str, object]:
    """Return the id of the button that ends a maintenance; ALL fits too."""
    return {"type": "alarms-end-window", "window": window}
