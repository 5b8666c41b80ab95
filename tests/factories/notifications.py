"""What people were told, as their own list has it."""

from uuid import UUID

from sqlalchemy import select

from backend.core.sessions import WriteSession
from backend.notifications.models import Notification


def told_to(session: WriteSession, user_id: UUID) -> list[Notification]:
    """Return what a person was told, the oldest first."""
    query = select(Notification).where(Notification.user_id == user_id).order_by(Notification.id)
    return list(session.scalars(query))
