"""Ids of the Notifications page."""

LIST = "notifications-list"
LIMIT = "notifications-limit"
"""Store: how many are drawn at most; grows with “Show older”."""
CHANGED = "notifications-changed"
"""Store: a new value after every act, which draws the list anew."""
ALL_READ = "notifications-all-read"
OLDER = "notifications-older"


def link(notification: object) -> dict[str, object]:
    """Return the id of a notification's link; following it marks it as read. ALL fits too."""
    return {"type": "notification-link", "notification": notification}


def mark(notification: object) -> dict[str, object]:
    """Return the id of the button that marks one as read; ALL fits too."""
    return {"type": "notification-mark", "notification": notification}


def choice(kind: object, channel: object) -> dict[str, object]:
    """Return the id of the choice whether to hear of a kind through a channel; ALL fits too."""
    return {"type": "notification-choice", "kind": kind, "channel": channel}
