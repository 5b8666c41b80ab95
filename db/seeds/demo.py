"""Fills an empty database with the demonstration laboratory, once, in one transaction.

People, projects, schedules and requests go through the services; samples, places and readings go
in by COPY, under the same constraints and triggers. Same seed and same day, same laboratory.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
from sqlalchemy import text

from backend.auth import service as auth_service
from backend.auth.ids import Role
from backend.core import clock, ids, secret_files
from backend.core.blobs import DiskStore
from backend.core.config import Settings
from backend.core.errors import Conflict
from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.samples import service as samples_service
from backend.storage import service as storage_service
from db.seeds import (
    bad_night,
    history,
    house_rules,
    libraries,
    load,
    loose,
    operations,
    past,
    places,
    population,
    power,
    sequenced,
    sequencing_past,
    telemetry,
    worksheets,
)
from db.seeds.population import DemoSample
from db.seeds.signing import Signer
from db.seeds.world import KEPT_AT, LABORATORY_NAME, PEOPLE, PROJECTS, TIME_ZONE

DEFAULT_SAMPLES = 6_000
SEED = 20_261_125
SIGN_INS_FILE = "demo-sign-ins"
ON_DUTY = "tech@demo.example"
SCIENTIST = next(each for each in PEOPLE if each.role is Role.SCIENTIST)
OPENED = timedelta(days=150)
"""How long its sequencers have stood there."""
LEAST_WITH_PAST = 1_000
"""Samples from which a laboratory is large enough to have sequenced before."""


def seed(settings: Settings, *, samples: int = DEFAULT_SAMPLES) -> dict[str, int]:
    """Make the demonstration laboratory and return what was written, by kind.

    The people's passwords are random and stand only in ``<home>/secrets/demo-sign-ins``.

    Raises:
        Conflict: production, or the database already holds a laboratory.
    """
    if settings.is_production:
        raise Conflict("A production laboratory takes no demonstration data. Use “tracseq init”.")
    now = clock.utc_now()
    rng = np.random.default_rng(SEED)
    with writing() as session, _patient(session):
        if auth_service.get_laboratory(session) is not None:
            raise Conflict("This database already holds a laboratory. Choose an empty one.")
        principal = _loader()
        auth_service.create_laboratory(
            session, principal, name=LABORATORY_NAME, time_zone=TIME_ZONE, is_demo=True
        )
        people, password = _people(session, principal, settings.secrets_dir)
        projects = _projects(session, principal, people)
        runs = sequenced.draw(samples, now) if samples >= LEAST_WITH_PAST else []
        counts, written = _contents(
            session,
            list(population.draw(samples, now, rng)),
            sequenced.libraries_of(runs),
            projects,
            now=now,
            rng=rng,
        )
        bad_night.live_through(session, written, user_id=people[ON_DUTY], password=password)
        house_rules.set_up(session, principal)
        signer = Signer(people[ON_DUTY], password)
        with past.at(session, now - OPENED):
            machines = operations.add_sequencers(session, principal)
        sequencing_past.live_through(
            session,
            principal,
            runs,
            machines=machines,
            signer=signer,
            requesters=dict.fromkeys(SCIENTIST.projects, people[SCIENTIST.email]),
        )
        operations.set_up(session, principal, machines=machines, now=now, signer=signer)
        loose.set_up(session, principal)
        libraries.add_bench(session, principal)
        worksheets.add_worksheet(session, principal, files=DiskStore(settings.files_dir), now=now)
        samples_service.fold_tally(session)
        storage_service.fold_tally(session)
        telemetry.go_on(session, principal)
    return counts


def _loader() -> Principal:
    return Principal(
        user_id=None,
        name="Demonstration loader",
        permissions=frozenset(Permission),
        origin=Origin.IMPORT,
        request_id=f"seed-{SEED}",
    )


def _people(
    session: WriteSession, principal: Principal, secrets_dir: Path
) -> tuple[dict[str, UUID], str]:
    """Return the people's keys by e-mail, and the password of who is on duty."""
    made: dict[str, UUID] = {}
    passwords: dict[str, str] = {}
    lines = []
    for person in PEOPLE:
        password = secrets.token_urlsafe(12)
        user = auth_service.create_user(
            session,
            principal,
            email=person.email,
            name=person.name,
            password=password,
            roles=[person.role],
            is_demo=True,
        )
        made[person.email], passwords[person.email] = user.id, password
        lines.append(f"{person.role.value:<24} {person.email:<24} {password}")
    secret_files.write(secrets_dir, SIGN_INS_FILE, "\n".join(lines).encode() + b"\n")
    return made, passwords[ON_DUTY]


def _projects(
    session: WriteSession, principal: Principal, people: dict[str, UUID]
) -> dict[str, UUID]:
    made: dict[str, UUID] = {}
    for project in PROJECTS:
        created = samples_service.add_project(
            session, principal, code=project.code, name=project.name
        )
        made[project.code] = created.id
        for person in PEOPLE:
            if project.code in person.projects:
                samples_service.add_member(
                    session, principal, project_id=created.id, user_id=people[person.email]
                )
    return made


def _contents(
    session: WriteSession,
    drawn: Sequence[DemoSample],
    sequenced_before: Sequence[DemoSample],
    projects: dict[str, UUID],
    *,
    now: datetime,
    rng: np.random.Generator,
) -> tuple[dict[str, int], telemetry.Written]:
    """Write samples, places and readings.

    What was sequenced before is placed last: everything else draws as it would without.
    """
    both = [*drawn, *sequenced_before]
    wanted = Counter(KEPT_AT[s.material] for s in both if s.placed_at is not None)
    tree, units = places.lay_out(wanted, len(drawn), rng)
    load.nodes(session, tree)
    shelver = places.Shelver(units, rng)
    counts = {
        "storage nodes": len(tree),
        "samples": load.samples(session, both, projects, now),
        "placements": load.placements(session, drawn, shelver),
        "transitions": load.transitions(session, both, projects, now),
    }
    # Drawn by itself: what the freezers did does not hang on how many samples a weekday brought.
    written = telemetry.write(session, units, now, np.random.default_rng(SEED))
    counts["placements"] += load.placements(session, sequenced_before, shelver)
    return {
        **counts,
        "readings": written.readings + power.write(session, units),
        "occupancy days": history.write_occupancy(session, now),
        "audit entries": history.write_audit(session, ids.new_id()),
    }, written


@contextmanager
def _patient(session: WriteSession) -> Iterator[None]:
    """Lift the time-outs of everyday work for the one long load."""
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    yield
