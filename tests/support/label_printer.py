"""A printer on loopback for tests: it listens on a real socket and behaves as it is told."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto

_ASK = b"~HS"
_RESET = struct.pack("ii", 1, 0)  # linger 0: closing resets the connection


class Manner(Enum):
    """How the printer behaves once a connection stands."""

    ANSWERS = auto()
    """Says that it is ready, takes labels, says so again."""
    SILENT = auto()
    """Takes labels and never says a word, as many print servers."""
    OUT_OF_LABELS = auto()
    BREAKS = auto()
    """Answers, then resets the connection in the middle of the labels."""
    BREAKS_AFTER = auto()
    """Takes all labels, then closes without the answer it was asked for."""
    STALLS = auto()
    """Answers, then takes nothing more and says nothing more."""
    DEAF = auto()
    """Keeps the connection open, takes nothing and says nothing."""
    HANGS_UP = auto()
    """Closes at once, before it was sent anything but the question."""


@dataclass
class LabelPrinter:
    """What was printed is in ``taken``: one entry per connection that sent labels."""

    manner: Manner
    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def labels(self) -> int:
        """Return how many labels came out."""
        return sum(program.count(b"^XZ") for program in self.taken)


def host_status(*, paper_out: bool = False, paused: bool = False, head_open: bool = False) -> bytes:
    """Return an answer to ~HS as the programming guide shows it."""
    first = f"030,{paper_out:d},{paused:d},1245,000,0,0,0,000,0,0,0"
    second = f"000,0,{head_open:d},0,0,2,4,0,00000000,1,000"
    return b"".join(b"\x02" + each.encode() + b"\x03\r\n" for each in (first, second, "1234,0"))


@contextmanager
def label_printer(manner: Manner = Manner.ANSWERS) -> Iterator[LabelPrinter]:
    """Run a printer until the block ends; change its manner at any time."""
    with socket.socket() as listener:
        # Small, so that a printer that takes nothing stops the sender soon.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        printer = LabelPrinter(manner, port=listener.getsockname()[1])
        over = threading.Event()
        listener.settimeout(0.05)
        thread = threading.Thread(target=_serve, args=(listener, printer, over))
        thread.start()
        try:
            yield printer
        finally:
            over.set()
            thread.join()


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(listener: socket.socket, printer: LabelPrinter, over: threading.Event) -> None:
    while not over.is_set():
        try:
            line, _ = listener.accept()
        except TimeoutError:
            continue
        printer.connections += 1
        with line:
            line.settimeout(5)
            try:
                _speak(line, printer, over)
            except OSError:
                continue  # the other end is gone, as some tests want


def _speak(  # noqa: C901 one arm per manner
    line: socket.socket, printer: LabelPrinter, over: threading.Event
) -> None:
    if printer.manner is Manner.DEAF:
        _wait(printer, Manner.DEAF, over)
        return
    heard = line.recv(len(_ASK))
    assert heard == _ASK, heard
    match printer.manner:
        case Manner.HANGS_UP:
            return
        case Manner.OUT_OF_LABELS:
            line.sendall(host_status(paper_out=True))
            return
        case Manner.SILENT:
            _take_until_end(line, printer)
        case Manner.STALLS:
            line.sendall(host_status())
            _wait(printer, Manner.STALLS, over)
        case Manner.BREAKS:
            line.sendall(host_status())
            line.recv(512)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        case Manner.BREAKS_AFTER:
            line.sendall(host_status())
            printer.taken.append(_take_until_asked(line))
        case Manner.ANSWERS:
            line.sendall(host_status())
            program = _take_until_asked(line)
            if program:
                printer.taken.append(program)
                line.sendall(host_status())


def _wait(printer: LabelPrinter, manner: Manner, over: threading.Event) -> None:
    while printer.manner is manner and not over.wait(0.02):
        pass


def _take_until_end(line: socket.socket, printer: LabelPrinter) -> None:
    heard = b""
    while piece := line.recv(65536):
        heard += piece
    if heard:
        printer.taken.append(heard)


def _take_until_asked(line: socket.socket) -> bytes:
    heard = b""
    while not heard.endswith(_ASK):
        piece = line.recv(65536)
        if not piece:
            return heard
        heard += piece
    return heard.removesuffix(_ASK)
