"""The doors of samples, one name each. The use cases live in the files named beside them."""

from backend.samples.amending import amend_samples
from backend.samples.arriving import correct_arrival
from backend.samples.attachments import attach_file, download_attachment, remove_attachment
from backend.samples.batch import (
    close_batch,
    open_batch,
    prepare_part,
    register_batch,
    register_part,
)
from backend.samples.bench import take_back_registration
from backend.samples.bulk import hold_samples, release_samples
from backend.samples.bulk_acts import act_on_block, close_act, request_act
from backend.samples.changing import (
    change_status,
    change_statuses,
    set_custodies,
    set_custody,
)
from backend.samples.consents import (
    extend_consent,
    record_consent,
    tie_consent,
    withdraw_consent,
)
from backend.samples.disposing import dispose_sample
from backend.samples.disposing_together import discard_samples, discard_together, sign_disposal
from backend.samples.expiring import tell_expiring
from backend.samples.expiry_leads import set_lead_days
from backend.samples.exporting import record_export, request_export
from backend.samples.handling import set_handling
from backend.samples.holds import release_hold, set_hold
from backend.samples.issuing import (
    add_tube_range,
    close_tube_range,
    set_foreign_codes,
    set_series,
)
from backend.samples.keeping import count_thaw, set_expiry
from backend.samples.making import make_aliquots, make_derivative, make_pool
from backend.samples.preanalytics import (
    clear_sprec_override,
    override_sprec,
    record_preanalytical,
)
from backend.samples.preparing import clear_lists, prepare_list, request_list, standing_lists
from backend.samples.projects import (
    add_member,
    add_project,
    remove_member,
    set_project_open,
)
from backend.samples.qc import override_verdict, record_measurements, record_qc_verdict
from backend.samples.qc_thresholds import publish_thresholds
from backend.samples.registering import check_registration, register_sample
from backend.samples.saved_views import remove_view, rename_view, save_view
from backend.samples.stored_queries import forget_queries, store_query
from backend.samples.tally import fold_tally
from backend.samples.volumes import correct_volume, return_volume, use_volume

__all__ = [
    "act_on_block",
    "add_member",
    "add_project",
    "add_tube_range",
    "amend_samples",
    "attach_file",
    "change_status",
    "change_statuses",
    "check_registration",
    "clear_lists",
    "clear_sprec_override",
    "close_act",
    "close_batch",
    "close_tube_range",
    "correct_arrival",
    "correct_volume",
    "count_thaw",
    "discard_samples",
    "discard_together",
    "dispose_sample",
    "download_attachment",
    "extend_consent",
    "fold_tally",
    "forget_queries",
    "hold_samples",
    "make_aliquots",
    "make_derivative",
    "make_pool",
    "open_batch",
    "override_sprec",
    "override_verdict",
    "prepare_list",
    "prepare_part",
    "publish_thresholds",
    "record_consent",
    "record_export",
    "record_measurements",
    "record_preanalytical",
    "record_qc_verdict",
    "register_batch",
    "register_part",
    "register_sample",
    "release_hold",
    "release_samples",
    "remove_attachment",
    "remove_member",
    "remove_view",
    "rename_view",
    "request_act",
    "request_export",
    "request_list",
    "return_volume",
    "save_view",
    "set_custodies",
    "set_custody",
    "set_expiry",
    "set_foreign_codes",
    "set_handling",
    "set_hold",
    "set_lead_days",
    "set_project_open",
    "set_series",
    "sign_disposal",
    "standing_lists",
    "store_query",
    "take_back_registration",
    "tell_expiring",
    "tie_consent",
    "use_volume",
    "withdraw_consent",
]
