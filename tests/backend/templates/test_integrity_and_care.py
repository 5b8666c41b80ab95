"""Integrity figures and what a sender says of handling: read, bounded, kept, and changed again."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from backend.core.blobs import MemoryStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.amend_rules import AMENDABLE
from backend.samples.models import Sample
from backend.templates.ids import RowMode
from backend.templates.registration import FIELD_OF
from backend.templates.service import imports
from backend.templates.views import Registered
from tests.factories.imports import make_project_of
from tests.factories.people import make_user
from tests.support.sample_files import as_csv, examine

_HEADINGS = ("Sample ID", "Type", "Zone", "DIN", "DV200 (%)", "Elution buffer", "Risk group")
_MORE = ("Retention instruction", "Concentration determined by")
_ROW = ("S-000001", "gDNA", "-20 °C", "7.1", "64", "10 mM Tris, 0.1 mM EDTA", "2", "10 years")


def _sheet(**cells: str) -> bytes:
    row = dict(zip((*_HEADINGS, *_MORE), (*_ROW, "Qubit"), strict=True)) | {
        heading.replace("_", " "): text for heading, text in cells.items()
    }
    return as_csv([list(row), list(row.values())])


def _import(
    session: WriteSession, principal: Principal, project: str, content: bytes, mode: RowMode
) -> Registered:
    return imports.import_file(
        session,
        principal,
        file_name="care.csv",
        content=content,
        project_code=project,
        files=MemoryStore(),
        row_mode=mode,
        reason="Sent again",
    )


@pytest.fixture
def editor(session: WriteSession, principal_of: Callable[..., Principal]) -> Principal:
    user = make_user(session)
    may = (Permission.SAMPLES_REGISTER, Permission.SAMPLES_VIEW, Permission.SAMPLES_EDIT)
    return principal_of(*may, name=user.name, user_id=user.id)


def test_what_a_sheet_says_of_integrity_and_care_is_with_the_sample(
    session: WriteSession, editor: Principal
) -> None:
    project = make_project_of(session, editor)

    _import(session, editor, project, _sheet(), RowMode.CREATE)

    sample = session.scalars(select(Sample)).one()
    assert sample.din == Decimal("7.1")
    assert sample.attributes == {
        "Concentration by": "Qubit",
        "DV200, %": "64",
        "Buffer": "10 mM Tris, 0.1 mM EDTA",
        "Hazard class": "2",
        "Retention": "10 years",
    }


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"DIN": "11"}, "din"),
        ({"DIN": "0.5"}, "din"),
        ({"DV200_(%)": "101"}, "dv200_percent"),
    ],
)
def test_a_figure_off_its_scale_is_an_error_in_its_cell(cells: dict[str, str], field: str) -> None:
    errors = [f for f in examine(_sheet(**cells)).findings if f.severity.value == "error"]

    assert [(f.row, f.field, f.value_seen) for f in errors] == [(2, field, *cells.values())]


def test_a_percent_cell_says_what_a_plain_figure_says() -> None:
    assert examine(_sheet(**{"DV200_(%)": "64 %"})).value("dv200_percent") == Decimal(64)


def test_a_share_is_offered_as_its_percentage() -> None:
    finding = examine(_sheet(**{"DV200_(%)": "0.64"})).only("percent_or_share")

    assert (finding.severity.value, finding.fix) == ("warning", "64")


def test_integrity_of_dna_beside_blood_is_said() -> None:
    finding = examine(_sheet(Type="Blood", DIN="7")).only("figure_of_extract")

    assert finding.message.startswith("DIN belongs to extracted DNA or RNA")


def test_a_corrected_din_reaches_the_sample_when_the_list_comes_again(
    session: WriteSession, editor: Principal
) -> None:
    project = make_project_of(session, editor)
    _import(session, editor, project, _sheet(), RowMode.CREATE)

    done = _import(session, editor, project, _sheet(DIN="8.4"), RowMode.UPDATE_ONLY)

    assert done.updated == 1
    session.expire_all()
    assert session.scalars(select(Sample)).one().din == Decimal("8.4")


def test_no_field_that_a_list_fills_is_dropped_in_silence_when_it_changes() -> None:
    """A barcode and a type are refused where they differ; two others have their own ways."""
    others = {"barcode", "material_type", "volume_ul", "consent"}

    assert set(FIELD_OF) - others <= set(AMENDABLE)
