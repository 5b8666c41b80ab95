"""A rack scanner asked over a real socket: its scan becomes a file, and every silence an error."""

import time
from typing import Any

import pytest
from pydantic import ValidationError

from backend.core.config import Settings
from backend.core.devices import RackScanner, ScannerDialect
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, machinery
from backend.storage.adapters import rack_scanner
from backend.storage.adapters.rack_scanner import Timing
from backend.storage.errors import ScannerAway, ScannerNotFound, ScanRefused
from backend.storage.rules import BoxShape
from backend.storage.scanning import visionmate
from backend.storage.scanning.reading import ReadState, read_scan
from tests.support.label_printer import closed_port
from tests.support.rack_scanner import END, Answering, VisionMate, says, toy_scanner

SOON = Timing(connect_s=2.0, answer_s=0.4, ask_every_s=0.01)
CODES = "TUBE-001,TUBE-002,No Tube,No Read,TUBE-005,TUBE-006,"
BY_COLUMNS = ["A1", "B1", "A2", "B2", "A3", "B3"]


@pytest.fixture
def technician() -> Principal:
    return machinery("Ada", Permission.STORAGE_PLACE, request_id="test")


def scanner_at(port: int, **facts: Any) -> RackScanner:
    known = {"dialect": ScannerDialect.VISIONMATE, "wait_s": 0.6}
    return RackScanner(name="Bench 2", host="127.0.0.1", port=port, **(known | facts))


def scanned(person: Principal, answering: Answering, **facts: Any) -> bytes:
    behaviour = {name: facts.pop(name) for name in ("pause_s", "closes_after") if name in facts}
    with toy_scanner(answering, **behaviour) as toy:
        return rack_scanner.scan(person, scanner_at(toy.port, **facts), SOON).content


def plain(person: Principal, answering: Answering, **facts: Any) -> bytes:
    known = {"dialect": "plain", "trigger": "SCAN\r\n", "terminator": "\r\nOK\r\n"}
    return scanned(person, answering, **(known | facts))


def test_a_new_scan_of_visionmate_is_read_position_by_position(technician: Principal) -> None:
    with toy_scanner(VisionMate(CODES)) as toy:
        found = rack_scanner.scan(technician, scanner_at(toy.port), SOON)

    reads = read_scan(found.content).reads
    assert [each.position for each in reads] == BY_COLUMNS
    assert [each.barcode for each in reads][:2] == ["TUBE-001", "TUBE-002"]
    assert [each.state for each in reads][2:4] == [ReadState.NO_TUBE, ReadState.NO_READ]
    # The scan before is let go of first, so that it is never taken for the new one.
    assert toy.heard[0] == b"Q"
    assert toy.heard[-2:] == [b"C", b"D"]
    assert found.file_name.startswith("Bench 2 20")
    assert found.file_name.endswith(".csv")


def test_visionmate_may_tell_row_by_row(technician: Principal) -> None:
    content = scanned(technician, VisionMate(CODES), by_columns=False)

    assert [each.position for each in read_scan(content).reads] == [
        "A1", "A2", "A3", "B1", "B2", "B3"
    ]  # fmt: skip


def test_an_answer_in_many_pieces_is_put_together(technician: Principal) -> None:
    lines = [b"A1,TUBE", b"-001\r\nA2,", b"TUBE-002", b"\r\nO", b"K\r\n"]

    content = plain(technician, says(*lines), pause_s=0.02)

    assert content == b"A1,TUBE-001\r\nA2,TUBE-002"


