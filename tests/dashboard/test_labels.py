"""Printing labels from pages: the queue in words, the dialog, and the printers of Admin."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from dash import no_update
from sqlalchemy import Engine

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal, UserId
from backend.core.transaction import reading, writing
from backend.labels import contents, queries, service
from backend.labels.ids import PrinterKind, PrintKind, PrintState
from backend.labels.views import PrinterView, PrintView
from backend.samples.labels import LabelText
from backend.work.ids import JobState
from backend.work.models import Job
from dashboard.components.tube_label import tube_label
from dashboard.pages.admin import printers
from dashboard.pages.labels import dialog_callbacks, layout, words
from tests.factories.labels import make_printer
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_samples
from tests.factories.storage import make_freezer
from tests.support.label_printer import Manner, closed_port, label_printer
from tests.support.label_reading import decoded, svg_symbol_dots

AT = datetime(2026, 11, 25, 9, 41, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def printed(state: PrintState = PrintState.SENT, **given: object) -> PrintView:
    values: dict[str, object] = {
        "id": new_id(),
        "kind": PrintKind.LABELS,
        "state": state,
        "printer_id": new_id(),
        "printer_name": "Bench 4",
        "template": "cryo",
        "labels": 48,
        "copies": 1,
        "first_barcode": "PLS-1",
        "attempts": 1,
        "detail": "",
        "reason": "",
        "reprint_of": None,
        "requested_by_name": "Ada Marsh",
        "created_at": AT,
        "sent_at": None,
        "settled_by_name": "",
        **given,
    }
    return PrintView(**values)  # type: ignore[arg-type] # values of any field


def test_every_state_has_its_mark_and_its_acts() -> None:
    assert set(words.ACTS) == set(PrintState)
    assert len({words.look(state).word for state in PrintState}) == len(PrintState)


def test_what_is_said_of_a_print() -> None:
    assert words.what(printed(copies=2)) == "48 labels × 2"
    assert words.what(printed(kind=PrintKind.TEST)) == "Test print"
    assert words.remark(printed(detail="Out of labels.", reason="Smeared")) == (
        "Out of labels. Reason: Smeared"
    )


def test_an_unsure_print_offers_only_what_a_person_can_know() -> None:
    drawn = str(layout.prints([printed(PrintState.UNSURE)], zone=BERLIN, now=AT).to_plotly_json())

    assert "They came out" in drawn
    assert "They did not, send again" in drawn
    assert "Print again" not in drawn


def test_an_empty_queue_says_how_to_fill_it() -> None:
    assert "Nothing was printed yet" in str(layout.prints([], zone=BERLIN, now=AT))


def test_a_printer_that_is_switched_off_takes_no_test() -> None:
    printer = PrinterView(
        id=new_id(),
        name="Bench 4",
        kind=PrinterKind.ZPL_TCP,
        host="10.0.0.4",
        port=9100,
        dpi=203,
        template="cryo",
        is_active=False,
        waiting=2,
    )

    drawn = str(printers.listed([printer]).to_plotly_json())

    assert "Switched off" in drawn
    assert "disabled=True" in drawn
    assert "There is no printer yet" in str(printers.listed([]))


@pytest.mark.parametrize(
    ("manner", "said"),
    [
        (Manner.ANSWERS, " Ready"),
        (Manner.OUT_OF_LABELS, " It is out of labels."),
        (Manner.SILENT, " Connected; it does not tell its state."),
    ],
)
def test_a_printers_answer_is_put_in_words(
    bound_database: Engine, manner: Manner, said: str
) -> None:
    with label_printer(manner) as printer:
        assert dialog_callbacks.printer_words("127.0.0.1", printer.port)[-1] == said


def test_a_printer_that_is_not_there_is_named_with_its_address(bound_database: Engine) -> None:
    port = closed_port()

    said = dialog_callbacks.printer_words("127.0.0.1", port)[-1]

    assert str(said).startswith(f" No printer answers at 127.0.0.1:{port}")


def test_a_printer_that_is_left_alone_is_not_asked(bound_database: Engine) -> None:
    port = closed_port()
    for _ in range(3):
        dialog_callbacks.printer_words("127.0.0.1", port)

    said = dialog_callbacks.printer_words("127.0.0.1", port)[-1]

    assert f"The printer at 127.0.0.1:{port} is not called at the moment" in str(said)


def test_the_label_beside_the_form_is_the_one_that_is_printed() -> None:
    drawn = tube_label(contents.of_text(LabelText(barcode="PLS-251120-8T2W")))

    svg = drawn.children.to_plotly_json()["props"]["data-svg"]
    assert decoded(svg_symbol_dots(svg, 12)) == [("DataMatrix", "PLS-251120-8T2W")]


@pytest.fixture
def person(committed_database: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Principal]:
    """Return a maker of whoever sits at the page."""

    def sit(*permissions: Permission) -> Principal:
        principal = Principal(
            user_id=UserId(new_id()),
            name="Ada Marsh",
            permissions=frozenset(permissions or Permission),
            origin=Origin.UI,
            request_id="test",
        )
        monkeypatch.setattr(dialog_callbacks, "current_principal", lambda: principal)
        return principal

    return sit


def choose(samples: list[UUID], where: str, printer: object, **given: object) -> tuple[object, ...]:
    chosen: dict[str, object] = {
        "what": {"samples": [str(key) for key in samples]},
        "template": "cryo",
        "where": where,
        "printer": None if printer is None else str(printer),
        "sheet": "a4-65",
        "start_at": 1,
        "copies": 1,
        "only_new": [],
        "reason": "",
        **given,
    }
    return tuple(chosen.values())


def test_the_dialog_shows_the_first_label_and_queues_all(person: Callable[..., Principal]) -> None:
    sitting = person()
    with writing() as session:
        samples = [UUID(str(key)) for key in make_samples(session, 3)]
        printer = make_printer(session, name="Bench 4")
    what = {"samples": [str(key) for key in samples]}

    drawn, no_printer, no_sheet = dialog_callbacks.show_preview(
        what, "cryo", "printer", str(printer), []
    )
    said, *_ = dialog_callbacks.print_labels(1, *choose(samples, "printer", printer))

    assert (no_printer, no_sheet) == (False, True)
    assert "The first of 3 labels" in str(drawn)
    assert "3 labels are queued on Bench 4" in str(said)
    with reading() as session:
        (queued,) = queries.list_prints(session, sitting)
    assert queued.labels == 3


def test_labels_printed_before_are_refused_without_a_reason_or_left_out(
    person: Callable[..., Principal],
) -> None:
    person()
    with writing() as session:
        samples = [UUID(str(key)) for key in make_samples(session, 2)]
        printer = make_printer(session)
        service.request_prints(
            session,
            EVERYBODY,
            printer_id=printer,
            sample_ids=samples[:1],
            template="cryo",
            copies=1,
        )

    refused, *_ = dialog_callbacks.print_labels(1, *choose(samples, "printer", printer))
    left, *_ = dialog_callbacks.print_labels(
        1, *choose(samples, "printer", printer, only_new=["new"])
    )

    assert "was printed before" in str(refused)
    assert "1 label is queued" in str(left)


def test_a_pdf_is_handed_to_the_browser(person: Callable[..., Principal]) -> None:
    person()
    with writing() as session:
        samples = [UUID(str(key)) for key in make_samples(session, 2)]

    said, file, _ = dialog_callbacks.print_labels(1, *choose(samples, "sheet", None))

    assert "2 labels made" in str(said)
    assert file["filename"] == "labels.pdf"
    assert file["content"].startswith("JVBERi")  # %PDF in base 64


def test_labels_of_places_go_the_same_way_and_again_with_a_reason_only(
    person: Callable[..., Principal],
) -> None:
    person()
    with writing() as session:
        freezer = make_freezer(session, label="ULT-77")
        printer = make_printer(session, name="Bench 4")
    alone = {"place": str(freezer.unit_id), "alone": True}
    inside = {"place": str(freezer.unit_id), "alone": False}
    box = {"template": "box", "sheet": "a4-21"}

    drawn, *_ = dialog_callbacks.show_preview(inside, "box", "printer", str(printer), [])
    said, file, _ = dialog_callbacks.print_labels(
        1, *choose([], "sheet", None, what=alone, copies=2, **box)
    )
    refused, *_ = dialog_callbacks.print_labels(
        1, *choose([], "printer", printer, what=inside, **box)
    )
    left, *_ = dialog_callbacks.print_labels(
        1, *choose([], "printer", printer, what=inside, only_new=["new"], **box)
    )

    assert "The first of 4 labels" in str(drawn).replace("\xa0", " ")
    assert "2 labels made" in str(said)
    assert file["content"].startswith("JVBERi")
    assert "ULT-77 was printed before" in str(refused)
    assert "3 labels are queued" in str(left)


def test_nothing_chosen_says_so(person: Callable[..., Principal]) -> None:
    person()

    said, *_ = dialog_callbacks.print_labels(1, *choose([], "sheet", None))

    assert "no label to print" in str(said)


def test_a_pdf_of_more_labels_than_a_person_waits_for_is_asked_of_a_worker(
    person: Callable[..., Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = person()
    monkeypatch.setattr(dialog_callbacks, "MOST_LABELS", 3)
    with writing() as session:
        sitting = replace(sitting, user_id=UserId(make_user(session).id))
        samples = [UUID(str(key)) for key in make_samples(session, 2)]
    monkeypatch.setattr(dialog_callbacks, "current_principal", lambda: sitting)

    said, file, job = dialog_callbacks.print_labels(1, *choose(samples, "sheet", None, copies=2))

    assert "A worker makes the file" in str(said)
    assert file is no_update
    assert dialog_callbacks.offer_sheets(1, job) == []
    with writing() as session:
        found = session.get_one(Job, UUID(job))
        found.state, found.finished_at = JobState.DONE, clock.utc_now()
        found.started_at, found.result = found.finished_at, {"sha256": "ab", "labels": 4}
    (link,) = dialog_callbacks.offer_sheets(1, job)
    assert link.href == f"/files/labels/{job}"
    assert "4 labels" in str(link).replace("\xa0", " ")
    assert dialog_callbacks.offer_sheets(1, None) == []
