"""Rack scans: kept, looked at, committed in one go, taken back, and said when they come twice."""

import pytest
from sqlalchemy import func, select, update

from backend.core.blobs import MemoryStore
from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.ids import Custody, Lifecycle, SampleId, TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage import box_queries, queries, scan_queries, service
from backend.storage.errors import (
    BoxNotAllSeen,
    NothingToUndo,
    ScanNotFound,
    ScanNotOpen,
    ScanOutdated,
    ScanRefused,
    UndoTooLate,
)
from backend.storage.ids import Doubt, PlacementSource, RackScanId, ScanState
from backend.storage.models import Placement, StorageNode
from backend.storage.scan_views import RackScanView
from backend.storage.scanning.verdicts import Verdict
from tests.factories.storage import Freezer, make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


def _read(
    session: WriteSession,
    who: Principal,
    freezer: Freezer,
    text: str,
    store: MemoryStore | None = None,
) -> RackScanView:
    return service.read_rack(
        session,
        who,
        file_name="scan.csv",
        content=text.encode(),
        files=store or MemoryStore(),
        box=f"{freezer.label}/1/A/B-1",
    )


def _code(session: WriteSession, sample_id: SampleId) -> str:
    return session.get_one(Sample, sample_id).barcode


def _standing(session: WriteSession, who: Principal, freezer: Freezer) -> dict[str, str | None]:
    contents = box_queries.box_contents(session, who, freezer.box_id)
    return {tube.position.label: tube.barcode for tube in contents.tubes}


@pytest.fixture
def freezer(session: WriteSession, frozen_clock: FrozenClock) -> Freezer:
    del frozen_clock  # stands still before the first tube is placed
    return make_freezer(session, boxes=2, rows=8, columns=12)


@pytest.fixture
def tubes(session: WriteSession, project: Project, freezer: Freezer) -> list[SampleId]:
    """Four tubes in A1 to A4 of the first box."""
    made = [make_tube(session, project) for _ in range(4)]
    for column, tube in enumerate(made, start=1):
        stand(session, tube, freezer.box_id, 1, column)
    return made


def test_reading_a_scan_moves_nothing_and_keeps_the_bytes(
    session: WriteSession, technician: Principal, freezer: Freezer, tubes: list[SampleId]
) -> None:
    store, text = MemoryStore(), f"A1,{_code(session, tubes[0])}\n"

    scan = _read(session, technician, freezer, text, store)

    assert store.get(scan.sha256) == text.encode()
    assert scan.state is ScanState.DRAFT
    assert len(scan.lines) == 96
    assert len(_standing(session, technician, freezer)) == 4


def test_a_commit_places_moves_swaps_and_takes_out_in_one_go(
    session: WriteSession,
    technician: Principal,
    freezer: Freezer,
    tubes: list[SampleId],
    frozen_clock: FrozenClock,
) -> None:
    project = session.get_one(Project, session.get_one(Sample, tubes[0]).project_id)
    new, far = make_tube(session, project), make_tube(session, project)
    stand(session, far, freezer.box_ids[1], 2, 2)
    one, two, three, _ = (_code(session, each) for each in tubes)
    frozen_clock.advance(minutes=1)
    text = (
        f"A1,{two}\nA2,{one}\nA3,NO READ\nA4,\nB1,{_code(session, new)}\nB2,{_code(session, far)}\n"
    )

    scan = _read(session, technician, freezer, text)
    done = service.commit_rack(session, technician, scan_id=scan.id)

    assert done.state is ScanState.COMMITTED
    assert _standing(session, technician, freezer) == {
        "A1": two,
        "A2": one,
        "A3": three,
        "B1": _code(session, new),
        "B2": _code(session, far),
    }
    third = box_queries.box_contents(session, technician, freezer.box_id).tubes[2]
    assert third.doubt is Doubt.NO_READ
    assert session.get_one(Sample, tubes[3], populate_existing=True).custody is Custody.CHECKED_OUT
    assert session.get_one(Sample, new, populate_existing=True).custody is Custody.IN_STORAGE
    sources = session.scalars(select(Placement.source).where(Placement.sample_id == new)).all()
    assert sources == [PlacementSource.RACKSCAN]
    assert queries.custody_history(session, technician, far)[0].path.endswith("B-1")


