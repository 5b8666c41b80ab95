"""Who acts, and what they may do. An argument of every service, never a context variable."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from backend.core.errors import PermissionDenied

UserId = NewType("UserId", UUID)


class Permission(StrEnum):
    """One right, in plain words. Roles are sets of these (auth.rules)."""

    ACCOUNT_SELF = "account.self"
    OVERVIEW_VIEW = "overview.view"
    SAMPLES_VIEW = "samples.view"
    SAMPLES_VIEW_ALL_PROJECTS = "samples.view_all_projects"
    SAMPLES_REGISTER = "samples.register"
    SAMPLES_EDIT = "samples.edit"
    SAMPLES_TRANSITION = "samples.transition"
    SAMPLES_HOLD = "samples.hold"
    LABELS_PRINT = "labels.print"
    LABELS_CONFIGURE = "labels.configure"
    SAMPLES_OVERRIDE_QC = "samples.override_qc"
    SAMPLES_CONFIGURE = "samples.configure"
    TEMPLATES_MANAGE = "templates.manage"
    PROJECTS_MANAGE = "projects.manage"
    STORAGE_VIEW = "storage.view"
    STORAGE_PLACE = "storage.place"
    STORAGE_PLAN = "storage.plan"
    STORAGE_CONFIGURE = "storage.configure"
    CUSTODY_HANDLE = "custody.handle"
    SHIPMENTS_MANAGE = "shipments.manage"
    SEQUENCING_VIEW = "sequencing.view"
    SEQUENCING_REQUEST = "sequencing.request"
    SEQUENCING_PREPARE = "sequencing.prepare"
    SEQUENCING_PLAN = "sequencing.plan"
    SEQUENCING_CONFIGURE = "sequencing.configure"
    PREDICTIONS_VIEW = "predictions.view"
    PREDICTIONS_REVIEW = "predictions.review"
    DOCUMENTS_VIEW = "documents.view"
    REPORTS_VIEW = "reports.view"
    REPORTS_RUN = "reports.run"
    NOTIFICATIONS_VIEW = "notifications.view"
    HEALTH_VIEW = "health.view"
    HEALTH_OPERATE = "health.operate"
    TELEMETRY_RECORD = "telemetry.record"
    WORK_VIEW = "work.view"
    EVENTS_REPLAY = "events.replay"
    AUDIT_VIEW = "audit.view"
    USERS_MANAGE = "users.manage"


class Origin(StrEnum):
    """The door through which an action came."""

    UI = "ui"
    API = "api"
    CLI = "cli"
    WORKER = "worker"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A signed-in person, or the laboratory's own machinery (``user_id`` is None)."""

    user_id: UserId | None
    name: str
    permissions: frozenset[Permission]
    origin: Origin
    request_id: str
    device_id: UUID | None = None
    """The logger's token that it came with; whatever it records is held to that token's sensors."""

    def may(self, permission: Permission) -> bool:
        """Say whether the principal holds a permission."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise PermissionDenied unless the principal holds ``permission``."""
        if permission not in self.permissions:
            raise PermissionDenied(
                f"Your role does not include “{permission.value}”. Ask an administrator for it."
            )


def machinery(name: str, *permissions: Permission, request_id: str) -> Principal:
    """Return the principal of a background part, with the named permissions and no others."""
    return Principal(
        user_id=None,
        name=name,
        permissions=frozenset(permissions),
        origin=Origin.WORKER,
        request_id=request_id,
    )
