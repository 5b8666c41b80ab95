"""Lines of a rack scan that a person leaves out: what stays, and what that keeps from happening."""

import pytest

from backend.core.blobs import MemoryStore
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import SampleId
from backend.samples.models import Project, Sample
from backend.storage import box_queries, scan_queries, service
from backend.storage.errors import ScanNotOpen, ScanRefused
from backend.storage.scan_views import RackScanView, effect_of
from backend.storage.scanning.verdicts import ScanLine
from tests.factories.storage import Freezer, make_freezer, make_tube, stand
from tests.support.clock import FrozenClock


@pytest.fixture
def freezer(session: WriteSession, frozen_clock: FrozenClock) -> Freezer:
    del frozen_clock  # stands still before the first tube is placed
    return make_freezer(session, boxes=2, rows=8, columns=12)


@pytest.fixture
def tubes(session: WriteSession, project: Project, freezer: Freezer) -> list[SampleId]:
    """Four tubes in A1 to A4 of the first box, and one that stands nowhere."""
    made = [make_tube(session, project) for _ in range(5)]
    for column, tube in enumerate(made[:4], start=1):
        stand(session, tube, freezer.box_id, 1, column)
    return made


@pytest.fixture
def codes(session: WriteSession, tubes: list[SampleId]) -> list[str]:
    return [session.get_one(Sample, tube).barcode for tube in tubes]


def _read(session: WriteSession, who: Principal, freezer: Freezer, text: str) -> RackScanView:
    return service.read_rack(
        session,
        who,
        file_name="scan.csv",
        content=text.encode(),
        files=MemoryStore(),
        box=f"{freezer.label}/1/A/B-1",
    )


def _at(scan: RackScanView, position: str) -> ScanLine:
    return next(line for line in scan.lines if line.position == position)


def _standing(session: WriteSession, who: Principal, freezer: Freezer) -> dict[str, str | None]:
    contents = box_queries.box_contents(session, who, freezer.box_id)
    return {tube.position.label: tube.barcode for tube in contents.tubes}


def test_a_line_that_is_left_out_changes_nothing_and_says_what_stays(
    session: WriteSession,
    technician: Principal,
    freezer: Freezer,
    codes: list[str],
    frozen_clock: FrozenClock,
) -> None:
    one, two, three, four, new = codes
    frozen_clock.advance(minutes=1)
    text = f"A1,{one}\nA2,{two}\nA3,\nA4,\nB1,{new}\n"
    scan = _read(session, technician, freezer, text)
    for position in ("A3", "B1"):
        scan = service.turn_line(session, technician, scan_id=scan.id, position=position)

    assert _at(scan, "A3").left_out == f"{three} keeps A3."
    assert _at(scan, "B1").left_out == f"{new} still stands nowhere."
    assert effect_of(scan.lines).left_out == 2
    done = service.commit_rack(session, technician, scan_id=scan.id)

    assert _standing(session, technician, freezer) == {"A1": one, "A2": two, "A3": three}
    assert (effect_of(done.lines).taken_out, effect_of(done.lines).placed) == (1, 0)
    assert four not in _standing(session, technician, freezer).values()


def test_leaving_out_half_of_a_swap_leaves_out_the_other_half(
    session: WriteSession,
    technician: Principal,
    freezer: Freezer,
    codes: list[str],
    frozen_clock: FrozenClock,
) -> None:
    one, two, three, four, _ = codes
    frozen_clock.advance(minutes=1)
    text = f"A1,{two}\nA2,{one}\nA3,{three}\nA4,{four}\n"
    scan = _read(session, technician, freezer, text)

    scan = service.turn_line(session, technician, scan_id=scan.id, position="A1")

    assert _at(scan, "A1").left_out == f"{two} stays in A2."
    assert _at(scan, "A2").left_out == (f"Left out as well: {two} keeps A2. {one} stays in A1.")
    assert scan.left_out == {"A1"}
    service.commit_rack(session, technician, scan_id=scan.id)
    assert _standing(session, technician, freezer) == dict(
        zip(("A1", "A2", "A3", "A4"), (one, two, three, four), strict=True)
    )


def test_a_tube_that_was_seen_elsewhere_keeps_its_place_unverified(
    session: WriteSession,
    technician: Principal,
    freezer: Freezer,
    codes: list[str],
    frozen_clock: FrozenClock,
) -> None:
    one, two, three, four, _ = codes
    frozen_clock.advance(minutes=1)
    text = f"A1,\nA2,{two}\nA3,{three}\nA4,{four}\nB2,{one}\n"
    scan = _read(session, technician, freezer, text)
    scan = service.turn_line(session, technician, scan_id=scan.id, position="B2")
    scan = service.turn_line(session, technician, scan_id=scan.id, position="A1")
    assert _at(scan, "A1").left_out == f"{one} keeps A1 and gets no mark."
    service.turn_line(session, technician, scan_id=scan.id, position="A1")

    service.commit_rack(session, technician, scan_id=scan.id)

    contents = box_queries.box_contents(session, technician, freezer.box_id)
    doubted = {tube.position.label: tube.doubt is not None for tube in contents.tubes}
    assert doubted == {"A1": True, "A2": False, "A3": False, "A4": False}


def test_a_line_is_taken_in_again_and_what_does_nothing_cannot_be_left_out(
    session: WriteSession,
    technician: Principal,
    freezer: Freezer,
    codes: list[str],
    frozen_clock: FrozenClock,
) -> None:
    frozen_clock.advance(minutes=1)
    scan = _read(session, technician, freezer, f"A1,{codes[0]}\nB1,{codes[4]}\n")
    for _ in range(2):
        scan = service.turn_line(session, technician, scan_id=scan.id, position="B1")

    assert scan.left_out == frozenset()
    for position in ("A1", "C7", "Z99"):
        with pytest.raises(ScanRefused, match=position):
            service.turn_line(session, technician, scan_id=scan.id, position=position)
    service.commit_rack(session, technician, scan_id=scan.id)
    with pytest.raises(ScanNotOpen):
        service.turn_line(session, technician, scan_id=scan.id, position="B1")
    kept = scan_queries.get_scan(session, technician, scan.id)
    assert effect_of(kept.lines).left_out == 0