def test_a_plain_scanner_is_sent_its_own_trigger(technician: Principal) -> None:
    with toy_scanner(says(b"A1,TUBE-001\r\nOK\r\n")) as toy:
        scanner = scanner_at(
            toy.port, dialect="plain", trigger="SCAN 7 CSV\r\n", terminator="\r\nOK\r\n"
        )
        rack_scanner.scan(technician, scanner, SOON)

    assert toy.heard == [b"SCAN 7 CSV"]


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ({"answering": says()}, "did not answer within"),
        ({"answering": says(b"A1,TUBE-001\r\n")}, "did not finish its answer within"),
        ({"answering": says(b"A1,T"), "closes_after": 0}, "closed the connection without"),
        ({"answering": says(b"A1,T", b"U"), "closes_after": 1}, "closed the connection in the"),
    ],
)
def test_silence_and_broken_lines_are_told_apart(
    technician: Principal, behaviour: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ScannerAway, match=f"Bench 2 {sentence}"):
        plain(technician, **behaviour)


def test_a_byte_now_and_then_keeps_nobody_waiting(technician: Principal) -> None:
    began = time.monotonic()

    with pytest.raises(ScannerAway, match="did not finish"):
        plain(technician, says(*[b"A"] * 200), pause_s=0.05)

    assert time.monotonic() - began < 3


def test_nobody_at_the_address_is_a_sentence(technician: Principal) -> None:
    with pytest.raises(ScannerAway, match="Bench 2 cannot be reached at 127"):
        rack_scanner.scan(technician, scanner_at(closed_port()), SOON)


@pytest.mark.parametrize(
    ("answering", "sentence"),
    [
        (says(b"HTTP/1.1 400 Bad Request" + END), "which VisionMate does not"),
        (says(b"\xff\xfe\x00" + END), "answered what is no text"),
        (says(b"OK?Q" + END), "does not know the command Q"),
        (says(b"OKQ" + END + b"OKQ" + END), "sent more behind the end"),
        (says(b"OKLsoon" + END), "which is none"),
        (VisionMate(CODES, product="96 tubes"), "is set to the rack “96 tubes”"),
        (VisionMate(CODES, product="M0812"), "read 6 positions, and the rack .* has 96"),
        (VisionMate(CODES, error="Rack not found"), "The scan failed: Rack not found"),
    ],
)
def test_what_is_no_scan_is_refused(
    technician: Principal, answering: Answering, sentence: str
) -> None:
    with pytest.raises(ScanRefused, match=sentence):
        scanned(technician, answering)


def test_a_scan_that_nobody_makes_ends_the_waiting(technician: Principal) -> None:
    with pytest.raises(ScannerAway, match="has made no scan for"):
        scanned(technician, VisionMate(CODES, polls=10_000))


def test_more_than_a_rack_can_say_is_refused(technician: Principal) -> None:
    with pytest.raises(ScanRefused, match="more than 1 MB"):
        plain(technician, says(*[b"A" * 60_000] * 20), wait_s=5.0)


def test_who_may_not_place_reaches_no_scanner() -> None:
    with toy_scanner(says(b"")) as toy, pytest.raises(PermissionDenied):
        rack_scanner.scan(
            machinery("Bo", Permission.STORAGE_VIEW, request_id="t"), scanner_at(toy.port), SOON
        )

    assert toy.connections == 0


def test_scanners_are_found_by_name() -> None:
    known = [scanner_at(8000)]

    assert rack_scanner.find(known, " bench 2 ") is known[0]
    with pytest.raises(ScannerNotFound, match="Choose one of: Bench 2"):
        rack_scanner.find(known, "Bench 3")
    with pytest.raises(ScannerNotFound, match="None is set up"):
        rack_scanner.find([], "Bench 3")


def test_scanners_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "TRACSEQ_RACK_SCANNERS",
        '[{"name": "Bench 2", "host": "10.0.3.9", "port": 8000, "dialect": "visionmate"}]',
    )

    assert [each.host for each in Settings().rack_scanners] == ["10.0.3.9"]
    with pytest.raises(ValidationError, match="needs the text that starts a scan"):
        scanner_at(8000, dialect="plain")


def test_codes_with_commas_stay_one_cell() -> None:
    content = visionmate.as_file("A,1;B;", BoxShape(1, 2), delimiter=";", by_columns=True)

    assert [each.barcode for each in read_scan(content).reads] == ["A,1", "B"]
