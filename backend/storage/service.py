"""Everything that changes storage, by use case. Callers import this module only."""

from backend.storage.accepting import accept_plan
from backend.storage.inventory import close_audit, start_audit
from backend.storage.inventory_checking import (
    confirm_seal,
    finish_check,
    note_tube,
    read_box,
    report_absent,
)
from backend.storage.places import (
    block_position,
    create_node,
    set_unit_status,
    snapshot_occupancy,
)
from backend.storage.placing import move_samples, place_sample, take_out
from backend.storage.plans import cancel_plan, dismiss_plan, request_plan, store_plan
from backend.storage.rack_scans import discard_rack, read_rack, recheck_rack, turn_line
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
    "close_audit",
    "commit_rack",
    "confirm_seal",
    "create_node",
    "discard_rack",
    "dismiss_plan",
    "end_spill",
    "finish_check",
    "fold_tally",
    "move_samples",
    "note_tube",
    "place_sample",
    "put_back",
    "read_box",
    "read_rack",
    "recheck_rack",
    "report_absent",
    "request_plan",
    "set_unit_status",
    "snapshot_occupancy",
    "spill_box",
    "start_audit",
    "store_plan",
    "take_out",
    "turn_line",
    "undo_acceptance",
    "undo_placement",
    "undo_rack",
]
