"""Reading notifications: a person sees their own and nobody else's."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session

from backend.auth.models import User
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.notifications import rules
from backend.notifications.ids import (
    Channel,
    DeliveryId,
    DeliveryState,
    Kind,
    NotificationId,
    Show,
)
from backend.notifications.models import Delivery, Notification, Preference
from backend.notifications.views import DeliveryView, Letter, NotificationView, PreferenceView

PATIENCE = timedelta(minutes=5)
"""A message that has not gone for so long counts as not delivered: half of a step of the ladder."""


def visible_notifications(principal: Principal) -> Select[Notification]:
    """Return the principal's own notifications.

    Raises:
        PermissionDenied: without the right to notifications.
    """
    principal.require(Permission.NOTIFICATIONS_VIEW)
    return select(Notification).where(
        Notification.user_id == principal.user_id, Notification.in_app
    )


def unread_count(session: ReadSession, principal: Principal) -> int:
    """Return how many notifications the person has not read."""
    unread = visible_notifications(principal).where(Notification.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def unread_by_view(session: ReadSession, principal: Principal) -> dict[Show, int]:
    """Return how many unread notifications each view holds, in the order of the views."""
    unread = visible_notifications(principal).where(Notification.read_at.is_(None)).subquery()
    counted = select(unread.c.kind, func.count().label("unread")).group_by(unread.c.kind)
    by_kind = {Kind(row.kind): row.unread for row in session.execute(counted)}
    return {show: sum(by_kind.get(kind, 0) for kind in rules.kinds_of(show)) for show in Show}


def latest(session: ReadSession, principal: Principal, limit: int) -> list[NotificationView]:
    """Return the newest notifications, read or not."""
    return latest_and_unread(session, principal, limit)[0]


def latest_and_unread(
    session: ReadSession, principal: Principal, limit: int
) -> tuple[list[NotificationView], int]:
    """Return the newest notifications, read or not, and how many of all are not read. One query."""
    principal.require(Permission.NOTIFICATIONS_VIEW)
    asked = {"person": principal.user_id, "limit": limit}
    rows = session.execute(_LATEST, asked).all()
    return [_view(row) for row in rows], rows[0].unread if rows else 0


def window(
    session: ReadSession,
    principal: Principal,
    *,
    unread_only: bool = False,
    kinds: Sequence[Kind] = (),
    before: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> list[NotificationView]:
    """Return notifications, newest first, with how their mail stands.

    ``before`` is the instant and key of the last one of the page before.
    """
    chosen = visible_notifications(principal)
    if unread_only:
        chosen = chosen.where(Notification.read_at.is_(None))
    if kinds:
        chosen = chosen.where(Notification.kind.in_(kinds))
    if before is not None:
        chosen = chosen.where(tuple_(Notification.at, Notification.id) < before)
    statement = (
        chosen.with_only_columns(*_SHOWN)
        .outerjoin(Delivery, Delivery.notification_id == Notification.id)
        .order_by(Notification.at.desc(), Notification.id.desc())
        .limit(limit)
    )
    return [_view(row) for row in session.execute(statement)]


def preferences(session: ReadSession, principal: Principal) -> list[PreferenceView]:
    """Return the person's choice for every kind and channel."""
    principal.require(Permission.NOTIFICATIONS_VIEW)
    rows = session.scalars(select(Preference).where(Preference.user_id == principal.user_id))
    chosen = {(row.kind, row.channel): row.enabled for row in rows}
    return [
        PreferenceView(
            kind=kind,
            channel=channel,
            enabled=rules.is_on(kind, channel, chosen.get((kind, channel))),
            locked=channel is Channel.IN_APP and kind in rules.ALWAYS_IN_APP,
        )
        for kind in Kind
        for channel in Channel
    ]


def choices_of(
    session: ReadSession, user_ids: Sequence[UUID], kind: Kind
) -> dict[tuple[UUID, Channel], bool]:
    """Return what people chose for a kind; those who chose nothing are absent."""
    statement = select(Preference).where(Preference.user_id.in_(user_ids), Preference.kind == kind)
    return {(row.user_id, row.channel): row.enabled for row in session.scalars(statement)}


def find_letter(session: ReadSession, delivery_id: DeliveryId) -> Letter | None:
    """Return what a delivery says and to whom, as of now; None when there is no such delivery."""
    row = session.execute(
        select(Delivery, Notification, User)
        .join(Notification, Notification.id == Delivery.notification_id)
        .join(User, User.id == Notification.user_id)
        .where(Delivery.id == delivery_id)
    ).one_or_none()
    if row is None:
        return None
    delivery, notification, user = row
    return Letter(
        delivery_id=DeliveryId(delivery.id),
        state=delivery.state,
        address=user.email,
        recipient=user.name,
        is_active=user.is_active,
        title=notification.title,
        body=notification.body,
        href=notification.href,
        at=notification.at,
    )


def deliveries_by_state(session: ReadSession) -> dict[DeliveryState, int]:
    """Return how many messages stand in each state."""
    statement = select(Delivery.state, func.count().label("waiting")).group_by(Delivery.state)
    return {row.state: row.waiting for row in session.execute(statement)}


def _view(row: Row[*tuple[Any, ...]]) -> NotificationView:
    return NotificationView(
        id=NotificationId(row.id),
        kind=row.kind,
        severity=row.severity,
        title=row.title,
        body=row.body,
        href=row.href,
        at=row.at,
        read_at=row.read_at,
        email=None
        if row.mail_state is None
        else DeliveryView(
            state=row.mail_state,
            detail=row.detail,
            attempts=row.attempts,
            sent_at=row.sent_at,
        ),
    )


_SHOWN = (
    Notification.id,
    Notification.kind,
    Notification.severity,
    Notification.title,
    Notification.body,
    Notification.href,
    Notification.at,
    Notification.read_at,
    Delivery.state.label("mail_state"),
    Delivery.detail,
    Delivery.attempts,
    Delivery.sent_at,
)
_OWN = (Notification.user_id == bindparam("person"), Notification.in_app)
_UNREAD = select(func.count()).where(*_OWN, Notification.read_at.is_(None)).scalar_subquery()
_LATEST = (
    select(*_SHOWN, _UNREAD.label("unread"))
    .outerjoin(Delivery, Delivery.notification_id == Notification.id)
    .where(*_OWN)
    .order_by(Notification.at.desc(), Notification.id.desc())
    .limit(bindparam("limit", type_=Integer))
)


def undelivered(session: Session, dedupe_keys: Collection[str]) -> frozenset[str]:
    """Return the notices that reached nobody, of those that were to be sent by mail.

    None of their messages has been sent, each has failed or has waited for PATIENCE, and nobody has
    read them in the program.
    """
    if not dedupe_keys:
        return frozenset()
    rows = session.scalars(
        select(Notification.dedupe_key)
        .join(Delivery, Delivery.notification_id == Notification.id)
        .where(Notification.dedupe_key.in_(dedupe_keys))
        .group_by(Notification.dedupe_key)
        .having(
            func.bool_and(
                (Delivery.state == DeliveryState.FAILED)
                | (
                    (Delivery.state == DeliveryState.PENDING)
                    & (Delivery.created_at <= func.now() - PATIENCE)
                )
            ),
            func.bool_and(Notification.read_at.is_(None)),
        )
    )
    return frozenset(rows)
