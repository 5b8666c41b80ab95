"""How a tube looks on the box map: each way of colouring, each with a mark beside its colour.

A mark tells the looks of a way apart without any colour, so no two looks of one share it. Marks are
letters and figures, which every font has; a figure is the least that it stands for, and a word of
the look's name, as what is seen has to be heard.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.samples.ids import HoldKind, MaterialType, QcVerdict
from backend.samples.rules import MATERIAL_NAME
from backend.storage.rules import row_letters
from backend.storage.views import TubeView
from dashboard.pages.samples.words import HOLD_NAMES

LOW_VOLUME_UL = 10.0
"""Under this a pipette may not draw a second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One meaning of a colour: its words, its mark and the class of assets/30-boxmap.css."""

    key: str
    word: str
    mark: str
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way of colouring: what its button says, its looks in order, and which a tube has."""

    word: str
    looks: Sequence[Look]
    key_of: Callable[[TubeView], str]


_SERIES: Mapping[MaterialType, tuple[str, str]] = {
    MaterialType.GDNA: ("D", "c1"),
    MaterialType.RNA: ("R", "c2"),
    MaterialType.CFDNA: ("C", "c3"),
    MaterialType.LIBRARY: ("L", "c4"),
    MaterialType.POOL: ("P", "c4"),
    MaterialType.CDNA: ("N", "c2"),
    MaterialType.BLOOD: ("B", "c5"),
    MaterialType.PLASMA: ("A", "c5"),
    MaterialType.SERUM: ("S", "c5"),
    MaterialType.SALIVA: ("V", "c6"),
    MaterialType.URINE: ("U", "c6"),
    MaterialType.TISSUE: ("T", "c3"),
    MaterialType.CELLS: ("E", "c6"),
    MaterialType.OTHER: ("O", "c6"),
}
_TYPES = tuple(
    Look(key=material.value, word=MATERIAL_NAME[material], mark=mark, look=look)
    for material, (mark, look) in _SERIES.items()
)
_AGES = (
    Look(key="month", word="under 30 days here", mark="d", look="q2"),
    Look(key="year", word="under 1 year here", mark="m", look="q4"),
    Look(key="years", word="under 5 years here", mark="y", look="q6"),
    Look(key="older", word="5 years or longer here", mark="+", look="q7"),
)
_VOLUMES = (
    Look(key="low", word="under 10 µL", mark="↓", look="warn"),
    Look(key="some", word="10 to 50 µL", mark="10", look="q3"),
    Look(key="enough", word="50 to 200 µL", mark="50", look="q5"),
    Look(key="plenty", word="200 µL or more", mark="200", look="q7"),
    Look(key="unknown", word="not measured", mark="?", look="off"),
)
_VERDICTS = (
    Look(key=QcVerdict.PASS, word="passed", mark="✓", look="ok"),
    Look(key=QcVerdict.PASS_WITH_WARNING, word="passed with a warning", mark="!", look="warn"),
    Look(key=QcVerdict.FAIL, word="failed", mark="✕", look="crit"),
    Look(key=QcVerdict.FAIL_PROCEED, word="failed, goes on", mark="»", look="crit"),
    Look(key=QcVerdict.NONE, word="no verdict yet", mark="?", look="off"),
)
_THAWS = (
    Look(key="0", word="0 thaws", mark="0", look="q1"),
    Look(key="1", word="1 thaw", mark="1", look="q3"),
    Look(key="2", word="2 thaws", mark="2", look="q4"),
    Look(key="3", word="3 or 4 thaws", mark="3", look="q6"),
    Look(key="5", word="5 thaws or more", mark="5", look="q7"),
)
_EXPIRIES = (
    Look(key="expired", word="expired", mark="✕", look="crit"),
    Look(key="soon", word="expires within 30 days", mark="30", look="warn"),
    Look(key="later", word="expires later", mark=">", look="ok"),
    Look(key="never", word="no expiry recorded", mark="\N{EN DASH}", look="off"),
)
_HOLD_MARKS: Mapping[HoldKind, tuple[str, str]] = {
    HoldKind.QUARANTINE: ("Q", "warn"),
    HoldKind.QC_PENDING: ("?", "warn"),
    HoldKind.CONSENT_WITHDRAWN: ("C", "crit"),
    HoldKind.LEGAL_HOLD: ("L", "crit"),
    HoldKind.TEMPERATURE_EXPOSURE: ("T", "warn"),
    HoldKind.PAUSED_BY_REQUESTER: ("P", "warn"),
    HoldKind.PAYMENT: ("Y", "warn"),
}
_HOLDS = (
    *(
        Look(key=kind.value, word=HOLD_NAMES[kind.value].lower(), mark=mark, look=look)
        for kind, (mark, look) in _HOLD_MARKS.items()
    ),
    Look(key="several", word="several holds", mark="+", look="crit"),
    Look(key="none", word="no hold", mark="\N{EN DASH}", look="off"),
)
_AGE_LIMITS = (timedelta(days=30), timedelta(days=365), timedelta(days=365 * 5))
_EXPIRES_SOON = timedelta(days=30)
_VOLUME_LIMITS = (LOW_VOLUME_UL, 50.0, 200.0)
_THAW_LIMITS = (1, 2, 3, 5)
_COLOURS = 6
"""Hues that can be told apart (DESIGN 2.1); further projects share them, not their letters."""
MODE_WORDS: Mapping[str, str] = {
    "type": "Type",
    "age": "Age",
    "volume": "Volume",
    "qc": "QC",
    "hold": "Hold",
    "thaws": "Thaws",
    "expiry": "Expiry",
    "project": "Project",
}


