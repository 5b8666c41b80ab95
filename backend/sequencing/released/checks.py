"""What is checked before a run is released: rules over what is on its lanes. No I/O.

A failing check stands in the way of the release; a warning and what is not known are said. Rules of
collision and colour are DOMAIN 2c; a library alone in its lane is not demultiplexed by its index,
so that its dark cycles are a warning there (Illumina, "Index adapters pooling guide": one library
takes any index). PhiX: Illumina Knowledge 6972, at least 1 % for balanced libraries; an assay that
asks for more is one of low diversity, for which a make may ask for more still (Knowledge 1527).
"""

from collections.abc import Sequence
from decimal import Decimal

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.balance import Balance, balance
from backend.sequencing.indexing.collisions import (
    Barcode,
    Clash,
    clashes,
    relaxed,
    reused_i7,
)
from backend.sequencing.indexing.colours import Sight, Verdict
from backend.sequencing.indexing.mending import UNKNOWN_LIGHT, mending
from backend.sequencing.indexing.orientation import as_sequenced
from backend.sequencing.indexing.picking import Light
from backend.sequencing.released import index_lengths
from backend.sequencing.released.facts import Check, PoolFact, RunFacts
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.views import LaneLibrary, OnLane

_LEAST_PHIX_PERCENT = Decimal(1)
_PASS, _WARNING, _FAIL, _UNKNOWN = CheckVerdict
_WORST_FIRST = (_FAIL, _WARNING, _UNKNOWN, _PASS)
_MOST_SAID = 8
_MOST_RELAXED = 96
"""Libraries of a lane for which other allowances are tried: all pairs are compared each time."""


def check_run(facts: RunFacts) -> list[Check]:
    """Return every check of a run, in their order."""
    found = [_collisions(facts), _balance(facts)] if facts.is_indexed else []
    return [
        *found,
        _reads(facts),
        *([_index_lengths(facts)] if facts.is_indexed else []),
        _molarity(facts),
        _phix(facts),
        _samples(facts),
        _reagents(facts),
        _flow_cell(facts),
        _operator(facts),
        _sheet(facts),
    ]


def failing(checks: Sequence[Check]) -> list[Check]:
    """Return the checks that stand in the way of a release."""
    return [each for each in checks if each.verdict is CheckVerdict.FAIL]


def by_lane(libraries: Sequence[LaneLibrary]) -> dict[int, list[LaneLibrary]]:
    """Return libraries by lane, lanes in order."""
    lanes: dict[int, list[LaneLibrary]] = {}
    for each in sorted(libraries, key=lambda each: each.lane):
        lanes.setdefault(each.lane, []).append(each)
    return lanes


def barcodes(libraries: Sequence[OnLane], orientation: I5Orientation) -> list[Barcode]:
    """Return libraries as the demultiplexer sees them, i5 as it is sequenced."""
    return [
        Barcode(
            name=each.barcode,
            i7=each.index_i7,
            i5=as_sequenced(each.index_i5 or "", orientation),
        )
        for each in libraries
    ]


def lane_clashes(
    libraries: Sequence[LaneLibrary], orientation: I5Orientation
) -> dict[int, list[Clash]]:
    """Return colliding pairs by lane; lanes without any are left out."""
    found = {
        lane: clashes(barcodes(held, orientation)) for lane, held in by_lane(libraries).items()
    }
    return {lane: pairs for lane, pairs in found.items() if pairs}


def lane_balance(
    libraries: Sequence[LaneLibrary],
    orientation: I5Orientation,
    chemistry: Sight,
    *,
    phix_share: float = 0.0,
) -> list[tuple[str, Balance]]:
    """Return the index reads of one lane by name, each judged cycle by cycle.

    ``phix_share`` (0–1) of the lane counts in shares of bases and channels, never in a verdict.
    """
    seen = barcodes(libraries, orientation)
    reads = [float(each.reads_millions) for each in libraries]
    judged = []
    for name, sequences in (("i7", [each.i7 for each in seen]), ("i5", [each.i5 for each in seen])):
        if any(sequences):
            found = balance(sequences, chemistry, reads=reads, phix_share=phix_share)
            judged.append((name, found))
    return judged


def _collisions(facts: RunFacts) -> Check:
    found = lane_clashes(facts.libraries, facts.orientation)
    if not found:
        return _hopping(facts)
    sentences = []
    for lane, pairs in found.items():
        sentences += [f"Lane {lane}: {each.sentence}." for each in pairs[:_MOST_SAID]]
        if len(pairs) > _MOST_SAID:
            sentences.append(f"Lane {lane}: and {len(pairs) - _MOST_SAID} more pairs.")
        held = barcodes(by_lane(facts.libraries)[lane], facts.orientation)
        way = relaxed(held) if len(held) <= _MOST_RELAXED else None
        if way is not None:
            sentences.append(
                f"Lane {lane}: with {way.mismatches_i7} mismatches forgiven in i7 and "
                f"{way.mismatches_i5} in i5 all would be told apart."
            )
        sentences += _swaps(facts, lane)
    lanes = _lanes(list(found))
    only = next(iter(found)) if len(found) == 1 else None
    return Check(
        CheckKind.COLLISIONS, _FAIL, f"Index collisions, {lanes}", tuple(sentences), lane=only
    )


