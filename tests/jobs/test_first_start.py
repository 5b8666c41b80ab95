"""The first start fills an empty laboratory; production refuses demonstration people."""

import pytest
from sqlalchemy import Engine, text

from backend.auth import queries as auth_queries
from backend.auth.models import User
from backend.core.config import Environment, Settings
from backend.core.transaction import reading, writing
from jobs.supervisor import first_start
from jobs.supervisor.first_start import DemonstrationInProduction

pytestmark = pytest.mark.usefixtures("committed_database")


def _add_person(*, is_demo: bool) -> None:
    with writing() as session:
        session.add(
            User(email="ada@example.org", name="Ada", password_hash="none", is_demo=is_demo)
        )


@pytest.fixture
def production() -> Settings:
    return Settings(env=Environment.PRODUCTION)


def test_production_refuses_demonstration_people(production: Settings) -> None:
    _add_person(is_demo=True)

    with pytest.raises(DemonstrationInProduction, match="demonstration people"):
        first_start.fill(production)


def test_production_starts_with_real_people_and_seeds_nothing(production: Settings) -> None:
    _add_person(is_demo=False)

    first_start.fill(production)

    with reading() as session:
        assert auth_queries.get_laboratory(session) is None


def test_a_development_start_keeps_a_laboratory_that_is_there(committed_database: Engine) -> None:
    with committed_database.begin() as connection:
        connection.execute(
            text(
                "insert into laboratory (id, name, time_zone, is_demo) "
                "values (1, 'Ours', 'Europe/Berlin', false)"
            )
        )

    first_start.fill(Settings(env=Environment.DEVELOPMENT))

    with reading() as session:
        laboratory = auth_queries.get_laboratory(session)
    assert laboratory is not None
    assert laboratory.name == "Ours"
