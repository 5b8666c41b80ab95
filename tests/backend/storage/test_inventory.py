"""A physical audit: drawn, looked at box by box, grown by its errors, closed with its result."""

import pytest
from sqlalchemy import select

from backend.core.blobs import MemoryStore
from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples.models import Project
from backend.storage import box_queries, inventory_queries, inventory_rules, scan_queries, service
from backend.storage.errors import InventoryNotOpen, InventoryRefused, PositionOutside
from backend.storage.ids import (
    CheckMethod,
    CheckState,
    InventoryAuditId,
    InventoryLevel,
    InventoryPurpose,
    InventoryState,
    NodeId,
    ScanState,
)
from backend.storage.inventory_views import AtHand
from backend.storage.models import StorageNode
from backend.storage.scanning.reading import ReadState
from tests.factories.storage import Freezer, make_freezer, make_loose, make_tube, stand
from tests.support.clock import FrozenClock

BOXES, TUBES = 4, 3


@pytest.fixture
def freezer(session: WriteSession, project: Project, frozen_clock: FrozenClock) -> Freezer:
    """Four boxes of one rack with tubes in A1 to A3."""
    del frozen_clock  # stands still before the first tube is placed
    made = make_freezer(session, boxes=BOXES)
    for box_id in made.box_ids:
        for column in range(1, TUBES + 1):
            stand(session, make_tube(session, project), box_id, 1, column)
    return made


def _start(
    session: WriteSession, who: Principal, *units: NodeId, share: float = 0.25, **facts: object
) -> InventoryAuditId:
    return service.start_audit(
        session,
        who,
        title="Second quarter",
        unit_ids=units,
        share=share,
        seed=11,
        **facts,
    )


def _hand(session: WriteSession, who: Principal, audit_id: InventoryAuditId) -> AtHand:
    found = inventory_queries.at_hand(session, who, audit_id)
    assert found is not None
    return found


def _codes(session: WriteSession, who: Principal, box_id: NodeId) -> dict[str, str]:
    contents = box_queries.box_contents(session, who, box_id)
    return {tube.position.label: tube.barcode or "" for tube in contents.tubes}


def _look(
    session: WriteSession, who: Principal, audit_id: InventoryAuditId, *, missing: int = 0
) -> AtHand:
    """Read the next box of the walk, the first ``missing`` of its positions as empty."""
    hand = _hand(session, who, audit_id)
    codes = _codes(session, who, hand.check.box_id)
    for number, position in enumerate(hand.left):
        is_empty = number < missing
        service.note_tube(
            session,
            who,
            check_id=hand.check.id,
            position=position,
            barcode="" if is_empty else codes[position],
            state=ReadState.EMPTY if is_empty else ReadState.CODE,
        )
    service.finish_check(session, who, check_id=hand.check.id)
    return hand


