"""Asking a rack scanner for a scan over TCP, when a person wants one.

    scanner = find(settings.rack_scanners, "Bench 2")
    scanned = scan(principal, scanner)      seconds; no session may be open meanwhile
    said = try_out(principal, scanner)      what a scanner that is being set up answers

VisionMate: see storage/scanning/visionmate.py for the words and their source. Plain: the configured
trigger is sent as it stands and everything up to the terminator is the file. That fits servers such
as Ziath's DataPaq, whose answers end in a line OK (DataPaq Remote Control User Manual, version
2.40); its commands for a scan depend on version and licence, and we had only parts of the manual,
so the trigger is a setting and not a guess.

Where to connect is typed by people: a scanner of the page is never asked at an address of this
machine (storage/scanner_schemas.py), whatever its name leads to.

There is no breaker: nobody but a person before the scanner asks, and they see at once why not.
"""

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from backend.core import clock
from backend.core.devices import RackScanner, ScannerDialect
from backend.core.principal import Permission, Principal
from backend.storage import scanner_schemas
from backend.storage.errors import ScannerAway, ScannerNotFound, ScanRefused
from backend.storage.scanner_schemas import ScannerInput
from backend.storage.scanning import visionmate
from backend.storage.scanning.reading import LARGEST_SCAN_BYTES
from backend.storage.scanning.visionmate import Command

_CHUNK = 4096
_SHOWN = 80
_TRY_S = 10.0
"""A person waits before the page: a scan that takes longer is tried with a rack on it."""
_LEAST_S = 0.001
"""Of waiting: none at all would mean not to wait for anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long, in seconds, it may take to connect and to answer; how often it is asked."""

    connect_s: float = 4.0
    answer_s: float = 5.0
    ask_every_s: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A scan as a file."""

    file_name: str
    content: bytes


USUAL = Timing()


def find(scanners: Sequence[RackScanner], name: str) -> RackScanner:
    """Return the scanner of a name, in whatever capitals.

    Raises:
        ScannerNotFound: none is called so.
    """
    wanted = name.strip().casefold()
    for scanner in scanners:
        if scanner.name.casefold() == wanted:
            return scanner
    known = ", ".join(each.name for each in scanners)
    raise ScannerNotFound(
        f"There is no rack scanner “{name.strip()[:60]}”. "
        + (f"Choose one of: {known}." if known else "None is set up (Storage, Rack scanners).")
    )


def scan(principal: Principal, scanner: RackScanner, timing: Timing = USUAL) -> Scanned:
    """Start a scan, wait for it and return it as a file; nothing is kept.

    Raises:
        ScannerAway: it cannot be reached, falls silent, hangs up or takes too long.
        ScanRefused: it answers something else than a scan, or says that the scan failed.
    """
    principal.require(Permission.STORAGE_PLACE)
    began = clock.utc_now()
    with _Line(scanner, timing) as line:
        match scanner.dialect:
            case ScannerDialect.VISIONMATE:
                content = _from_visionmate(line, scanner, timing)
            case ScannerDialect.PLAIN:
                line.send(scanner.trigger)
                content = line.receive(scanner.wait_s)
    return Scanned(file_name=f"{scanner.name} {began:%Y-%m-%d %H-%M-%S}.csv", content=content)


def try_out(principal: Principal, scanner: RackScanner, timing: Timing = USUAL) -> str:
    """Connect to a scanner and return what it answered, in a sentence; nothing is kept.

    VisionMate is asked for its state and its rack, and scans nothing. A plain scanner understands
    nothing but its trigger, so it is sent that, and may scan what lies on it.

    Raises:
        ScannerAway: it cannot be reached, falls silent or hangs up.
        ScanRefused: what it answers is not what its dialect says.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    with _Line(scanner, timing) as line:
        match scanner.dialect:
            case ScannerDialect.VISIONMATE:
                status = visionmate.status_of(_asked(line, Command.STATUS, timing))
                shape = visionmate.shape_of(_asked(line, Command.PRODUCT, timing))
                failed = " Its last scan failed." if status.has_failed else ""
                rack = f"{shape.rows} × {shape.columns}"
                return f"VisionMate answers. It is set to racks of {rack}.{failed}"
            case ScannerDialect.PLAIN:
                line.send(scanner.trigger)
                return _in_words(line.receive(min(scanner.wait_s, _TRY_S)))


def _in_words(answer: bytes) -> str:
    lines = [each for each in answer.decode(errors="replace").splitlines() if each.strip()]
    if not lines:
        return "It answers at once, with nothing before the end. Is a rack on it?"
    first = "".join(char if char.isprintable() else "·" for char in lines[0][:_SHOWN])
    count = "1 line" if len(lines) == 1 else f"{len(lines):,} lines"
    return f"It answers with {count}, the first: “{first}”."


