"""The sidebar: what stands in it, in which group, and the second key of its ``g`` chord."""

from dataclasses import dataclass

from backend.core.principal import Permission, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationEntry:
    """One line of the sidebar."""

    label: str
    href: str
    icon: str
    permission: Permission
    key: str
    on_phone: bool = False


def _entry(
    label: str, href: str, icon: str, permission: Permission, key: str, *, on_phone: bool = False
) -> NavigationEntry:
    return NavigationEntry(
        label=label, href=href, icon=icon, permission=permission, key=key, on_phone=on_phone
    )


NAVIGATION: tuple[tuple[NavigationEntry, ...], ...] = (
    (_entry("Overview", "/", "grid-1x2", Permission.OVERVIEW_VIEW, "o", on_phone=True),),
    (
        _entry("Samples", "/samples", "collection", Permission.SAMPLES_VIEW, "s", on_phone=True),
        _entry("Register", "/register", "plus-square", Permission.SAMPLES_REGISTER, "r"),
        _entry("Storage", "/storage", "snow2", Permission.STORAGE_VIEW, "t", on_phone=True),
        _entry("Sequencing", "/sequencing", "bar-chart-steps", Permission.SEQUENCING_VIEW, "q"),
    ),
    (
        _entry("Predictions", "/predictions", "fan", Permission.PREDICTIONS_VIEW, "p"),
        _entry("Documents", "/documents", "file-earmark-text", Permission.DOCUMENTS_VIEW, "d"),
        _entry("Reports", "/reports", "printer", Permission.REPORTS_VIEW, "e"),
    ),
    (
        _entry("Alarms", "/alarms", "thermometer-half", Permission.STORAGE_VIEW, "l"),
        _entry("System health", "/health", "activity", Permission.HEALTH_VIEW, "h"),
        _entry("Admin", "/admin", "sliders", Permission.USERS_MANAGE, "a"),
    ),
)


def visible_groups(principal: Principal) -> list[list[NavigationEntry]]:
    """Return the groups with the entries that a person may open; empty groups are left out."""
    groups = [[entry for entry in group if principal.may(entry.permission)] for group in NAVIGATION]
    return [group for group in groups if group]


def slug(entry: NavigationEntry) -> str:
    """Return an entry's name for ids: ``storage``, ``overview``."""
    return entry.href.strip("/") or "overview"
