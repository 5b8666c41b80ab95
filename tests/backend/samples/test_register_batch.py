"""Registering many samples at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import func, select

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples import queries, service
from backend.samples.models import Sample, SampleTransition
from backend.samples.views import BatchResult
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration

MakePrincipal = Callable[..., Principal]


def test_a_batch_registers_in_order_with_one_event_and_an_audit_entry_each(
    session: WriteSession,
) -> None:
    project, batch = make_project(session), new_id()
    wanted = [registration(project.code, name=f"N{index}") for index in range(5)]

    result = service.register_batch(session, EVERYBODY, registrations=wanted, import_id=batch)

    names = [queries.get_sample(session, EVERYBODY, key).row.name for key in result.ids]
    assert names == ["N0", "N1", "N2", "N3", "N4"]
    events = session.scalars(select(OutboxEvent).where(OutboxEvent.aggregate_id == batch)).all()
    assert [event.type for event in events] == ["samples.batch_registered"]
    audited = select(func.count()).where(AuditEntry.entity_id.in_(result.ids))
    assert session.scalar(audited) == 5
    stepped = select(func.count()).where(SampleTransition.sample_id.in_(result.ids))
    assert session.scalar(stepped) == 5


def test_the_trail_keeps_what_was_given_of_each_sample(session: WriteSession) -> None:
    project, batch = make_project(session), new_id()
    wanted = [registration(project.code, name="N", volume_ul=Decimal("12.50"), rin=None)]

    (key,) = service.register_batch(session, EVERYBODY, registrations=wanted, import_id=batch).ids

    entry = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == key)).one()
    assert entry.new_values is not None
    assert entry.new_values["name"] == "N"
    assert entry.new_values["volume_ul"] == "12.50"
    assert entry.new_values["import_id"] == str(batch)
    assert entry.new_values["barcode"] == queries.get_sample(session, EVERYBODY, key).row.barcode
    assert "rin" not in entry.new_values


def test_each_refusal_names_its_row_its_field_and_what_to_do(session: WriteSession) -> None:
    project = make_project(session)
    make_sample(session, project.code, barcode="TAKEN-1", external_id="E-TAKEN")
    wanted = [
        registration(project.code, barcode="FRESH-1"),
        registration(project.code, barcode="FRESH-1"),
        registration(project.code, barcode="TAKEN-1"),
        registration(project.code, external_id="e-taken"),
        registration("NOWHERE"),
        registration(project.code, parent_barcode="NOBODY-1"),
    ]

    result = service.register_batch(session, EVERYBODY, registrations=wanted, import_id=new_id())

    assert result.barcodes == ["FRESH-1"]
    assert [(index, field) for index, field, _ in result.refused] == [
        (1, "barcode"),
        (2, "barcode"),
        (3, "external_id"),
        (4, "project_code"),
        (5, "parent_barcode"),
    ]
    sentences = [sentence for _, _, sentence in result.refused]
    assert sentences[0] == (
        "Barcode FRESH-1 stands twice in this list. Give one of them another code."
    )
    assert sentences[3] == (
        "Project NOWHERE is not among your open projects. Choose another project."
    )


def test_generated_codes_are_all_different(session: WriteSession) -> None:
    project = make_project(session)
    wanted = [registration(project.code) for _ in range(300)]

    result = service.register_batch(session, EVERYBODY, registrations=wanted, import_id=new_id())

    assert len(set(result.barcodes)) == 300


def test_the_same_batch_again_registers_nothing(session: WriteSession) -> None:
    project = make_project(session)
    wanted = [registration(project.code, barcode=f"ONCE-{index}") for index in range(3)]
    service.register_batch(session, EVERYBODY, registrations=wanted, import_id=new_id())

    again = service.register_batch(session, EVERYBODY, registrations=wanted, import_id=new_id())

    assert again.ids == []
    assert len(again.refused) == 3
    known = select(func.count()).where(Sample.barcode.like("ONCE-%"))
    assert session.scalar(known) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("committed_database")
def test_of_two_batches_at_once_the_later_is_told_which_codes_are_taken() -> None:
    with writing() as session:
        code = make_project(session).code
    start = Barrier(2)

    def register(own: str) -> BatchResult:
        wanted = [registration(code, barcode=barcode) for barcode in ("RACE-1", "RACE-2", own)]
        start.wait(30)
        with writing() as session:
            return service.register_batch(
                session, EVERYBODY, registrations=wanted, import_id=new_id()
            )

    with ThreadPoolExecutor(2) as people:
        done = sorted(people.map(register, ("RACE-A", "RACE-B")), key=lambda one: len(one.ids))

    keys = [key for one in done for key in one.ids]
    with reading() as session:
        steps = select(func.count()).where(SampleTransition.sample_id.in_(keys))
        entries = select(func.count()).where(AuditEntry.entity_id.in_(keys))
        written = (session.scalar(steps), session.scalar(entries))
        raced = session.scalar(select(func.count()).where(Sample.barcode.like("RACE-%")))
    assert [len(one.ids) for one in done] == [1, 3]
    assert [(index, field) for index, field, _ in done[0].refused] == [
        (0, "barcode"),
        (1, "barcode"),
    ]
    assert written == (4, 4)
    assert raced == 4


def test_a_batch_needs_the_right(session: WriteSession, principal_of: MakePrincipal) -> None:
    with pytest.raises(PermissionDenied, match=r"samples\.register"):
        service.register_batch(
            session,
            principal_of(Permission.SAMPLES_VIEW),
            registrations=[],
            import_id=new_id(),
        )
