"""A booked run of four libraries on two lanes, and a root below which its folder arrives."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from backend.core.principal import Permission, machinery
from backend.core.sessions import WriteSession
from backend.sequencing.codes import run_code
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRun
from backend.sequencing.run_plans import plan_run
from backend.sequencing.runs import confirming, queries
from backend.sequencing.runs.models import RunFolder
from backend.sequencing.runs.watching import Pass, watch
from backend.sequencing.schemas import LaneIn, RunPlanIn
from tests.factories import run_folders as made
from tests.factories.run_folders import illumina
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_instrument,
    make_library,
    make_person,
    make_project,
    make_request,
    pool_of,
    slot,
)

PERSON = (
    Permission.SEQUENCING_PLAN,
    Permission.SEQUENCING_VIEW,
    Permission.SEQUENCING_CONFIGURE,
)
WATCHER = machinery("watcher", Permission.HEALTH_OPERATE, request_id="test")


class Scene:
    """A booked run of four libraries on two lanes, and a root below which its folder arrives."""

    def __init__(self, session: WriteSession, root: Path) -> None:
        self.session, self.root = session, root
        self.ada = make_person(session, *PERSON)
        project = make_project(session, self.ada)
        self.libraries = [
            make_library(session, project, name=name, index_i7=i7, index_i5=i5)
            for (_, name, *_), (i7, i5) in zip(made.LIBRARIES, INDEX_PAIRS, strict=False)
        ]
        self.requests = [
            make_request(
                session,
                project,
                pair,
                state=RequestState.POOLED,
                reads_millions=Decimal(wanted),
            )
            for pair, wanted in ((self.libraries[:2], 400), (self.libraries[2:], 300))
        ]
        self.instrument = make_instrument(session)
        begins, ends = slot(0, 24)
        plan_run(
            session,
            self.ada,
            plan=RunPlanIn(
                instrument_id=self.instrument.id,
                start_at=begins,
                end_at=ends,
                lanes=[
                    LaneIn(pool_id=pool_of(session, request), lane=lane)
                    for lane, request in enumerate(self.requests, start=1)
                ],
            ),
        )
        self.run = session.scalars(select(SequencingRun)).one()
        self.code = run_code("NX", self.run.number)

    def write(self, name: str = made.RUN, **changed: bytes | str | None) -> Path:
        folder = self.root / name
        for path, content in illumina(**changed).items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.replace(b"NX-0042", self.code.encode()))
        return folder

    def watch(self) -> Pass:
        @contextmanager
        def opening() -> Iterator[WriteSession]:
            with self.session.begin_nested():
                yield self.session

        return watch(opening, WATCHER, [self.root])[str(self.root)]

    @property
    def folder(self) -> RunFolder:
        return self.session.scalars(
            select(RunFolder).execution_options(populate_existing=True)
        ).one()

    def confirm(self, note: str = "") -> int:
        folder = self.folder
        return confirming.confirm_run(
            self.session,
            self.ada,
            folder_id=queries.RunFolderId(folder.id),
            version=folder.version,
            note=note,
        )
