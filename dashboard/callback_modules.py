"""The modules of pages with callbacks. A page's module goes here once it has any."""

from types import ModuleType

from dashboard.pages.account import callbacks as account_callbacks
from dashboard.pages.admin import callbacks as admin_callbacks
from dashboard.pages.admin import more_callbacks as admin_more_callbacks
from dashboard.pages.admin import printer_callbacks as admin_printer_callbacks
from dashboard.pages.admin import trail_taking as admin_trail_taking
from dashboard.pages.admin.rules import callbacks as rules_callbacks
from dashboard.pages.admin.rules import energy_callbacks as rules_energy_callbacks
from dashboard.pages.admin.rules import more_callbacks as rules_more_callbacks
from dashboard.pages.alarms import callbacks as alarms_callbacks
from dashboard.pages.alarms import common_callbacks as alarm_common_callbacks
from dashboard.pages.alarms import ladder_callbacks as alarm_ladder_callbacks
from dashboard.pages.alarms import own_callbacks as alarm_own_callbacks
from dashboard.pages.alarms import rule_adding_callbacks as alarm_rule_adding_callbacks
from dashboard.pages.alarms import rule_callbacks as alarm_rule_callbacks
from dashboard.pages.alarms import window_callbacks as alarm_window_callbacks
from dashboard.pages.audits import callbacks as audits_callbacks
from dashboard.pages.custody import callbacks as custody_callbacks
from dashboard.pages.custody import hold_callbacks, incoming_callbacks, shipment_callbacks
from dashboard.pages.documents import callbacks as documents_callbacks
from dashboard.pages.fleet import callbacks as fleet_callbacks
from dashboard.pages.health import callbacks as health_callbacks
from dashboard.pages.health import logger_file_callbacks as health_file_callbacks
from dashboard.pages.incidents import callbacks as incidents_callbacks
from dashboard.pages.labels import callbacks as labels_callbacks
from dashboard.pages.labels import dialog_callbacks as labels_dialog_callbacks
from dashboard.pages.libraries import callbacks as libraries_callbacks
from dashboard.pages.libraries import readings_callbacks as libraries_readings_callbacks
from dashboard.pages.library_kits import callbacks as library_kits_callbacks
from dashboard.pages.notifications import callbacks as notifications_callbacks
from dashboard.pages.overview import callbacks as overview_callbacks
from dashboard.pages.picks import callbacks as picks_callbacks
from dashboard.pages.picks import making_callbacks as picks_making_callbacks
from dashboard.pages.picks import worklist_callbacks as picks_worklist_callbacks
from dashboard.pages.pools import callbacks as pools_callbacks
from dashboard.pages.pools import top_up_callbacks as pools_top_up_callbacks
from dashboard.pages.predictions import callbacks as predictions_callbacks
from dashboard.pages.queue_plans import callbacks as queue_plan_callbacks
from dashboard.pages.rack_scanners import callbacks as rack_scanner_callbacks
from dashboard.pages.rack_scans import callbacks as rack_scan_callbacks
from dashboard.pages.reference_data import callbacks as reference_callbacks
from dashboard.pages.reference_data import kit_callbacks as reference_kit_callbacks
from dashboard.pages.register import callbacks as register_callbacks
from dashboard.pages.register import single_callbacks
from dashboard.pages.relocations import callbacks as relocation_callbacks
from dashboard.pages.reports import callbacks as reports_callbacks
from dashboard.pages.run_calendar import callbacks as run_calendar_callbacks
from dashboard.pages.run_calendar import kept_callbacks as run_calendar_kept_callbacks
from dashboard.pages.run_plans import acts as run_plans_acts
from dashboard.pages.run_plans import callbacks as run_plans_callbacks
from dashboard.pages.runs import callbacks as runs_callbacks
from dashboard.pages.runs import limits_callbacks as runs_limits_callbacks
from dashboard.pages.samples import all_callbacks as samples_all_callbacks
from dashboard.pages.samples import arrival_callbacks as samples_arrival_callbacks
from dashboard.pages.samples import bulk_callbacks as samples_bulk_callbacks
from dashboard.pages.samples import callbacks as samples_callbacks
from dashboard.pages.samples import detail_act_callbacks as sample_act_callbacks
from dashboard.pages.samples import detail_attachment_callbacks as sample_attachment_callbacks
from dashboard.pages.samples import detail_callbacks as sample_detail_callbacks
from dashboard.pages.samples import detail_care_callbacks as sample_care_callbacks
from dashboard.pages.samples import detail_custody_callbacks as sample_custody_callbacks
from dashboard.pages.samples import detail_past_callbacks as sample_past_callbacks
from dashboard.pages.samples import detail_preanalytical_callbacks as sample_preanalytical_callbacks
from dashboard.pages.samples import filter_callbacks as samples_filter_callbacks
from dashboard.pages.samples import pick_callbacks as samples_pick_callbacks
from dashboard.pages.samples import pool_callbacks as samples_pool_callbacks
from dashboard.pages.sensors import callbacks as sensors_callbacks
from dashboard.pages.sensors import moving_callbacks as sensor_moving_callbacks
from dashboard.pages.sequencing import callbacks as sequencing_callbacks
from dashboard.pages.setup import callbacks as setup_callbacks
from dashboard.pages.setup import file_callbacks as setup_file_callbacks
from dashboard.pages.setup import place_callbacks as setup_place_callbacks
from dashboard.pages.setup import whole_callbacks as setup_whole_callbacks
from dashboard.pages.sheets import callbacks as sheets_callbacks
from dashboard.pages.spills import callbacks as spills_callbacks
from dashboard.pages.storage import acts as storage_acts
from dashboard.pages.storage import callbacks as storage_callbacks
from dashboard.pages.storage import hand_acts as storage_hand_acts
from dashboard.pages.storage import plan_callbacks as storage_plan_callbacks
from dashboard.pages.storage import selection_acts as storage_selection_acts
from dashboard.pages.storage import suggested as storage_suggested
from dashboard.pages.templates import callbacks as templates_callbacks
from dashboard.pages.templates import entry_callbacks as template_entry_callbacks
from dashboard.pages.turnaround import callbacks as turnaround_callbacks
from dashboard.pages.what_if import callbacks as what_if_callbacks
from dashboard.pages.workbooks import callbacks as workbooks_callbacks
from dashboard.pages.workbooks import long_callbacks as workbooks_long_callbacks

