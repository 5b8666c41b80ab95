"""What would mend a lane, out of the kit that its indexes are of. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.sequencing.indexing.collisions import Barcode, Relaxation
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.indexing.picking import KitIndex, Light, Repair, smallest_repair

UNKNOWN_LIGHT = Light(chemistry=Chemistry.NANOPORE)
"""Where nobody knows yet which sequencer reads a lane: no cycle is judged."""
MOST_MENDED = 96
"""Libraries of a lane for which a change is searched for: all pairs are compared each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """The ways to mend a lane: other indexes of ``kit``, or stricter mismatch allowances.

    Either is None where it does not help.
    """

    kit: str
    swaps: Repair | None
    relaxation: Relaxation | None

    @property
    def sentences(self) -> list[str]:
        """Say what to do, each way by itself."""
        said = []
        if self.swaps is not None:
            again = "It is" if len(self.swaps.swaps) == 1 else "They are"
            said.append(f"{self.swaps.sentence} {again} prepared again with indexes of {self.kit}.")
        if self.relaxation is not None:
            said.append(Repair(relaxation=self.relaxation).sentence)
        return said


def kit_of(
    lane: Sequence[Barcode], kits: Mapping[str, Sequence[KitIndex]]
) -> tuple[str, Sequence[KitIndex]]:
    """Return the kit that has the most of a lane's indexes, by name; none of it, no kit."""
    pairs = {(each.i7, each.i5) for each in lane}
    held = {name: sum((each.i7, each.i5) in pairs for each in kit) for name, kit in kits.items()}
    best = max(held, key=lambda name: held[name], default="")
    return (best, kits[best]) if held.get(best) else ("", ())


def mending(
    lane: Sequence[Barcode],
    kits: Mapping[str, Sequence[KitIndex]],
    *,
    light: Light = UNKNOWN_LIGHT,
) -> Mending | None:
    """Return what would mend a lane; None where nothing is wrong, nothing helps, or it is large.

    ``lane`` has i5 in forward direction, as the kits. Names of its libraries are distinct.
    """
    if len(lane) > MOST_MENDED:
        return None
    name, kit = kit_of(lane, kits)
    found = smallest_repair(lane, kit, light=light)
    if found is None:
        return None
    if found.relaxation is not None:
        return Mending(kit=name, swaps=None, relaxation=found.relaxation)
    as_it_is = smallest_repair(lane, (), light=light)
    return Mending(kit=name, swaps=found, relaxation=as_it_is.relaxation if as_it_is else None)
