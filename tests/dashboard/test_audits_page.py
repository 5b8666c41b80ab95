"""The pages of physical audits: the form for who may start one, and one with its box at hand."""

from collections.abc import Callable

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.storage import box_queries, inventory_queries, service
from backend.storage.ids import InventoryAuditId, InventoryPurpose
from backend.storage.inventory_rules import Tally
from backend.storage.scanning.reading import ReadState
from dashboard.pages.audits import words
from tests.dashboard.conftest import csrf_headers, page_request
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_loose, make_tube, stand


def _drawn(client: FlaskClient, path: str) -> str:
    answer = client.post(
        "/_dash-update-component", json=page_request(path), headers=csrf_headers(client)
    )
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _audit(*, missing: int, purpose: InventoryPurpose = InventoryPurpose.PERIODIC) -> str:
    """Start an audit of one box of three tubes, the first ``missing`` of them read as absent."""
    with writing() as session:
        project, freezer = make_project(session), make_freezer(session, boxes=2)
        for box_id in freezer.box_ids:
            for column in range(1, 4):
                stand(session, make_tube(session, project), box_id, 1, column)
        audit_id = service.start_audit(
            session,
            EVERYBODY,
            title="Second quarter",
            unit_ids=[freezer.unit_id],
            purpose=purpose,
            share=0.5,
        )
        if missing:
            _look(session, audit_id, missing)
    return str(audit_id)


def _look(session: WriteSession, audit_id: InventoryAuditId, missing: int) -> None:
    hand = inventory_queries.at_hand(session, EVERYBODY, audit_id)
    assert hand is not None
    contents = box_queries.box_contents(session, EVERYBODY, hand.check.box_id)
    for number, tube in enumerate(contents.tubes):
        service.note_tube(
            session,
            EVERYBODY,
            check_id=hand.check.id,
            position=tube.position.label,
            barcode="" if number < missing else tube.barcode or "",
            state=ReadState.EMPTY if number < missing else ReadState.CODE,
        )
    service.finish_check(session, EVERYBODY, check_id=hand.check.id)


def test_who_plans_storage_may_start_an_audit_and_sees_the_latest(
    signed_in: Callable[..., FlaskClient],
) -> None:
    _audit(missing=0)

    seen = _drawn(signed_in(Role.TECHNICIAN), "/storage/audits")

    assert "Draw the boxes" in seen
    assert "Second quarter" in seen
    assert "after a failure 10% of what is not sealed and 100% of what is" in seen


def test_an_audit_asks_for_the_first_position_of_its_first_box(
    signed_in: Callable[..., FlaskClient],
) -> None:
    audit_id = _audit(missing=0)

    seen = _drawn(signed_in(Role.TECHNICIAN), f"/storage/audits/{audit_id}")

    assert "0 of 3 positions read" in seen
    assert "Nothing stands here" in seen
    assert "Seal is whole" not in seen
    assert "50% of the boxes of each unit" in seen


def test_sealed_boxes_can_be_answered_for_by_their_seal(
    signed_in: Callable[..., FlaskClient],
) -> None:
    audit_id = _audit(missing=0, purpose=InventoryPurpose.MOVED_SEALED)

    assert "Seal is whole" in _drawn(signed_in(Role.TECHNICIAN), f"/storage/audits/{audit_id}")


def test_errors_and_what_they_added_are_told(signed_in: Callable[..., FlaskClient]) -> None:
    audit_id = _audit(missing=2)

    seen = _drawn(signed_in(Role.TECHNICIAN), f"/storage/audits/{audit_id}")

    assert "Errors made the audit look at more" in seen
    assert "2 errors in" in seen
    assert "1 box more" in seen
    assert "1 of 3 tubes right" in seen


def test_accuracy_is_said_with_its_interval() -> None:
    assert words.accuracy_words(Tally()) == "No tube has been checked yet"
    assert words.accuracy_words(Tally(checked=20, correct=20)) == "100.0% (83.9% to 100.0%)"


def test_a_bag_is_read_tube_by_tube_in_any_order(signed_in: Callable[..., FlaskClient]) -> None:
    with writing() as session:
        project, freezer = make_project(session), make_freezer(session, boxes=0)
        bag = make_loose(session, freezer.rack_id)
        for number in (1, 2):
            stand(session, make_tube(session, project), bag, 0, number)
        audit_id = service.start_audit(
            session,
            EVERYBODY,
            title="Bags",
            unit_ids=[freezer.unit_id],
            purpose=InventoryPurpose.PERIODIC,
            share=1.0,
        )

    seen = _drawn(signed_in(Role.TECHNICIAN), f"/storage/audits/{audit_id}")

    assert "Scan its tubes, in any order." in seen
    assert "0 of 2 tubes read" in seen
    assert "Whose tube stands in" not in seen