def test_a_sample_of_each_unit_is_drawn_kept_and_drawn_again_by_its_seed(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    other = make_freezer(session, boxes=2)
    stand(session, make_tube(session, project), other.box_ids[0], 1, 1)

    audit_id = _start(session, technician, freezer.unit_id, other.unit_id, share=0.5)
    again = _start(session, technician, freezer.unit_id, other.unit_id, share=0.5)

    view = inventory_queries.get_audit(session, technician, audit_id)
    # The second box of the other unit is empty, so nothing can be looked at in it.
    assert view.strata == {freezer.label: (4, 2), other.label: (1, 1)}
    assert (view.boxes, view.done, view.seed) == (3, 0, 11)
    drawn = [
        [each.path for each in inventory_queries.checks(session, technician, key)]
        for key in (audit_id, again)
    ]
    assert drawn[0] == drawn[1]


def test_a_box_that_is_right_counts_and_leads_to_nothing_more(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    audit_id = _start(session, technician, freezer.unit_id)

    _look(session, technician, audit_id)

    view = inventory_queries.get_audit(session, technician, audit_id)
    assert (view.boxes, view.done) == (1, 1)
    assert (view.tally.checked, view.tally.correct) == (TUBES, TUBES)
    assert view.escalations == ()
    assert inventory_queries.at_hand(session, technician, audit_id) is None


def test_one_error_leads_to_nothing_two_lead_to_the_rack(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    mild, grave = (_start(session, technician, freezer.unit_id) for _ in range(2))

    _look(session, technician, mild, missing=1)
    seen = _look(session, technician, grave, missing=2)

    assert inventory_queries.get_audit(session, technician, mild).boxes == 1
    view = inventory_queries.get_audit(session, technician, grave)
    assert view.boxes == BOXES
    (told,) = view.escalations
    assert (told.level, told.added) == (InventoryLevel.RACK, BOXES - 1)
    assert told.why == f"2 errors in {seen.check.path}"
    assert told.path == f"{freezer.label}/1/A"
    events = session.scalars(
        select(OutboxEvent.type).where(OutboxEvent.aggregate_id == grave).order_by(OutboxEvent.seq)
    ).all()
    assert events == [
        "storage.inventory_started",
        "storage.inventory_box_checked",
        "storage.inventory_escalated",
    ]


def test_errors_in_two_boxes_of_a_rack_lead_to_the_unit(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    rack = session.get_one(StorageNode, freezer.rack_id)
    second = StorageNode(
        parent_id=rack.parent_id,
        unit_id=freezer.unit_id,
        kind=rack.kind,
        label="B",
        path=f"{freezer.label}/1/B",
        temperature_class=rack.temperature_class,
    )
    session.add(second)
    session.flush()
    far = StorageNode(
        parent_id=second.id,
        unit_id=freezer.unit_id,
        kind=session.get_one(StorageNode, freezer.box_id).kind,
        label="B-9",
        path=f"{freezer.label}/1/B/B-9",
        temperature_class=rack.temperature_class,
        box_rows=9,
        box_columns=9,
        capacity=81,
    )
    session.add(far)
    session.flush()
    audit_id = _start(session, technician, freezer.unit_id, share=0.01)
    # Filled after the sample was drawn, so that the walk begins in the other rack.
    stand(session, make_tube(session, project), NodeId(far.id), 1, 1)

    _look(session, technician, audit_id, missing=2)
    _look(session, technician, audit_id, missing=2)

    view = inventory_queries.get_audit(session, technician, audit_id)
    assert [each.level for each in view.escalations] == [
        InventoryLevel.RACK,
        InventoryLevel.UNIT,
    ]
    assert view.boxes == BOXES + 1


def test_some_tubes_of_a_box_lead_to_all_of_them_and_what_was_read_stays(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    audit_id = _start(session, technician, freezer.unit_id, tubes_per_box=2)
    assert len(_hand(session, technician, audit_id).asked) == 2

    _look(session, technician, audit_id, missing=2)

    hand = _hand(session, technician, audit_id)
    assert (hand.check.level, len(hand.asked), len(hand.left)) == (InventoryLevel.BOX, TUBES, 1)
    assert inventory_queries.get_audit(session, technician, audit_id).tally.checked == 0


def test_a_single_error_is_enough_where_the_audit_before_had_errors(
    session: WriteSession, technician: Principal, freezer: Freezer, frozen_clock: FrozenClock
) -> None:
    first = _start(session, technician, freezer.unit_id)
    _look(session, technician, first, missing=1)
    service.close_audit(session, technician, audit_id=first)
    frozen_clock.advance(minutes=1)

    second = _start(session, technician, freezer.unit_id)
    _look(session, technician, second, missing=1)

    (told,) = inventory_queries.get_audit(session, technician, second).escalations
    assert told.level is InventoryLevel.RACK
    assert "the audit before, “Second quarter”, found errors in this unit too" in told.why


def test_a_rack_scan_judges_the_box_and_waits_to_put_it_right(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    audit_id = _start(session, technician, freezer.unit_id)
    hand = _hand(session, technician, audit_id)
    codes = _codes(session, technician, hand.check.box_id)
    text = f"A1,{codes['A2']}\nA2,{codes['A1']}\nA3,NO READ\n"

    scan_id = service.read_box(
        session,
        technician,
        check_id=hand.check.id,
        file_name="scan.csv",
        content=text.encode(),
        files=MemoryStore(),
    )

    (check, *_) = inventory_queries.checks(
        session, technician, audit_id, state=CheckState.DONE, with_errors=True
    )
    assert check.method is CheckMethod.RACK_SCAN
    assert (check.tally.checked, check.tally.correct, check.tally.unread) == (2, 0, 1)
    scan = scan_queries.get_scan(session, technician, scan_id)
    assert scan.state is ScanState.DRAFT
    assert _codes(session, technician, hand.check.box_id) == codes


def test_a_scan_of_another_rack_is_refused(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    audit_id = _start(session, technician, freezer.unit_id)
    hand = _hand(session, technician, audit_id)

    with pytest.raises(InventoryRefused, match="not of"):
        service.read_box(
            session,
            technician,
            check_id=hand.check.id,
            file_name="scan.csv",
            content=b"rack,pos,barcode\nRACK-77,A1,T1\n",
            files=MemoryStore(),
        )


def test_a_box_that_is_not_there_has_every_tube_missing(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    audit_id = _start(session, technician, freezer.unit_id)

    service.report_absent(
        session, technician, check_id=_hand(session, technician, audit_id).check.id
    )

    view = inventory_queries.get_audit(session, technician, audit_id)
    assert (view.tally.checked, view.tally.correct) == (TUBES, 0)


def test_a_whole_seal_answers_for_its_box_after_a_move_and_never_else(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    periodic = _start(session, technician, freezer.unit_id)
    moved = service.start_audit(
        session,
        technician,
        title="After the compressor failed",
        unit_ids=[freezer.unit_id],
        purpose=InventoryPurpose.MOVED_SEALED,
    )

    service.confirm_seal(session, technician, check_id=_hand(session, technician, moved).check.id)

    view = inventory_queries.get_audit(session, technician, moved)
    assert (view.boxes, view.done, view.tally.checked) == (BOXES, 1, 0)
    with pytest.raises(InventoryRefused, match="Read its tubes"):
        service.confirm_seal(
            session, technician, check_id=_hand(session, technician, periodic).check.id
        )


def test_what_is_left_or_makes_no_sense_is_said(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    audit_id = _start(session, technician, freezer.unit_id)
    check_id = _hand(session, technician, audit_id).check.id
    noted = service.note_tube(session, technician, check_id=check_id, position="a1", barcode="T1")
    twice = service.note_tube(session, technician, check_id=check_id, position="A2", barcode="T1")

    assert (noted.position, noted.next_position, noted.left) == ("A1", "A2", 2)
    assert (twice.also_at, twice.next_position) == ("A1", "A3")
    with pytest.raises(InventoryRefused, match="1 positions have not been looked at: A3"):
        service.finish_check(session, technician, check_id=check_id)
    with pytest.raises(PositionOutside):
        service.note_tube(session, technician, check_id=check_id, position="Z9", barcode="T1")
    for facts in ({"share": 0.0}, {"tubes_per_box": 0}):
        with pytest.raises(InventoryRefused):
            _start(session, technician, freezer.unit_id, **facts)
    with pytest.raises(InventoryRefused):
        _start(session, technician)


def test_an_audit_closes_with_its_result_and_says_what_is_left(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    audit_id = _start(session, technician, freezer.unit_id, share=0.5)
    hand = _look(session, technician, audit_id)

    with pytest.raises(InventoryRefused, match="1 of 2 boxes"):
        service.close_audit(session, technician, audit_id=audit_id)
    service.close_audit(session, technician, audit_id=audit_id, note="Freezer is needed")

    view = inventory_queries.get_audit(session, technician, audit_id)
    assert (view.state, view.closing_note) == (InventoryState.CLOSED, "Freezer is needed")
    found = inventory_rules.accuracy(view.tally)
    assert found is not None
    assert found.share == 1.0
    with pytest.raises(InventoryNotOpen, match="closed"):
        service.report_absent(session, technician, check_id=hand.check.id)
    (listed,) = inventory_queries.list_audits(session, technician)
    assert (listed.boxes, listed.done) == (2, 1)


def test_a_box_is_looked_at_once(
    session: WriteSession, technician: Principal, freezer: Freezer
) -> None:
    audit_id = _start(session, technician, freezer.unit_id)
    hand = _look(session, technician, audit_id)

    with pytest.raises(InventoryNotOpen, match="looked at by Ada"):
        service.report_absent(session, technician, check_id=hand.check.id)


def test_starting_and_looking_need_their_permissions(
    session: WriteSession, onlooker: Principal, technician: Principal, freezer: Freezer
) -> None:
    audit_id = _start(session, technician, freezer.unit_id)
    check_id = _hand(session, technician, audit_id).check.id

    with pytest.raises(PermissionDenied):
        _start(session, onlooker, freezer.unit_id)
    with pytest.raises(PermissionDenied):
        service.report_absent(session, onlooker, check_id=check_id)
    with pytest.raises(PermissionDenied):
        inventory_queries.get_audit(session, onlooker, audit_id)


def test_a_bag_is_read_in_any_order_and_says_what_is_missing_and_what_is_strange(
    session: WriteSession, technician: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    del frozen_clock
    unit = make_freezer(session, boxes=0)
    bag = make_loose(session, unit.unit_id)
    for number in (1, 2, 3):
        stand(session, make_tube(session, project), bag, 0, number)
    make_tube(session, project, barcode="STRANGE-1")
    codes = _codes(session, technician, bag)
    audit_id = _start(session, technician, unit.unit_id, tubes_per_box=1)
    hand = _hand(session, technician, audit_id)

    for code in (codes["3"], "STRANGE-1", codes["1"]):
        next_one = _hand(session, technician, audit_id).left[0]
        service.note_tube(
            session, technician, check_id=hand.check.id, position=next_one, barcode=code
        )
    left = _hand(session, technician, audit_id).left
    service.note_tube(
        session, technician, check_id=hand.check.id, position=left[0], state=ReadState.EMPTY
    )
    service.finish_check(session, technician, check_id=hand.check.id)

    check = inventory_queries.get_check(session, technician, hand.check.id)
    assert (hand.asked, left) == (("1", "2", "3"), ("2",))
    assert (check.tally.checked, check.tally.correct) == (4, 2)
    assert {line.position for line in check.lines} == {"1", "2", "3", "4"}