def _hopping(facts: RunFacts) -> Check:
    """Warn of libraries without collision that share an i7 where adapters hop."""
    shared = {}
    if facts.is_patterned:
        shared = {
            lane: reused_i7(barcodes(held, facts.orientation))
            for lane, held in by_lane(facts.libraries).items()
        }
    sentences = [
        f"Lane {lane}: {_some(names)} share the i7 {i7}; some of their reads swap on a patterned "
        "flow cell. Unique dual indexes do not."
        for lane, found in shared.items()
        for i7, names in found.items()
    ]
    if not sentences:
        return Check(CheckKind.COLLISIONS, _PASS, "Index collisions: none")
    more = len(sentences) - _MOST_SAID
    said = sentences[:_MOST_SAID] + ([f"And {more} more indexes."] if more > 0 else [])
    title = "Index collisions: none, but shared indexes"
    return Check(CheckKind.COLLISIONS, _WARNING, title, tuple(said))


def _swaps(facts: RunFacts, lane: int) -> list[str]:
    """Return the smallest change of indexes that mends a lane, if there is one."""
    held = [
        Barcode(name=each.barcode, i7=each.index_i7, i5=each.index_i5 or "")
        for each in facts.libraries
        if each.lane == lane
    ]
    light = UNKNOWN_LIGHT
    if facts.chemistry is not None:
        light = Light(chemistry=facts.chemistry, i5_orientation=facts.orientation)
    found = mending(held, facts.kits, light=light)
    if found is None or found.swaps is None:
        return []
    return [f"Lane {lane}: {found.sentences[0]}"]


def _balance(facts: RunFacts) -> Check:
    if facts.chemistry is None:
        said = ("The colours of this sequencer are not known.",)
        return Check(CheckKind.BALANCE, _UNKNOWN, "Colour balance", said)
    worst, sentences, lanes = _PASS, [], set()
    collide = lane_clashes(facts.libraries, facts.orientation)
    for lane, held in by_lane(facts.libraries).items():
        is_dark = False
        for name, judged in lane_balance(held, facts.orientation, facts.chemistry):
            if judged.verdict is Verdict.GOOD:
                continue
            alone = len(held) == 1
            is_error = judged.verdict is Verdict.ERROR and not alone
            worst = _FAIL if is_error or worst is _FAIL else _WARNING
            lanes.add(lane)
            is_dark |= is_error
            sentences += _balance_sentences(lane, name, judged)
        if is_dark and lane not in collide:
            sentences += _swaps(facts, lane)
    if worst is _PASS:
        return Check(CheckKind.BALANCE, _PASS, "Colour balance")
    only = next(iter(lanes)) if len(lanes) == 1 else None
    title = f"Colour balance, {_lanes(sorted(lanes))}"
    return Check(CheckKind.BALANCE, worst, title, tuple(sentences), lane=only)


def _balance_sentences(lane: int, name: str, judged: Balance) -> list[str]:
    said = [judged.start_sentence] if judged.start_sentence else []
    said += [each.sentence for each in judged.cycles if each.sentence]
    shown = [f"Lane {lane}, {name}: {each[0].lower()}{each[1:]}" for each in said[:_MOST_SAID]]
    if len(said) > _MOST_SAID:
        shown.append(f"Lane {lane}, {name}: and {len(said) - _MOST_SAID} more cycles.")
    return shown


def _reads(facts: RunFacts) -> Check:
    over = {lane: reads for lane, reads in facts.loads.items() if reads > facts.usable_millions}
    if over:
        sentences = tuple(
            f"Lane {lane} would need {reads:,.0f} M reads; "
            f"it yields {facts.usable_millions:,.0f} M."
            for lane, reads in sorted(over.items())
        )
        return Check(CheckKind.READS, _FAIL, f"Reads, {_lanes(sorted(over))}", sentences)
    if not facts.loads:
        return Check(CheckKind.READS, _FAIL, "Reads per lane", ("Nothing is on any lane.",))
    empty = [lane for lane in range(1, facts.lanes + 1) if lane not in facts.loads]
    said = (f"{_lanes(empty).capitalize()} stays empty.",) if len(empty) == 1 else ()
    if len(empty) > 1:
        said = (f"{_lanes(empty).capitalize()} stay empty.",)
    return Check(CheckKind.READS, _PASS, "Reads per lane", said)


