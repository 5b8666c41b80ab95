"""Which migration the code expects and which one the database has."""

from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.orm import Session

_ROOT = Path(__file__).resolve().parent.parent.parent.parent


@lru_cache(maxsize=1)
def expected_revision() -> str | None:
    """Return the newest migration in the tree."""
    return ScriptDirectory.from_config(
        Config(toml_file=_ROOT / "pyproject.toml")
    ).get_current_head()


def found_revision(session: Session) -> str | None:
    """Return the migration that the database stands at; None for an empty one."""
    if session.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return found
