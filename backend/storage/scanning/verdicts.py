"""What a scan means for a box: one verdict for each position, and what would be done. No I/O.

The words are those of the laboratory's rule (decision 12): a position that could not be read
says nothing against the tube that stands there, so it keeps its place and is marked unverified.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from backend.storage.errors import ScanRefused
from backend.storage.rules import BoxShape, Position, parse_position
from backend.storage.scanning.reading import RackFile, ReadState, TubeRead


class Verdict(StrEnum):
    """What a position of the box turned out to be."""

    MATCH = "match"
    EMPTY = "empty"
    """Nothing was expected and nothing was found."""
    NEW = "new"
    """A tube that stood nowhere."""
    MOVED_HERE = "moved_here"
    """A tube that stood in another box."""
    MOVED_WITHIN = "moved_within"
    """A tube that changed its position in the box; both positions are told."""
    SWAPPED = "swapped"
    """Two tubes stand where the other was expected."""
    MISSING = "missing"
    NO_READ = "no_read"
    UNKNOWN_BARCODE = "unknown_barcode"
    DUPLICATE_IN_SCAN = "duplicate_in_scan"
    WRONG_RACK = "wrong_rack"
    INVALID_POSITION = "invalid_position"
    DISCARDED_ITEM_SEEN = "discarded_item_seen"


class Step(StrEnum):
    """What committing does about a line."""

    NONE = "none"
    CONFIRM = "confirm"
    """It stands where it was expected: a mark of doubt is taken off."""
    PLACE = "place"
    """What was found is placed here."""
    DOUBT = "doubt"
    """What was expected stays here and is marked unverified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTube:
    """A tube that the database knows, by its barcode."""

    barcode: str
    is_gone: bool = False
    """Depleted, disposed of, returned, lost or destroyed."""
    elsewhere: str = ""
    """Box and position of another box; empty when it stands nowhere, or in this one."""
    refused: str = ""
    """Why it may not stand in this box; empty where it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A box as the database holds it: who stands where, and what may not be filled."""

    path: str
    codes: frozenset[str]
    """What names the box: its barcode, path and label, in capitals."""
    shape: BoxShape
    standing: Mapping[Position, str]
    """Barcodes by position."""
    blocked: Mapping[Position, str]
    """Reasons by position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLine:
    """The verdict of a position; ``line`` is the file's, None where the file has none for it."""

    position: str
    line: int | None
    verdict: Verdict
    expected: str
    """Barcode that stood here, empty for none."""
    found: str
    """Barcode that was read here, empty for none."""
    sentence: str
    step: Step
    takes_out: str = ""
    """Barcode that loses its position here and was not found in another one."""
    came_from: str = ""
    refused: str = ""
    """Why what was found is not placed, although it was found."""
    left_out: str = ""
    """What stays as it is because a person left the line out, or because that left this out too."""


