"""The laboratory that is measured: the product's own PostgreSQL settings, a million samples."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select, text

from backend.core import secret_files, transaction
from backend.core.config import Environment, Settings
from backend.core.ids import new_id
from backend.core.principal import Permission, machinery
from backend.core.transaction import reading, writing
from backend.events import sealing
from backend.samples import service as samples_service
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.models import Project
from backend.samples.schemas import SampleRegistration
from bench import health
from db import migrate
from db.embedded.postgres import EmbeddedPostgres
from db.embedded.scratch import required_postgres
from db.seeds import demo

_SEALED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A seeded laboratory whose database runs; ``settings`` point at it."""

    settings: Settings
    engine: Engine
    sign_ins: dict[str, tuple[str, str]]


@contextmanager
def seeded(samples: int, kept_home: Path | None) -> Iterator[Laboratory]:
    """Run a laboratory with ``samples`` samples; with ``kept_home`` it is seeded once and stays."""
    home = kept_home or Path(tempfile.mkdtemp(prefix="tracseq-bench-"))
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)  # the server's user passes through; its own folder is private
    server = EmbeddedPostgres(home, required_postgres())
    try:
        server.start()
        server.ensure_database()
        migrate.upgrade(server.url())
        settings = Settings(
            database_url=server.url(), home=home, env=Environment.DEVELOPMENT, redis_url=None
        )
        secret_files.ensure(settings.secrets_dir)
        engine = transaction.make_engine(server.url())
        transaction.bind(engine)
        _seed(settings, engine, samples)
        yield Laboratory(settings, engine, _sign_ins(settings))
        engine.dispose()
    finally:
        server.stop()
        if kept_home is None:
            shutil.rmtree(home, ignore_errors=True)


def _seed(settings: Settings, engine: Engine, samples: int) -> None:
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM sample"))
    if not found:
        demo.seed(settings, samples=samples)
    # A laboratory in daily use has its audit trail sealed; the leader would be at it for minutes.
    sealed = 1
    while sealed:
        with transaction.writing() as session:
            sealed = sealing.seal(session, _SEALED_AT_ONCE)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        health.write_month(connection)
        connection.execute(text("VACUUM ANALYZE"))


def _sign_ins(settings: Settings) -> dict[str, tuple[str, str]]:
    lines = (settings.secrets_dir / demo.SIGN_INS_FILE).read_text(encoding="utf-8").splitlines()
    return {role: (email, password) for role, email, password in (line.split() for line in lines)}


def first_project() -> str:
    """Return the code of a project to register into."""
    with reading() as session:
        return session.scalars(select(Project.code).order_by(Project.code)).first() or ""


def register_one(project_code: str) -> None:
    """Register a sample, as somebody at a bench does while others look on."""
    principal = machinery("Benchmark", *Permission, request_id=f"bench-{new_id()}")
    with writing() as session:
        samples_service.register_sample(
            session,
            principal,
            registration=SampleRegistration(
                project_code=project_code,
                name=f"Benchmark {new_id()}",
                material_type=MaterialType.GDNA,
                temperature_class=TemperatureClass.MINUS_20,
            ),
        )
