"""The doors of samples, one name each. The use cases live in the files named beside them."""

from backend.samples.batch import (
    close_batch,
    open_batch,
    prepare_part,
    register_batch,
    register_part,
)
from backend.samples.bench import take_back_registration
from backend.samples.bulk import hold_samples, release_samples
from backend.samples.changing import (
    change_status,
    change_statuses,
    record_qc_verdict,
    release_hold,
    set_custody,
    set_hold,
)
from backend.samples.exporting import record_export, request_export
from backend.samples.preparing import clear_lists, prepare_list, request_list, standing_lists
from backend.samples.projects import (
    add_member,
    add_project,
    remove_member,
    set_project_open,
)
from backend.samples.registering import check_registration, register_sample
from backend.samples.saved_views import remove_view, save_view
from backend.samples.tally import fold_tally

__all__ = [
    "add_member",
    "add_project",
    "change_status",
    "change_statuses",
    "check_registration",
    "clear_lists",
    "close_batch",
    "fold_tally",
    "hold_samples",
    "open_batch",
    "prepare_list",
    "prepare_part",
    "record_export",
    "record_qc_verdict",
    "register_batch",
    "register_part",
    "register_sample",
    "release_hold",
    "release_samples",
    "remove_member",
    "remove_view",
    "request_export",
    "request_list",
    "save_view",
    "set_custody",
    "set_hold",
    "set_project_open",
    "standing_lists",
    "take_back_registration",
]
