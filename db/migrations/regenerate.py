"""Write ``0001_initial.py`` anew from the tables: ``python -m db.migrations.regenerate``.

Nothing has been released, so there is one migration and it is the schema. From the first release on
this tool goes away and every change is a migration of its own.
"""

import fcntl
import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from backend.tables import metadata
from db.embedded.scratch import scratch_postgres
from db.migrations import sql_files
from db.migrations.rendering import render_item

TARGET = Path(__file__).resolve().parent / "versions" / "0001_initial.py"

_HEAD = '''"""The whole schema; written by `make initial-migration`, never by hand.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from db.migrations.sql_files import run_sql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
'''


def main() -> None:
    """Rewrite the migration; two people who do so at once take turns."""
    with (TARGET.parent.parent / "regenerate.py").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        draft = TARGET.with_suffix(".draft")
        draft.write_text(_source(_compare_with_empty_database()), encoding="utf-8")
        # Formatted and stripped of unused imports by the same tool as everything else.
        for action in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
            _ruff(*action, str(draft))
        draft.rename(TARGET)
    sys.stdout.write(f"{TARGET.name}: {len(metadata.tables)} tables\n")


def _ruff(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "ruff", *arguments], check=True)  # noqa: S603


def _compare_with_empty_database() -> MigrationScript:
    with scratch_postgres() as server:
        url = server.url("postgres").replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"target_metadata": metadata, "compare_type": True}
            )
            return produce_migrations(context, metadata)


def _source(script: MigrationScript) -> str:
    if script.upgrade_ops is None or script.downgrade_ops is None:
        raise RuntimeError("Alembic produced no operations.")
    names = sql_files.names()
    before = [name for name in names if sql_files.runs_before_tables(name)]
    after = [name for name in names if not sql_files.runs_before_tables(name)]
    upgrade = [
        *(f'run_sql("{name}")' for name in before),
        render_python_code(script.upgrade_ops, render_item=render_item),
        *(f'run_sql("{name}")' for name in after),
    ]
    # Triggers go with their tables; the functions behind them can be dropped only afterwards.
    downgrade = [render_python_code(script.downgrade_ops, render_item=render_item)]
    for name in (*reversed(after), *reversed(before)):
        downgrade += [f'op.execute("{statement}")' for statement in sql_files.drops(name)]
    return f"{_HEAD}{_block(upgrade)}\n\ndef downgrade() -> None:\n{_block(downgrade)}"


def _block(statements: list[str]) -> str:
    return "".join(f"    {statement.strip()}\n" for statement in statements)


if __name__ == "__main__":
    main()