@dataclass(frozen=True, slots=True)
class _Scan:
    """The reads by position, and where each code was read."""

    reads: Mapping[Position, TubeRead]
    outside: tuple[TubeRead, ...]
    times: Counter[str]
    single: Mapping[str, Position]
    """Codes that were read once, and in the box."""


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything that a position is judged by."""

    scan: _Scan
    box: Expected
    home: Mapping[str, Position]
    known: Mapping[str, KnownTube]


def judge(file: RackFile, box: Expected, known: Mapping[str, KnownTube]) -> tuple[ScanLine, ...]:
    """Return one line for each position of the box in fill order, then those outside it.

    ``known`` holds every barcode of the file that the database knows and the reader may see.

    Raises:
        ScanRefused: the file names a position twice.
    """
    scan = _in_box(file, box.shape)
    if file.rack is not None and file.rack not in box.codes:
        return _wrong_rack(file.rack, scan, box)
    home = {code: position for position, code in box.standing.items()}
    case = _Case(scan, box, home, known)
    inside = [_inside(spot, scan.reads.get(spot), case) for spot in box.shape.positions()]
    placed = {line.found for line in inside if line.step is Step.PLACE}
    return (
        *(_displaced(line, scan, placed) for line in inside),
        *(_outside(read, box) for read in scan.outside),
    )


def _in_box(file: RackFile, shape: BoxShape) -> _Scan:
    reads: dict[Position, TubeRead] = {}
    outside = []
    for read in file.reads:
        position = parse_position(read.position, shape)
        if position is None:
            outside.append(read)
            continue
        if position in reads:
            raise ScanRefused(
                f"Line {read.line}: position {read.position} stands in line "
                f"{reads[position].line} already. Scan the rack again."
            )
        reads[position] = read
    times = Counter(read.barcode for read in file.reads if read.state is ReadState.CODE)
    single = {
        read.barcode: position for position, read in reads.items() if times[read.barcode] == 1
    }
    return _Scan(reads, tuple(outside), times, single)


def _inside(position: Position, read: TubeRead | None, case: _Case) -> ScanLine:
    expected = case.box.standing.get(position, "")
    line = ScanLine(
        position=position.label,
        line=None if read is None else read.line,
        verdict=Verdict.EMPTY,
        expected=expected,
        found="" if read is None else read.barcode,
        sentence="",
        step=Step.NONE,
    )
    if read is None or read.state is not ReadState.CODE:
        state = ReadState.EMPTY if read is None else read.state
        sought = _sought(state, expected, case.scan)
        said = _unread(state, expected) if read is not None else _left_out(expected)
        verdict, sentence, step = sought or said
        return replace(line, verdict=verdict, sentence=sentence, step=step)
    stays = _staying(line, case)
    return stays if stays is not None else _arrived(position, line, case)


def _staying(line: ScanLine, case: _Case) -> ScanLine | None:
    """Return the line of a code that places nothing; None for one that may be placed here."""
    found, times = line.found, case.scan.times[line.found]
    tube = case.known.get(found)
    if times > 1:
        verdict = Verdict.DUPLICATE_IN_SCAN
        sentence = f"{found} was read {times} times. One of them is not it."
    elif found == line.expected:
        sentence = f"{found} stands where it should."
        return replace(line, verdict=Verdict.MATCH, sentence=sentence, step=Step.CONFIRM)
    elif tube is None:
        verdict = Verdict.UNKNOWN_BARCODE
        sentence = f"No sample of yours carries {found}. Register it, then scan again."
    elif tube.is_gone:
        verdict = Verdict.DISCARDED_ITEM_SEEN
        sentence = f"{found} is recorded as gone, and stands here. Look at the tube."
    else:
        return None
    return replace(line, verdict=verdict, sentence=sentence, step=_kept(line.expected))


def _arrived(position: Position, line: ScanLine, case: _Case) -> ScanLine:
    """Return the line of a tube that was expected somewhere else, or nowhere."""
    found, expected = line.found, line.expected
    tube, old = case.known[found], case.home.get(found)
    refused = tube.refused if old is None else ""
    if position in case.box.blocked:
        refused = f"{position.label} is blocked: {case.box.blocked[position]}"
    if old is None:
        verdict = Verdict.MOVED_HERE if tube.elsewhere else Verdict.NEW
        came_from = tube.elsewhere
        sentence = f"{found} stood {f'in {came_from}' if came_from else 'nowhere'}."
    else:
        swapped = bool(expected) and case.scan.single.get(expected) == old
        verdict = Verdict.SWAPPED if swapped else Verdict.MOVED_WITHIN
        came_from = old.label
        words = f" and has changed places with {expected}" if swapped else ""
        sentence = f"{found} stood in {came_from}{words}."
    step = _kept(expected) if refused else Step.PLACE
    return replace(
        line, verdict=verdict, sentence=sentence, step=step, came_from=came_from, refused=refused
    )


def _kept(expected: str) -> Step:
    return Step.DOUBT if expected else Step.NONE


def _sought(state: ReadState, expected: str, scan: _Scan) -> tuple[Verdict, str, Step] | None:
    """Judge a position without a code whose tube was read somewhere else; None where it was not."""
    if not expected or not scan.times[expected]:
        return None
    seen = scan.single.get(expected)
    if seen is not None:
        words = f"{expected} stands in {seen.label} now."
        if state in {ReadState.NO_READ, ReadState.NO_TUBE}:
            return Verdict.NO_READ, f"The code could not be read. {words}", Step.DOUBT
        return Verdict.MOVED_WITHIN, words, Step.DOUBT
    if scan.times[expected] > 1:
        words = f"{expected} was read in several positions. It keeps this one until that is clear."
        return Verdict.DUPLICATE_IN_SCAN, words, Step.DOUBT
    words = f"{expected} was read at a position that the box does not have. It keeps this one."
    return Verdict.INVALID_POSITION, words, Step.DOUBT


def _unread(state: ReadState, expected: str) -> tuple[Verdict, str, Step]:
    if state is ReadState.NO_READ or (state is ReadState.NO_TUBE and expected):
        words = f"{expected} keeps this place, unverified." if expected else "None is known here."
        return Verdict.NO_READ, f"The code could not be read. {words}", _kept(expected)
    if expected:
        return Verdict.MISSING, f"{expected} was expected, and nothing stands here.", Step.NONE
    return Verdict.EMPTY, "Nothing was expected, and nothing stands here.", Step.NONE


def _left_out(expected: str) -> tuple[Verdict, str, Step]:
    """Judge a position that the file does not name: a short file takes no tube away."""
    if expected:
        words = f"The file says nothing of this position. {expected} keeps it, unverified."
        return Verdict.NO_READ, words, Step.DOUBT
    return Verdict.EMPTY, "Nothing was expected, and the file says nothing of it.", Step.NONE


def _displaced(line: ScanLine, scan: _Scan, placed: set[str]) -> ScanLine:
    """Say what becomes of the tube that was expected here, once it is known who is placed where."""
    if not line.expected or line.step is Step.CONFIRM:
        return line
    if line.expected in placed:
        # It goes to where it was found, so nothing is left here to doubt.
        step = line.step if line.step is Step.PLACE else Step.NONE
        return replace(line, step=step)
    gone = line.verdict is Verdict.MISSING
    if line.step is Step.PLACE or gone:
        where = "" if gone else f" {line.expected} was expected here and not found."
        seen = scan.times[line.expected] > 0
        where = (
            f" {line.expected} was expected here; where it stands is unclear." if seen else where
        )
        return replace(line, takes_out=line.expected, sentence=line.sentence + where)
    return line


def _outside(read: TubeRead, box: Expected) -> ScanLine:
    size = f"{box.shape.rows} × {box.shape.columns}"
    return ScanLine(
        position=read.position,
        line=read.line,
        verdict=Verdict.INVALID_POSITION,
        expected="",
        found=read.barcode,
        sentence=f"{box.path} is {size} and has no position {read.position}.",
        step=Step.NONE,
    )


def _wrong_rack(rack: str, scan: _Scan, box: Expected) -> tuple[ScanLine, ...]:
    sentence = f"The scan is of rack {rack}, not of {box.path}."
    places = [(position.label, scan.reads.get(position)) for position in box.shape.positions()]
    standing = {position.label: code for position, code in box.standing.items()}
    return tuple(
        ScanLine(
            position=label,
            line=None if read is None else read.line,
            verdict=Verdict.WRONG_RACK,
            expected=standing.get(label, ""),
            found="" if read is None else read.barcode,
            sentence=sentence,
            step=Step.NONE,
        )
        for label, read in [*places, *((read.position, read) for read in scan.outside)]
    )