def modes(tubes: Collection[TubeView], now: datetime, zone: ZoneInfo) -> dict[str, Mode]:
    """Return the ways of colouring these tubes in the order of their buttons.

    Whether a tube has expired is asked of the laboratory's day, so of the one in ``zone``.
    Projects get their letters by name, so the same box looks the same to everybody who sees
    the same projects in it.
    """
    today = now.astimezone(zone).date()
    found: dict[str, tuple[Sequence[Look], Callable[[TubeView], str]]] = {
        "type": (_TYPES, _type),
        "age": (_AGES, lambda tube: _age(tube, now)),
        "volume": (_VOLUMES, volume_key),
        "qc": (_VERDICTS, _verdict),
        "hold": (_HOLDS, _hold),
        "thaws": (_THAWS, _thaws),
        "expiry": (_EXPIRIES, lambda tube: _expiry(tube, today)),
        "project": (_projects(tubes), _project),
    }
    return {
        name: Mode(word=MODE_WORDS[name], looks=looks, key_of=key_of)
        for name, (looks, key_of) in found.items()
    }


def volume_key(tube: TubeView) -> str:
    """Return which volume look a tube has: low, some, enough, plenty or unknown."""
    volume_ul = tube.volume_ul
    if volume_ul is None:
        return "unknown"
    return _VOLUMES[sum(volume_ul >= limit for limit in _VOLUME_LIMITS)].key


def _type(tube: TubeView) -> str:
    return MaterialType.OTHER if tube.material_type is None else tube.material_type


def _age(tube: TubeView, now: datetime) -> str:
    age = now - tube.placed_at
    return _AGES[sum(age >= limit for limit in _AGE_LIMITS)].key


def _verdict(tube: TubeView) -> str:
    return QcVerdict.NONE if tube.qc_verdict is None else tube.qc_verdict


def _hold(tube: TubeView) -> str:
    match tube.holds:
        case ():
            return "none"
        case (kind,):
            return kind.value
        case _:
            return "several"


def _thaws(tube: TubeView) -> str:
    return _THAWS[sum((tube.thaws or 0) >= limit for limit in _THAW_LIMITS)].key


def _expiry(tube: TubeView, today: date) -> str:
    if tube.expires_on is None:
        return "never"
    if tube.expires_on < today:
        return "expired"
    return "soon" if tube.expires_on - today <= _EXPIRES_SOON else "later"


def _project(tube: TubeView) -> str:
    return tube.project_code or ""


def _projects(tubes: Collection[TubeView]) -> tuple[Look, ...]:
    codes = sorted({_project(tube) for tube in tubes})
    return tuple(
        Look(key=code, word=code, mark=row_letters(place + 1), look=f"c{place % _COLOURS + 1}")
        for place, code in enumerate(codes)
    )
