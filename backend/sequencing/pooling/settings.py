"""How a pool is to be put together, and what was kept of it; both as JSON in its row. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from backend.sequencing.pooling.ids import PipettedBy
from backend.sequencing.pooling.molarity import Strand
from backend.sequencing.pooling.proportions import Usable
from backend.sequencing.pooling.recipe import Pipetting, Recipe
from backend.sequencing.reference.content import PoolingContent

DEFAULT_NM = Decimal(4)
DEFAULT_UL = Decimal(30)
"""Wished for until somebody says otherwise: what a NovaSeq or NextSeq is loaded from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageWish:
    """Coverage of a target as the currency of a pool; shares of usable reads are 0–1."""

    depth: Decimal
    target_bp: Decimal
    usable: Usable = field(default_factory=Usable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What people chose for a pool beside its mode and target.

    ``dilutions`` and ``corrections`` are by barcode of a tube: an intermediate dilution that was
    agreed to, and how many times more of a library is needed because it yielded less. ``pools``
    are the libraries that come in by another pool's tube: their barcodes by its code.
    """

    pipetted_by: PipettedBy = PipettedBy.HAND
    least_ul: Decimal | None = None
    """The least that is pipetted, µL; None for the laboratory's by hand or by robot."""
    dead_ul: Decimal | None = None
    """What stays in each tube, µL; None for the laboratory's."""
    strand: Strand = Strand.DSDNA
    coverage: CoverageWish | None = None
    dilutions: Mapping[str, int] = field(default_factory=dict)
    corrections: Mapping[str, Decimal] = field(default_factory=dict)
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def pipetting(self, laboratory: PoolingContent) -> Pipetting:
        """Return what can be pipetted; what was not chosen for this pool is the laboratory's."""
        dead_ul = laboratory.dead_volume_ul if self.dead_ul is None else self.dead_ul
        usual = least_ul(self.pipetted_by, laboratory)
        return Pipetting(least_ul=self.least_ul or usual, dead_ul=dead_ul)


def least_ul(by: PipettedBy, laboratory: PoolingContent) -> Decimal:
    """Return the least that the laboratory pipettes so, µL."""
    match by:
        case PipettedBy.HAND:
            return laboratory.pipette_minimum_hand_ul
        case PipettedBy.ROBOT:
            return laboratory.pipette_minimum_robot_ul


_SETTINGS: TypeAdapter[Settings] = TypeAdapter(Settings)
_RECIPE: TypeAdapter[Recipe] = TypeAdapter(Recipe)


def written(settings: Settings, kept: Recipe | None = None) -> dict[str, Any]:
    """Return what stands in a pool's row; ``kept`` once it is mixed."""
    made: dict[str, Any] = {"settings": _SETTINGS.dump_python(settings, mode="json")}
    if kept is not None:
        made["kept"] = _RECIPE.dump_python(kept, mode="json")
    return made


def settings_of(recipe: Mapping[str, Any] | None) -> Settings:
    """Return the settings of a pool's row; the usual ones where none were chosen."""
    given = (recipe or {}).get("settings")
    return Settings() if given is None else _SETTINGS.validate_python(given)


def kept_of(recipe: Mapping[str, Any] | None) -> Recipe | None:
    """Return what was pipetted, None while nothing was."""
    given = (recipe or {}).get("kept")
    return None if given is None else _RECIPE.validate_python(given)
