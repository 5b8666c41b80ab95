"""Of a tube's mass only what is in range can be sequenced (smear correction, DOMAIN 2c)."""

import io
from decimal import Decimal

import openpyxl
import pytest

from backend.core.sessions import ReadSession, WriteSession
from backend.samples.ids import Metric
from backend.sequencing.pooling import queries, worksheets
from backend.sequencing.pooling.views import PartView
from tests.factories.pools import POOLING, draft, measure, measured_libraries
from tests.factories.sequencing import make_person, make_project, make_request


def part(session: WriteSession, *measurements: tuple[Metric, str, str, int]) -> PartView:
    """A pool's only tube: 10 ng/µL of 350 bp by Qubit and TapeStation, and these measurements."""
    ada = make_person(session, *POOLING)
    project = make_project(session, ada)
    libraries = measured_libraries(session, project, 1)
    make_request(session, project, libraries)
    for metric, value, method, day in measurements:
        measure(session, libraries[0], metric, value, day=day, method=method)
    return draft(session, ada, libraries, phix_percent=0).parts[0]


def test_a_share_in_range_corrects_what_a_qubit_has_read(session: WriteSession) -> None:
    found = part(session, (Metric.IN_RANGE, "80", "TapeStation", 21))

    # 10 ng/µL × 0.8 of 350 bp, where 10 ng/µL would be 43.290 nM.
    assert f"{found.molarity_nm:.3f}" == "34.632"
    assert found.told == "10 ng/µL, 80 % of it in range, of 350 bp"


@pytest.mark.parametrize("method", ["TapeStation", "Bioanalyzer"])
@pytest.mark.parametrize("of_share", ["TapeStation", "Bioanalyzer"])
def test_a_concentration_of_the_region_itself_is_not_corrected_again(
    session: WriteSession, method: str, of_share: str
) -> None:
    found = part(
        session,
        (Metric.IN_RANGE, "80", of_share, 21),
        (Metric.CONCENTRATION, "8", method, 21),
    )

    assert f"{found.molarity_nm:.3f}" == "34.632"
    assert found.told == "8 ng/µL of 350 bp"


def test_a_share_of_nought_tells_nothing(session: WriteSession) -> None:
    found = part(session, (Metric.IN_RANGE, "0", "TapeStation", 21))

    assert f"{found.molarity_nm:.3f}" == "43.290"


def test_what_a_qpcr_contradicts_is_held_against_the_corrected_mass(session: WriteSession) -> None:
    # 48 nM are 1.39 times 34.632 and 1.11 times 43.290: within both; 50 nM only of the latter.
    found = part(
        session,
        (Metric.IN_RANGE, "80", "TapeStation", 21),
        (Metric.MOLARITY, "50", "qPCR", 22),
    )

    assert found.molarity_nm == Decimal(50)
    assert any("34.63 nM by mass and length" in each.sentence for each in found.findings)


def test_what_a_tube_brings_into_the_pool_is_told_as_amount_mass_and_molecules(
    session: WriteSession,
) -> None:
    ada = make_person(session, *POOLING)
    project = make_project(session, ada)
    libraries = measured_libraries(session, project, 3)
    make_request(session, project, libraries)
    code = draft(session, ada, libraries, phix_percent=0, target_ul=100).code

    view = queries.get_pool(ReadSession(session), ada, code)

    for each in view.parts:
        assert each.line is not None
        assert each.amount is not None
        assert each.amount.ng is not None
        taken_ul = each.line.volume_ul / each.line.dilution
        assert each.amount.fmol == each.line.molarity_nm * taken_ul
        assert each.amount.molecules == each.amount.fmol * Decimal("6.02214076e8")
    first = view.parts[0]
    assert first.amount is not None
    assert first.amount.ng is not None
    assert first.line is not None
    # 10 ng/µL, whatever its length.
    assert first.amount.ng == pytest.approx(first.line.volume_ul / first.line.dilution * 10)
    book = openpyxl.load_workbook(io.BytesIO(worksheets.as_xlsx(view, {}))).active
    assert book is not None
    heads, row, *_ = book.iter_rows(values_only=True)
    told = dict(zip(heads, row, strict=True))
    assert told["Mass ng"] == pytest.approx(float(first.amount.ng), abs=0.001)
    assert told["Amount fmol"] == pytest.approx(float(first.amount.fmol), abs=0.001)
    assert told["Molecules"] == pytest.approx(float(first.amount.molecules), rel=1e-6)
