"""Bringing tubes to one mass in one volume, as before library preparation. No I/O."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """What goes into a well: µL of the tube and of diluent, and what mass that is.

    ``is_under`` says that the tube is too thin to give the mass that was asked for.
    """

    volume_ul: Decimal
    diluent_ul: Decimal
    mass_ng: Decimal
    ng_per_ul: Decimal
    is_under: bool


def to_mass(
    ng_per_ul: Decimal, *, mass_ng: Decimal, final_ul: Decimal, least_ul: Decimal
) -> Normalised:
    """Return how a tube is brought to a mass in a final volume; exact, not rounded.

    The least that can be pipetted is taken of a tube that is too strong, all of the final volume
    of one that is too thin.

    Raises:
        ValueError: an amount that is not more than 0, or a least volume above the final one.
    """
    if min(mass_ng, final_ul, least_ul) <= 0 or ng_per_ul < 0 or least_ul > final_ul:
        raise ValueError("Mass, final and least volume are more than 0, and the least the smaller.")
    wanted = mass_ng / ng_per_ul if ng_per_ul else final_ul
    volume = min(max(wanted, least_ul), final_ul)
    mass = volume * ng_per_ul
    return Normalised(
        volume_ul=volume,
        diluent_ul=final_ul - volume,
        mass_ng=mass,
        ng_per_ul=mass / final_ul,
        is_under=wanted > final_ul or not ng_per_ul,
    )