def test_a_commit_is_one_event_and_an_audit_entry_for_each_tube(
    session: WriteSession, technician: Principal, freezer: Freezer, tubes: list[SampleId]
) -> None:
    one, two = _code(session, tubes[0]), _code(session, tubes[1])
    scan = _read(session, technician, freezer, f"A1,{two}\nA2,{one}\nA3,NO READ\nA4,NO READ\n")

    service.commit_rack(session, technician, scan_id=scan.id)

    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.rack_scan_committed")
    ).one()
    assert (event.payload["placed"], event.payload["unverified"]) == (2, 2)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "storage.sample_moved")
    ).all()
    assert {entry.entity_id for entry in entries} == set(tubes[:2])
    assert entries[0].old_values is not None


def test_a_commit_taken_back_restores_places_marks_and_custody(
    session: WriteSession,
    technician: Principal,
    freezer: Freezer,
    tubes: list[SampleId],
    frozen_clock: FrozenClock,
) -> None:
    project = session.get_one(Project, session.get_one(Sample, tubes[0]).project_id)
    before = _standing(session, technician, freezer)
    new = make_tube(session, project)
    one, two, three, _ = (_code(session, each) for each in tubes)
    text = f"A1,{two}\nA2,{three}\nA3,{one}\nB1,{_code(session, new)}\nA4,NO READ\n"
    frozen_clock.advance(minutes=1)
    scan = _read(session, technician, freezer, text)
    service.commit_rack(session, technician, scan_id=scan.id)
    frozen_clock.advance(minutes=9)

    back = service.undo_rack(session, technician, scan_id=scan.id)

    assert back.state is ScanState.UNDONE
    assert _standing(session, technician, freezer) == before
    assert session.get_one(Sample, new, populate_existing=True).custody is Custody.NOT_PLACED
    contents = box_queries.box_contents(session, technician, freezer.box_id)
    assert {tube.doubt for tube in contents.tubes} == {None}


def test_a_commit_is_not_taken_back_after_ten_minutes_or_after_a_tube_moved_on(
    session: WriteSession,
    technician: Principal,
    project: Project,
    freezer: Freezer,
    frozen_clock: FrozenClock,
) -> None:
    new = make_tube(session, project)
    scan = _read(session, technician, freezer, f"A1,{_code(session, new)}\n")
    service.commit_rack(session, technician, scan_id=scan.id)
    frozen_clock.advance(minutes=1)
    service.move_samples(session, technician, sample_ids=[new], box_id=freezer.box_ids[1])

    with pytest.raises(NothingToUndo):
        service.undo_rack(session, technician, scan_id=scan.id)
    frozen_clock.advance(minutes=10)
    with pytest.raises(UndoTooLate):
        service.undo_rack(session, technician, scan_id=scan.id)


def test_a_scan_of_exactly_what_is_stored_changes_nothing_and_takes_marks_off(
    session: WriteSession, technician: Principal, freezer: Freezer, tubes: list[SampleId]
) -> None:
    first = _read(session, technician, freezer, "A1,NO READ\nA2,NO READ\nA3,NO READ\nA4,NO READ\n")
    service.commit_rack(session, technician, scan_id=first.id)
    rows = session.scalars(select(func.count()).select_from(Placement)).one()
    lines = [f"A{place},{_code(session, each)}" for place, each in enumerate(tubes, start=1)]

    second = _read(session, technician, freezer, "\n".join(lines))
    service.commit_rack(session, technician, scan_id=second.id)

    contents = box_queries.box_contents(session, technician, freezer.box_id)
    assert {tube.doubt for tube in contents.tubes} == {None}
    assert session.scalars(select(func.count()).select_from(Placement)).one() == rows


def test_the_same_file_again_is_said_and_leads_to_the_scan_that_waits(
    session: WriteSession, technician: Principal, freezer: Freezer, tubes: list[SampleId]
) -> None:
    text = f"A1,{_code(session, tubes[0])}\n"
    first = _read(session, technician, freezer, text)
    again = _read(session, technician, freezer, text)
    service.commit_rack(session, technician, scan_id=first.id)

    third = _read(session, technician, freezer, text)

    assert (first.same_as, again.id) == ("", first.id)
    assert third.id != first.id
    assert "was read before" in third.same_as
    assert third.same_as.endswith("and committed.")


def test_a_box_that_changed_since_is_not_overwritten(
    session: WriteSession,
    technician: Principal,
    project: Project,
    freezer: Freezer,
    tubes: list[SampleId],
) -> None:
    scan = _read(session, technician, freezer, f"A1,{_code(session, tubes[0])}\n")
    service.place_sample(
        session, technician, sample_id=make_tube(session, project), box_id=freezer.box_id
    )

    with pytest.raises(ScanOutdated):
        service.commit_rack(session, technician, scan_id=scan.id)
    service.recheck_rack(session, technician, scan_id=scan.id)
    done = service.commit_rack(session, technician, scan_id=scan.id)

    assert done.state is ScanState.COMMITTED


