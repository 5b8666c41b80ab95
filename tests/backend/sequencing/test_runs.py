"""Folders watched, matched, confirmed by a person, and what is proposed for what got too little."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.core.errors import Conflict
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.sequencing import queries as sequencing_queries
from backend.sequencing.ids import RequestId, RequestState, RunId, RunState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.run_folders.verdicts import Verdict
from backend.sequencing.runs import confirming, folders, queries
from backend.sequencing.runs.errors import RunNotReady
from backend.sequencing.runs.ids import FolderState, MatchedBy, ProposalKind, ProposalState
from backend.sequencing.runs.models import LibraryYield, RunFolderFile, RunRoot
from tests.factories import run_folders as made
from tests.factories.sequenced_runs import Scene
from tests.factories.sequencing import (
    make_person,
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
    rows = scene.session.execute(select(RunFolderFile.path, RunFolderFile.version))
    versions = {row.path: row.version for row in rows}
    assert versions["InterOp/QMetricsOut.bin"] == 2
    assert versions["InterOp/TileMetricsOut.bin"] == 1
    assert folder.name == whole.name


def test_a_copy_under_another_name_is_told_and_not_imported(scene: Scene) -> None:
    scene.write()
    scene.write("a_copy")

    passed = scene.watch()

    assert passed.read == 1
    assert "was read from" in passed.findings[0][1]


def test_a_copy_is_told_again_but_not_read_again_while_it_is_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.write()
    copy = scene.write("a_copy")
    first = scene.watch()
    taken: list[str] = []
    take = folders.take
    monkeypatch.setattr(folders, "take", lambda path: (taken.append(path.name), take(path))[1])

    second = scene.watch()
    (copy / "RunParameters.xml").write_text("<RunParameters/>")
    scene.watch()

    assert second.findings == first.findings
    assert taken == ["a_copy"]


def test_a_copy_in_another_root_leaves_the_first_alone_until_that_is_gone(
    scene: Scene, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for root in (one, two):
        root.mkdir()
        scene.root = root
        folder = scene.write()
    name = folder.name
    scene.root = one
    scene.watch()
    stamp = scene.folder.stamp
    scene.root = two

    (again, repeated) = (scene.watch(), scene.watch())
    kept = (scene.folder.root, scene.folder.stamp)
    shutil.rmtree(one / name)
    scene.watch()

    assert [again.read, repeated.read] == [0, 0]
    assert "lies in" in again.findings[0][1]
    assert repeated.findings == again.findings
    assert kept == (str(one), stamp)
    assert scene.folder.stamp == folders.stamp(two / name)


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
