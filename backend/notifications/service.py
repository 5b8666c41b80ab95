"""Telling people: rows for the bell, messages by mail, and what people choose."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.dialects.postgresql import insert

from backend.auth import queries as auth_queries
from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal, UserId, machinery
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.notifications import queries, rules
from backend.notifications.errors import KindAlwaysShown
from backend.notifications.events import (
    DeliverySettled,
    NotificationsRead,
    NotificationsUnread,
    PeopleNotified,
    PreferenceChanged,
)
from backend.notifications.ids import (
    Channel,
    DeliveryId,
    DeliveryState,
    Kind,
    NotificationId,
    Show,
)
from backend.notifications.models import Delivery, Notification, Preference
from backend.notifications.rules import Notice
from backend.notifications.views import MarkedRead
from backend.work import service as work_service

DELIVER = "notifications.deliver"
_MAIL_ATTEMPTS = 12
_DETAIL_LENGTH = 500


def notify(
    session: WriteSession,
    *,
    user_ids: Collection[UserId],
    notice: Notice,
    dedupe_key: str,
    channels: Collection[Channel] = tuple(Channel),
) -> list[NotificationId]:
    """Tell people of one thing, each as they chose; return the notifications made.

    Only ``channels`` are used, and of these those that a person has not switched off.

    Telling the same thing (``dedupe_key``) again does nothing. Messages by mail are jobs of this
    transaction: they are sent when it has committed, and not otherwise.
    """
    notice = notice.clipped()
    people = sorted(set(user_ids))
    if not people:
        return []
    choices = queries.choices_of(session, people, notice.kind)
    made: list[NotificationId] = []
    for person in people:
        in_app, by_mail = (
            channel in channels
            and rules.is_on(notice.kind, channel, choices.get((person, channel)))
            for channel in (Channel.IN_APP, Channel.EMAIL)
        )
        if not in_app and not by_mail:
            continue
        notification_id = _tell(session, person, notice, dedupe_key, in_app=in_app)
        if notification_id is None:
            continue
        made.append(notification_id)
        if by_mail:
            _post(session, notification_id)
    if made:
        event = PeopleNotified(
            aggregate_id=new_id(), kind=notice.kind.value, title=notice.title, people=len(made)
        )
        events_service.record(session, _machinery(), event)
    return made


def people_concerned(session: ReadSession, kind: Kind) -> list[UserId]:
    """Return the active people whose roles make a kind their business."""
    concerned = rules.CONCERNED.get(kind, frozenset[Permission]())
    roles = [role for role in Role if PERMISSIONS_OF[role] & concerned]
    return auth_queries.users_with_permission(session, roles)


def people_of(
    session: ReadSession, kind: Kind, *, roles: Sequence[str], people: Sequence[str]
) -> list[UserId]:
    """Return the active people of roles and those named; without either those concerned."""
    if not roles and not people:
        return people_concerned(session, kind)
    of_roles = auth_queries.users_with_permission(session, [Role(each) for each in roles])
    named = auth_queries.active_names(session)
    return sorted({*of_roles, *(each for each in map(_user_id, people) if each in named)})


def _user_id(key: str) -> UserId:
    return UserId(UUID(key))


def mark_read(
    session: WriteSession, principal: Principal, *, notification_ids: Sequence[NotificationId]
) -> MarkedRead:
    """Mark the person's own notifications as read; others' are left alone.

    Raises:
        PermissionDenied: without the right to notifications.
    """
    return _mark(session, principal, Notification.id.in_(notification_ids))


def mark_all_read(
    session: WriteSession, principal: Principal, *, show: Show = Show.ALL
) -> MarkedRead:
    """Mark all of the person's notifications of a view as read. Same errors as `mark_read`."""
    return _mark(session, principal, Notification.kind.in_(rules.kinds_of(show)))


def mark_unread(session: WriteSession, principal: Principal, *, read_at: datetime) -> int:
    """Take back what the person marked as read at one instant; return how many.

    Raises:
        PermissionDenied: without the right to notifications.
    """
    own = _own(principal)
    changed = session.scalars(
        update(Notification)
        .where(Notification.user_id == own, Notification.read_at == read_at)
        .values(read_at=None)
        .returning(Notification.id)
        .execution_options(synchronize_session=False)
    ).all()
    if changed:
        fact = NotificationsUnread(aggregate_id=own, notifications=len(changed))
        events_service.record(session, principal, fact)
    return len(changed)