def test_a_tube_that_rules_keep_out_stays_where_it_is_recorded(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    warm = make_tube(session, project, temperature_class=TemperatureClass("4"))
    scan = _read(session, technician, freezer, f"A1,{_code(session, warm)}\n")

    service.commit_rack(session, technician, scan_id=scan.id)

    assert "must be kept at" in scan.lines[0].refused
    assert _standing(session, technician, freezer) == {}


def test_a_destroyed_tube_that_is_seen_is_told_and_not_placed(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    ghost = make_tube(session, project, lifecycle=Lifecycle.DESTROYED)

    scan = _read(session, technician, freezer, f"A1,{_code(session, ghost)}\n")

    assert scan.lines[0].verdict is Verdict.DISCARDED_ITEM_SEEN
    service.commit_rack(session, technician, scan_id=scan.id)
    assert _standing(session, technician, freezer) == {}


def test_the_rack_code_of_the_file_finds_the_box(
    session: WriteSession, technician: Principal, freezer: Freezer, tubes: list[SampleId]
) -> None:
    session.execute(
        update(StorageNode).where(StorageNode.id == freezer.box_id).values(barcode="RK-77")
    )
    content = f"Rack,RK-77\nA1,{_code(session, tubes[0])}\n".encode()

    found = scan_queries.examine(session, technician, content=content)

    assert found.box_id == freezer.box_id
    assert found.lines[0].verdict is Verdict.MATCH


def test_a_file_without_a_rack_is_looked_at_and_not_kept(
    session: WriteSession, technician: Principal, freezer: Freezer, tubes: list[SampleId]
) -> None:
    codes = [_code(session, tube) for tube in tubes]
    content = f"A1,{codes[0]}\nA2,{codes[1]}\nA3,NO READ\n".encode()

    found = scan_queries.examine(session, technician, content=content)

    assert (found.box_id, found.by_tubes) == (freezer.box_id, True)
    with pytest.raises(
        ScanRefused, match=f"Name the box. Most of its tubes are recorded in {found.path}."
    ):
        service.read_rack(
            session, technician, file_name="scan.csv", content=content, files=MemoryStore()
        )


def test_tubes_of_others_do_not_tell_where_a_rack_stands(
    session: WriteSession, stranger: Principal, tubes: list[SampleId]
) -> None:
    content = f"A1,{_code(session, tubes[0])}\n".encode()

    found = scan_queries.examine(session, stranger, content=content)

    assert (found.box_id, found.path, found.by_tubes) == (None, "", False)
    assert found.lines[0].verdict is Verdict.UNKNOWN_BARCODE


def test_a_box_with_tubes_of_others_is_not_judged(
    session: WriteSession, stranger: Principal, freezer: Freezer, tubes: list[SampleId]
) -> None:
    with pytest.raises(BoxNotAllSeen, match="4 tubes"):
        _read(session, stranger, freezer, f"A1,{_code(session, tubes[0])}\n")


def test_a_scan_is_of_whom_read_it(
    session: WriteSession,
    technician: Principal,
    stranger: Principal,
    onlooker: Principal,
    freezer: Freezer,
) -> None:
    scan = _read(session, technician, freezer, "A1,TUBE-0001\n")

    with pytest.raises(ScanNotFound):
        service.commit_rack(session, stranger, scan_id=scan.id)
    with pytest.raises(ScanNotFound):
        scan_queries.get_scan(session, stranger, RackScanId(scan.id))
    with pytest.raises(PermissionDenied):
        _read(session, onlooker, freezer, "A1,TUBE-0001\n")


def test_a_discarded_or_committed_scan_is_closed(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    gone = _read(session, technician, freezer, "A1,TUBE-0001\n")
    service.discard_rack(session, technician, scan_id=gone.id)
    kept = _read(session, technician, freezer, "A1,TUBE-0002\n")
    service.commit_rack(session, technician, scan_id=kept.id)

    for scan in (gone, kept):
        with pytest.raises(ScanNotOpen):
            service.commit_rack(session, technician, scan_id=scan.id)
    with pytest.raises(ScanNotOpen):
        service.undo_rack(session, technician, scan_id=gone.id)
