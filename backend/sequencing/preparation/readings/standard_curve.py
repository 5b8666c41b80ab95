"""The standard curve of a plate: fluorescence over concentration, and back. No I/O.

What a curve is held to is the rule of ICH M10 (Bioanalytical Method Validation, 2022; the numbers
of the FDA's guidance of 2018, too): the simplest form that describes the standards, each of which
reads back within 15 % of what it is, the lowest within 20 %, and three of four do. Fewer levels
are asked for than ICH's six, as kits for double-stranded DNA come with fewer. The limit by the
blanks is that of ICH Q2(R2): ten standard deviations of the blank over the slope.

Concentrations are in the unit in which the standards are given; signals are blank-corrected.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from math import sqrt
from statistics import fmean, stdev
from typing import Final

import numpy as np

TOLERANCE: Final = 0.15
TOLERANCE_LOWEST: Final = 0.20
KEPT_SHARE: Final = 0.75
LEAST_R_SQUARED: Final = 0.98
MOST_LEFT_OUT: Final = 2
"""Standards; with more that are wrong nobody knows which are right."""
MOST_LEVELS: Final = 24
_BLANKS_FOR_LIMIT = 3
_LIMIT_DEVIATIONS = 10
_PARTS_SHOWN = 4


class CurveForm(StrEnum):
    """Forms of a curve, the simplest first; a weight is what a standard counts for."""

    LINEAR = "linear"
    LINEAR_BY_X = "linear_1_x"
    LINEAR_BY_X2 = "linear_1_x2"
    QUADRATIC_BY_X2 = "quadratic_1_x2"


_DEGREE: Final = {form: 2 if form is CurveForm.QUADRATIC_BY_X2 else 1 for form in CurveForm}
_POWER: Final = {
    CurveForm.LINEAR: 0,
    CurveForm.LINEAR_BY_X: 1,
    CurveForm.LINEAR_BY_X2: 2,
    CurveForm.QUADRATIC_BY_X2: 2,
}
WORDS: Final = {
    CurveForm.LINEAR: "Linear",
    CurveForm.LINEAR_BY_X: "Linear, weighted 1/x",
    CurveForm.LINEAR_BY_X2: "Linear, weighted 1/x²",
    CurveForm.QUADRATIC_BY_X2: "Quadratic, weighted 1/x²",
}


class NoCurve(ValueError):
    """No curve can be drawn through the standards; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWell:
    """A well of known concentration and its signal as read; a blank has concentration 0."""

    well: str
    concentration: float
    signal: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """What was taken off every signal; ``deviation`` is None for a single well."""

    mean: float
    deviation: float | None
    wells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedStandard:
    """A standard beside the curve; ``is_kept`` says that the curve was drawn through it."""

    well: str
    concentration: float
    signal: float
    residual: float
    """Signal less what the curve has at its concentration."""
    read_back: float | None
    """Concentration that the curve gives for its signal; None where it gives none."""
    is_kept: bool

    @property
    def error(self) -> float | None:
        """Return by what share of its concentration it reads back too high (or low, below 0)."""
        return None if self.read_back is None else self.read_back / self.concentration - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """signal = c0 + c1·x + c2·x², and from where to where it may be read."""

    form: CurveForm
    coefficients: tuple[float, ...]
    """The constant first."""
    r_squared: float
    """Share of the weighted variance of the signals that the curve explains."""
    unit: str
    blank: Blank
    standards: tuple[FittedStandard, ...]
    lowest: float
    """Lower limit of quantification: the lowest standard kept, or the blanks' limit above it."""
    highest: float
    """Upper limit of quantification: the highest standard kept."""

    def signal_at(self, concentration: float) -> float:
        """Return the blank-corrected signal of a concentration."""
        return _signal(self.coefficients, concentration)


class Place(StrEnum):
    """Where a signal lies to what the standards cover."""

    WITHIN = "within"
    BELOW = "below"
    BEYOND = "beyond"


def read_signal(curve: Curve, raw: float) -> tuple[Place, float]:
    """Return where a raw signal lies and its concentration; outside, the limit that it is past.

    Nothing is read off the curve where no standard stands: it has not been seen there.
    """
    found = _inverse(curve.coefficients, raw - curve.blank.mean)
    if found is None or found > curve.highest:
        return Place.BEYOND, curve.highest
    if found < curve.lowest:
        return Place.BELOW, curve.lowest
    return Place.WITHIN, found