def _index_lengths(facts: RunFacts) -> Check:
    found = index_lengths.judged(facts.libraries, facts.cycles, facts.orientation, facts.layouts)
    return Check(CheckKind.INDEX_LENGTH, *found)


def _molarity(facts: RunFacts) -> Check:
    missing = [each.code for each in facts.pools if each.molarity_nm is None]
    if not missing:
        return Check(CheckKind.MOLARITY, _PASS, "Pool molarity")
    said = (f"Nobody has said the molarity of {', '.join(missing)}.",)
    return Check(CheckKind.MOLARITY, _UNKNOWN, "Pool molarity not known", said)


def _phix(facts: RunFacts) -> Check:
    shares = sorted({each.phix_percent for each in facts.pools})
    low = [each.code for each in facts.pools if each.phix_percent < _LEAST_PHIX_PERCENT]
    short = [said for each in facts.pools if (said := _phix_short(facts, each))]
    words = ", ".join(f"{share.normalize():f}%" for share in shares) or "none"
    if low:
        short.append(f"{', '.join(low)}: less than 1 %, which Illumina advises at least.")
    if short:
        return Check(CheckKind.PHIX, _WARNING, f"PhiX {words}", tuple(short))
    return Check(CheckKind.PHIX, _PASS, f"PhiX {words}")


def _phix_short(facts: RunFacts, pool: PoolFact) -> str:
    """Say for which assay a pool of low diversity has too little PhiX; "" where it has enough."""
    asked = {
        name: max(share, facts.low_diversity_phix or share)
        for name, share in pool.asked_phix.items()
        if share > _LEAST_PHIX_PERCENT
    }
    name = max(asked, key=lambda each: asked[each], default="")
    if not name or pool.phix_percent >= asked[name]:
        return ""
    has, needs = (f"{share.normalize():f} %" for share in (pool.phix_percent, asked[name]))
    return f"{pool.code} has {has} and {name} needs {needs} at least on this sequencer."


def _samples(facts: RunFacts) -> Check:
    if facts.unusable:
        said = tuple(facts.unusable)
        return Check(CheckKind.SAMPLES, _FAIL, "Samples that may not be used", said)
    return Check(CheckKind.SAMPLES, _PASS, "Samples may be used")


def _reagents(facts: RunFacts) -> Check:
    expiry = facts.reagents_expire_on
    if expiry is None:
        said = ("Until when the reagents are good is not known. Say it when you release.",)
        return Check(CheckKind.REAGENTS, _UNKNOWN, "Reagents: not known", said)
    if expiry < facts.today:
        said = (f"The reagents were good until {expiry:%d %b %Y}. Take others.",)
        return Check(CheckKind.REAGENTS, _FAIL, "Reagents out of date", said)
    return Check(CheckKind.REAGENTS, _PASS, f"Reagents good until {expiry:%d %b %Y}")


def _flow_cell(facts: RunFacts) -> Check:
    if facts.flow_cell:
        return Check(CheckKind.FLOW_CELL, _PASS, f"Flow cell {facts.flow_cell}")
    said = ("Which flow cell is loaded is not known. Say it when you release.",)
    return Check(CheckKind.FLOW_CELL, _UNKNOWN, "Flow cell: not known", said)


def _operator(facts: RunFacts) -> Check:
    """Say who looked at the lanes: a second pair of eyes sees what the planner overlooks."""
    seen, kind = facts.operator, CheckKind.OPERATOR
    if seen is None:
        said = ("Nobody has confirmed yet that the lanes are loaded as planned.",)
        return Check(kind, _UNKNOWN, "Operator: nobody yet", said)
    if not seen.stands:
        said = (f"The lanes have changed since {seen.name} looked at them. Confirm them again.",)
        return Check(kind, _UNKNOWN, "Operator: lanes have changed", said)
    if seen.planned_it:
        said = (f"{seen.name} planned the run, too. A second person sees more.",)
        return Check(kind, _WARNING, f"Operator {seen.name}", said)
    return Check(kind, _PASS, f"Operator {seen.name}")


def _sheet(facts: RunFacts) -> Check:
    if facts.sheet_errors:
        return Check(CheckKind.SHEET, _FAIL, "Sample sheet", tuple(facts.sheet_errors))
    return Check(CheckKind.SHEET, _PASS, "Sample sheet")


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_SAID
    return f"{', '.join(names[:_MOST_SAID])}" + (f" and {more} more" if more > 0 else "")


def _lanes(lanes: Sequence[int]) -> str:
    return f"lane{'s' if len(lanes) > 1 else ''} {_listed(lanes)}"


def _listed(numbers: Sequence[int]) -> str:
    *before, last = [str(each) for each in numbers] or ["none"]
    return f"{', '.join(before)} and {last}" if before else last
