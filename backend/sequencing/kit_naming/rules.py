"""Whether a kit has the index pair of a library."""

from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.kit_naming.views import Carrying
from backend.sequencing.reference.content import IndexKitContent

Pairs = frozenset[tuple[str, str | None]]


def pairs_of(kit: IndexKitContent) -> Pairs:
    """Return the pairs of a kit, i5 forward as it lists them and reversed as some are read.

    A pair that was written down as the sequencer reads it is one of the kit none the less.
    """
    forward = {(each.i7, each.i5) for each in kit.wells}
    turned = {(i7, reverse_complement(i5)) for i7, i5 in forward if i5}
    return frozenset(forward | turned)


def has_pair(pairs: Pairs, library: Carrying) -> bool:
    """Say whether the pair of a library is among those of a kit."""
    return (library.index_i7, library.index_i5 or None) in pairs


def pair_words(library: Carrying) -> str:
    """Write a pair: ``CCGCGGTT+AGCGCTAG``."""
    return library.index_i7 + (f"+{library.index_i5}" if library.index_i5 else "")
