"""What each role may do, which passwords hold, and how long a throttled sign-in waits."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import available_timezones

from backend.auth.ids import Role
from backend.core.principal import Permission

_EVERYONE = frozenset(
    {
        Permission.ACCOUNT_SELF,
        Permission.OVERVIEW_VIEW,
        Permission.SAMPLES_VIEW,
        Permission.NOTIFICATIONS_VIEW,
    }
)
_READER = _EVERYONE | {
    Permission.STORAGE_VIEW,
    Permission.SEQUENCING_VIEW,
    Permission.PREDICTIONS_VIEW,
    Permission.DOCUMENTS_VIEW,
    Permission.REPORTS_VIEW,
    Permission.HEALTH_VIEW,
    Permission.WORK_VIEW,
}

PERMISSIONS_OF: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        # Looks at the overview and the samples of their projects, nothing else.
        Role.GUEST: _EVERYONE,
        # Reads everything of every project and reports on it; touches no sample.
        Role.ANALYST: _READER | {Permission.SAMPLES_VIEW_ALL_PROJECTS, Permission.REPORTS_RUN},
        # Works on the samples of their projects.
        Role.SCIENTIST: _READER
        | {
            Permission.SAMPLES_REGISTER,
            Permission.SAMPLES_EDIT,
            Permission.CUSTODY_HANDLE,
            Permission.SAMPLES_TRANSITION,
            Permission.LABELS_PRINT,
            Permission.SEQUENCING_REQUEST,
            Permission.SEQUENCING_PREPARE,
            Permission.REPORTS_RUN,
        },
        # Runs the bench: takes in, places, processes, plans runs; of every project.
        Role.TECHNICIAN: _READER
        | {
            Permission.SAMPLES_VIEW_ALL_PROJECTS,
            Permission.SAMPLES_REGISTER,
            Permission.SAMPLES_EDIT,
            Permission.SAMPLES_TRANSITION,
            Permission.SAMPLES_HOLD,
            Permission.TEMPLATES_MANAGE,
            Permission.LABELS_PRINT,
            Permission.LABELS_CONFIGURE,
            Permission.SHIPMENTS_MANAGE,
            Permission.CUSTODY_HANDLE,
            Permission.STORAGE_PLACE,
            Permission.STORAGE_PLAN,
            Permission.SEQUENCING_PREPARE,
            Permission.SEQUENCING_PLAN,
            Permission.SEQUENCING_CONFIGURE,
            Permission.REPORTS_RUN,
        },
        # Answers for projects: decides holds, orders sequencing, judges predictions.
        Role.PRINCIPAL_INVESTIGATOR: _READER
        | {
            Permission.SHIPMENTS_MANAGE,
            Permission.CUSTODY_HANDLE,
            Permission.SAMPLES_HOLD,
            Permission.SAMPLES_OVERRIDE_QC,
            Permission.SAMPLES_CONFIGURE,
            Permission.TEMPLATES_MANAGE,
            Permission.PROJECTS_MANAGE,
            Permission.SEQUENCING_REQUEST,
            Permission.PREDICTIONS_REVIEW,
            Permission.REPORTS_RUN,
        },
        # Runs the laboratory's system: people, freezers, health. Edits no sample.
        Role.ADMINISTRATOR: _READER
        | {
            Permission.SAMPLES_VIEW_ALL_PROJECTS,
            Permission.LABELS_PRINT,
            Permission.LABELS_CONFIGURE,
            Permission.SAMPLES_CONFIGURE,
            Permission.TEMPLATES_MANAGE,
            Permission.PROJECTS_MANAGE,
            Permission.STORAGE_CONFIGURE,
            Permission.SEQUENCING_CONFIGURE,
            Permission.REPORTS_RUN,
            Permission.HEALTH_OPERATE,
            Permission.TELEMETRY_RECORD,
            Permission.EVENTS_REPLAY,
            Permission.AUDIT_VIEW,
            Permission.USERS_MANAGE,
        },
    }
)

PASSWORD_MINIMUM = 12
PASSWORD_MAXIMUM = 128

ACCOUNT_FREE_FAILURES = 10
ADDRESS_FREE_FAILURES = 50
"""A laboratory often shares one address, so it may fail more often than one account."""
FAILURE_WINDOW = timedelta(hours=1)
KNOWN_ADDRESS_WINDOW = timedelta(days=30)
LONGEST_DELAY = timedelta(minutes=15)
"""No attacker can lock a person out for good."""

TOKEN_DAYS = (7, 30, 90, 365)
"""For how long a named token may hold: none for ever, for nobody remembers an old one."""
TOKENS_MAXIMUM = 20

THEMES = ("system", "light", "dark")
DENSITIES = ("compact", "comfortable", "bench", "wall")

_EMAIL = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\]+\.[^@\s<>\"(),:;\\.]+")
_EMAIL_MAXIMUM = 254
_NAME_MAXIMUM = 200
_TOKEN_NAME_MAXIMUM = 80
_FEWEST_CHARACTERS = 5
_CONTEXT_WORD_LENGTH = 4
_OWN_PART = 8
_EDGES = "0123456789!?.,-_#*+$@&%=/ "
_RUNS = ("0123456789" * 13, "abcdefghijklmnopqrstuvwxyz" * 5, "qwertyuiopasdfghjklzxcvbnm")


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return the union of the roles' permissions."""
    return frozenset().union(*(PERMISSIONS_OF[role] for role in roles))


