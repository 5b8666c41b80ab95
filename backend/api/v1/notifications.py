"""What the caller was told, and marking it as read."""

from datetime import datetime
from uuid import UUID

from backend.api.paging import PageQuery, page_of
from backend.api.routing import Answer, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.notifications import queries, service
from backend.notifications.ids import DeliveryState, Kind, NotificationId, Severity


class NotificationsQuery(PageQuery):
    """Which notifications: all, or the unread ones."""

    unread_only: bool = False


class MailOut(ApiOutput):
    """How the notification's mail stands."""

    state: DeliveryState
    detail: str
    attempts: int
    sent_at: datetime | None


class NotificationOut(ApiOutput):
    """One thing told to the caller; ``href`` is a page of the laboratory."""

    id: UUID
    kind: Kind
    severity: Severity
    title: str
    body: str
    href: str
    at: datetime
    read_at: datetime | None
    email: MailOut | None


class NotificationsOut(ApiOutput):
    """The newest first; ``unread`` counts all of them, not this page's."""

    items: list[NotificationOut]
    unread: int
    next_cursor: str | None


class MarkedOut(ApiOutput):
    """How many were marked as read."""

    marked: int


def list_notifications(call: Call) -> NotificationsOut:
    """Return the caller's own notifications."""
    asked = call.asked(NotificationsQuery)
    with reading() as session:
        found = queries.window(
            session,
            call.caller,
            unread_only=asked.unread_only,
            before=asked.before,
            limit=asked.limit + 1,
        )
        unread = queries.unread_count(session, call.caller)
    shown, following = page_of(found, asked.limit, lambda each: (each.at, each.id))
    return NotificationsOut(
        items=[NotificationOut.model_validate(each) for each in shown],
        unread=unread,
        next_cursor=following,
    )


def mark_read(call: Call) -> Answer:
    """Mark one of the caller's notifications as read; somebody else's is left alone."""
    key = NotificationId(call.key("notification_id"))
    with writing() as session:
        service.mark_read(session, call.caller, notification_ids=[key])
    return Answer()


def mark_all_read(call: Call) -> MarkedOut:
    """Mark all of the caller's notifications as read."""
    with writing() as session:
        return MarkedOut(marked=service.mark_all_read(session, call.caller).count)


_TAG = "Notifications"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/notifications",
        handler=list_notifications,
        access=Permission.NOTIFICATIONS_VIEW,
        summary="One's own notifications, the newest first",
        tag=_TAG,
        query=NotificationsQuery,
        answer=NotificationsOut,
    ),
    Route(
        method="POST",
        path="/api/v1/notifications/read",
        handler=mark_all_read,
        access=Permission.NOTIFICATIONS_VIEW,
        summary="Mark all as read",
        tag=_TAG,
        answer=MarkedOut,
    ),
    Route(
        method="POST",
        path="/api/v1/notifications/{notification_id}/read",
        handler=mark_read,
        access=Permission.NOTIFICATIONS_VIEW,
        summary="Mark one as read",
        tag=_TAG,
        answer=None,
        status=204,
    ),
)
