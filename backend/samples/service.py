"""The doors of samples, one name each. The use cases live in the files named beside them."""

from backend.samples.batch import register_batch
from backend.samples.bench import take_back_registration
from backend.samples.changing import (
    change_status,
    change_statuses,
    record_qc_verdict,
    release_hold,
    set_custody,
    set_hold,
)
from backend.samples.preparing import clear_lists, prepare_list, request_list, standing_lists
from backend.samples.projects import (
    add_member,
    add_project,
    remove_member,
    set_project_open,
)
from backend.samples.registering import check_registration, register_sample
from backend.samples.tally import fold_tally

__all__ = [
    "add_member",
    "add_project",
    "change_status",
    "change_statuses",
    "check_registration",
    "clear_lists",
    "fold_tally",
    "prepare_list",
    "record_qc_verdict",
    "register_batch",
    "register_sample",
    "release_hold",
    "remove_member",
    "request_list",
    "set_custody",
    "set_hold",
    "set_project_open",
    "standing_lists",
    "take_back_registration",
]