def _from_visionmate(line: "_Line", scanner: RackScanner, timing: Timing) -> bytes:
    # The last scan stays there for ever: only after a reset is what is ready a new one.
    _asked(line, Command.RESET, timing)
    _wait_for(line, timing.answer_s, timing, is_ready=False)
    if scanner.trigger:
        _asked(line, scanner.trigger, timing)
    _wait_for(line, scanner.wait_s, timing, is_ready=True)
    shape = visionmate.shape_of(_asked(line, Command.PRODUCT, timing))
    return visionmate.as_file(
        _asked(line, Command.DATA, timing),
        shape,
        delimiter=scanner.delimiter,
        by_columns=scanner.by_columns,
    )


def _wait_for(line: "_Line", wait_s: float, timing: Timing, *, is_ready: bool) -> None:
    until = time.monotonic() + wait_s
    while True:
        status = visionmate.status_of(_asked(line, Command.STATUS, timing))
        if status.has_failed and is_ready:
            said = _asked(line, Command.LAST_ERROR, timing) or "it does not say why"
            raise ScanRefused(f"The scan failed: {said[:200]}. Look at the rack and scan again.")
        if status.is_ready is is_ready:
            return
        if time.monotonic() >= until:
            raise ScannerAway(
                f"{line.name} has made no scan for {wait_s:g} s. Put the rack onto it, and press "
                "its button if it has one."
                if is_ready
                else f"{line.name} does not let go of its last scan. Look at its program."
            )
        time.sleep(timing.ask_every_s)


def _asked(line: "_Line", command: str, timing: Timing) -> str:
    line.send(command + visionmate.LINE_END)
    answer = line.receive(timing.answer_s)
    try:
        text = answer.decode()
    except UnicodeDecodeError as error:
        raise ScanRefused(
            f"{line.name} answered what is no text. Look at its kind and port in the settings."
        ) from error
    return visionmate.data_of(command, text)


class _Line:
    """A connection to a scanner that is closed whatever happens."""

    def __init__(self, scanner: RackScanner, timing: Timing) -> None:
        self.name = scanner.name
        self._end = scanner.terminator.encode()
        try:
            where = (_address(scanner), scanner.port)
            self._socket = socket.create_connection(where, timeout=timing.connect_s)
        except OSError as error:
            raise ScannerAway(
                f"{self.name} cannot be reached at {scanner.host}:{scanner.port} ({_said(error)}). "
                "Is it switched on, with its TCP/IP server?"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, text: str) -> None:
        """Send a text as it stands. Raises ScannerAway."""
        try:
            self._socket.sendall(text.encode())
        except OSError as error:
            raise self._away(f"closed the connection ({_said(error)})") from error

    def receive(self, wait_s: float) -> bytes:
        """Return what comes until the terminator, however many pieces it comes in.

        ``wait_s`` is for all of it: a byte now and then does not keep anybody waiting for ever.
        Raises ScannerAway, or ScanRefused where it never ends.
        """
        until, heard = time.monotonic() + wait_s, bytearray()
        while self._end not in heard:
            if len(heard) > LARGEST_SCAN_BYTES:
                raise ScanRefused(f"{self.name} sent more than 1 MB, which no scan of a rack is.")
            if time.monotonic() >= until:
                raise self._late(wait_s, has_begun=bool(heard))
            heard += self._piece(until, wait_s, has_begun=bool(heard))
        answer, _, rest = bytes(heard).partition(self._end)
        if rest.strip():
            raise ScanRefused(
                f"{self.name} sent more behind the end of its answer. Look at the terminator in "
                "the settings: no barcode may look like it."
            )
        return answer

    def _piece(self, until: float, wait_s: float, *, has_begun: bool) -> bytes:
        try:
            self._socket.settimeout(max(until - time.monotonic(), _LEAST_S))
            piece = self._socket.recv(_CHUNK)
        except TimeoutError as error:
            raise self._late(wait_s, has_begun=has_begun) from error
        except OSError as error:
            raise self._away(f"closed the connection ({_said(error)})") from error
        if not piece:
            when = "in the middle of its answer" if has_begun else "without an answer"
            raise self._away(f"closed the connection {when}")
        return piece

    def _late(self, wait_s: float, *, has_begun: bool) -> ScannerAway:
        how = "did not finish its answer" if has_begun else "did not answer"
        return self._away(f"{how} within {wait_s:g} s")

    def _away(self, what: str) -> ScannerAway:
        return ScannerAway(f"{self.name} {what}. Nothing was kept; scan again.")


def _address(scanner: RackScanner) -> str:
    """Return where to connect to. Raises OSError, or ScannerAway for one that is not allowed."""
    if not isinstance(scanner, ScannerInput):
        return scanner.host
    # The address that was looked at is the one connected to: a name may lead elsewhere next time.
    found = socket.getaddrinfo(scanner.host, scanner.port, type=socket.SOCK_STREAM)
    for *_, where in found:
        if scanner_schemas.is_reachable_from_a_page(str(where[0])):
            return str(where[0])
    raise ScannerAway(f"{scanner.host} leads to the server itself. {scanner_schemas.OWN_MACHINE}")


def _said(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()
