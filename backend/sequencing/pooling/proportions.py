"""What share of a pool's molecules each library gets, by what was asked for. No I/O.

A lane's reads fall to libraries by their share of molecules, so every mode ends in molar shares:
equal ones, by reads, by coverage (which is reads), or by mass (which is mass over length). A pool
of pools shares its share out among its own members.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """What of a run's reads counts as coverage: shares 0–1 of reads that passed the filter."""

    duplicates: Decimal = Decimal(0)
    on_target: Decimal = Decimal(1)
    mapped: Decimal = Decimal(1)

    @property
    def share(self) -> Decimal:
        """Return the share of reads that count."""
        return (1 - self.duplicates) * self.on_target * self.mapped


ALL_USABLE = Usable()


@dataclass(frozen=True, slots=True)
class Part:
    """A library of a pool, or a pool in a pool, with its weight there (more than 0)."""

    name: str
    weight: Decimal
    parts: tuple["Part", ...] = ()


def shares(weights: Sequence[Decimal]) -> list[Decimal]:
    """Return each weight's share of all, 0–1.

    Raises:
        ValueError: no weights, or one that is not more than 0.
    """
    if not weights or any(not weight.is_finite() or weight <= 0 for weight in weights):
        raise ValueError("A pool has at least one part, and each a weight of more than 0.")
    total = sum(weights, Decimal(0))
    return [weight / total for weight in weights]


def equimolar(libraries: int) -> list[Decimal]:
    """Return the same share for each. Same errors as `shares`."""
    return shares([Decimal(1)] * libraries)


def by_mass(masses_ng: Sequence[Decimal], sizes_bp: Sequence[Decimal]) -> list[Decimal]:
    """Return molar shares of libraries of which given masses go in: the longer, the fewer.

    Raises:
        ValueError: as `shares`, and a length that is not more than 0.
    """
    if any(size <= 0 for size in sizes_bp):
        raise ValueError("A fragment has a length of more than 0.")
    return shares([mass / size for mass, size in zip(masses_ng, sizes_bp, strict=True)])


def read_pairs(
    depth: Decimal, target_bp: Decimal, read_length: int, *, usable: Usable = ALL_USABLE
) -> Decimal:
    """Return read pairs for a mean coverage: depth · target / (2 · length · usable share).

    Raises:
        ValueError: a depth, target, length or usable share that is not more than 0.
    """
    if min(depth, target_bp, Decimal(read_length), usable.share) <= 0:
        raise ValueError("Depth, target, read length and the usable share are all more than 0.")
    return depth * target_bp / (2 * read_length * usable.share)


def coverage(
    pairs: Decimal, target_bp: Decimal, read_length: int, *, usable: Usable = ALL_USABLE
) -> Decimal:
    """Return the mean coverage that read pairs give: `read_pairs` the other way. Same errors."""
    if min(target_bp, Decimal(read_length), usable.share) <= 0:
        raise ValueError("Target, read length and the usable share are all more than 0.")
    return pairs * 2 * read_length * usable.share / target_bp


def library_shares(parts: Sequence[Part]) -> Mapping[str, Decimal]:
    """Return every library's share of a pool of libraries and pools; a pool may nest again.

    A library that comes in by two ways has the sum. Same errors as `shares`.
    """
    found: dict[str, Decimal] = {}
    for part, share in zip(parts, shares([part.weight for part in parts]), strict=True):
        inner = library_shares(part.parts) if part.parts else {part.name: Decimal(1)}
        for name, inner_share in inner.items():
            found[name] = found.get(name, Decimal(0)) + share * inner_share
    return found
