"""Rack scanners as rows: set up by who configures storage, beside those of the variable."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.core.devices import RackScanner, ScannerDialect
from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, machinery
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.storage import rack_scanners, scanner_schemas, service
from backend.storage.adapters import rack_scanner
from backend.storage.adapters.rack_scanner import Timing
from backend.storage.errors import ScannerAway, ScannerNameTaken, ScannerNotFound, ScanRefused
from backend.storage.scanner_schemas import ScannerInput, is_reachable_from_a_page
from backend.storage.scanning.spelling import spelled, unspelled
from tests.factories.samples import EVERYBODY
from tests.support.label_printer import closed_port
from tests.support.rack_scanner import END, VisionMate, says, toy_scanner

SOON = Timing(connect_s=2.0, answer_s=0.4, ask_every_s=0.01)
FIXED = (
    RackScanner(name="Bench 2", host="127.0.0.1", port=8000, dialect=ScannerDialect.VISIONMATE),
)


def typed(**facts: object) -> ScannerInput:
    known: dict[str, Any] = {
        "name": "Bench 7",
        "host": "scanner-7.lab",
        "port": "8000",
        "dialect": "visionmate",
    }
    return service.check_scanner(**(known | facts))


def at_loopback(port: int, **facts: Any) -> RackScanner:
    known = {"dialect": ScannerDialect.VISIONMATE, "wait_s": 0.6}
    return RackScanner(name="Bench 7", host="127.0.0.1", port=port, **(known | facts))


def test_an_added_scanner_can_be_asked_beside_those_of_the_variable(session: WriteSession) -> None:
    service.add_scanner(session, EVERYBODY, scanner=typed(), fixed=FIXED)

    found = rack_scanners.usable_scanners(session, EVERYBODY, FIXED)

    assert [each.name for each in found] == ["Bench 2", "Bench 7"]
    shown = rack_scanners.list_scanners(session, EVERYBODY, FIXED)
    assert [each.is_fixed for each in shown] == [True, False]


def test_one_that_is_switched_off_is_not_asked_and_each_change_is_audited(
    session: WriteSession,
) -> None:
    key = service.add_scanner(session, EVERYBODY, scanner=typed())

    service.change_scanner(
        session, EVERYBODY, scanner_id=key, scanner=typed(is_active=False, port="8001")
    )
    service.change_scanner(
        session, EVERYBODY, scanner_id=key, scanner=typed(is_active=False, port="8001")
    )

    assert rack_scanners.usable_scanners(session, EVERYBODY, ()) == ()
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.entity_id == key).order_by(AuditEntry.id)
    ).all()
    assert [entry.action for entry in entries] == ["storage.rack_scanner_set"] * 2
    assert (entries[1].old_values or {})["port"] == 8000
    assert (entries[1].new_values or {})["port"] == 8001


def test_a_name_is_given_once_and_the_variables_wins(session: WriteSession) -> None:
    service.add_scanner(session, EVERYBODY, scanner=typed())

    with pytest.raises(ScannerNameTaken, match="“BENCH 7” already"):
        service.add_scanner(session, EVERYBODY, scanner=typed(name="BENCH 7"))
    with pytest.raises(ScannerNameTaken, match="TRACSEQ_RACK_SCANNERS names"):
        service.add_scanner(session, EVERYBODY, scanner=typed(name="bench 2"), fixed=FIXED)

    later = (FIXED[0].model_copy(update={"name": "bench 7"}),)
    assert rack_scanners.usable_scanners(session, EVERYBODY, later) == later
    assert [each.is_hidden for each in rack_scanners.list_scanners(session, EVERYBODY, later)] == [
        False,
        True,
    ]


def test_changing_what_is_not_there_is_a_sentence(session: WriteSession) -> None:
    with pytest.raises(ScannerNotFound, match="no such rack scanner"):
        service.change_scanner(session, EVERYBODY, scanner_id=new_id(), scanner=typed())


def test_who_places_samples_sets_up_no_scanner(session: WriteSession) -> None:
    technician = machinery("Ada", Permission.STORAGE_PLACE, request_id="t")

    with pytest.raises(PermissionDenied):
        service.add_scanner(session, technician, scanner=typed())
    with pytest.raises(PermissionDenied):
        rack_scanners.list_scanners(session, technician, ())
    with pytest.raises(PermissionDenied):
        rack_scanners.get_scanner(session, technician, UUID(int=1))
    with pytest.raises(PermissionDenied):
        rack_scanner.try_out(technician, FIXED[0])


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"name": ""}, "name", "such as Bench 2"),
        ({"host": "http://scanner"}, "host", "without http://"),
        ({"host": "localhost"}, "host", "cannot stand on the server itself"),
        ({"host": "127.0.0.9"}, "host", "cannot stand on the server itself"),
        ({"host": "169.254.169.254"}, "host", "cannot stand on the server itself"),
        ({"port": "many"}, "port", "from 1 to 65535"),
        ({"port": "70000"}, "port", "from 1 to 65535"),
        ({"wait_s": "600"}, "wait_s", "up to 120 seconds"),
        ({"delimiter": ",,"}, "delimiter", "the one character"),
        ({"dialect": "plain"}, "trigger", "needs the text that starts a scan"),
        ({"trigger": "\0"}, "trigger", "number zero"),
    ],
)
def test_what_cannot_be_a_scanner_is_told_at_its_field(
    facts: dict[str, object], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        typed(**facts)

    assert sentence in refused.value.fields[field]


@pytest.mark.parametrize("address", ["10.0.3.9", "192.168.1.4", "2001:db8::5"])
def test_addresses_in_the_network_may_be_asked(address: str) -> None:
    assert is_reachable_from_a_page(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",  # noqa: S104 -- an address that is refused
        "169.254.169.254",
        "fe80::1%eth0",
        "224.0.0.1",
    ],
)
def test_addresses_of_the_machine_itself_are_none_of_a_page(address: str) -> None:
    assert not is_reachable_from_a_page(address)


def test_a_name_that_leads_to_the_machine_itself_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with toy_scanner(VisionMate("")) as toy:
        found = typed(host="inside.lab", port=toy.port)
        monkeypatch.setattr(
            rack_scanner.socket,
            "getaddrinfo",
            lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", toy.port))],
        )

        with pytest.raises(ScannerAway, match=r"inside.lab leads to the server itself"):
            rack_scanner.scan(EVERYBODY, found, SOON)

    assert toy.connections == 0


def test_a_row_is_asked_where_its_name_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    with toy_scanner(VisionMate("No Tube," * 6)) as toy:
        found = typed(host="bench7.lab", port=toy.port)
        monkeypatch.setattr(
            rack_scanner.socket,
            "getaddrinfo",
            lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", toy.port))],
        )
        monkeypatch.setattr(scanner_schemas, "is_reachable_from_a_page", lambda _: True)

        assert "racks of 2 × 3" in rack_scanner.try_out(EVERYBODY, found, SOON)


def test_trying_visionmate_starts_no_scan() -> None:
    with toy_scanner(VisionMate("No Tube," * 6)) as toy:
        said = rack_scanner.try_out(EVERYBODY, at_loopback(toy.port), SOON)

    assert said == "VisionMate answers. It is set to racks of 2 × 3."
    assert toy.heard == [b"L", b"C"]


def test_trying_a_plain_scanner_says_what_came() -> None:
    plain = {"dialect": "plain", "trigger": "SCAN\r\n", "terminator": "\r\nOK\r\n"}
    with toy_scanner(says(b"A1,TUBE-001\r\nA2,TUBE-002\r\nOK\r\n")) as toy:
        said = rack_scanner.try_out(EVERYBODY, at_loopback(toy.port, **plain), SOON)

    assert said == "It answers with 2 lines, the first: “A1,TUBE-001”."
    assert toy.heard == [b"SCAN"]


def test_trying_tells_a_scanner_that_is_off_from_one_of_another_dialect() -> None:
    with pytest.raises(ScannerAway, match="cannot be reached at"):
        rack_scanner.try_out(EVERYBODY, at_loopback(closed_port()), SOON)

    with (
        toy_scanner(says(b"HTTP/1.1 400 Bad Request" + END)) as toy,
        pytest.raises(ScanRefused, match="which VisionMate does not"),
    ):
        rack_scanner.try_out(EVERYBODY, at_loopback(toy.port), SOON)


@given(st.text())
def test_what_is_spelled_reads_back_as_it_was(text: str) -> None:
    printable = text.encode("latin-1", errors="ignore").decode("latin-1")

    assert unspelled(spelled(printable)) == printable


def test_line_ends_are_written_as_people_write_them() -> None:
    assert unspelled(r"SCAN\r\n") == "SCAN\r\n"
    assert spelled("\x03") == r"\x03"
    assert unspelled(r"\q stays") == r"\q stays"
