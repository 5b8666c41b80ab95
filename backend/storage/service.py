"""Everything that changes storage, by use case. Callers import this module only."""

from backend.storage.accepting import accept_plan
from backend.storage.block_moving import move_block, undo_block
from backend.storage.blocking import block_position, free_expired, unblock_position
from backend.storage.box_moving import move_box
from backend.storage.box_undoing import undo_box_move
from backend.storage.describing import describe_place, redescribe_place
from backend.storage.hand_reminding import remind_hands
from backend.storage.hand_tray import put_back as put_hand_back
from backend.storage.hand_tray import take_in_hand
from backend.storage.inventory import close_audit, start_audit
from backend.storage.inventory_checking import (
    confirm_seal,
    finish_check,
    note_tube,
    read_box,
    report_absent,
)
from backend.storage.loose_places import set_loose_capacity
from backend.storage.pick_answers import short_pick, skip_pick, undo_pick
from backend.storage.pick_steps import pick
from backend.storage.picking import close_list, make_list
from backend.storage.place_importing import import_places
from backend.storage.places import (
    create_node,
    set_box_slots,
    snapshot_occupancy,
)
from backend.storage.placing import move_samples, place_sample, take_out
from backend.storage.plan_answers import (
    request_acceptance,
    request_taking_back,
    start_acceptance,
    start_taking_back,
)
from backend.storage.plans import cancel_plan, dismiss_plan, request_plan, store_plan
from backend.storage.rack_scanners import add_scanner, change_scanner, check_scanner
from backend.storage.rack_scans import discard_rack, read_rack, recheck_rack, turn_line
from backend.storage.relocating import (
    cancel_relocation,
    dismiss_relocation,
    request_consolidation,
    request_evacuation,
)
from backend.storage.relocation_accepting import accept_relocation, carry_box
from backend.storage.relocation_storing import store_consolidation, store_evacuation
from backend.storage.removing import remove_place, reopen_place
from backend.storage.renaming import rename_place
from backend.storage.restricting import set_restrictions
from backend.storage.scan_steps import commit_rack
from backend.storage.scan_undoing import undo_rack
from backend.storage.spilling import end_spill, put_back, spill_box
from backend.storage.taking_together import take_out_together, undo_together
from backend.storage.tally import fold_tally
from backend.storage.unaccepting import undo_acceptance
from backend.storage.undoing import undo_placement
from backend.storage.unit_statuses import set_unit_status, tell_move_backs
from backend.storage.unit_types import close_unit_type, create_unit_from_type, put_unit_type

__all__ = [
    "accept_plan",
    "accept_relocation",
    "add_scanner",
    "block_position",
    "cancel_plan",
    "cancel_relocation",
    "carry_box",
    "change_scanner",
    "check_scanner",
    "close_audit",
    "close_list",
    "close_unit_type",
    "commit_rack",
    "confirm_seal",
    "create_node",
    "create_unit_from_type",
    "describe_place",
    "discard_rack",
    "dismiss_plan",
    "dismiss_relocation",
    "end_spill",
    "finish_check",
    "fold_tally",
    "free_expired",
    "import_places",
    "make_list",
    "move_block",
    "move_box",
    "move_samples",
    "note_tube",
    "pick",
    "place_sample",
    "put_back",
    "put_hand_back",
    "put_unit_type",
    "read_box",
    "read_rack",
    "recheck_rack",
    "redescribe_place",
    "remind_hands",
    "remove_place",
    "rename_place",
    "reopen_place",
    "report_absent",
    "request_acceptance",
    "request_consolidation",
    "request_evacuation",
    "request_plan",
    "request_taking_back",
    "set_box_slots",
    "set_loose_capacity",
    "set_restrictions",
    "set_unit_status",
    "short_pick",
    "skip_pick",
    "snapshot_occupancy",
    "spill_box",
    "start_acceptance",
    "start_audit",
    "start_taking_back",
    "store_consolidation",
    "store_evacuation",
    "store_plan",
    "take_in_hand",
    "take_out",
    "take_out_together",
    "tell_move_backs",
    "turn_line",
    "unblock_position",
    "undo_acceptance",
    "undo_block",
    "undo_box_move",
    "undo_pick",
    "undo_placement",
    "undo_rack",
    "undo_together",
]
