"""Molarities of a qPCR, corrected for the library's length and dilution."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from backend.core.sessions import ReadSession, WriteSession
from backend.samples.ids import Metric
from backend.samples.models import Sample
from backend.sequencing.pooling.measured import measured_of
from backend.sequencing.pooling.molarity import DSDNA
from backend.sequencing.preparation import measuring, qpcr, worksheet_queries
from backend.sequencing.preparation.errors import ReadingsRefused
from backend.sequencing.preparation.ids import WellKind
from backend.sequencing.preparation.matching import Matched, Target
from backend.sequencing.preparation.qpcr import QpcrTerms
from backend.sequencing.preparation.readings.model import Reading
from backend.sequencing.preparation.views import WorksheetView
from tests.factories.pools import measure
from tests.factories.preparation import BENCH, finish, make_input, make_worksheet
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_person, make_project

pytestmark = pytest.mark.usefixtures("frozen_clock")
TEN_THOUSAND = QpcrTerms(dilution=Decimal(10_000))
FILE = b"Well,Average concentration (nM)\nA1,0.002\nB1,0.004\n"


def read(
    place: int, metric: Metric, value: str | None, *, below: str | None = None, **target: WellKind
) -> Matched:
    return Matched(
        target=Target(place=place, well=f"A{place}", kind=target.get("kind", WellKind.SAMPLE)),
        reading=Reading(
            line=place,
            well=f"A{place}",
            name="",
            metric=metric,
            value=None if value is None else Decimal(value),
            below=None if below is None else Decimal(below),
            said=value or f"<{below}",
        ),
    )


def test_a_diluted_library_is_read_as_molecules_of_the_standards_length() -> None:
    # DOMAIN 2c: nM of the library = nM of the qPCR × 452 / bp × dilution.
    found, findings = qpcr.of_libraries(
        [read(1, Metric.MOLARITY, "0.002"), read(2, Metric.MOLARITY, None, below="0.001")],
        {1: Decimal(400), 2: Decimal(452)},
        TEN_THOUSAND,
    )

    assert findings == []
    assert [(each.reading.value, each.reading.below) for each in found] == [
        (Decimal("22.6000"), None),
        (None, Decimal("10.0000")),
    ]


def test_a_length_of_the_same_file_counts_and_without_one_nothing_is_kept() -> None:
    found, findings = qpcr.of_libraries(
        [
            read(1, Metric.FRAGMENT_SIZE, "226"),
            read(1, Metric.MOLARITY, "0.001"),
            read(2, Metric.MOLARITY, "0.001"),
            read(3, Metric.MOLARITY, "0.5", kind=WellKind.NO_TEMPLATE),
        ],
        {1: Decimal(452)},
        TEN_THOUSAND,
    )

    assert [(each.target.place, each.reading.value) for each in found] == [
        (1, Decimal(226)),
        (1, Decimal("20.0000")),
        (3, Decimal("0.5")),  # a control is no library
    ]
    assert [each.message for each in findings] == [
        "A2 has no fragment size: measure it first, as by TapeStation."
    ]


def done(session: WriteSession) -> WorksheetView:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    inputs = [make_input(session, project) for _ in range(2)]
    return finish(session, ada, make_worksheet(session, ada, inputs))


def library(session: WriteSession, sheet: WorksheetView, well: int) -> Sample:
    barcode = sheet.wells[well].library_barcode
    return session.scalars(select(Sample).where(Sample.barcode == barcode)).one()


def test_a_library_is_pooled_by_its_corrected_qpcr(session: WriteSession) -> None:
    sheet = done(session)
    first, second = library(session, sheet, 0), library(session, sheet, 1)
    measure(session, first, Metric.FRAGMENT_SIZE, "400", method="TapeStation")

    looked = measuring.keep_file(
        session,
        EVERYBODY,
        worksheet_id=sheet.id,
        file_name="qpcr.csv",
        content=FILE,
        terms=TEN_THOUSAND,
    )

    assert looked.read.method == "qPCR"
    assert [each.message for each in looked.findings] == [
        "B1 has no fragment size: measure it first, as by TapeStation."
    ]
    known = measured_of(session, [first.id, second.id], g_per_mol_per_base=DSDNA)
    assert known[first.id].nm == Decimal("22.6")
    assert known[first.id].told.startswith("by qPCR")
    assert known[second.id].nm is None
    (well, *_) = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code).wells
    told = {each.metric: (each.value, each.said) for each in well.readings}
    assert told[Metric.MOLARITY] == (Decimal("22.6"), "0.002")


def test_a_qpcr_of_samples_is_refused(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    barcode = make_input(session, make_project(session, ada))
    sheet = make_worksheet(session, ada, [barcode])

    with pytest.raises(ReadingsRefused, match="has no libraries yet"):
        measuring.look_at_file(
            ReadSession(session),
            ada,
            code=sheet.code,
            file_name="qpcr.csv",
            content=FILE,
            terms=TEN_THOUSAND,
        )
