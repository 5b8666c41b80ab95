"""How many molecules are in a tube: from mass and length, and from qPCR. No I/O.

nM = ng/µL · 10⁶ / (660 · bp) is Illumina's (Knowledge Base 1240) and is kept with its factor as an
argument. Some tools say 650 and are off by 1.5 %: 10 ng/µL of 300 bp are 50.505 nM, not 51.282.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

DSDNA: Final = Decimal(660)
"""g/mol of a base pair."""
SSDNA: Final = Decimal(330)
"""g/mol of a base of single-stranded DNA."""
RNA: Final = Decimal(340)
"""g/mol of a base of RNA."""
QPCR_STANDARD_BP: Final = Decimal(452)
"""Length of the KAPA library quantification standard."""

_AVOGADRO_PER_FMOL: Final = Decimal("6.02214076e8")


class Strand(StrEnum):
    """What kind of nucleic acid a library is."""

    DSDNA = "dsdna"
    SSDNA = "ssdna"
    RNA = "rna"


FACTOR = MappingProxyType({Strand.DSDNA: DSDNA, Strand.SSDNA: SSDNA, Strand.RNA: RNA})
"""g/mol of one base pair or base, by kind."""


def factor_of(strand: Strand, *, dsdna: Decimal = DSDNA) -> Decimal:
    """Return g/mol of a base or base pair; ``dsdna`` is the laboratory's own of a base pair."""
    return dsdna if strand is Strand.DSDNA else FACTOR[strand]


def molarity_nm(
    ng_per_ul: Decimal, size_bp: Decimal, *, g_per_mol_per_base: Decimal = DSDNA
) -> Decimal:
    """Return nM of fragments of a mean length.

    Raises:
        ValueError: a length or factor that is not more than 0, or a concentration below 0.
    """
    _check(ng_per_ul, size_bp, g_per_mol_per_base)
    return ng_per_ul * 10**6 / (g_per_mol_per_base * size_bp)


def ng_per_ul(nm: Decimal, size_bp: Decimal, *, g_per_mol_per_base: Decimal = DSDNA) -> Decimal:
    """Return ng/µL of so many nM: `molarity_nm` the other way. Same errors."""
    _check(nm, size_bp, g_per_mol_per_base)
    return nm * g_per_mol_per_base * size_bp / 10**6


def fmol(nm: Decimal, volume_ul: Decimal) -> Decimal:
    """Return fmol in µL of a solution: nmol/L and µL multiply to fmol."""
    return nm * volume_ul


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a tube goes into a pool; ``ng`` is None where its mean length is not known."""

    fmol: Decimal
    ng: Decimal | None
    molecules: Decimal


def amount_of(
    nm: Decimal, volume_ul: Decimal, size_bp: Decimal | None, *, g_per_mol_per_base: Decimal = DSDNA
) -> Amount:
    """Return what µL of a solution of a molarity hold. Same errors as `molarity_nm`."""
    held = fmol(nm, volume_ul)
    mass = None
    if size_bp is not None:
        mass = ng_of_fmol(held, size_bp, g_per_mol_per_base=g_per_mol_per_base)
    return Amount(held, mass, copies(held))


def ng_of_fmol(
    amount_fmol: Decimal, size_bp: Decimal, *, g_per_mol_per_base: Decimal = DSDNA
) -> Decimal:
    """Return ng that so many fmol weigh. Same errors as `molarity_nm`."""
    _check(amount_fmol, size_bp, g_per_mol_per_base)
    return amount_fmol * g_per_mol_per_base * size_bp / 10**6


def copies(amount_fmol: Decimal) -> Decimal:
    """Return the number of molecules in fmol: 6.022·10¹⁴ to the nmol."""
    return amount_fmol * _AVOGADRO_PER_FMOL


def smear_ng_per_ul(measured_ng_per_ul: Decimal, fraction_in_range: Decimal) -> Decimal:
    """Return the concentration of what can cluster: the fraction (0–1) within 150–1000 bp.

    Raises:
        ValueError: a fraction outside 0–1.
    """
    if not 0 <= fraction_in_range <= 1:
        raise ValueError("The fraction in range is a number from 0 to 1.")
    return measured_ng_per_ul * fraction_in_range


def qpcr_molarity_nm(
    measured_nm: Decimal,
    size_bp: Decimal,
    *,
    dilution: Decimal = Decimal(1),
    standard_bp: Decimal = QPCR_STANDARD_BP,
) -> Decimal:
    """Return nM of the undiluted library from what qPCR read off its standard curve.

    The curve counts mass as molecules of the standard's length, so a longer library has fewer.
    ``dilution`` is how many times the library was diluted for the measurement.

    Raises:
        ValueError: a length or dilution that is not more than 0.
    """
    _check(measured_nm, size_bp, standard_bp)
    if dilution <= 0:
        raise ValueError("A dilution is a number more than 0.")
    return measured_nm * standard_bp / size_bp * dilution


def _check(amount: Decimal, size_bp: Decimal, factor: Decimal) -> None:
    if size_bp <= 0 or factor <= 0:
        raise ValueError("A fragment has a length and a mass, both more than 0.")
    if amount < 0:
        raise ValueError("An amount is 0 or more.")
