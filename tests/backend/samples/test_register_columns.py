"""A batch read column by column says and stores what one registration at a time does."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.core.ids import new_id
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples import service
from backend.samples.columns import check_columns
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import MaterialType, Priority, SampleId, TemperatureClass
from backend.samples.models import Sample
from backend.samples.schemas import SampleRegistration
from tests.factories.samples import EVERYBODY, make_project, registration

_NAMES = st.sampled_from(["Tumour 1", " spaced ", "", "x" * 200, "x" * 201])
_WORDS = st.sampled_from([None, "", "  ", "P1", "p" * 64, "p" * 65])
_FIGURES = st.sampled_from(
    [None, Decimal("2.5"), Decimal("2.50"), Decimal(-1), Decimal(0), Decimal(100_001), "12", "many"]
)
_ROW = st.fixed_dictionaries(
    {
        "project_code": st.sampled_from(["LUNG", ""]),
        "name": _NAMES,
        "material_type": st.sampled_from([*MaterialType, "rna", "spit"]),
        "temperature_class": st.sampled_from([*TemperatureClass, "-80", "warm"]),
        "barcode": st.sampled_from([None, " abc-1 ", "AB", "with space", "x" * 65]),
        "subject_code": _WORDS,
        "volume_ul": _FIGURES,
        "concentration_ng_per_ul": _FIGURES,
        "index_i7": st.sampled_from([None, "", "acgt", "ACG", "ACGN"]),
        "collected_on": st.sampled_from([None, date(2026, 1, 2), "2026-01-02", "soon"]),
        "priority": st.sampled_from([*Priority, "now"]),
        "attributes": st.sampled_from([{}, {"Ward": "3"}, {"Ward": 3}]),
    }
)
# What COPY, JSON or a spreadsheet reads otherwise than it was meant.
_HAZARDS = st.text(st.sampled_from(["\\", "N", "\t", "\n", "\r", '"', "'", "{", ",", "µ", "x"]))


@given(rows=st.lists(_ROW, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_columns_are_read_and_refused_as_each_of_their_rows_is(rows: list[dict[str, Any]]) -> None:
    columns = check_columns(len(rows), {name: [row[name] for row in rows] for name in rows[0]})

    refused = {index: (field, sentence) for index, field, sentence in columns.refused}
    for index, row in enumerate(rows):
        single, refusal = _alone(row)
        assert refused.get(index) == refusal
        if single is not None:
            stored = {name: columns.column(name)[index] for name in row}
            assert stored == {name: getattr(single, name) for name in row}


def test_a_required_column_that_is_not_there_refuses_every_row() -> None:
    columns = check_columns(2, {"project_code": ["LUNG"] * 2, "material_type": ["rna"] * 2})

    assert [(row, field) for row, field, _ in columns.refused] == [(0, "name"), (1, "name")]


@given(texts=st.lists(_HAZARDS.map(str.strip), min_size=1, max_size=4))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_batch_stores_and_audits_what_single_registrations_do(
    session: WriteSession, texts: list[str]
) -> None:
    project = make_project(session)
    wanted = [
        registration(project.code, name=f"N{text}", notes=text, attributes={f"H{text}": text})
        for text in texts
    ]

    batch = service.register_batch(session, EVERYBODY, registrations=wanted, import_id=new_id())

    for key, one in zip(batch.ids, wanted, strict=True):
        single = service.register_sample(session, EVERYBODY, registration=one)
        assert _stored(session, key) == _stored(session, single.id)
        assert _audited(session, key) == _audited(session, single.id) | {
            "attributes": one.attributes
        }


def _alone(
    row: dict[str, Any],
) -> tuple[SampleRegistration | None, tuple[str, str] | None]:
    """Return the row as a registration, or its first refused field and the sentence."""
    try:
        return service.check_registration(**row), None
    except RegistrationRefused as error:
        return None, next(iter(error.fields.items()))


def _stored(session: WriteSession, key: SampleId) -> dict[str, object]:
    sample = session.get_one(Sample, key)
    session.refresh(sample)
    return {name: getattr(sample, name) for name in SampleRegistration.model_fields if name in _OWN}


_OWN = set(Sample.__table__.columns.keys()) - {"barcode"}


def _audited(session: WriteSession, key: SampleId) -> dict[str, object]:
    entry = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == key)).one()
    assert entry.new_values is not None
    return {
        name: value
        for name, value in entry.new_values.items()
        if name not in {"barcode", "import_id"}
    }
