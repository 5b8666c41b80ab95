"""Servers of a chaos test's own. Its counts are part of the result, also when all is well."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.core import transaction
from tests.chaos import parts
from tests.chaos.laboratory import Laboratory, running_laboratory

Start = Callable[..., Laboratory]


@pytest.fixture
def seed() -> int:
    """Return the number that chose the faults; it stands in the result, to do them again."""
    return random.SystemRandom().randrange(1_000_000)


@pytest.fixture
def start(tmp_path: Path, seed: int) -> Iterator[Start]:
    """Return ``start(TRACSEQ_SMTP_URL=…)``: servers run, no part of the program does yet."""
    before = (transaction._Edge.engine, transaction._Edge.factory)
    with ExitStack() as open_until_the_end:

        def starter(**environment: str) -> Laboratory:
            chance = random.Random(seed)  # noqa: S311 -- chance, not a secret
            laboratory = open_until_the_end.enter_context(
                running_laboratory(tmp_path, chance, environment)
            )
            engine = transaction.make_engine(laboratory.postgres.url("chaos"))
            open_until_the_end.callback(engine.dispose)
            transaction.bind(engine)
            with engine.begin() as connection:
                connection.execute(text(parts.TABLES))
            return laboratory

        yield starter
    transaction._Edge.engine, transaction._Edge.factory = before


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts that the tests have recorded, one a line."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "counts" and report.when == "call":
                    terminalreporter.write_line(f"{report.nodeid}")
                    terminalreporter.write_line(str(value))
