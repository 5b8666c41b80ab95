"""Every kind of background work: which function does it, where it queues, how long it may take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.core.principal import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """``permissions`` are of the program's own runs; a run that a person asked for has theirs."""

    function: str
    queue: str = "default"
    time_limit_s: int = 60
    permissions: tuple[Permission, ...] = ()


# Those of the terminal, which asks as nobody; whoever asks on a page has their own.
_OF_A_PLANS_ANSWER = (
    Permission.STORAGE_VIEW,
    Permission.STORAGE_PLACE,
    Permission.SAMPLES_VIEW_ALL_PROJECTS,
)

TASKS: Final[Mapping[str, Task]] = {
    "storage.optimise_placement": Task(
        function="jobs.tasks.optimise_placement.run", queue="long", time_limit_s=600
    ),
    "storage.accept_plan": Task(
        function="jobs.tasks.accept_plan.run",
        queue="long",
        time_limit_s=900,
        permissions=_OF_A_PLANS_ANSWER,
    ),
    "storage.take_plan_back": Task(
        function="jobs.tasks.take_plan_back.run",
        queue="long",
        time_limit_s=900,
        permissions=_OF_A_PLANS_ANSWER,
    ),
    "storage.plan_relocation": Task(
        function="jobs.tasks.plan_relocation.run", queue="long", time_limit_s=600
    ),
    "storage.snapshot_occupancy": Task(
        function="jobs.tasks.snapshot_occupancy.run", permissions=(Permission.STORAGE_VIEW,)
    ),
    "storage.remind_hands": Task(
        function="jobs.tasks.remind_hands.run", permissions=(Permission.STORAGE_CONFIGURE,)
    ),
    "predictions.forecast_capacity": Task(
        function="jobs.tasks.forecast_capacity.run",
        queue="long",
        time_limit_s=300,
        permissions=(Permission.PREDICTIONS_VIEW, Permission.STORAGE_VIEW),
    ),
    "telemetry.fit_thermal": Task(
        function="jobs.tasks.fit_thermal.run",
        queue="long",
        time_limit_s=900,
        permissions=(Permission.STORAGE_VIEW,),
    ),
    "samples.fold_tally": Task(function="jobs.tasks.fold_tally.run", time_limit_s=600),
    "samples.tell_expiring": Task(
        function="jobs.tasks.tell_expiring.run",
        time_limit_s=300,
        permissions=(Permission.SAMPLES_VIEW_ALL_PROJECTS,),
    ),
    "samples.prepare_list": Task(function="jobs.tasks.prepare_list.run", time_limit_s=300),
    "samples.export": Task(
        function="jobs.tasks.export_samples.run", queue="long", time_limit_s=600
    ),
    "templates.read_list": Task(
        function="jobs.tasks.read_list.run", queue="long", time_limit_s=600
    ),
    "templates.read_anew": Task(
        function="jobs.tasks.read_anew.run", queue="long", time_limit_s=600
    ),
    "templates.register_rows": Task(
        function="jobs.tasks.register_rows.run", queue="long", time_limit_s=900
    ),
    "workbooks.read": Task(function="jobs.tasks.read_workbook.run", queue="long", time_limit_s=600),
    "workbooks.compare": Task(
        function="jobs.tasks.compare_sheets.run", queue="long", time_limit_s=600
    ),
    "workbooks.send": Task(function="jobs.tasks.send_rows.run", queue="long", time_limit_s=600),
    "custody.watch": Task(
        function="jobs.tasks.watch_custody.run",
        time_limit_s=300,
        permissions=(Permission.CUSTODY_HANDLE,),
    ),
    "samples.act": Task(function="jobs.tasks.act_on_samples.run", queue="long", time_limit_s=1800),
    # A million entries take seconds; the limit is for ten times as many.
    "events.verify_chain": Task(
        function="jobs.tasks.verify_chain.run",
        queue="long",
        time_limit_s=600,
        permissions=(Permission.AUDIT_VIEW,),
    ),
    "gateway.probe_health": Task(
        function="jobs.tasks.probe_health.run",
        queue="urgent",
        time_limit_s=25,
        permissions=(Permission.HEALTH_OPERATE,),
    ),
    "telemetry.check_alarms": Task(
        function="jobs.tasks.check_alarms.run",
        queue="urgent",
        permissions=(Permission.HEALTH_OPERATE, Permission.STORAGE_VIEW),
    ),
    "incidents.follow_alarms": Task(
        function="jobs.tasks.follow_alarms.run",
        permissions=(Permission.HEALTH_OPERATE, Permission.STORAGE_VIEW),
    ),
    "telemetry.roll_up": Task(
        function="jobs.tasks.roll_up_readings.run",
        time_limit_s=300,
        permissions=(Permission.HEALTH_OPERATE,),
    ),
    "telemetry.keep_readings": Task(
        function="jobs.tasks.keep_readings.run",
        time_limit_s=300,
        permissions=(Permission.HEALTH_OPERATE,),
    ),
    # Scheduled by the demonstration's seed only, and refused by any other laboratory.
    "telemetry.tell_calibrations": Task(
        function="jobs.tasks.tell_calibrations.run",
        permissions=(Permission.HEALTH_OPERATE,),
    ),
    "telemetry.simulate_readings": Task(
        function="jobs.tasks.simulate_readings.run",
        queue="urgent",
        permissions=(Permission.HEALTH_OPERATE, Permission.TELEMETRY_RECORD),
    ),
    "sequencing.plan_queue": Task(
        function="jobs.tasks.plan_queue.run", queue="long", time_limit_s=900
    ),
    "sequencing.forecast_turnaround": Task(
        function="jobs.tasks.forecast_turnaround.run",
        queue="long",
        time_limit_s=600,
        permissions=(Permission.SEQUENCING_VIEW,),
    ),
    "sequencing.watch_runs": Task(
        function="jobs.tasks.watch_runs.run",
        queue="long",
        time_limit_s=900,
        permissions=(Permission.HEALTH_OPERATE,),
    ),
    "storage.tend_places": Task(
        function="jobs.tasks.tend_places.run",
        permissions=(Permission.HEALTH_OPERATE, Permission.STORAGE_VIEW),
    ),
    # A printer takes labels as fast as it prints them.
    "labels.print": Task(function="jobs.tasks.print_labels.run", queue="default", time_limit_s=300),
    "labels.print_many": Task(function="jobs.tasks.print_many.run", queue="long"),
    "labels.sheets": Task(function="jobs.tasks.make_sheets.run", queue="long", time_limit_s=900),
    "notifications.deliver": Task(function="jobs.tasks.deliver_notifications.run", time_limit_s=60),
    "reports.build": Task(
        function="jobs.tasks.build_report.run",
        queue="long",
        time_limit_s=300,
        permissions=(
            Permission.REPORTS_RUN,
            Permission.REPORTS_VIEW,
            Permission.SAMPLES_VIEW,
            Permission.SAMPLES_VIEW_ALL_PROJECTS,
            Permission.STORAGE_VIEW,
        ),
    ),
    "reports.export_audit": Task(
        function="jobs.tasks.export_audit.run", queue="long", time_limit_s=900
    ),
    "transactions.advance_saga": Task(function="jobs.tasks.advance_saga.run"),
    "work.retention": Task(function="jobs.tasks.forget_old.run", time_limit_s=300),
}


def queues_by_kind(tasks: Mapping[str, Task]) -> dict[str, str]:
    """Return the queue of each kind of job."""
    return {kind: task.queue for kind, task in tasks.items()}
