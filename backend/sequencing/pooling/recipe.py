"""How many µL of each library make a pool of a molarity and volume. No I/O.

v_i = C · V · s_i / M_i, buffer fills the rest, and C_max = 1 / Σ(s_i / M_i) is as strong as it can
get (DOMAIN 2c). PhiX is added at the pool's own molarity, so that its share of the volume is its
share of the molecules. All volumes are µL, molarities nM, shares 0–1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, Decimal
from types import MappingProxyType
from typing import Final

from backend.sequencing.pooling.proportions import shares

DILUTIONS: Final = (2, 5, 10)
"""Intermediate dilutions that are proposed: 1:2, 1:5, 1:10."""
NO_DILUTION: Final = 1
_STEP: Final = Decimal("0.1")
_MOLARITY_STEP: Final = Decimal("0.001")
_UNDILUTED: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A tube that goes into a pool; ``weight`` is its share in any common unit.

    ``available_ul`` is what the ledger says it holds; None where nobody knows.
    """

    name: str
    molarity_nm: Decimal
    weight: Decimal
    available_ul: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The pool that is wanted; ``phix_percent`` is PhiX's share of its volume, 0 to below 100."""

    nm: Decimal
    ul: Decimal
    phix_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipetting:
    """What can be pipetted: the least volume, what stays in a tube, and the step of the scale."""

    least_ul: Decimal
    dead_ul: Decimal = Decimal(0)
    step_ul: Decimal = _STEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A change that would mend what is wrong; one of its parts is given."""

    name: str = ""
    """The library to dilute."""
    dilution: int | None = None
    target_ul: Decimal | None = None
    target_nm: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a pool or one of its libraries, and what would mend it.

    With ``is_error`` the pool cannot be made as it is.
    """

    sentence: str
    name: str = ""
    is_error: bool = False
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A library of the recipe.

    ``exact_ul`` is what arithmetic says of the undiluted library, ``volume_ul`` what is pipetted
    (of its 1:``dilution`` dilution) after rounding, ``drawn_ul`` what leaves the library's tube,
    ``share_error`` the achieved share over the wanted one, less 1.
    """

    name: str
    molarity_nm: Decimal
    share: Decimal
    exact_ul: Decimal
    volume_ul: Decimal
    drawn_ul: Decimal
    dilution: int
    achieved_share: Decimal
    share_error: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A pool as it is pipetted, and what stands against it.

    Volumes of lines, buffer and PhiX add up to the target volume, unless there is an error.
    """

    lines: tuple[Line, ...]
    buffer_ul: Decimal
    exact_buffer_ul: Decimal
    phix_ul: Decimal
    most_nm: Decimal
    achieved_nm: Decimal
    findings: tuple[Finding, ...]

    @property
    def is_possible(self) -> bool:
        """Say whether the pool can be made."""
        return not any(finding.is_error for finding in self.findings)


def most_nm(molar_shares: Sequence[Decimal], molarities_nm: Sequence[Decimal]) -> Decimal:
    """Return C_max, the molarity of a pool without buffer.

    Raises:
        ValueError: a molarity that is not more than 0.
    """
    if any(each <= 0 for each in molarities_nm):
        raise ValueError("Every library of a pool has a molarity of more than 0.")
    taken = sum(
        (share / nm for share, nm in zip(molar_shares, molarities_nm, strict=True)), Decimal(0)
    )
    return 1 / taken


def calculate(
    libraries: Sequence[Library],
    target: Target,
    pipetting: Pipetting,
    *,
    dilutions: Mapping[str, int] = _UNDILUTED,
) -> Recipe:
    """Return the recipe of a pool, with everything that is wrong or doubtful about it.

    ``dilutions`` are factors by library that a person has agreed to.

    Raises:
        ValueError: a target, molarity, weight or dilution that cannot be.
    """
    if target.nm <= 0 or target.ul <= 0 or not 0 <= target.phix_percent < 100:  # noqa: PLR2004 per cent
        raise ValueError("A pool has a molarity and a volume, and less than 100 % PhiX.")
    if any(factor < NO_DILUTION for factor in dilutions.values()):
        raise ValueError("A dilution is 1 or more.")
    parts = shares([each.weight for each in libraries])
    strongest = most_nm(parts, [each.molarity_nm for each in libraries])
    phix = (target.ul * target.phix_percent / 100).quantize(pipetting.step_ul, ROUND_HALF_EVEN)
    room = target.ul - phix
    exact = [
        target.nm * room * share / each.molarity_nm
        for each, share in zip(libraries, parts, strict=True)
    ]
    factors = [dilutions.get(each.name, NO_DILUTION) for each in libraries]
    wanted = [volume * factor for volume, factor in zip(exact, factors, strict=True)]
    volumes = _rounded(wanted, [_usable_ul(each, pipetting) for each in libraries], room, pipetting)
    lines = _lines(libraries, parts, exact, list(zip(volumes, factors, strict=True)), pipetting)
    findings = [
        *_room_findings(lines, wanted, room, target),
        *_available_findings(lines, libraries, pipetting),
        *_pipette_findings(lines, target, pipetting),
    ]
    molecules = sum(
        (each.molarity_nm * each.volume_ul / each.dilution for each in lines), Decimal(0)
    )
    return Recipe(
        lines=lines,
        buffer_ul=room - sum(volumes, Decimal(0)),
        exact_buffer_ul=room - sum(exact, Decimal(0)),
        phix_ul=phix,
        most_nm=strongest,
        achieved_nm=molecules / room if room else Decimal(0),
        findings=tuple(findings),
    )


