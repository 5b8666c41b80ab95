"""A physical audit as a workbook: its sample can be drawn again, each verdict stands in it."""

import io
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl import Workbook

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project
from backend.storage import (
    box_queries,
    inventory_files,
    inventory_queries,
    inventory_rules,
    service,
)
from backend.storage.ids import InventoryAuditId, InventoryPurpose
from backend.storage.scanning.reading import ReadState
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

SEED = 11
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def freezer(session: WriteSession, project: Project) -> Freezer:
    made = make_freezer(session, boxes=4)
    for box_id in made.box_ids:
        for column in range(1, 4):
            stand(session, make_tube(session, project), box_id, 1, column)
    return made


@pytest.fixture
def audit_id(session: WriteSession, technician: Principal, freezer: Freezer) -> InventoryAuditId:
    """An audit of two boxes of four, two tubes of each; the first tube of the first one lacks."""
    made = service.start_audit(
        session,
        technician,
        title="=SUM(A1) quarter",
        unit_ids=[freezer.unit_id],
        purpose=InventoryPurpose.PERIODIC,
        share=0.5,
        seed=SEED,
        tubes_per_box=2,
    )
    hand = inventory_queries.at_hand(session, technician, made)
    assert hand is not None
    contents = box_queries.box_contents(session, technician, hand.check.box_id)
    codes = {tube.position.label: tube.barcode or "" for tube in contents.tubes}
    for number, position in enumerate(hand.asked):
        service.note_tube(
            session,
            technician,
            check_id=hand.check.id,
            position=position,
            barcode=codes[position] if number else "",
            state=ReadState.CODE if number else ReadState.EMPTY,
        )
    service.finish_check(session, technician, check_id=hand.check.id)
    return made


def workbook(session: WriteSession, who: Principal, audit_id: InventoryAuditId) -> Workbook:
    content = inventory_files.as_xlsx(
        inventory_queries.get_audit(session, who, audit_id),
        inventory_queries.checks(session, who, audit_id),
        BERLIN,
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(book: Workbook, sheet: str) -> list[dict[str, object]]:
    heads, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


def test_the_sample_can_be_drawn_again_from_what_the_workbook_says(
    session: WriteSession, technician: Principal, audit_id: InventoryAuditId, freezer: Freezer
) -> None:
    book = workbook(session, technician, audit_id)

    facts = {row["Fact"]: row["Value"] for row in rows_of(book, "Audit")}
    again = inventory_rules.draw_boxes(
        {freezer.label: freezer.box_ids}, share=0.5, seed=int(str(facts["Seed of the sample"]))
    )
    boxes = rows_of(book, "Boxes")
    drawn = {
        box_queries.get_box(session, technician, box_id).path for box_id in again[freezer.label]
    }
    assert {row["Box"] for row in boxes if "rack" not in str(row["Why"])} >= drawn
    assert facts["Share of the boxes of each unit"] == "50.0%"
    assert facts["Title"] == "=SUM(A1) quarter"  # as words: nothing calculates
    assert book["Audit"]["B2"].data_type == "s"


def test_each_position_has_its_verdict_and_each_unit_its_interval(
    session: WriteSession, technician: Principal, audit_id: InventoryAuditId, freezer: Freezer
) -> None:
    view = inventory_queries.get_audit(session, technician, audit_id)

    book = workbook(session, technician, audit_id)

    unit, whole = rows_of(book, "Units")
    interval = inventory_rules.accuracy(view.tally)
    assert interval is not None
    assert (unit["Unit"], unit["Boxes held"], unit["Boxes drawn"]) == (freezer.label, 4, 2)
    assert (unit["Tubes checked"], unit["Errors"]) == (view.tally.checked, view.tally.errors)
    assert whole["Accuracy"] == pytest.approx(interval.share)
    assert whole["Accuracy from (95%)"] == pytest.approx(interval.low)
    assert whole["Accuracy to (95%)"] == pytest.approx(interval.high)
    verdicts = [row["Verdict"] for row in rows_of(book, "Positions")]
    assert verdicts.count("missing") == 1
    assert "match" in verdicts


def test_tubes_of_others_are_left_out_and_their_box_says_so(
    session: WriteSession, audit_id: InventoryAuditId, stranger: Principal
) -> None:
    book = workbook(session, stranger, audit_id)

    assert rows_of(book, "Positions") == []
    assert "not yours to see" in {row["Positions"] for row in rows_of(book, "Boxes")}