def in_words(curve: Curve) -> str:
    """Return a curve in a sentence: its form, how well it holds, and its range."""
    left_out = [each.well for each in curve.standards if not each.is_kept]
    said = (
        f"{WORDS[curve.form]}: R² {curve.r_squared:.4f}, "
        f"{curve.lowest:,.3g} to {curve.highest:,.4g} {curve.unit}"
    )
    return f"{said}, without {', '.join(left_out)}." if left_out else f"{said}."


def fit_curve(standards: Sequence[KnownWell], *, unit: str, is_corrected: bool = False) -> Curve:
    """Return the simplest curve that holds, with the standards that it had to leave out.

    ``is_corrected`` says that the reader has taken the blank off already.

    Raises:
        NoCurve: no blank, too few standards, or none of the forms holds.
    """
    blank = _blank(
        [each.signal for each in standards if each.concentration == 0], is_corrected=is_corrected
    )
    known = [
        replace(each, signal=each.signal - blank.mean)
        for each in standards
        if each.concentration > 0
    ]
    levels = sorted({each.concentration for each in known})
    if len(levels) > MOST_LEVELS:
        raise NoCurve(
            f"The file names {len(levels)} standards of different concentration and a plate has "
            f"{MOST_LEVELS} at most. Name only the standards “Standard”."
        )
    best = _best(known, levels, blank, unit)
    if best is None:
        raise NoCurve(_refusal(known, levels, blank, unit))
    if best.lowest >= best.highest:
        said = "The blanks scatter as far as the highest standard reaches."
        raise NoCurve(f"{said} Repeat the plate with fresh buffer.")
    return best


def fit_form(
    form: CurveForm, known: Sequence[KnownWell], kept: Sequence[float], blank: Blank, unit: str
) -> Curve:
    """Return the curve of one form by least squares through the levels ``kept``, judged by nobody.

    ``known`` are wells with blank-corrected signals, none of them a blank.
    """
    used = [each for each in known if each.concentration in kept]
    x = np.array([each.concentration for each in used])
    y = np.array([each.signal for each in used])
    # Scaled to 1, so that squares of large concentrations cost no digits.
    scale = float(x.max())
    root = (x / scale) ** (-_POWER[form] / 2)
    powers = np.vander(x / scale, _DEGREE[form] + 1, increasing=True)
    solved = np.linalg.lstsq(powers * root[:, None], y * root, rcond=None)[0]
    weights = root**2
    spread = float(np.sum(weights * (y - np.average(y, weights=weights)) ** 2))
    missed = float(np.sum(weights * (y - powers @ solved) ** 2))
    coefficients = tuple(float(part) / scale**power for power, part in enumerate(solved))
    lowest = kept[0]
    if blank.deviation is not None and blank.wells >= _BLANKS_FOR_LIMIT:
        slope = _slope(coefficients, lowest)
        lowest = max(lowest, _LIMIT_DEVIATIONS * blank.deviation / slope) if slope > 0 else lowest
    return Curve(
        form=form,
        coefficients=coefficients,
        r_squared=1 - missed / spread if spread > 0 else 0.0,
        unit=unit,
        blank=blank,
        standards=tuple(_beside(coefficients, each, kept) for each in known),
        lowest=lowest,
        highest=kept[-1],
    )


def _blank(signals: Sequence[float], *, is_corrected: bool) -> Blank:
    if is_corrected:
        spread = stdev(signals) if len(signals) > 1 else None
        return Blank(mean=0.0, deviation=spread, wells=len(signals))
    if not signals:
        said = "The plate has no blank, so nothing says how much dye shines by itself."
        raise NoCurve(f"{said} Name its wells “Blank”, or export blank-corrected values.")
    return Blank(
        mean=fmean(signals),
        deviation=stdev(signals) if len(signals) > 1 else None,
        wells=len(signals),
    )


