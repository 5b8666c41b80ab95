"""Ids of the shell. Pages listen to the live stores and never write to the others directly."""

URL = "url"

PAGE = "page"
PAGE_TITLE = "page-title"
PAGE_CRUMBS = "page-crumbs"
PAGE_ACTIONS = "page-actions"
PAGE_TABS = "page-tabs"
PAGE_BANNER = "page-banner"
PAGE_META = "page-meta"
"""Store: ``{"key": path and listed query, "title": …}`` of the page that is shown."""

SEARCH = "search"
SCAN = "scan"
"""Store: ``{"code", "at"}`` of the last scan that neither a field nor the page has taken."""
SCAN_PAGE = "scan-page"
"""Store that a page may hold to take scans itself."""
SCAN_ANSWER = "scan-answer"
"""Store: how the last scan is answered by sound and voice (components/scan_target.py)."""

BELL = "bell"
BELL_COUNT = "bell-count"
BELL_LIST = "bell-list"
BELL_POPOVER = "bell-popover"
BELL_ALL_READ = "bell-all-read"
BELL_CHANGED = "bell-changed"
"""Store: a new value after every act at the bell, which draws it anew."""
HAND = "hand"
"""What the person has in hand, in the top bar."""
ACCOUNT_MENU = "account-menu"
PREFERENCE = "preference"
SHORTCUTS = "shortcuts"
SESSION_DIALOG = "session-dialog"

TOAST_SINK = "toast-sink"
META_SINK = "meta-sink"
SCAN_SINK = "scan-sink"
SINKS = (TOAST_SINK, META_SINK, SCAN_SINK)

LIVE_TOPICS = (
    "samples",
    "storage",
    "sequencing",
    "predictions",
    "notifications",
    "health",
    "work",
    "templates",
    "reports",
    "telemetry",
    "auth",
    "labels",
    "custody",
    "workbooks",
    "incidents",
)


def live(topic: str) -> str:
    """Return the id of a topic's store; its data is the last version seen, a growing number."""
    return f"live-{topic}"


def bell_link(notification: object) -> dict[str, object]:
    """Return the id of a notification's link below the bell; ALL fits too."""
    return {"type": "bell-link", "notification": notification}


def navigation_count(slug: str) -> str:
    """Return the id of the count beside a sidebar entry."""
    return f"nav-count-{slug}"
