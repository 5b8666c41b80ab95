"""Settings of pooling that a laboratory begins with, and is reckoned with until it keeps its own.

Their sources are those of `usual`; pipettes, dead volume and safety are a laboratory's own choice.
"""

from decimal import Decimal
from typing import Final

from backend.sequencing.reference.content import PoolingContent

USUAL_POOLING: Final = PoolingContent(
    dsdna_g_per_mol_per_bp=Decimal(660),
    pipette_minimum_hand_ul=Decimal(2),
    pipette_minimum_robot_ul=Decimal("0.5"),
    dead_volume_ul=Decimal(2),
    phix_percent=Decimal(1),
    undetermined_percent=Decimal(5),
    planned_percent=Decimal(90),
)
