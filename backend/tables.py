"""Imports every module of tables, so that the metadata is whole."""

from backend.api import models as api_models
from backend.auth import models as auth_models
from backend.core.orm import Base
from backend.custody import incoming_models
from backend.custody import models as custody_models
from backend.documents import models as documents_models
from backend.events import models as events_models
from backend.gateway import breaker_models as gateway_breaker_models
from backend.gateway import models as gateway_models
from backend.gateway import request_models as gateway_request_models
from backend.incidents import models as incidents_models
from backend.labels import models as labels_models
from backend.notifications import models as notifications_models
from backend.predictions import models as predictions_models
from backend.reports import models as reports_models
from backend.samples import arrival_models as sample_arrival_models
from backend.samples import attachment_models as sample_attachment_models
from backend.samples import code_models
from backend.samples import consent_models as sample_consent_models
from backend.samples import custody_models as sample_custody_models
from backend.samples import disposal_models as sample_disposal_models
from backend.samples import expiry_models as sample_expiry_models
from backend.samples import handling_models as sample_handling_models
from backend.samples import influx_models as sample_influx_models
from backend.samples import ledger_models as sample_ledger_models
from backend.samples import models as samples_models
from backend.samples import preanalytical_models as sample_preanalytical_models
from backend.samples import qc_models as sample_qc_models
from backend.samples import stored_models as sample_stored_models
from backend.sequencing import models as sequencing_models
from backend.sequencing import pool_models as sequencing_pool_models
from backend.sequencing.booking import models as sequencing_booking_models
from backend.sequencing.kit_naming import models as kit_naming_models
from backend.sequencing.pooling import models as sequencing_pooling_models
from backend.sequencing.preparation import lot_models as preparation_lot_models
from backend.sequencing.preparation import protocol_models as preparation_protocol_models
from backend.sequencing.preparation import worksheet_models as preparation_worksheet_models
from backend.sequencing.queue_plans import models as queue_plan_models
from backend.sequencing.reference import models as sequencing_reference_models
from backend.sequencing.released import models as sequencing_released_models
from backend.sequencing.runs import models as sequencing_runs_models
from backend.sequencing.turnaround import models as turnaround_models
from backend.storage import hand_models as storage_hand_models
from backend.storage import inventory_models as storage_inventory_models
from backend.storage import models as storage_models
from backend.storage import pick_models as storage_pick_models
from backend.storage import relocation_models as storage_relocation_models
from backend.storage import scan_models as storage_scan_models
from backend.storage import scanner_models as storage_scanner_models
from backend.storage import unit_type_models as storage_unit_type_models
from backend.telemetry import alarm_models as telemetry_alarm_models
from backend.telemetry import calibration_models as telemetry_calibration_models
from backend.telemetry import device_models as telemetry_device_models
from backend.telemetry import electricity_models as telemetry_electricity_models
from backend.telemetry import listening_models as telemetry_listening_models
from backend.telemetry import message_models as telemetry_message_models
from backend.telemetry import models as telemetry_models
from backend.telemetry import rollup_models as telemetry_rollup_models
from backend.telemetry import thermal_models as telemetry_thermal_models
from backend.templates import definition_models as template_definition_models
from backend.templates import models as templates_models
from backend.transactions import models as transactions_models
from backend.work import models as work_models
from backend.workbooks import models as workbooks_models

MODULES = (
    events_models,
    work_models,
    auth_models,
    gateway_models,
    gateway_breaker_models,
    gateway_request_models,
    notifications_models,
    sample_consent_models,
    samples_models,
    code_models,
    sample_influx_models,
    sample_ledger_models,
    sample_handling_models,
    sample_expiry_models,
    sample_qc_models,
    sample_custody_models,
    sample_disposal_models,
    sample_stored_models,
    sample_preanalytical_models,
    sample_attachment_models,
    sample_arrival_models,
    telemetry_models,
    telemetry_rollup_models,
    telemetry_device_models,
    telemetry_electricity_models,
    telemetry_alarm_models,
    telemetry_thermal_models,
    telemetry_listening_models,
    telemetry_message_models,
    telemetry_calibration_models,
    storage_models,
    storage_scan_models,
    storage_scanner_models,
    storage_unit_type_models,
    incidents_models,
    storage_relocation_models,
    storage_pick_models,
    storage_hand_models,
    storage_inventory_models,
    labels_models,
    custody_models,
    incoming_models,
    sequencing_models,
    sequencing_reference_models,
    kit_naming_models,
    preparation_lot_models,
    preparation_protocol_models,
    preparation_worksheet_models,
    sequencing_booking_models,
    sequencing_pool_models,
    sequencing_released_models,
    sequencing_runs_models,
    turnaround_models,
    sequencing_pooling_models,
    queue_plan_models,
    predictions_models,
    reports_models,
    documents_models,
    template_definition_models,
    templates_models,
    workbooks_models,
    transactions_models,
    api_models,
)

metadata = Base.metadata
