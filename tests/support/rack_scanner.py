"""A rack scanner on loopback for tests: a real socket that behaves as it is told."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

END = b"\x03"
Answering = Callable[["ToyScanner", bytes], list[bytes]]


@dataclass
class ToyScanner:
    """``answer`` turns a command into the pieces that are sent; ``heard`` are the commands."""

    answer: Answering
    pause_s: float = 0.0
    """Between two pieces."""
    closes_after: int | None = None
    """So many pieces of an answer, then the line is cut."""
    port: int = 0
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0


@dataclass
class VisionMate:
    """The program of a VisionMate scanner as its known client describes it.

    ``polls``: how often it is asked for its status before the scan is there.
    """

    data: str
    product: str = "M0203"
    polls: int = 2
    old_scan: bool = True
    error: str = ""

    def __call__(self, scanner: ToyScanner, command: bytes) -> list[bytes]:
        del scanner
        match command:
            case b"Q":
                self.old_scan, said = False, ""
            case b"L":
                said = str(self._status())
            case b"E":
                said = self.error
            case b"C":
                said = self.product
            case b"D":
                said = self.data
            case _:
                return [b"OK?" + command + END]
        return [b"OK" + command + said.encode() + END]

    def _status(self) -> int:
        if self.old_scan:
            return 13
        self.polls -= 1
        # The first look sees the reset, those after it the scan that somebody makes.
        if self.polls >= 0:
            return 1
        return 128 | 1 if self.error else 13


@contextmanager
def toy_scanner(
    answer: Answering, *, pause_s: float = 0.0, closes_after: int | None = None
) -> Iterator[ToyScanner]:
    """Run a scanner until the block ends. It takes commands by line."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        made = ToyScanner(answer, pause_s, closes_after, port=listener.getsockname()[1])
        over = threading.Event()
        thread = threading.Thread(target=_serve, args=(listener, made, over))
        thread.start()
        try:
            yield made
        finally:
            over.set()
            thread.join()


def says(*pieces: bytes) -> Answering:
    """Answer every command with the same pieces."""
    return lambda _scanner, _command: list(pieces)


def _serve(listener: socket.socket, scanner: ToyScanner, over: threading.Event) -> None:
    while not over.is_set():
        try:
            line, _ = listener.accept()
        except TimeoutError:
            continue
        scanner.connections += 1
        with line:
            line.settimeout(0.05)
            _converse(line, scanner, over)


def _converse(line: socket.socket, scanner: ToyScanner, over: threading.Event) -> None:
    heard = b""
    while not over.is_set():
        try:
            piece = line.recv(4096)
        except TimeoutError:
            continue
        except OSError:
            return
        if not piece:
            return
        heard += piece
        while b"\r\n" in heard:
            command, _, heard = heard.partition(b"\r\n")
            scanner.heard.append(command)
            pieces = scanner.answer(scanner, command)
            if not _all_sent(line, scanner, pieces, over):
                return


def _all_sent(
    line: socket.socket, scanner: ToyScanner, pieces: list[bytes], over: threading.Event
) -> bool:
    for number, answer in enumerate(pieces):
        if number == scanner.closes_after or over.is_set():
            return False
        try:
            line.sendall(answer)
        except OSError:
            return False
        time.sleep(scanner.pause_s)
    return True
