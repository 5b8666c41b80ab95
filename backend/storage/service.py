"""Everything that changes storage, by use case. Callers import this module only."""

from backend.storage.accepting import accept_plan
from backend.storage.pick_answers import short_pick, skip_pick, undo_pick
from backend.storage.pick_steps import pick
from backend.storage.picking import close_list, make_list
from backend.storage.places import (
    block_position,
    create_node,
    set_box_slots,
    set_unit_status,
    snapshot_occupancy,
)
from backend.storage.placing import move_samples, place_sample, take_out
from backend.storage.plans import cancel_plan, dismiss_plan, request_plan, store_plan
from backend.storage.rack_scans import discard_rack, read_rack, recheck_rack
from backend.storage.scan_steps import commit_rack
from backend.storage.scan_undoing import undo_rack
from backend.storage.spilling import end_spill, put_back, spill_box
from backend.storage.tally import fold_tally
from backend.storage.unaccepting import undo_acceptance
from backend.storage.undoing import undo_placement

__all__ = [
    "accept_plan",
    "block_position",
    "cancel_plan",
    "close_list",
    "commit_rack",
    "create_node",
    "discard_rack",
    "dismiss_plan",
    "end_spill",
    "fold_tally",
    "make_list",
    "move_samples",
    "pick",
    "place_sample",
    "put_back",
    "read_rack",
    "recheck_rack",
    "request_plan",
    "set_box_slots",
    "set_unit_status",
    "short_pick",
    "skip_pick",
    "snapshot_occupancy",
    "spill_box",
    "store_plan",
    "take_out",
    "undo_acceptance",
    "undo_pick",
    "undo_placement",
    "undo_rack",
]
