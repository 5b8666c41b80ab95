"""What readers of a lineage's graph receive."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.samples.ids import HoldKind, LineageKind, SampleId


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageNode:
    """A sample in the graph; ``distance`` is 0 for the one asked for, negative above it."""

    id: SampleId
    barcode: str
    name: str
    material_type: str
    status: str
    volume_ul: Decimal | None
    holds: Sequence[HoldKind]
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageTie:
    """That one sample was made from another; ``proportion`` is its share of a pool, 0–1."""

    parent_id: SampleId
    child_id: SampleId
    kind: LineageKind
    volume_ul: Decimal | None
    proportion: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageGraph:
    """The nearest relatives of a sample with every tie between them."""

    nodes: Sequence[LineageNode]
    ties: Sequence[LineageTie]
    relatives: int
    """How many there are to see above and below; more than ``nodes`` where it was cut."""
