"""Registering one sample at a bench."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from backend.core import barcodes
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples import queries, service
from backend.samples.errors import (
    BarcodeTaken,
    ExternalIdTaken,
    ProjectNotFound,
    RegistrationRefused,
    SampleNotFound,
)
from backend.samples.ids import MaterialType, TemperatureClass
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration

MakePrincipal = Callable[..., Principal]


def test_a_sample_without_a_code_gets_a_check_digited_one(session: WriteSession) -> None:
    made = make_sample(session, material_type=MaterialType.GDNA)

    assert made.barcode.startswith("DNA-")
    assert barcodes.is_ours(made.barcode)


def test_a_scanned_code_is_kept_in_capitals(session: WriteSession) -> None:
    made = make_sample(session, barcode=" crc240001 ")

    assert made.barcode == "CRC240001"


def test_what_was_registered_reads_back(session: WriteSession) -> None:
    project = make_project(session)
    wanted = registration(project.code, volume_ul=Decimal("46.5"), subject_code="S-1")

    made = service.register_sample(session, EVERYBODY, registration=wanted)

    detail = queries.get_sample(session, EVERYBODY, made.id)
    assert detail.row.volume_ul == Decimal("46.500")
    assert detail.row.subject_code == "S-1"
    assert detail.row.status == "pending"
    assert [step.action for step in detail.transitions] == ["register"]


def test_registering_leaves_an_event_and_an_audit_entry(session: WriteSession) -> None:
    made = make_sample(session)

    event = session.scalars(select(OutboxEvent).where(OutboxEvent.aggregate_id == made.id)).one()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == made.id)).one()
    assert event.type == "samples.sample_registered"
    assert entry.new_values is not None
    assert entry.new_values["volume_ul"] == "50"


def test_a_code_that_another_tube_carries_is_refused(session: WriteSession) -> None:
    project = make_project(session)
    make_sample(session, project.code, barcode="TUBE-1")

    with pytest.raises(BarcodeTaken, match="TUBE-1 already belongs to another sample") as refusal:
        make_sample(session, project.code, barcode="tube-1")

    assert "barcode" in refusal.value.fields


def test_a_submitters_name_is_unique_in_its_project_whatever_its_capitals(
    session: WriteSession,
) -> None:
    project, other = make_project(session), make_project(session)
    make_sample(session, project.code, external_id="LAB-7")

    make_sample(session, other.code, external_id="LAB-7")

    with pytest.raises(ExternalIdTaken, match="lab-7"):
        make_sample(session, project.code, external_id="lab-7")


def test_registering_needs_the_right(session: WriteSession, principal_of: MakePrincipal) -> None:
    project = make_project(session)

    with pytest.raises(PermissionDenied, match=r"samples\.register"):
        service.register_sample(
            session,
            principal_of(Permission.SAMPLES_VIEW),
            registration=registration(project.code),
        )


def test_a_project_of_others_looks_as_if_it_were_not_there(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    project = make_project(session)
    stranger = principal_of(Permission.SAMPLES_REGISTER)

    with pytest.raises(ProjectNotFound, match="among yours"):
        service.register_sample(session, stranger, registration=registration(project.code))


def test_a_member_registers_in_and_sees_only_their_project(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    person = make_user(session)
    mine, others = make_project(session), make_project(session)
    service.add_member(session, EVERYBODY, project_id=mine.id, user_id=person.id)
    principal = principal_of(
        Permission.SAMPLES_REGISTER, Permission.SAMPLES_VIEW, user_id=UserId(person.id)
    )
    hidden = make_sample(session, others.code)

    made = service.register_sample(session, principal, registration=registration(mine.code))

    assert queries.find_by_barcode(session, principal, made.barcode) is not None
    assert queries.find_by_barcode(session, principal, hidden.barcode) is None
    with pytest.raises(SampleNotFound):
        queries.get_sample(session, principal, hidden.id)


def test_an_aliquot_joins_its_parents_family(session: WriteSession) -> None:
    project = make_project(session)
    parent = make_sample(session, project.code)

    child = make_sample(session, project.code, parent_barcode=parent.barcode)

    detail = queries.get_sample(session, EVERYBODY, child.id)
    assert detail.parent_barcode == parent.barcode
    assert detail.family_id == parent.id


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"volume_ul": "-1"}, "volume_ul", "Volume must be 0 µL or more."),
        ({"volume_ul": "1.2 ml"}, "volume_ul", "Volume must be a number in µL."),
        ({"name": ""}, "name", "Enter a sample name."),
        ({"material_type": "dna?"}, "material_type", "Choose a sample type."),
        ({"rin": "11"}, "rin", "RIN must be between 1 and 10."),
        ({"barcode": "a b"}, "barcode", "no spaces"),
        ({"index_i7": "ACGX"}, "index_i7", "letters A, C, G and T"),
        (
            {"material_type": "rna", "temperature_class": "-20"},
            "temperature_class",
            "RNA must be stored at LN₂ vapour or −80 °C.",
        ),
    ],
)
def test_each_wrong_field_has_its_sentence(
    typed: dict[str, str], field: str, sentence: str
) -> None:
    fine = {
        "project_code": "P",
        "name": "S",
        "material_type": MaterialType.GDNA.value,
        "temperature_class": TemperatureClass.MINUS_20.value,
    }

    with pytest.raises(RegistrationRefused) as refusal:
        service.check_registration(**{**fine, **typed})

    assert sentence in refusal.value.fields[field]
