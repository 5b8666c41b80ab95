"""Speaking to a printer on a real socket: what is safe to send again, and what is not."""

import pytest

from backend.labels.adapters import zpl_printer
from backend.labels.adapters.zpl_printer import Address, Broken, HostStatus, NotSent, Timing
from tests.support.label_printer import Manner, closed_port, host_status, label_printer

SOON = Timing(connect_s=2.0, answer_s=0.3, send_s=0.5)
LABELS = b"^XA^FO0,0^FS^XZ\n" * 3
MANY = LABELS * 200_000
"""More than the buffers of both ends hold."""


def address(port: int) -> Address:
    return Address("127.0.0.1", port)


def test_a_printer_that_answers_confirms_what_it_took() -> None:
    with label_printer() as printer:
        confirmed = zpl_printer.send(address(printer.port), LABELS, SOON)

    assert confirmed
    assert printer.taken == [LABELS]


def test_a_printer_that_never_answers_is_believed_but_not_as_a_confirmation() -> None:
    with label_printer(Manner.SILENT) as printer:
        confirmed = zpl_printer.send(address(printer.port), LABELS, SOON)

    assert not confirmed
    assert printer.taken == [LABELS]


def test_no_printer_at_the_address_sends_nothing() -> None:
    with pytest.raises(NotSent, match="No printer answers at"):
        zpl_printer.send(address(closed_port()), LABELS, SOON)


def test_a_printer_without_labels_is_sent_nothing() -> None:
    with (
        label_printer(Manner.OUT_OF_LABELS) as printer,
        pytest.raises(NotSent, match="out of labels"),
    ):
        zpl_printer.send(address(printer.port), LABELS, SOON)

    assert printer.taken == []


def test_a_printer_that_hangs_up_before_any_label_was_sent_none() -> None:
    with label_printer(Manner.HANGS_UP) as printer, pytest.raises(NotSent, match="closed"):
        zpl_printer.send(address(printer.port), LABELS, SOON)


@pytest.mark.parametrize(
    ("manner", "program"),
    [
        (Manner.BREAKS, MANY),
        (Manner.BREAKS_AFTER, LABELS),
        (Manner.STALLS, MANY),
        (Manner.DEAF, LABELS),
    ],
)
def test_what_breaks_after_the_first_byte_is_never_called_unsent(
    manner: Manner, program: bytes
) -> None:
    with label_printer(manner) as printer, pytest.raises(Broken):
        zpl_printer.send(address(printer.port), program, SOON)


def test_a_printer_that_falls_silent_is_not_believed() -> None:
    with label_printer(Manner.STALLS) as printer, pytest.raises(Broken, match="no longer does"):
        zpl_printer.send(address(printer.port), LABELS, SOON)


def test_a_printer_that_is_known_to_answer_and_does_not_is_sent_nothing() -> None:
    with label_printer(Manner.SILENT) as printer, pytest.raises(NotSent, match="does not answer"):
        zpl_printer.send(address(printer.port), LABELS, SOON, must_answer=True)

    assert printer.taken == []


def test_asking_tells_what_keeps_a_printer_from_printing() -> None:
    with label_printer(Manner.OUT_OF_LABELS) as printer:
        found = zpl_printer.ask(address(printer.port), SOON)

    assert found is not None
    assert found.obstacle == "out of labels"


def test_a_printer_without_answers_is_there_all_the_same() -> None:
    with label_printer(Manner.SILENT) as printer:
        assert zpl_printer.ask(address(printer.port), SOON) is None


def test_an_answer_is_read_as_the_programming_guide_says() -> None:
    # The worked example of the guide, “~HS Host Status Return”.
    guide = (
        b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n"
        b"\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
    )

    assert zpl_printer.read_status(guide) == HostStatus()
    paused = zpl_printer.read_status(host_status(paused=True, head_open=True))
    assert paused is not None
    assert paused.obstacle == "open and paused"


@pytest.mark.parametrize("answer", [b"", b"\x02x\x03\x02y\x03", b"HTTP/1.1 400 Bad Request\r\n"])
def test_what_is_no_answer_says_nothing(answer: bytes) -> None:
    assert zpl_printer.read_status(answer) is None
