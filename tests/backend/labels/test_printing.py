"""Asking for labels: what is queued, what is refused, and what needs a reason."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.labels import batches, queries, service
from backend.labels.errors import (
    CodeTooLong,
    PrinterNameTaken,
    PrinterNotFound,
    PrinterSwitchedOff,
    PrintNotFound,
    ReasonNeeded,
    WrongPrintState,
)
from backend.labels.ids import Field, PrintKind, PrintState
from backend.labels.models import PrintJob
from backend.labels.schemas import PrinterInput, PrintInput
from backend.samples.errors import SampleNotFound
from backend.samples.ids import MaterialType, TemperatureClass
from backend.work.models import Job
from tests.factories.labels import make_printer
from tests.factories.samples import EVERYBODY, make_sample, make_samples

MakePrincipal = Callable[..., Principal]


def of(*sample_ids: UUID, **given: object) -> PrintInput:
    return PrintInput.model_validate({"sample_ids": sample_ids, **given})


def set_state(session: WriteSession, print_id: UUID, state: PrintState) -> None:
    session.execute(update(PrintJob).where(PrintJob.id == print_id).values(state=state))
    session.expire_all()


def printed(session: WriteSession) -> tuple[UUID, UUID]:
    """Return a sample and the print that its label came out with."""
    sample = make_sample(session).id
    print_id = service.request_print(
        session, EVERYBODY, printer_id=make_printer(session), asked=of(sample)
    )
    set_state(session, print_id, PrintState.SENT)
    return sample, print_id


def test_a_print_waits_with_its_labels_and_one_job(session: WriteSession) -> None:
    samples = make_samples(session, 3)
    printer = make_printer(session, name="Bench 4")

    print_id = service.request_print(
        session, EVERYBODY, printer_id=printer, asked=of(*samples, copies=2)
    )

    found = queries.get_print(session, EVERYBODY, print_id)
    assert (found.state, found.printer_name) == (PrintState.QUEUED, "Bench 4")
    assert (found.labels, found.copies) == (3, 2)
    jobs = session.scalars(select(Job).where(Job.kind == "labels.print")).all()
    assert [job.arguments["print_id"] for job in jobs] == [str(print_id)]


def test_labels_say_what_is_known_in_the_order_asked_for(session: WriteSession) -> None:
    one = make_sample(
        session,
        barcode="PLS-251120-8T2W",
        name="Tube 17",
        material_type=MaterialType.PLASMA,
        temperature_class=TemperatureClass.MINUS_80,
    )
    other = make_sample(session)

    print_id = service.request_print(
        session, EVERYBODY, printer_id=make_printer(session), asked=of(other.id, one.id)
    )

    first, second = queries.contents_of(session, print_id)
    assert first.barcode == other.barcode
    assert second.words[Field.SERIAL] == "8T2W"
    assert second.words[Field.KEPT_AT] == "Plasma, −80 °C"
    assert second.words[Field.NAME] == "Tube 17"


def test_a_print_is_in_the_audit_trail(session: WriteSession) -> None:
    print_id = service.request_print(
        session,
        EVERYBODY,
        printer_id=make_printer(session),
        asked=of(make_sample(session).id),
    )

    entry = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == print_id)).one()
    assert entry.action == "labels.print_requested"


def test_many_labels_are_queued_in_parts_and_in_order(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_LABELS", 2)
    samples = make_samples(session, 5)

    made = service.request_prints(
        session,
        EVERYBODY,
        printer_id=make_printer(session),
        sample_ids=samples,
        template="cryo",
        copies=1,
    )

    counts = [len(queries.contents_of(session, each)) for each in made]
    assert counts == [2, 2, 1]


def test_samples_that_have_a_label_are_told_from_those_without(session: WriteSession) -> None:
    sample, _ = printed(session)
    fresh = make_sample(session).id

    assert service.without_label(session, EVERYBODY, [sample, fresh]) == [fresh]


@pytest.mark.parametrize(
    ("count", "copies", "why"), [(0, 1, "no label"), (3, 1, "at most 2"), (1, 51, "1 to 50")]
)
def test_nothing_and_too_much_are_refused(count: int, copies: int, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        service.check_amount([new_id()] * count, copies, most=2)


def test_a_label_is_printed_again_only_with_a_reason(session: WriteSession) -> None:
    sample, _ = printed(session)
    printer = make_printer(session)

    with pytest.raises(ReasonNeeded, match="was printed before") as refused:
        service.request_print(session, EVERYBODY, printer_id=printer, asked=of(sample))

    assert "reason" in refused.value.fields
    again = service.request_print(
        session, EVERYBODY, printer_id=printer, asked=of(sample, reason="Label came off")
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == again)).one()
    assert entry.reason == "Label came off"


@pytest.mark.parametrize("state", [PrintState.CANCELLED, PrintState.FAILED])
def test_a_label_that_never_came_out_needs_no_reason(
    session: WriteSession, state: PrintState
) -> None:
    sample, print_id = printed(session)
    set_state(session, print_id, state)

    again = service.request_print(
        session, EVERYBODY, printer_id=make_printer(session), asked=of(sample)
    )

    found = queries.get_print(session, EVERYBODY, again)
    assert (found.state, found.reason, found.reprint_of) == (PrintState.QUEUED, "", None)


def test_a_print_is_repeated_as_it_was_and_names_what_it_repeats(session: WriteSession) -> None:
    _, print_id = printed(session)
    before = queries.contents_of(session, print_id)

    with pytest.raises(ReasonNeeded):
        service.reprint(session, EVERYBODY, print_id=print_id, reason=" ")
    again = service.reprint(session, EVERYBODY, print_id=print_id, reason="Smeared")

    found = queries.get_print(session, EVERYBODY, again)
    assert (found.reprint_of, found.reason) == (print_id, "Smeared")
    assert queries.contents_of(session, again) == before


def test_what_has_not_come_out_cannot_be_repeated(session: WriteSession) -> None:
    _, print_id = printed(session)
    set_state(session, print_id, PrintState.UNSURE)

    with pytest.raises(WrongPrintState, match="came out"):
        service.reprint(session, EVERYBODY, print_id=print_id, reason="Lost")


def test_a_waiting_print_is_called_off_and_a_sent_one_is_not(session: WriteSession) -> None:
    _, print_id = printed(session)
    with pytest.raises(WrongPrintState):
        service.cancel_print(session, EVERYBODY, print_id=print_id)

    set_state(session, print_id, PrintState.QUEUED)
    service.cancel_print(session, EVERYBODY, print_id=print_id)

    assert queries.get_print(session, EVERYBODY, print_id).state is PrintState.CANCELLED


def test_an_unsure_print_is_not_tried_again_by_itself_or_by_a_click(session: WriteSession) -> None:
    _, print_id = printed(session)
    set_state(session, print_id, PrintState.UNSURE)

    with pytest.raises(WrongPrintState, match="Look at the printer"):
        service.retry_print(session, EVERYBODY, print_id=print_id)


def test_a_person_who_saw_the_labels_settles_an_unsure_print(session: WriteSession) -> None:
    _, print_id = printed(session)
    set_state(session, print_id, PrintState.UNSURE)

    service.settle_print(session, EVERYBODY, print_id=print_id, came_out=True)

    found = queries.get_print(session, EVERYBODY, print_id)
    assert (found.state, found.settled_by_name) == (PrintState.SENT, EVERYBODY.name)


def test_labels_that_did_not_come_out_are_sent_once_more(session: WriteSession) -> None:
    _, print_id = printed(session)
    set_state(session, print_id, PrintState.UNSURE)

    service.settle_print(
        session, EVERYBODY, print_id=print_id, came_out=False, note="Tray is empty"
    )

    assert queries.get_print(session, EVERYBODY, print_id).state is PrintState.QUEUED
    keys = session.scalars(select(Job.key).where(Job.kind == "labels.print")).all()
    assert sorted(keys) == [f"{print_id}:0", f"{print_id}:1"]


def test_there_is_nothing_to_settle_where_the_printer_answered(session: WriteSession) -> None:
    _, print_id = printed(session)

    with pytest.raises(WrongPrintState, match="nothing to be settled"):
        service.settle_print(session, EVERYBODY, print_id=print_id, came_out=False)


def test_a_sheet_counts_as_printed(session: WriteSession) -> None:
    sample = make_sample(session).id

    print_id, file = service.make_sheets(
        session, EVERYBODY, asked=of(sample, template="tube"), sheet="a4-65", start_at=3
    )

    found = queries.get_print(session, EVERYBODY, print_id)
    assert file.startswith(b"%PDF")
    assert (found.kind, found.state) == (PrintKind.SHEET, PrintState.SENT)
    assert queries.printed_before(
        session, [label.barcode for label in queries.contents_of(session, print_id)]
    )
    with pytest.raises(ReasonNeeded):
        service.make_sheets(session, EVERYBODY, asked=of(sample), sheet="a4-65")


def test_a_sheet_is_repeated_on_a_printer_only(session: WriteSession) -> None:
    print_id, _ = service.make_sheets(
        session, EVERYBODY, asked=of(make_sample(session).id), sheet="a4-65"
    )

    with pytest.raises(InvalidInput, match="Choose a printer"):
        service.reprint(session, EVERYBODY, print_id=print_id, reason="Torn")
    service.reprint(
        session, EVERYBODY, print_id=print_id, reason="Torn", printer_id=make_printer(session)
    )


def test_a_test_print_belongs_to_no_sample_and_needs_no_reason(session: WriteSession) -> None:
    printer = make_printer(session)

    for _ in range(2):
        print_id = service.request_test(session, EVERYBODY, printer_id=printer)

    (label,) = queries.contents_of(session, print_id)
    assert label.words[Field.SERIAL] == "TEST"
    assert queries.printed_before(session, [label.barcode]) == []


def test_what_cannot_be_printed_is_refused_before_it_is_queued(session: WriteSession) -> None:
    printer = make_printer(session)
    long = make_sample(session, barcode="A1B2C3D4E5F6-" * 4).id
    before = session.scalar(select(func.count()).select_from(PrintJob))

    with pytest.raises(CodeTooLong):
        service.request_print(
            session, EVERYBODY, printer_id=printer, asked=of(long, template="cap")
        )
    with pytest.raises(SampleNotFound):
        service.request_print(session, EVERYBODY, printer_id=printer, asked=of(new_id()))
    with pytest.raises(PrinterNotFound):
        service.request_print(session, EVERYBODY, printer_id=new_id(), asked=of(long))

    assert session.scalar(select(func.count()).select_from(PrintJob)) == before


def test_a_printer_that_is_switched_off_takes_nothing(session: WriteSession) -> None:
    printer = make_printer(session, is_active=False)

    with pytest.raises(PrinterSwitchedOff, match="switched off"):
        service.request_test(session, EVERYBODY, printer_id=printer)


def test_two_printers_never_share_a_name(session: WriteSession) -> None:
    make_printer(session, name="Bench 4")
    other = make_printer(session, name="Bench 5")

    with pytest.raises(PrinterNameTaken):
        make_printer(session, name="bench 4")
    with pytest.raises(PrinterNameTaken):
        service.change_printer(
            session,
            EVERYBODY,
            printer_id=other,
            printer=PrinterInput(name="BENCH 4", host="127.0.0.1"),
        )


def test_a_printer_is_changed_with_old_and_new_in_the_trail(session: WriteSession) -> None:
    printer = make_printer(session, name="Bench 4")

    service.change_printer(
        session,
        EVERYBODY,
        printer_id=printer,
        printer=PrinterInput(name="Bench 4", host="printer-4.lab", dpi=300),
    )

    newest = (
        select(AuditEntry).where(AuditEntry.entity_id == printer).order_by(AuditEntry.id.desc())
    )
    entry = session.scalars(newest.limit(1)).one()
    assert entry.old_values is not None
    assert entry.new_values is not None
    assert (entry.old_values["dpi"], entry.new_values["dpi"]) == (203, 300)


def test_each_field_of_a_printer_says_what_to_do() -> None:
    with pytest.raises(InvalidInput) as refused:
        service.check_printer(name="", host="http://x", port="x", dpi=72, template="none")

    fields = refused.value.fields
    assert set(fields) == {"name", "host", "port", "dpi", "template"}
    assert fields["port"] == "The port is a number, usually 9100."


def test_who_prints_sees_their_own_and_who_configures_sees_all(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    _, print_id = printed(session)
    rights = (Permission.SAMPLES_VIEW, Permission.SAMPLES_VIEW_ALL_PROJECTS)
    person = principal_of(*rights, Permission.LABELS_PRINT)
    keeper = principal_of(*rights, Permission.LABELS_PRINT, Permission.LABELS_CONFIGURE)

    assert queries.list_prints(session, person) == []
    with pytest.raises(PrintNotFound):
        queries.get_print(session, person, print_id)
    assert [each.id for each in queries.list_prints(session, keeper)] == [print_id]


def test_who_may_not_print_is_refused(session: WriteSession, principal_of: MakePrincipal) -> None:
    person = principal_of(Permission.SAMPLES_VIEW)
    printer = make_printer(session)

    with pytest.raises(PermissionDenied):
        service.request_test(session, person, printer_id=printer)
    with pytest.raises(PermissionDenied):
        service.add_printer(session, person, printer=PrinterInput(name="X1", host="h"))
    with pytest.raises(PermissionDenied):
        queries.list_printers(session, person)
