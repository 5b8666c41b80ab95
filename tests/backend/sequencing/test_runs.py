"""Folders watched, matched, confirmed by a person, and what is proposed for what got too little."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.core.errors import Conflict, PermissionDenied
from backend.core.principal import Permission, machinery
from backend.core.sessions import ReadSession, WriteSession
from backend.events.models import OutboxEvent
from backend.sequencing import queries as sequencing_queries
from backend.sequencing.codes import run_code
from backend.sequencing.ids import RequestId, RequestState, RunId, RunState
from backend.sequencing.models import SequencingRequest, SequencingRun
from backend.sequencing.run_folders.limits import RunLimit, known_limits
from backend.sequencing.run_folders.verdicts import Verdict
from backend.sequencing.run_plans import plan_run
from backend.sequencing.runs import confirming, limit_sets, queries
from backend.sequencing.runs.errors import LimitsRefused, RunFolderNotFound, RunNotReady
from backend.sequencing.runs.ids import FolderState, MatchedBy, ProposalKind, ProposalState
from backend.sequencing.runs.models import LibraryYield, RunFolder, RunFolderFile, RunRoot
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


@pytest.fixture
def scene(session: WriteSession, tmp_path: Path) -> Scene:
    return Scene(session, tmp_path)


def told_events(session: WriteSession) -> list[OutboxEvent]:
    found = select(OutboxEvent).where(OutboxEvent.type == "sequencing.run_folder_read")
    return list(session.scalars(found.order_by(OutboxEvent.seq)))


def test_a_whole_folder_is_read_matched_and_judged(scene: Scene) -> None:
    scene.write()

    passed = scene.watch()

    folder = scene.folder
    assert (passed.folders, passed.read, passed.findings) == (1, 1, [])
    assert (folder.state, folder.version, folder.run_name) == (FolderState.READ, 1, made.RUN)
    assert (folder.run_id, folder.matched_by) == (scene.run.id, MatchedBy.NAME)
    assert folder.verdict is Verdict.FAIL
    rows = scene.session.scalars(select(LibraryYield).order_by(LibraryYield.name)).all()
    assert [(e.sample_id, e.reads, e.wanted) for e in rows] == [
        (library.id, reads, wanted)
        for library, (*_, reads), wanted in zip(
            scene.libraries,
            made.LIBRARIES,
            (400_000_000, 400_000_000, 300_000_000, 300_000_000),
            strict=True,
        )
    ]
    (event,) = told_events(scene.session)
    assert (event.payload["verdict"], event.payload["is_news"]) == ("fail", True)


def test_nothing_is_final_before_a_person_says_so(scene: Scene) -> None:
    scene.write()
    scene.watch()

    assert scene.run.state is RunState.PLANNED
    assert scene.run.q30_percent is None


def test_a_second_pass_imports_nothing_twice(scene: Scene) -> None:
    folder = scene.write()
    scene.watch()
    assert scene.watch().read == 0

    # Copied again with another time, byte for byte the same.
    (folder / "RunInfo.xml").touch()
    assert scene.watch().read == 0
    assert (scene.folder.version, len(told_events(scene.session))) == (1, 1)


def test_a_partial_copy_becomes_whole_as_new_versions(scene: Scene) -> None:
    folder = scene.write(
        CopyComplete=None, RunInfo=None, QMetricsOut=made.qualities()[:100], RunParameters=None
    )
    scene.watch()
    assert (scene.folder.state, scene.folder.run_name) == (FolderState.ARRIVING, "")
    with pytest.raises(RunNotReady, match="still arriving"):
        scene.confirm()

    scene.write()
    scene.watch()

    whole = scene.folder
    assert (whole.state, whole.version, whole.run_name) == (FolderState.READ, 2, made.RUN)
    assert [e.payload["is_news"] for e in told_events(scene.session)] == [False, True]
    versions = dict(
        scene.session.execute(select(RunFolderFile.path, RunFolderFile.version)).all()  # type: ignore[arg-type]
    )
    assert versions["InterOp/QMetricsOut.bin"] == 2
    assert versions["InterOp/TileMetricsOut.bin"] == 1
    assert folder.name == whole.name


def test_a_copy_under_another_name_is_told_and_not_imported(scene: Scene) -> None:
    scene.write()
    scene.write("a_copy")

    passed = scene.watch()

    assert passed.read == 1
    assert "was read from" in passed.findings[0][1]


def test_a_moved_folder_is_the_same_run(scene: Scene, tmp_path: Path) -> None:
    folder = scene.write()
    scene.watch()
    scene.root = tmp_path / "other"
    scene.root.mkdir()
    folder.rename(scene.root / folder.name)

    scene.watch()

    assert scene.folder.root in {str(tmp_path), str(scene.root)}


def test_links_and_hostile_names_in_a_root_are_findings(scene: Scene, tmp_path: Path) -> None:
    scene.root = tmp_path / "root"
    scene.root.mkdir()
    (scene.root / "link").symlink_to(scene.write("inside").parent)
    (scene.root / "two\nlines").mkdir()

    passed = scene.watch()

    assert {name for name, _ in passed.findings} == {"link", "two�lines"}


def test_a_root_that_is_gone_is_a_finding_of_the_pass(scene: Scene, tmp_path: Path) -> None:
    scene.root = tmp_path / "gone"

    passed = scene.watch()

    assert "is no folder" in passed.findings[0][1]
    row = scene.session.scalars(select(RunRoot)).one()
    assert (row.root, row.folders) == (str(tmp_path / "gone"), 0)


def test_confirming_ends_the_run_moves_cards_and_proposes(scene: Scene) -> None:
    scene.write()
    scene.watch()

    number = scene.confirm(note="LIB-D looks like a sheet error")

    assert scene.run.state is RunState.FINISHED
    assert scene.run.q30_percent == Decimal("90.00")
    assert {request.state for request in scene.requests} == {RequestState.QC}
    view = queries.get_run(scene.session, scene.ada, scene.code)
    assert number == len(view.proposals) == 1
    (proposal,) = view.proposals
    assert (proposal.kind, proposal.state) == (ProposalKind.REQUEUE, ProposalState.PENDING)
    assert proposal.reads_millions == Decimal("279.000")
    assert view.confirm_note == "LIB-D looks like a sheet error"
    with pytest.raises(RunNotReady, match="already"):
        scene.confirm()


def test_an_accepted_failure_is_asked_for_again(scene: Scene) -> None:
    scene.write()
    scene.watch()
    scene.confirm()
    (proposal,) = queries.get_run(scene.session, scene.ada, scene.code).proposals

    code = confirming.decide_proposal(
        scene.session, scene.ada, proposal_id=proposal.id, accept=True
    )

    waiting = scene.session.scalars(
        select(SequencingRequest).where(SequencingRequest.state == RequestState.WAITING)
    ).one()
    card = sequencing_queries.get_card(scene.session, scene.ada, RequestId(waiting.id))
    assert (card.code, card.libraries, card.reads_millions) == (code, 1, Decimal("279.000"))
    with pytest.raises(Conflict, match="accepted by Ada"):
        confirming.decide_proposal(scene.session, scene.ada, proposal_id=proposal.id, accept=False)


def test_a_library_that_lacks_reads_only_is_proposed_for_a_top_up(scene: Scene) -> None:
    scene.write(Demultiplex_Stats=made.DEMULTIPLEX.replace("398000000", "200000000"))
    scene.watch()
    scene.confirm()
    view = queries.get_run(scene.session, scene.ada, scene.code)
    topped = next(each for each in view.proposals if each.kind is ProposalKind.TOP_UP)

    code = confirming.decide_proposal(scene.session, scene.ada, proposal_id=topped.id, accept=True)

    assert (topped.barcode, topped.reads_millions) == (
        scene.libraries[1].barcode,
        Decimal("200.000"),
    )
    # Whoever pools gives it its reads; no request is made.
    assert code == ""


def test_a_failed_run_fails_its_booking(scene: Scene) -> None:
    scene.write(RunCompletionStatus=made.COMPLETION.replace("RunCompleted", "RunErrored"))
    scene.watch()
    assert scene.folder.state is FolderState.FAILED

    scene.confirm()

    assert scene.run.state is RunState.FAILED


def test_confirming_what_one_has_not_seen_is_refused(scene: Scene) -> None:
    scene.write()
    scene.watch()

    with pytest.raises(Conflict, match="read again meanwhile"):
        confirming.confirm_run(
            scene.session,
            scene.ada,
            folder_id=queries.RunFolderId(scene.folder.id),
            version=7,
        )


def test_a_confirmed_folder_that_changes_is_told_and_stands(scene: Scene) -> None:
    scene.write()
    scene.watch()
    scene.confirm()
    scene.write(Demultiplex_Stats=made.DEMULTIPLEX.replace("412000000", "1"))

    passed = scene.watch()

    assert "changed after it was confirmed" in passed.findings[0][1]
    assert scene.folder.version == 1


def test_a_person_chooses_the_run_that_no_file_names(scene: Scene) -> None:
    sheet = made.SHEET.replace("NX-0042", "Friday").replace("LIB-", "XYZ-")
    tables = made.DEMULTIPLEX.replace("LIB-", "XYZ-")
    scene.write(
        SampleSheet=sheet,
        RunParameters=made.PARAMETERS.replace("NX-0042", "Friday"),
        Demultiplex_Stats=tables,
    )
    scene.watch()
    assert scene.folder.run_id is None
    with pytest.raises(RunNotReady, match="no booked run"):
        scene.confirm()

    confirming.match_run(
        scene.session,
        scene.ada,
        folder_id=queries.RunFolderId(scene.folder.id),
        run_id=RunId(scene.run.id),
    )

    assert (scene.folder.run_id, scene.folder.matched_by) == (scene.run.id, MatchedBy.PERSON)


def test_libraries_of_the_sheet_tell_the_run_too(scene: Scene) -> None:
    scene.write(
        SampleSheet=made.SHEET.replace("NX-0042", "Friday"),
        RunParameters=made.PARAMETERS.replace("NX-0042", "Friday"),
    )
    scene.watch()

    assert scene.folder.matched_by is MatchedBy.LIBRARIES


def test_libraries_of_other_projects_are_counted_and_not_shown(scene: Scene) -> None:
    scene.write()
    scene.watch()
    stranger = make_person(scene.session, Permission.SEQUENCING_VIEW, name="Eve")

    view = queries.get_run(scene.session, stranger, scene.code)

    assert (list(view.libraries), view.hidden_libraries) == ([], 4)
    assert "LIB-" not in str(view.unknown)
    assert len(queries.get_run(scene.session, scene.ada, scene.code).libraries) == 4


@pytest.mark.parametrize("name", ["code", "run_name", "name"])
def test_a_run_is_found_by_each_of_its_names(scene: Scene, name: str) -> None:
    scene.write("folder of the day")
    scene.watch()
    asked = {"code": scene.code, "run_name": made.RUN, "name": "folder of the day"}[name]

    assert queries.get_run(scene.session, scene.ada, asked).line.code == scene.code


def test_an_unknown_run_is_not_found(scene: Scene) -> None:
    with pytest.raises(RunFolderNotFound):
        queries.get_run(scene.session, scene.ada, "NX-9999")


def test_who_may_not_plan_confirms_nothing(scene: Scene) -> None:
    scene.write()
    scene.watch()
    eve = make_person(scene.session, Permission.SEQUENCING_VIEW, name="Eve")

    with pytest.raises(PermissionDenied):
        confirming.confirm_run(
            scene.session, eve, folder_id=queries.RunFolderId(scene.folder.id), version=1
        )


def test_own_limits_hold_from_their_publication_on(scene: Scene) -> None:
    strict = [RunLimit(model="novaseq_x_10b", cycles_from=3, cycles_to=3, q30_warn=95)]
    version = limit_sets.publish_limits(
        scene.session, scene.ada, limits=strict, source="Own runs", reason="Pilot of 2026"
    )
    scene.write()
    scene.watch()

    assert version == scene.folder.limits_version == 1
    assert limit_sets.limits_in_force(scene.session)[1] == strict
    sentences = str(scene.folder.told["lanes"])
    assert "90.0% of bases have Q30 or more, less than 95%" in sentences


@pytest.mark.parametrize(
    "content",
    [
        "[",
        "{}",
        '[{"model": "x", "cycles_from": 9, "cycles_to": 3}]',
        '[{"model": "x", "cycles_from": 1, "cycles_to": 3, "q30_warn": 80, "q30_fail": 90}]',
        '[{"model": "x", "cycles_from": 1, "cycles_to": 3, "q30_warn": 180}]',
    ],
)
def test_limits_that_contradict_each_other_are_refused(content: str) -> None:
    with pytest.raises(LimitsRefused):
        limit_sets.parse_limits(content)


def test_without_own_limits_the_known_ones_hold(session: ReadSession) -> None:
    assert limit_sets.limits_in_force(session) == (0, known_limits())