# Imported so that their callbacks are declared.
CALLBACK_MODULES: tuple[ModuleType, ...] = (
    documents_callbacks,
    account_callbacks,
    fleet_callbacks,
    admin_callbacks,
    admin_more_callbacks,
    admin_trail_taking,
    admin_printer_callbacks,
    rules_callbacks,
    rules_energy_callbacks,
    rules_more_callbacks,
    notifications_callbacks,
    alarms_callbacks,
    alarm_common_callbacks,
    alarm_ladder_callbacks,
    alarm_own_callbacks,
    alarm_rule_adding_callbacks,
    alarm_rule_callbacks,
    alarm_window_callbacks,
    health_callbacks,
    health_file_callbacks,
    sensors_callbacks,
    sensor_moving_callbacks,
    incidents_callbacks,
    labels_callbacks,
    labels_dialog_callbacks,
    overview_callbacks,
    predictions_callbacks,
    what_if_callbacks,
    reference_callbacks,
    reference_kit_callbacks,
    register_callbacks,
    reports_callbacks,
    samples_all_callbacks,
    samples_arrival_callbacks,
    samples_bulk_callbacks,
    samples_callbacks,
    runs_callbacks,
    runs_limits_callbacks,
    sequencing_callbacks,
    queue_plan_callbacks,
    libraries_callbacks,
    libraries_readings_callbacks,
    library_kits_callbacks,
    run_calendar_callbacks,
    run_calendar_kept_callbacks,
    run_plans_acts,
    run_plans_callbacks,
    sheets_callbacks,
    turnaround_callbacks,
    sample_detail_callbacks,
    sample_act_callbacks,
    sample_care_callbacks,
    sample_custody_callbacks,
    custody_callbacks,
    shipment_callbacks,
    incoming_callbacks,
    hold_callbacks,
    samples_filter_callbacks,
    sample_past_callbacks,
    sample_attachment_callbacks,
    sample_preanalytical_callbacks,
    samples_pool_callbacks,
    samples_pick_callbacks,
    single_callbacks,
    storage_acts,
    storage_callbacks,
    storage_hand_acts,
    storage_plan_callbacks,
    storage_selection_acts,
    storage_suggested,
    rack_scan_callbacks,
    rack_scanner_callbacks,
    picks_callbacks,
    picks_making_callbacks,
    picks_worklist_callbacks,
    pools_callbacks,
    pools_top_up_callbacks,
    relocation_callbacks,
    audits_callbacks,
    setup_callbacks,
    setup_file_callbacks,
    setup_place_callbacks,
    setup_whole_callbacks,
    spills_callbacks,
    templates_callbacks,
    workbooks_callbacks,
    workbooks_long_callbacks,
    template_entry_callbacks,
)
