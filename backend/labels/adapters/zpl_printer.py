"""Speaking to a ZPL printer over TCP, as a rule on port 9100.

    found = ask(Address("10.0.3.7", 9100))     what the printer says of itself (~HS)
    confirmed = send(address, program)          True when the printer answered afterwards

The printer's word is the only proof there is that a label was taken. What it has no answer for is
told apart: nothing was sent (`NotSent`: safe to try again), or something may have been (`Broken`).
Source of ~HS: Zebra, ZPL II Programming Guide, “Host Status Return”.
"""

import re
import socket
from dataclasses import dataclass

from backend.gateway.breaker_rules import Target

_CONNECT_S = 4.0
_ANSWER_S = 2.0
_SEND_S = 30.0
_ASK = b"~HS"
_LINES = re.compile(rb"\x02([^\x03]*)\x03")
_CHUNK = 4096


class NotSent(Exception):
    """The printer could not be reached, or said that it cannot print. No label left."""


class Unreachable(NotSent):
    """It did not answer at all: another call now would only wait again."""


class Broken(Exception):
    """The connection failed after the first byte: labels may have come out, or not."""

    def __init__(self, sentence: str, *, answered: bool) -> None:
        super().__init__(sentence)
        self.answered = answered
        """The printer had told its state before."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a printer listens."""

    host: str
    port: int

    @property
    def target(self) -> Target:
        """Return what its breaker is kept by: two entries of one printer are one printer."""
        where = f"{self.host}:{self.port}"
        return Target(kind="printer", key=where, label=f"The printer at {where}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long to wait for a connection, an answer, and for more labels to be taken, in seconds."""

    connect_s: float = _CONNECT_S
    answer_s: float = _ANSWER_S
    send_s: float = _SEND_S


USUAL = Timing()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStatus:
    """What a printer says of itself."""

    paper_out: bool = False
    paused: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    waiting: int = 0
    """Labels that it has still to print."""

    @property
    def obstacle(self) -> str:
        """Return what keeps it from printing, empty when nothing does."""
        faults = {
            "out of labels": self.paper_out,
            "out of ribbon": self.ribbon_out,
            "open": self.head_open,
            "paused": self.paused,
        }
        return " and ".join(words for words, holds in faults.items() if holds)


def ask(address: Address, timing: Timing = USUAL) -> HostStatus | None:
    """Return what the printer says of itself, None when it is there and says nothing.

    Raises:
        NotSent: it cannot be reached.
    """
    with _connected(address, timing) as line:
        return _asked(line, timing)


def send(
    address: Address, program: bytes, timing: Timing = USUAL, *, must_answer: bool = False
) -> bool:
    """Send labels and return whether the printer confirmed that it took them.

    A printer that never answers ~HS is believed when it takes every byte and then closes in peace.
    One that keeps the line open and says nothing may hang, and one that answered before and falls
    silent does: neither is believed. ``must_answer``: it is known to
    answer, so one that says nothing hangs, and is sent nothing.

    Raises:
        NotSent: nothing left; trying again is safe.
        Broken: labels may have come out.
    """
    with _connected(address, timing) as line:
        before = _asked(line, timing)
        if before is not None and before.obstacle:
            raise NotSent(f"The printer is {before.obstacle}.")
        if before is None and must_answer:
            sentence = "The printer is connected and does not answer. Switch it off and on."
            raise Unreachable(sentence)
        try:
            _send_all(line, program, timing)
            if before is not None:
                return _confirmed(line, timing)
            line.shutdown(socket.SHUT_WR)
            _wait_for_end(line, timing)
        except OSError as error:
            raise Broken(
                f"The connection broke while labels were sent ({_said(error)}).",
                answered=before is not None,
            ) from error
    return False


def _send_all(line: socket.socket, program: bytes, timing: Timing) -> None:
    # A printer takes labels as fast as it prints them: each piece may take its time, not the whole.
    line.settimeout(timing.send_s)
    rest = memoryview(program)
    while rest:
        rest = rest[line.send(rest[:_CHUNK]) :]


def _connected(address: Address, timing: Timing) -> socket.socket:
    try:
        return socket.create_connection((address.host, address.port), timeout=timing.connect_s)
    except OSError as error:
        raise Unreachable(
            f"No printer answers at {address.host}:{address.port} ({_said(error)})."
        ) from error


def _asked(line: socket.socket, timing: Timing) -> HostStatus | None:
    try:
        line.sendall(_ASK)
        return _answer(line, timing)
    except OSError as error:
        # A question prints nothing, so it is safe to come again.
        raise Unreachable(f"The printer closed the connection ({_said(error)}).") from error


def _answer(line: socket.socket, timing: Timing) -> HostStatus | None:
    line.settimeout(timing.answer_s)
    heard = b""
    try:
        while len(_LINES.findall(heard)) < 3:  # noqa: PLR2004 an answer has three lines
            piece = line.recv(_CHUNK)
            if not piece:
                raise ConnectionResetError("closed without an answer")
            heard += piece
    except TimeoutError:
        return None
    return read_status(heard)


def _confirmed(line: socket.socket, timing: Timing) -> bool:
    line.sendall(_ASK)
    if _answer(line, timing) is None:
        raise TimeoutError("it answered before and no longer does")
    return True


def _wait_for_end(line: socket.socket, timing: Timing) -> None:
    # Bytes that the network took may wait in a queue that nobody reads: only its end tells.
    line.settimeout(timing.send_s)
    while line.recv(_CHUNK):
        pass


def read_status(answer: bytes) -> HostStatus | None:
    """Return the meaning of an answer to ~HS, None when it is none."""
    found = _LINES.findall(answer)
    first, second = ((found[index].split(b",") if index < len(found) else []) for index in (0, 1))
    try:
        return HostStatus(
            paper_out=first[1] == b"1",
            paused=first[2] == b"1",
            head_open=second[2] == b"1",
            ribbon_out=second[3] == b"1",
            waiting=int(first[4]) + int(second[8]),
        )
    except (IndexError, ValueError):
        return None


def _said(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()
