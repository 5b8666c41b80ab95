"""How many reads a coverage takes. No I/O.

A read is one cluster, both ends of it: ``pairs = depth × target / (2 × length × usable)`` with the
usable share ``(1 − duplicates) × on target`` (DOMAIN 2c, "Reads from coverage").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from backend.samples.volume_rules import shown

_MILLION = Decimal(1_000_000)
_STEP = Decimal("0.001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A depth over a target, and what of the reads is lost on the way; shares are 0–1."""

    depth: Decimal
    target_bp: int
    duplicate_share: Decimal
    on_target_share: Decimal


def reads_millions(wanted: Coverage, read_length: int) -> Decimal:
    """Return the reads that a library takes, millions, rounded up to 0.001 million."""
    bases = wanted.depth * wanted.target_bp
    return (bases / (2 * read_length * usable_share(wanted)) / _MILLION).quantize(_STEP, ROUND_UP)


def usable_share(wanted: Coverage) -> Decimal:
    """Return the share of reads that adds to the depth."""
    return (1 - wanted.duplicate_share) * wanted.on_target_share


def kept(text: Mapping[str, str]) -> Coverage:
    """Return a coverage that was kept, its numbers as text."""
    return Coverage(
        depth=Decimal(text["depth"]),
        target_bp=int(text["target_bp"]),
        duplicate_share=Decimal(text["duplicate_share"]),
        on_target_share=Decimal(text["on_target_share"]),
    )


def derivation(wanted: Coverage, read_length: int) -> str:
    """Say how the reads of a library come about."""
    target = Decimal(wanted.target_bp) / _MILLION
    usable = f"{shown(wanted.duplicate_share * 100)}% duplicates"
    if wanted.on_target_share < 1:
        usable += f", {shown(wanted.on_target_share * 100)}% on target"
    made = shown(reads_millions(wanted, read_length))
    return (
        f"{shown(wanted.depth)}× of {target:,f} Mb in 2 × {read_length}, {usable}: "
        f"{made} M reads a library"
    )
