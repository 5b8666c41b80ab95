"""The modules of Data Matrix (ECC 200) and Code 128. Pure."""

import math
from functools import lru_cache

from backend.labels.ids import Symbology
from backend.samples.labels import modules_of

Modules = tuple[tuple[bool, ...], ...]

QUIET_MODULES = {Symbology.DATA_MATRIX: 1, Symbology.CODE_128: 10}
"""Light modules that the standards ask for around a symbol (ISO/IEC 16022, ISO/IEC 15417)."""

# Widths of bar, space, bar, space, bar, space by symbol character (ISO/IEC 15417, table 1).
# fmt: off
_WIDTHS = (
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
)
# fmt: on
_STOP = 106
_MODULUS = 103
_SETS = "ABC"
_START = {"A": 103, "B": 104, "C": 105}
_SWITCH = {"A": 101, "B": 100, "C": 99}


def modules(symbology: Symbology, code: str) -> Modules:
    """Return the dark modules of a code by row, without the quiet zone."""
    if symbology is Symbology.DATA_MATRIX:
        return modules_of(code)
    return (code_128(code),)


def code_128(code: str) -> tuple[bool, ...]:
    """Return the bars of a code, True where dark: the shortest that the three subsets allow.

    Raises:
        ValueError: empty, or a character beyond ASCII.
    """
    values = [*_values(code)]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % _MODULUS
    widths = "".join(_WIDTHS[value] for value in (*values, check, _STOP))
    return tuple(place % 2 == 0 for place, width in enumerate(widths) for _ in range(int(width)))


@lru_cache(maxsize=1024)
def _values(code: str) -> tuple[int, ...]:
    """Return start, data and switch characters, fewest first; from the end of the code backwards.

    ``best[set]`` is the shortest way to write what follows when that set is already chosen.
    """
    if not code or not code.isascii():
        raise ValueError("Code 128 holds one or more ASCII characters.")
    best: dict[str, tuple[int, ...] | None] = dict.fromkeys(_SETS, ())
    after: list[dict[str, tuple[int, ...] | None]] = [best]
    for place in range(len(code) - 1, -1, -1):
        stayed = {each: _stay(code, place, each, after) for each in _SETS}
        after.append({each: _shortest(each, stayed) for each in _SETS})
    ways = [((_START[each], *rest)) for each, rest in after[-1].items() if rest is not None]
    return min(ways, key=len)


def _stay(
    code: str, place: int, subset: str, after: list[dict[str, tuple[int, ...] | None]]
) -> tuple[int, ...] | None:
    taken = 2 if subset == "C" else 1
    value = _value(code[place : place + taken], subset)
    if value is None:
        return None
    rest = after[len(after) - taken][subset]
    return None if rest is None else (value, *rest)


def _shortest(subset: str, stayed: dict[str, tuple[int, ...] | None]) -> tuple[int, ...] | None:
    ways = [
        way if each == subset else (_SWITCH[each], *way)
        for each, way in stayed.items()
        if way is not None
    ]
    return min(ways, key=len, default=None)


def _value(part: str, subset: str) -> int | None:
    if subset == "C":
        return int(part) if len(part) == 2 and part.isdecimal() else None  # noqa: PLR2004 pairs
    point = ord(part)
    if subset == "B":
        return point - 32 if 32 <= point <= 127 else None  # noqa: PLR2004 the set's own range
    return (point + 64 if point < 32 else point - 32) if point < 96 else None  # noqa: PLR2004


def module_count(found: Modules) -> tuple[int, int]:
    """Return how many modules a symbol is wide and high."""
    return len(found[0]), len(found)


def whole_dots(length_mm: float, dot_mm: float) -> int:
    """Return how many whole dots fit a length; a hair's breadth too short still counts."""
    return math.floor(length_mm / dot_mm + 1e-6)
