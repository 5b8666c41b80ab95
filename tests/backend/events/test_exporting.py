"""The audit trail as a file: what it holds, against what it is checked, who may take it."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import exporting, sealing, service
from backend.events.audit_files import AuditFormat
from backend.events.models import AuditEntry
from backend.events.views import AuditFilters
from tests.factories.samples import EVERYBODY
from tests.support import pdf_reading

MakePrincipal = Callable[..., Principal]
CSV, JSON, PDF = AuditFormat.CSV, AuditFormat.JSON, AuditFormat.PDF
CUPS = AuditFilters(entity="cup")


def note(
    session: WriteSession, *, reason: str | None = None, entity: str = "cup", said: object = True
) -> None:
    service.audit(
        session,
        EVERYBODY,
        action="kitchen.cup_washed",
        entity=entity,
        entity_id=new_id(),
        new={"is_clean": said},
        reason=reason,
    )
    session.flush()


def test_every_entry_carries_the_hash_that_the_chain_has(session: WriteSession) -> None:
    note(session)
    note(session)
    sealing.seal(session)
    note(session)

    made = json.loads(exporting.export_audit(session, EVERYBODY, kind=JSON, filters=CUPS))

    head = sealing.head(session)
    assert head is not None
    assert made["export"]["last_position"] == head[0]
    assert made["export"]["last_hash"] == head[1].hex()
    assert (made["export"]["entries"], made["export"]["not_sealed_yet"]) == (3, 1)
    assert made["entries"][1]["previous_hash"] == made["entries"][0]["hash"]


def test_filters_leave_other_records_out_and_are_named_in_the_file(session: WriteSession) -> None:
    note(session)
    note(session, entity="plate")

    made = json.loads(exporting.export_audit(session, EVERYBODY, kind=JSON, filters=CUPS))

    assert [entry["entity"] for entry in made["entries"]] == ["cup"]
    assert made["export"]["filters"] == {"entity": "cup"}
    assert made["export"]["taken_by"] == EVERYBODY.name


def test_no_cell_of_the_text_file_is_a_formula(session: WriteSession) -> None:
    note(session, reason="=HYPERLINK(1)")

    made = exporting.export_audit(session, EVERYBODY, kind=CSV, filters=CUPS)

    lines = list(csv.reader(io.StringIO(made.decode("utf-8-sig"))))
    (at,) = [index for index, line in enumerate(lines) if not line]
    (entry,) = [dict(zip(lines[at + 1], line, strict=True)) for line in lines[at + 2 :]]
    assert entry["reason"] == "'=HYPERLINK(1)"
    assert entry["new_values"] == '{"is_clean": true}'


def test_the_pages_say_what_they_are_and_which_of_how_many(session: WriteSession) -> None:
    for number in range(60):
        note(session, reason=f"Wash {number}, at 40 °C by Zoë")
    sealing.seal(session)
    note(session)

    pages = pdf_reading.pages_of(exporting.export_audit(session, EVERYBODY, kind=PDF, filters=CUPS))

    whole = "\n".join(pages)
    head = sealing.head(session)
    assert head is not None
    assert "record cup" in pages[0]
    assert f"position {head[0]}, hash {head[1].hex()}" in pages[0]
    assert "61, of these not sealed yet 1" in pages[0]
    assert EVERYBODY.name in pages[0]
    assert all(f"Reason: Wash {number}, at 40 °C by Zoë" in whole for number in range(60))
    assert len(pages) > 1
    assert [page.splitlines()[-1] for page in pages] == [
        f"Page {number} of {len(pages)}" for number in range(1, len(pages) + 1)
    ]


def test_nothing_is_lost_on_pages_but_what_they_say_is_lost(session: WriteSession) -> None:
    note(session, said="\N{GREEK SMALL LETTER ALPHA}" + "x" * 2_500)

    (page,) = pdf_reading.pages_of(
        exporting.export_audit(session, EVERYBODY, kind=PDF, filters=CUPS)
    )

    together = page.replace("\n", "")
    assert "\\u{3b1}xxx" in together
    assert "(524 more characters, whole in the CSV and JSON files)" in page.replace("\n", " ")


def test_no_entry_is_a_page_that_says_so(session: WriteSession) -> None:
    (page,) = pdf_reading.pages_of(
        exporting.export_audit(session, EVERYBODY, kind=PDF, filters=CUPS)
    )

    assert "0, of these not sealed yet 0" in page
    assert "none is sealed" in page


def test_pieces_make_the_same_file(session: WriteSession, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        note(session)
    monkeypatch.setattr(exporting, "PIECE_ENTRIES", 2)

    made = json.loads(exporting.export_audit(session, EVERYBODY, kind=JSON, filters=CUPS))

    keys = [entry["id"] for entry in made["entries"]]
    assert (len(keys), keys) == (5, sorted(set(keys)))


def test_taking_the_trail_out_is_in_the_trail_itself(session: WriteSession) -> None:
    note(session)

    exporting.export_audit(session, EVERYBODY, kind=CSV, filters=CUPS)

    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "events.audit_exported")
    ).one()
    assert entry.new_values == {"format": "csv", "entries": 1, "filters": {"entity": "cup"}}


def test_too_many_entries_are_refused_with_what_to_do(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(session)
    note(session)
    monkeypatch.setattr(exporting, "MOST_ENTRIES", dict.fromkeys(AuditFormat, 1))

    with pytest.raises(InvalidInput, match="Narrow them"):
        exporting.export_audit(session, EVERYBODY, kind=CSV, filters=CUPS)


def test_the_trail_is_for_those_who_may_read_it(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    with pytest.raises(PermissionDenied):
        exporting.export_audit(
            session, principal_of(Permission.SAMPLES_VIEW), kind=CSV, filters=CUPS
        )
