"""Roles, rights and changes in plain words."""

from collections.abc import Mapping
from types import MappingProxyType

from backend.auth.ids import Role
from backend.core.principal import Permission
from backend.events.views import Json

ROLE_NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.GUEST: "Guest",
        Role.ANALYST: "Analyst",
        Role.SCIENTIST: "Scientist",
        Role.TECHNICIAN: "Technician",
        Role.PRINCIPAL_INVESTIGATOR: "Principal investigator",
        Role.ADMINISTRATOR: "Administrator",
    }
)

ROLE_MEANINGS: Mapping[Role, str] = MappingProxyType(
    {
        Role.GUEST: "Looks at the overview and the samples of their projects.",
        Role.ANALYST: "Reads everything of every project and builds reports. Changes no sample.",
        Role.SCIENTIST: "Works on the samples of their projects, asks for sequencing.",
        Role.TECHNICIAN: "Runs the bench for every project: takes in, places, plans runs.",
        Role.PRINCIPAL_INVESTIGATOR: "Answers for their projects: members, holds, sequencing.",
        Role.ADMINISTRATOR: "Runs the system: people, freezers, health, the audit trail.",
    }
)

RIGHTS: Mapping[Permission, str] = MappingProxyType(
    {
        Permission.ACCOUNT_SELF: "Sign in and keep one's own account",
        Permission.OVERVIEW_VIEW: "See the overview",
        Permission.SAMPLES_VIEW: "See the samples of one's projects",
        Permission.SAMPLES_VIEW_ALL_PROJECTS: "See the samples of every project",
        Permission.SAMPLES_REGISTER: "Register samples and import lists",
        Permission.SAMPLES_EDIT: "Edit samples",
        Permission.SAMPLES_TRANSITION: "Move samples along their lifecycle",
        Permission.SAMPLES_HOLD: "Set and release holds",
        Permission.LABELS_PRINT: "Print labels",
        Permission.LABELS_CONFIGURE: "Set up printers, series of codes and bought tubes",
        Permission.SAMPLES_OVERRIDE_QC: "Overrule quality control, with a signature",
        Permission.SAMPLES_CONFIGURE: "Set thresholds and rules of handling",
        Permission.TEMPLATES_MANAGE: "Make, publish and deprecate templates of sample lists",
        Permission.PROJECTS_MANAGE: "Add projects and choose their members",
        Permission.STORAGE_VIEW: "See freezers, boxes and positions",
        Permission.STORAGE_PLACE: "Place, move and take out samples",
        Permission.STORAGE_PLAN: "Ask for placement plans and accept them",
        Permission.STORAGE_CONFIGURE: "Set up freezers, racks and boxes",
        Permission.CUSTODY_HANDLE: "Hand over, check out and return samples",
        Permission.SHIPMENTS_MANAGE: "Pack, send and receive shipments",
        Permission.SEQUENCING_VIEW: "See the sequencing queue and runs",
        Permission.SEQUENCING_REQUEST: "Ask for sequencing",
        Permission.SEQUENCING_PREPARE: "Prepare libraries and mix pools",
        Permission.SEQUENCING_PLAN: "Plan, release and start runs",
        Permission.SEQUENCING_CONFIGURE: "Keep sequencing's reference data and limits",
        Permission.PREDICTIONS_VIEW: "See forecasts",
        Permission.PREDICTIONS_REVIEW: "Judge forecasts",
        Permission.DOCUMENTS_VIEW: "See documents",
        Permission.REPORTS_VIEW: "See reports and take their files",
        Permission.REPORTS_RUN: "Build reports",
        Permission.NOTIFICATIONS_VIEW: "Be notified",
        Permission.HEALTH_VIEW: "See system health",
        Permission.HEALTH_OPERATE: "Operate the system's parts",
        Permission.TELEMETRY_RECORD: "Record readings of sensors",
        Permission.WORK_VIEW: "See everybody's background work",
        Permission.EVENTS_REPLAY: "Replay failed events",
        Permission.AUDIT_VIEW: "Read and verify the audit trail",
        Permission.USERS_MANAGE: "Manage people, sign-ins and the laboratory",
    }
)

ORIGINS: Mapping[str, str] = MappingProxyType(
    {"ui": "page", "api": "API", "cli": "terminal", "worker": "machinery", "import": "import"}
)

_LONGEST = 120


def right(permission: Permission) -> str:
    """Return what a permission lets a person do; its own name while nobody has put it in words."""
    return RIGHTS.get(permission, permission.value)


def act(action: str) -> str:
    """Return ``auth.roles_set`` as words: ``Roles set``."""
    return action.rpartition(".")[2].replace("_", " ").capitalize()


def changes(
    old: Mapping[str, Json] | None, new: Mapping[str, Json] | None
) -> list[tuple[str, str | None, str | None]]:
    """Return what an entry changed: name, value before and value after; None where there is none.

    What stayed as it was is left out.
    """
    before, after = old or {}, new or {}
    return [
        (
            name.replace("_", " "),
            written(before[name]) if name in before else None,
            written(after[name]) if name in after else None,
        )
        for name in dict.fromkeys([*before, *after])
        if name not in before or name not in after or before[name] != after[name]
    ]


def written(value: Json) -> str:
    """Return a value as a person would write it."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(written(each) for each in value) or "none"
    if isinstance(value, dict):
        return "; ".join(f"{name} {written(each)}" for name, each in value.items())
    return str(value)


def shortened(text: str) -> str:
    """Return a text that fits a cell, cut at its end."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
