"""In which order the tubes of a failing unit are saved: a rule that anybody can read and check.

No figure of value is made up. What is known of a tube is asked in a fixed order of questions; the
first answer that differs decides:

1. May it still be used? Tubes that failed QC, are past their date or whose consent is gone go last.
2. Is there other material of its family in another unit? What is nowhere else goes first.
3. How many thaws does it still bear under the laboratory's rule for its material? None left first.
   Materials without a rule come after those with one: nothing says that they suffer.
4. Does its material perish with one thaw? RNA and cells before the rest: RNases cut RNA as soon as
   it is liquid, and cells thawed without a medium die.
5. How much is left? More first; an unknown volume counts as none.
"""

from dataclasses import dataclass

PERISHES = frozenset({"rna", "cells"})
_NO_RULE = 10**6
Key = tuple[bool, bool, int, bool, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What is known of a tube that decides when it is saved.

    ``elsewhere`` are the tubes of its family that stand in other units; ``thaws_left`` is None
    where the laboratory has no limit for the material. ``spoiled`` says why it may not be used.
    """

    material_type: str
    elsewhere: int
    thaws_left: int | None = None
    volume_ul: float | None = None
    spoiled: str = ""


def key_of(worth: Worth) -> Key:
    """Return what tubes are sorted by: smaller is saved earlier."""
    return (
        bool(worth.spoiled),
        worth.elsewhere > 0,
        _NO_RULE if worth.thaws_left is None else max(worth.thaws_left, 0),
        worth.material_type not in PERISHES,
        -(worth.volume_ul or 0.0),
    )


def reasons_of(worth: Worth) -> tuple[str, ...]:
    """Return the answers in words, in the order of the questions."""
    answers = (
        worth.spoiled,
        _family(worth.elsewhere),
        _thaws(worth.thaws_left),
        "perishes with one thaw" if worth.material_type in PERISHES else "",
        "volume unknown" if worth.volume_ul is None else f"{worth.volume_ul:g} µL left",
    )
    return tuple(answer for answer in answers if answer)


def _family(elsewhere: int) -> str:
    if elsewhere == 0:
        return "nothing of its family in another unit"
    tubes = "tube" if elsewhere == 1 else "tubes"
    return f"{elsewhere} {tubes} of its family in other units"


def _thaws(left: int | None) -> str:
    if left is None:
        return ""
    if left <= 0:
        return "no thaw left"
    return "1 thaw left" if left == 1 else f"{left} thaws left"
