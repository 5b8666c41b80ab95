"""Everything that changes storage, by use case. Callers import this module only."""

from backend.storage.accepting import accept_plan
from backend.storage.places import (
    block_position,
    create_node,
    set_unit_status,
    snapshot_occupancy,
)
from backend.storage.placing import move_samples, place_sample, take_out
from backend.storage.plans import cancel_plan, dismiss_plan, request_plan, store_plan
from backend.storage.tally import fold_tally
from backend.storage.unaccepting import undo_acceptance
from backend.storage.undoing import undo_placement

__all__ = [
    "accept_plan",
    "block_position",
    "cancel_plan",
    "create_node",
    "dismiss_plan",
    "fold_tally",
    "move_samples",
    "place_sample",
    "request_plan",
    "set_unit_status",
    "snapshot_occupancy",
    "store_plan",
    "take_out",
    "undo_acceptance",
    "undo_placement",
]
