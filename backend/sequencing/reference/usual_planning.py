"""Settings of queue planning that a laboratory begins with, and plans by until it keeps its own.

They are a choice and no measurement: delay comes first, then runs and lanes, then even lanes and
the balance of colours, which is soft because PhiX mends it.
"""

from decimal import Decimal
from typing import Final

from backend.sequencing.reference.content import QueuePlanningContent

USUAL_PLANNING: Final = QueuePlanningContent(
    run_delay_hours=Decimal(5),
    lane_delay_hours=Decimal("0.5"),
    uneven_delay_hours=Decimal("0.25"),
    missing_channel_delay_minutes=Decimal("0.3"),
    dark_cycle_delay_minutes=Decimal(7),
    left_out_delay_days=Decimal(1000),
    single_with_dual=True,
    unequal_indexes=True,
    fill_booked_runs=True,
    usual_run_hours=Decimal(48),
    horizon_days=21,
)
