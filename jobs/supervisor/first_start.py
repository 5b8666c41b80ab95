"""``python -m jobs.supervisor.first_start``: migrate, and fill an empty development laboratory."""

import importlib
import sys

from backend.auth import queries as auth_queries
from backend.core import transaction
from backend.core.config import Settings, load_settings
from db import migrate


class DemonstrationInProduction(Exception):
    """The database holds people whose passwords were made for showing the program."""


def main() -> None:
    settings = load_settings()
    if settings.database_url is None:
        raise SystemExit("DATABASE_URL is not set. “make run” starts a database and sets it.")
    before = migrate.upgrade(settings.database_url)
    if before != migrate.head_revision():
        _say(f"Migrated the database to revision {migrate.head_revision()}.")
    engine = transaction.make_engine(settings.database_url)
    transaction.bind(engine)
    try:
        fill(settings)
    except DemonstrationInProduction as refusal:
        raise SystemExit(str(refusal)) from refusal
    finally:
        engine.dispose()


def fill(settings: Settings) -> None:
    """Seed an empty development database; in production only look for what must not be there.

    Raises:
        DemonstrationInProduction: production, over a database with demonstration people.
    """
    with transaction.reading() as session:
        is_demonstration = auth_queries.demo_people_exist(session)
        laboratory = auth_queries.get_laboratory(session)
    if settings.is_production:
        if is_demonstration:
            raise DemonstrationInProduction(
                "This database holds demonstration people, which production refuses. Use an empty "
                "database and “tracseq init”."
            )
    elif laboratory is None:
        _say("Making the demonstration laboratory. This happens once and takes about a minute.")
        # Imported here: seeding needs far more than the everyday start.
        importlib.import_module("db.seeds.demo").seed(settings)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
