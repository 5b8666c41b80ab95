"""How Alembic writes our column types into a migration."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator


def render_item(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write a type of ours as the SQLAlchemy type under it: a migration imports no product code."""
    if kind == "type" and isinstance(value, JSONB):
        return "postgresql.JSONB()"  # Alembic would name Text without importing it
    if kind == "type" and isinstance(value, TypeDecorator):
        return f"sa.{value.impl!r}"
    return False