def password_fault(
    password: str, *, common: frozenset[str], context: Iterable[str] = ()
) -> str | None:
    """Return the sentence that refuses a password, None when it holds.

    Any characters are welcome; length and guessability decide (NIST SP 800-63B-4, ASVS 6.2).
    ``common`` holds case-folded passwords; ``context`` words an attacker would try first: the
    product, the laboratory, the person.
    """
    if len(password) < PASSWORD_MINIMUM:
        return f"Use at least {PASSWORD_MINIMUM} characters; this password has {len(password)}."
    if len(password) > PASSWORD_MAXIMUM:
        return f"Use at most {PASSWORD_MAXIMUM} characters; this password has {len(password)}."
    folded = password.casefold()
    if folded in common or folded.strip(_EDGES) in common or _is_pattern(folded):
        return "This password is among the first that are tried. Use several unrelated words."
    if _own_part(folded, context) < _OWN_PART:
        return "This password is mostly a name that is easy to guess. Use several unrelated words."
    return None


def throttled_until(
    failures: int, last_failure_at: datetime | None, *, free: int
) -> datetime | None:
    """Return until when sign-in waits: 1 s after ``free`` failures, doubling to LONGEST_DELAY."""
    if last_failure_at is None or failures < free:
        return None
    doublings = min(failures - free, 12)  # 2^12 s is past the longest delay
    return last_failure_at + min(timedelta(seconds=2**doublings), LONGEST_DELAY)


def keeps_an_administrator(other_active_administrators: int, roles: Iterable[Role]) -> bool:
    """Say whether the laboratory still has an administrator when a person holds ``roles``."""
    return other_active_administrators > 0 or Role.ADMINISTRATOR in roles


def person_faults(*, email: str, name: str, roles: Iterable[Role]) -> dict[str, str]:
    """Return what stops a person from being added, by field."""
    faults = {}
    if not _EMAIL.fullmatch(email) or len(email) > _EMAIL_MAXIMUM:
        faults["email"] = "Write an address such as ada@laboratory.org."
    if not name:
        faults["name"] = "Write the person's name."
    elif len(name) > _NAME_MAXIMUM:
        faults["name"] = f"Use at most {_NAME_MAXIMUM} characters; this has {len(name)}."
    if not list(roles):
        faults["roles"] = "Choose at least one role."
    return faults


def token_faults(*, name: str, days: int, held: int) -> dict[str, str]:
    """Return what stops a key of the API from being made, by field; ``held`` hold already."""
    faults = {}
    if not name:
        faults["name"] = "Say what the token is for, such as “plate reader”."
    elif len(name) > _TOKEN_NAME_MAXIMUM:
        faults["name"] = f"Use at most {_TOKEN_NAME_MAXIMUM} characters; this has {len(name)}."
    elif held >= TOKENS_MAXIMUM:
        faults["name"] = f"You have {held} tokens, the most there may be. Revoke one first."
    if days not in TOKEN_DAYS:
        faults["days"] = f"Choose {', '.join(map(str, TOKEN_DAYS[:-1]))} or {TOKEN_DAYS[-1]} days."
    return faults


def preference_faults(*, theme: str | None, density: str | None) -> dict[str, str]:
    """Return which choice of appearance does not exist, by field."""
    faults = {}
    if theme is not None and theme not in THEMES:
        faults["theme"] = f"Choose one of {', '.join(THEMES)}."
    if density is not None and density not in DENSITIES:
        faults["density"] = f"Choose one of {', '.join(DENSITIES)}."
    return faults


def laboratory_faults(*, name: str, time_zone: str) -> dict[str, str]:
    """Return what stops a laboratory from being made, by field."""
    faults = {}
    if not 0 < len(name.strip()) <= _NAME_MAXIMUM:
        faults["name"] = f"Write the laboratory's name, at most {_NAME_MAXIMUM} characters."
    if time_zone not in available_timezones():
        faults["time_zone"] = f"“{time_zone}” is no time zone. Write one such as Europe/Berlin."
    return faults


def _is_pattern(folded: str) -> bool:
    repeats = (folded + folded).find(folded, 1) < len(folded)
    runs = any(folded in run or folded in run[::-1] for run in _RUNS)
    return repeats or runs or len(set(folded)) < _FEWEST_CHARACTERS


def _own_part(folded: str, context: Iterable[str]) -> int:
    for word in sorted((w.casefold() for w in context), key=len, reverse=True):
        if len(word) >= _CONTEXT_WORD_LENGTH:
            folded = folded.replace(word, "")
    return len(folded)
