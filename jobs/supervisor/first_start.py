"""``python -m jobs.supervisor.first_start``: migrate, and fill an empty development laboratory."""

import importlib.util
import sys

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from backend.core import transaction
from backend.core.config import load_settings
from db import migrate


def main() -> None:
    settings = load_settings()
    url = str(settings.database_url)
    before = migrate.upgrade(url)
    if before != migrate.head_revision():
        say(f"Migrated the database to revision {migrate.head_revision()}.")
    if settings.is_production or _has_laboratory(url):
        return
    if importlib.util.find_spec("db.seeds") and importlib.util.find_spec("db.seeds.demo"):
        say("Making the demonstration laboratory. This happens once and takes about a minute.")
        transaction.bind(transaction.make_engine(url))
        importlib.import_module("db.seeds.demo").seed(settings)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _has_laboratory(url: str) -> bool:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(text("select exists (select from laboratory)")))
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
