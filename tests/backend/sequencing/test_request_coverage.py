"""Asking for a coverage: the reads it takes, and the wish that is kept."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.core.errors import InvalidInput
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.sequencing import coverage, queries, service
from backend.sequencing.coverage import Coverage
from backend.sequencing.errors import RequestRefused
from backend.sequencing.models import SequencingRequest
from backend.sequencing.schemas import SequencingRequestIn
from dashboard.pages.sequencing.forms import parse_request
from tests.factories.sequencing import make_libraries, make_person, make_project, says

pytestmark = pytest.mark.usefixtures("frozen_clock")

ASK = (Permission.SEQUENCING_REQUEST, Permission.SEQUENCING_VIEW)
GENOME = Coverage(
    depth=Decimal(30),
    target_bp=3_100_000_000,
    duplicate_share=Decimal("0.1"),
    on_target_share=Decimal(1),
)
EXOME = Coverage(
    depth=Decimal(100),
    target_bp=40_000_000,
    duplicate_share=Decimal("0.2"),
    on_target_share=Decimal("0.5"),
)


@pytest.mark.parametrize(
    ("wanted", "length", "reads"),
    [
        # 30 × 3.1e9 / (2 × 151 × 0.9) and 100 × 4e7 / (2 × 101 × 0.8 × 0.5), rounded up.
        (GENOME, 151, "342.164"),
        (EXOME, 101, "49.505"),
    ],
)
def test_reads_follow_from_depth_target_and_what_is_lost(
    wanted: Coverage, length: int, reads: str
) -> None:
    assert coverage.reads_millions(wanted, length) == Decimal(reads)


def test_the_derivation_is_told() -> None:
    assert coverage.derivation(EXOME, 101) == (
        "100× of 40 Mb in 2 × 101, 20% duplicates, 50% on target: 49.505 M reads a library"
    )


@given(st.decimals(min_value=1, max_value=500, places=1), st.integers(25, 600))
def test_the_reads_are_always_enough_and_less_than_a_thousand_too_many(
    depth: Decimal, length: int
) -> None:
    wanted = Coverage(
        depth=depth,
        target_bp=40_000_000,
        duplicate_share=Decimal("0.2"),
        on_target_share=Decimal("0.5"),
    )

    made = coverage.reads_millions(wanted, length) * 1_000_000
    needed = depth * 40_000_000 / (2 * length * Decimal("0.4"))

    assert needed <= made < needed + 1000


def wish(project_code: str, barcodes: list[str], **fields: Any) -> SequencingRequestIn:
    values = {
        "project_code": project_code,
        "libraries": [{"barcode": barcode} for barcode in barcodes],
        "read_length": 151,
        "due_on": date(2026, 12, 18),
    }
    return SequencingRequestIn.model_validate(values | fields)


def test_the_wish_is_kept_with_the_reads_that_follow(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    barcodes = [each.barcode for each in make_libraries(session, project, 2)]
    asked = {"depth": "30", "target_bp": 3_100_000_000, "duplicate_share": "0.1"}

    card = service.request_sequencing(
        session, ada, request=wish(project.code, barcodes, coverage=asked)
    )

    row = session.scalars(select(SequencingRequest)).one()
    assert row.reads_millions == Decimal("342.164")
    assert row.coverage == {
        "depth": "30",
        "target_bp": "3100000000",
        "duplicate_share": "0.1",
        "on_target_share": "1",
    }
    assert card.reads_millions == Decimal("684.328")
    assert card.derivation.startswith("30× of 3,100 Mb in 2 × 151, 10% duplicates: 342.164 M")
    assert queries.get_card(session, ada, card.id) == card


def test_reads_as_asked_need_no_derivation(session: WriteSession) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    (library,) = make_libraries(session, project, 1)

    card = service.request_sequencing(
        session, ada, request=wish(project.code, [library.barcode], reads_millions="30")
    )

    assert (card.reads_millions, card.derivation) == (Decimal(30), "")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Give the reads of a library, or a coverage."),
        (
            {
                "reads_millions": "3",
                "coverage": {"depth": "3", "target_bp": 1000, "duplicate_share": "0"},
            },
            "leave one empty",
        ),
        (
            {"coverage": {"depth": "9999", "target_bp": 10**12, "duplicate_share": "0"}},
            "more than can be asked for",
        ),
    ],
)
def test_neither_both_and_too_much_are_refused(
    session: WriteSession, fields: dict[str, Any], said: str
) -> None:
    ada = make_person(session, *ASK)
    project = make_project(session, ada)
    (library,) = make_libraries(session, project, 1)

    with pytest.raises(RequestRefused, check=says(said)):
        service.request_sequencing(
            session, ada, request=wish(project.code, [library.barcode], **fields)
        )

    assert session.scalars(select(SequencingRequest)).all() == []


def typed(**fields: object) -> dict[str, Any]:
    empty = {"reads": None, "depth": None, "target_mb": None, "duplicates": 10, "on_target": 100}
    return {
        "project": "P",
        "libraries": "LIB-1",
        "length": "151",
        "due": "2026-12-18",
        "notes": "",
        **empty,
        **fields,
    }


def test_the_form_takes_megabases_and_percent() -> None:
    asked = parse_request(**typed(depth=100, target_mb=38.5, duplicates=12.5, on_target=80))

    assert asked.reads_millions is None
    assert asked.coverage is not None
    assert asked.coverage.model_dump() == {
        "depth": Decimal(100),
        "target_bp": 38_500_000,
        "duplicate_share": Decimal("0.125"),
        "on_target_share": Decimal("0.8"),
    }
    assert parse_request(**typed(reads=30)).coverage is None


def test_the_form_names_every_field_of_a_coverage_that_cannot_be() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_request(**typed(depth=0, target_mb="", duplicates=100, on_target=0))

    assert set(refused.value.fields) == {
        "depth",
        "target_bp",
        "duplicate_share",
        "on_target_share",
    }