def _best(
    known: Sequence[KnownWell], levels: Sequence[float], blank: Blank, unit: str
) -> Curve | None:
    """Return the simplest form through all levels, else the closest that leaves the fewest out.

    Every choice of what to leave out is tried: a bad lowest standard draws the line to itself, and
    its good neighbour then seems the worst. Relative errors compare forms and choices, as in
    Almeida et al. 2002 (J. Chromatogr. B 774, 215).
    """
    for left_out in range(min(MOST_LEFT_OUT, int(len(levels) * (1 - KEPT_SHARE))) + 1):
        held = []
        for form in CurveForm:
            for kept in combinations(levels, len(levels) - left_out):
                if len(kept) > _DEGREE[form] + 1:
                    curve = fit_form(form, known, kept, blank, unit)
                    if _holds(curve, kept):
                        held.append(curve)
            if held and not left_out:
                return held[0]
        if held:
            # To 0.1 %: what is no closer than that is no reason for a less simple form.
            return min(held, key=lambda curve: round(_mean_error(curve), 3))
    return None


def _holds(curve: Curve, kept: Sequence[float]) -> bool:
    return (
        _rises(curve.coefficients, kept[-1])
        and curve.r_squared >= LEAST_R_SQUARED
        and all(_excess(curve, level, lowest=level == kept[0]) <= 0 for level in kept)
    )


def _mean_error(curve: Curve) -> float:
    return fmean(abs(each.error or 0.0) for each in curve.standards if each.is_kept)


def _beside(
    coefficients: Sequence[float], standard: KnownWell, kept: Sequence[float]
) -> FittedStandard:
    return FittedStandard(
        well=standard.well,
        concentration=standard.concentration,
        signal=standard.signal,
        residual=standard.signal - _signal(coefficients, standard.concentration),
        read_back=_inverse(coefficients, standard.signal),
        is_kept=standard.concentration in kept,
    )


def _excess(curve: Curve, level: float, *, lowest: bool) -> float:
    """Return how far a level's wells read back past what is allowed; above 0 is too far."""
    alike = [each.error for each in curve.standards if each.concentration == level]
    errors = [error for error in alike if error is not None]
    if len(errors) < len(alike):
        return float("inf")
    return abs(fmean(errors)) - (TOLERANCE_LOWEST if lowest else TOLERANCE)


def _signal(coefficients: Sequence[float], concentration: float) -> float:
    return sum(part * concentration**power for power, part in enumerate(coefficients))


def _slope(coefficients: Sequence[float], concentration: float) -> float:
    parts = enumerate(coefficients)
    return sum(power * part * concentration ** (power - 1) for power, part in parts if power)


def _rises(coefficients: Sequence[float], highest: float) -> bool:
    return _slope(coefficients, 0.0) > 0 and _slope(coefficients, highest) > 0


def _inverse(coefficients: Sequence[float], signal: float) -> float | None:
    """Return the concentration on the rising branch, None above a quadratic's top."""
    constant, slope, *rest = coefficients
    bend, above = (rest[0] if rest else 0.0), signal - constant
    under_root = slope**2 + 4 * bend * above
    if under_root < 0 or slope <= 0:
        return None
    # Stable form of the quadratic's root; with no bend it is (signal - constant) / slope.
    return 2 * above / (slope + sqrt(under_root))


def _refusal(known: Sequence[KnownWell], levels: Sequence[float], blank: Blank, unit: str) -> str:
    """Return why no form holds, by the standards of the best line."""
    least = _DEGREE[CurveForm.LINEAR] + 2
    if len(levels) < least:
        return (
            f"A curve needs {least} standards of different concentration beside the blank; "
            f"the plate has {len(levels)}. Add standards and repeat."
        )
    curve = fit_form(CurveForm.LINEAR_BY_X2, known, levels, blank, unit)
    said = f"No curve holds the standards: R² of a weighted line is {curve.r_squared:.3f}"
    off = [
        f"{each.well} ({each.concentration:g} {unit}) reads back "
        + ("as nothing that could be" if each.error is None else f"{each.error:+.0%} off")
        for each in curve.standards
        if each.error is None or abs(each.error) > TOLERANCE
    ]
    named = f"; {', '.join(off[:_PARTS_SHOWN])}" if off else ""
    return f"{said}{named}. Prepare the standards again and repeat the plate."
