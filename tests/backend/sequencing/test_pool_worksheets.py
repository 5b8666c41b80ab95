"""What hands and robots are given to mix a pool."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.sequencing.pooling import queries, service, worksheets
from backend.sequencing.pooling.errors import PoolNotMade
from backend.sequencing.pooling.schemas import PoolChangeIn
from backend.storage.errors import WorklistRefused
from backend.storage.models import Placement
from backend.storage.worklists import Robot, written
from tests.factories.pools import draft, worked_request
from tests.factories.storage import make_freezer, stand
from tests.support.pdf_reading import pages_of

STORAGE = Permission.STORAGE_VIEW


def diluted(session: WriteSession) -> tuple[Principal, str, list[Sample]]:
    """The worked pool with C diluted 1:10; A, B and C stand in a box."""
    ada, _, libraries = worked_request(session, STORAGE)
    code = draft(session, ada, libraries, phix_percent=10).code
    wanted = dict(zip((each.barcode for each in libraries), (30, 60, 10), strict=True))
    change = {
        "reads_millions": wanted,
        "pipetted_by": "robot",
        "dilutions": {libraries[2].barcode: 10},
    }
    service.change_pool(session, ada, code=code, change=PoolChangeIn.model_validate(change))
    freezer = make_freezer(session, label="ULT-88")
    for library, (row, column) in zip(libraries, ((2, 3), (1, 4), (5, 1)), strict=True):
        stand(session, library.id, freezer.box_ids[0], row, column)
    return ada, code, libraries


def test_the_workbook_says_what_to_take_of_each_tube(session: WriteSession) -> None:
    ada, code, libraries = diluted(session)
    view = queries.get_pool(ReadSession(session), ada, code)

    places = worksheets.places_of(ReadSession(session), ada, view)
    sheet = openpyxl.load_workbook(io.BytesIO(worksheets.as_xlsx(view, places))).active

    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == [*(each.barcode for each in libraries), "Buffer", "PhiX"]
    assert str(rows[1][4]).startswith("ULT-88/")
    third = rows[3]
    assert third[7:11] == (10, 0.5, 4.5, 0.9)
    assert sum(float(str(row[10])) for row in rows[1:]) == pytest.approx(30)


def test_the_paper_has_every_tube_and_the_sum(session: WriteSession) -> None:
    ada, code, libraries = diluted(session)
    view = queries.get_pool(ReadSession(session), ada, code)

    content = worksheets.as_pdf(view, {}, printed="29 Nov 2026")

    (text,) = pages_of(content)
    assert f"Pool {code}" in text
    for each in libraries:
        assert each.barcode in text
    assert "Together" in text


def test_a_robot_dilutes_first_and_then_fills_the_pool(session: WriteSession) -> None:
    ada, code, libraries = diluted(session)
    view = queries.get_pool(ReadSession(session), ada, code)

    found = worksheets.transfers(ReadSession(session), ada, view)

    told = [(each.source.labware, each.well.label, each.plate, each.volume_ul) for each in found]
    assert told[:2] == [
        ("Buffer", "A1", "Dilutions", Decimal("4.5")),
        (found[1].source.labware, "A1", "Dilutions", Decimal("0.5")),
    ]
    assert (found[1].source.barcode, found[1].source.position.label) == (libraries[2].barcode, "E1")
    assert ("Dilutions", "A1", code, Decimal("0.9")) in told
    assert ("Phix", "A1", code, Decimal(3)) in told
    box = next(each for each in found if each.source.barcode == libraries[0].barcode)
    assert (box.source.position.row, box.source.position.column) == (2, 3)
    assert sum(each.volume_ul for each in found if each.plate == code) == 30
    aspirated = [line for line in written(Robot.TECAN, found).splitlines() if line.startswith("A;")]
    assert len(aspirated) == len(found)


def test_without_a_recipe_there_is_no_worksheet(session: WriteSession) -> None:
    ada, code, _ = diluted(session)
    view = replace(queries.get_pool(ReadSession(session), ada, code), recipe=None)

    with pytest.raises(PoolNotMade, match=code):
        worksheets.as_xlsx(view, {})


def test_a_robot_is_given_no_tube_that_stands_nowhere(session: WriteSession) -> None:
    ada, code, libraries = diluted(session)
    stay = session.scalars(select(Placement).where(Placement.sample_id == libraries[1].id)).one()
    stay.removed_at = clock.utc_now()
    session.flush()
    view = queries.get_pool(ReadSession(session), ada, code)

    with pytest.raises(WorklistRefused, match=f"{libraries[1].barcode} stands nowhere yet"):
        worksheets.transfers(ReadSession(session), ada, view)

    places = worksheets.places_of(ReadSession(session), ada, view)
    assert places[SampleId(libraries[1].id)] == "Nowhere yet"