def _rounded(
    wanted: Sequence[Decimal],
    usable: Sequence[Decimal | None],
    room: Decimal,
    pipetting: Pipetting,
) -> list[Decimal]:
    """Round to the pipette's step; what is there, and fits, is so when it is rounded, too."""
    step = pipetting.step_ul
    volumes = [
        volume.quantize(step, ROUND_DOWN)
        if most is not None and volume <= most < volume.quantize(step, ROUND_HALF_EVEN)
        else volume.quantize(step, ROUND_HALF_EVEN)
        for volume, most in zip(wanted, usable, strict=True)
    ]
    if sum(wanted, Decimal(0)) > room:
        return volumes
    # Those that were rounded up furthest give way first.
    for index in sorted(range(len(wanted)), key=lambda each: wanted[each] - volumes[each]):
        if sum(volumes, Decimal(0)) <= room:
            break
        volumes[index] = wanted[index].quantize(step, ROUND_DOWN)
    return volumes


def _usable_ul(library: Library, pipetting: Pipetting) -> Decimal | None:
    if library.available_ul is None:
        return None
    return max(Decimal(0), library.available_ul - pipetting.dead_ul)


def _lines(
    libraries: Sequence[Library],
    parts: Sequence[Decimal],
    exact: Sequence[Decimal],
    pipetted: Sequence[tuple[Decimal, int]],
    pipetting: Pipetting,
) -> tuple[Line, ...]:
    amounts = [
        each.molarity_nm * volume / factor
        for each, (volume, factor) in zip(libraries, pipetted, strict=True)
    ]
    total = sum(amounts, Decimal(0))
    achieved = [amount / total if total else Decimal(0) for amount in amounts]
    return tuple(
        Line(
            name=each.name,
            molarity_nm=each.molarity_nm,
            share=parts[index],
            exact_ul=exact[index],
            volume_ul=pipetted[index][0],
            drawn_ul=_drawn(*pipetted[index], pipetting),
            dilution=pipetted[index][1],
            achieved_share=achieved[index],
            share_error=achieved[index] / parts[index] - 1,
        )
        for index, each in enumerate(libraries)
    )


def _drawn(volume: Decimal, factor: int, pipetting: Pipetting) -> Decimal:
    """Return what a tube gives: a dilution is made of no less than can be pipetted."""
    if factor == NO_DILUTION:
        return volume
    needed = (volume / factor).quantize(pipetting.step_ul, ROUND_UP)
    return max(needed, pipetting.least_ul)


def _room_findings(
    lines: Sequence[Line], wanted: Sequence[Decimal], room: Decimal, target: Target
) -> list[Finding]:
    needed = sum(wanted, Decimal(0))
    if needed <= room:
        return []
    index = max(range(len(lines)), key=lambda each: wanted[each])
    weakest = lines[index].name
    most = (target.nm * room / needed).quantize(_MOLARITY_STEP, ROUND_DOWN)
    fixes = (Fix(target_nm=most),) if most else ()
    return [
        Finding(
            sentence=f"The libraries need {_ul(needed)} µL and {_ul(room)} µL are there for them; "
            f"{weakest} alone takes {_ul(wanted[index])} µL. Ask for {_ul(most)} nM at most.",
            name=weakest,
            is_error=True,
            fixes=fixes,
        )
    ]


def _available_findings(
    lines: Sequence[Line], libraries: Sequence[Library], pipetting: Pipetting
) -> list[Finding]:
    found = []
    for line, library in zip(lines, libraries, strict=True):
        usable = _usable_ul(library, pipetting)
        if usable is None or library.available_ul is None:
            found.append(
                Finding(
                    sentence=f"Nobody has written down how much {line.name} holds. Measure it "
                    "and correct its volume.",
                    name=line.name,
                    is_error=True,
                )
            )
            continue
        if line.drawn_ul > usable:
            dead = f", of which {_ul(pipetting.dead_ul)} µL stay" if pipetting.dead_ul else ""
            found.append(
                Finding(
                    sentence=f"{line.name} has to give {_ul(line.drawn_ul)} µL and holds "
                    f"{_ul(library.available_ul)} µL{dead}. Ask for a smaller or weaker pool.",
                    name=line.name,
                    is_error=True,
                )
            )
    return found


def _pipette_findings(lines: Sequence[Line], target: Target, pipetting: Pipetting) -> list[Finding]:
    """Warn of what is too little to pipette, with the dilution or larger pool that mends it."""
    found = []
    for line in lines:
        pipetted = line.exact_ul * line.dilution
        if pipetted >= pipetting.least_ul or line.volume_ul >= pipetting.least_ul:
            continue
        factor = next_dilution(line.exact_ul, pipetting.least_ul)
        larger = (target.ul * pipetting.least_ul / pipetted).quantize(pipetting.step_ul, ROUND_UP)
        fixes = (Fix(name=line.name, dilution=factor),) if factor else ()
        way = f"Dilute it 1:{factor} first, or" if factor else "No dilution up to 1:10 is enough:"
        found.append(
            Finding(
                sentence=f"{line.name} would be {_ul(pipetted)} µL, and "
                f"{_ul(pipetting.least_ul)} µL is the least that is pipetted. {way} "
                f"make {_ul(larger)} µL of pool.",
                name=line.name,
                is_error=not line.volume_ul,
                fixes=(*fixes, Fix(target_ul=larger)),
            )
        )
    return found


def next_dilution(volume_ul: Decimal, least_ul: Decimal) -> int | None:
    """Return the smallest of 1:2, 1:5 and 1:10 at which a volume can be pipetted, or None."""
    return next((factor for factor in DILUTIONS if volume_ul * factor >= least_ul), None)


def _ul(volume: Decimal) -> str:
    return f"{volume.quantize(Decimal('0.001')).normalize():f}"