def set_preference(
    session: WriteSession, principal: Principal, *, kind: Kind, channel: Channel, enabled: bool
) -> None:
    """Choose whether to hear of a kind through a channel; the choice that stands changes nothing.

    Raises:
        PermissionDenied: without the right to notifications.
        KindAlwaysShown: an alarm cannot be switched off in the program.
    """
    own = _own(principal)
    if channel is Channel.IN_APP and kind in rules.ALWAYS_IN_APP and not enabled:
        raise KindAlwaysShown(
            f"“{rules.LABELS[kind]}” is always shown, so that somebody on duty sees it. "
            "You can switch off its mail."
        )
    standing = queries.choices_of(session, [own], kind).get((own, channel))
    if rules.is_on(kind, channel, standing) is enabled:
        return
    row = insert(Preference).values(user_id=own, kind=kind, channel=channel, enabled=enabled)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["user_id", "kind", "channel"], set_={"enabled": enabled}
        )
    )
    fact = PreferenceChanged(
        aggregate_id=own, kind=kind.value, channel=channel.value, enabled=enabled
    )
    events_service.record(session, principal, fact)


def settle_delivery(
    session: WriteSession, delivery_id: DeliveryId, state: DeliveryState, detail: str = ""
) -> None:
    """Write down how a message ended, or that it waits for another attempt; pages hear of it."""
    settled = session.scalar(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state != DeliveryState.SENT)
        .values(
            state=state,
            detail=detail[:_DETAIL_LENGTH],
            attempts=Delivery.attempts + 1,
            sent_at=func.clock_timestamp() if state is DeliveryState.SENT else None,
        )
        .returning(Delivery.id)
    )
    if settled is not None:
        fact = DeliverySettled(aggregate_id=settled, state=state.value)
        events_service.record(session, _machinery(), fact)


def _tell(
    session: WriteSession, person: UserId, notice: Notice, dedupe_key: str, *, in_app: bool
) -> NotificationId | None:
    row = insert(Notification).values(
        id=new_id(),
        user_id=person,
        kind=notice.kind,
        severity=notice.severity,
        title=notice.title,
        body=notice.body,
        href=notice.href,
        dedupe_key=dedupe_key,
        in_app=in_app,
    )
    made = session.scalar(
        row.on_conflict_do_nothing(index_elements=["user_id", "dedupe_key"]).returning(
            Notification.id
        )
    )
    return None if made is None else NotificationId(made)


def _post(session: WriteSession, notification_id: NotificationId) -> None:
    delivery = Delivery(notification_id=notification_id, channel=Channel.EMAIL)
    session.add(delivery)
    session.flush()
    work_service.request_job(
        session,
        _machinery(),
        kind=DELIVER,
        key=str(delivery.id),
        arguments={"delivery_id": delivery.id},
        max_attempts=_MAIL_ATTEMPTS,
    )


def _mark(session: WriteSession, principal: Principal, which: ColumnElement[bool]) -> MarkedRead:
    own = _own(principal)
    changed = session.scalars(
        update(Notification)
        .where(Notification.user_id == own, Notification.read_at.is_(None), which)
        # One instant for all of them: by it they can be taken back.
        .values(read_at=func.now())
        .returning(Notification.read_at)
        .execution_options(synchronize_session=False)
    ).all()
    if not changed:
        return MarkedRead(count=0, at=None)
    fact = NotificationsRead(aggregate_id=own, notifications=len(changed))
    events_service.record(session, principal, fact)
    return MarkedRead(count=len(changed), at=changed[0])


def _own(principal: Principal) -> UserId:
    """Return whose notifications are meant: the principal's own.

    Raises:
        PermissionDenied: without the right to notifications, or not a person.
    """
    principal.require(Permission.NOTIFICATIONS_VIEW)
    if principal.user_id is None:
        raise PermissionDenied("Only people have notifications. Sign in as yourself.")
    return principal.user_id


def _machinery() -> Principal:
    return machinery("notifications", request_id="notifications")


def owner(actor_id: UUID | None) -> list[UserId]:
    """Return the person who asked, as a list to notify; nobody when the machinery did."""
    return [] if actor_id is None else [UserId(actor_id)]
