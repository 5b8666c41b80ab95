"""Whose laboratory it is, and where: its clock decides what day it is."""

from sqlalchemy import delete

from backend.auth.models import Laboratory
from backend.core.sessions import WriteSession


def set_up_laboratory(session: WriteSession, time_zone: str) -> None:
    """Replace the laboratory by one in ``time_zone``."""
    session.execute(delete(Laboratory))
    session.add(Laboratory(name="Test laboratory", time_zone=time_zone, is_demo=False))
    session.flush()
