"""Functions and triggers live in ``db/migrations/sql/*.sql`` and run in the order of their names.

Files whose name starts with ``0`` run before the tables (types and functions that columns use),
all others after them. Every file is written to be run again: ``create or replace``.
"""

import re
from pathlib import Path

from alembic import op

FOLDER = Path(__file__).resolve().parent / "sql"

_CREATES = re.compile(
    r"^\s*create\s+(?:or\s+replace\s+)?(function|procedure|view|type)\s+([\w.]+)",
    re.IGNORECASE | re.MULTILINE,
)


def names() -> list[str]:
    return sorted(path.name for path in FOLDER.glob("*.sql"))


def runs_before_tables(name: str) -> bool:
    return name.startswith("0")


def run_sql(name: str) -> None:
    """Run one file inside the migration, as it stands: no bind parameters, no escaping."""
    statements = (FOLDER / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def drops(name: str) -> list[str]:
    """Return the statements that take back what a file creates, last made first."""
    created = _CREATES.findall((FOLDER / name).read_text(encoding="utf-8"))
    unique = dict.fromkeys((kind.lower(), what) for kind, what in created)
    return [f"drop {kind} if exists {what} cascade" for kind, what in reversed(unique)]
