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
from backend.events.exporting import AuditFormat
from backend.events.models import AuditEntry
from backend.events.views import AuditFilters
from tests.factories.samples import EVERYBODY

MakePrincipal = Callable[..., Principal]
CSV, JSON = AuditFormat.CSV, AuditFormat.JSON
CUPS = AuditFilters(entity="cup")


def note(session: WriteSession, *, reason: str | None = None, entity: str = "cup") -> None:
    service.audit(
        session,
        EVERYBODY,
        action="kitchen.cup_washed",
        entity=entity,
        entity_id=new_id(),
        new={"is_clean": True},
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
    monkeypatch.setattr(exporting, "MOST_ENTRIES", 1)

    with pytest.raises(InvalidInput, match="Narrow them"):
        exporting.export_audit(session, EVERYBODY, kind=CSV, filters=CUPS)


def test_the_trail_is_for_those_who_may_read_it(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    with pytest.raises(PermissionDenied):
        exporting.export_audit(
            session, principal_of(Permission.SAMPLES_VIEW), kind=CSV, filters=CUPS
        )
