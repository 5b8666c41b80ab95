"""The program's own schedules: what runs by itself, and when. The leader makes the rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from backend.core.principal import machinery
from backend.core.sessions import WriteSession
from backend.reports import queries as report_queries
from backend.reports.definitions import MONTH_OF_COLD, SAMPLES_AND_OCCUPANCY
from backend.work import schedules
from backend.work import service as work_service
from backend.work.ids import MissedRunPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    job_kind: str
    cron: str
    missed_runs: MissedRunPolicy = MissedRunPolicy.ONCE
    arguments: Mapping[str, object] = field(default_factory=dict)
    at_start: bool = False
    """Due once when somebody begins to lead, too, and then when the line says."""


SCHEDULE: Final[Mapping[str, Recurring]] = {
    # Probes that nobody made are not made up for: a gap in the history is the truth.
    "probe health": Recurring(
        job_kind="gateway.probe_health", cron="@every 30s", missed_runs=MissedRunPolicy.SKIP
    ),
    "check alarms": Recurring(
        job_kind="telemetry.check_alarms", cron="@every 60s", missed_runs=MissedRunPolicy.SKIP
    ),
    "sum up readings": Recurring(
        job_kind="telemetry.roll_up", cron="@every 300s", missed_runs=MissedRunPolicy.SKIP
    ),
    # Readings find their way without their month's partition, so an hour is soon enough; but a
    # program that is never up at a full hour would wait for ever.
    "keep readings": Recurring(
        job_kind="telemetry.keep_readings",
        cron="@every 3600s",
        missed_runs=MissedRunPolicy.SKIP,
        at_start=True,
    ),
    # Nothing is opened of a folder in which nothing has changed.
    "watch run folders": Recurring(
        job_kind="sequencing.watch_runs", cron="@every 60s", missed_runs=MissedRunPolicy.SKIP
    ),
    "fold the sample tally": Recurring(
        job_kind="samples.fold_tally", cron="@every 300s", missed_runs=MissedRunPolicy.SKIP
    ),
    # A gap is looked for every hour; whoever is late is reminded once a day.
    "watch custody": Recurring(job_kind="custody.watch", cron="10 * * * *"),
    # In the morning, so that a day that has come is told on it.
    "tell what expires": Recurring(job_kind="samples.tell_expiring", cron="0 6 * * *"),
    "tell what must be calibrated": Recurring(
        job_kind="telemetry.tell_calibrations", cron="5 6 * * *"
    ),
    # Reservations end during the day, too; a day that has come is told once.
    "tend places": Recurring(job_kind="storage.tend_places", cron="15 * * * *"),
    "remind of tubes in hand": Recurring(
        job_kind="storage.remind_hands", cron="@every 600s", missed_runs=MissedRunPolicy.SKIP
    ),
    # Shortly before midnight: the day's figure is the one at its end.
    "snapshot occupancy": Recurring(job_kind="storage.snapshot_occupancy", cron="50 23 * * *"),
    "forecast capacity": Recurring(job_kind="predictions.forecast_capacity", cron="15 0 * * *"),
    "forecast turnaround": Recurring(job_kind="sequencing.forecast_turnaround", cron="25 0 * * *"),
    # Every hour it looks who is due: a day has passed, or an alarm has ended since.
    "fit thermal models": Recurring(
        job_kind="telemetry.fit_thermal", cron="@every 3600s", missed_runs=MissedRunPolicy.SKIP
    ),
    report_queries.schedule_name(SAMPLES_AND_OCCUPANCY): Recurring(
        job_kind="reports.build",
        cron=SAMPLES_AND_OCCUPANCY.cron,
        arguments={"report": SAMPLES_AND_OCCUPANCY.key},
    ),
    report_queries.schedule_name(MONTH_OF_COLD): Recurring(
        job_kind="reports.build",
        cron=MONTH_OF_COLD.cron,
        arguments={"report": MONTH_OF_COLD.key},
    ),
    # What was written since the last check, and every night everything: a check rests on the one
    # before it, so now and then one has to rest on nothing.
    "verify the audit chain": Recurring(
        job_kind="events.verify_chain", cron="@every 900s", missed_runs=MissedRunPolicy.SKIP
    ),
    "verify the audit chain from its beginning": Recurring(
        job_kind="events.verify_chain", cron="40 2 * * *", arguments={"whole": True}
    ),
    "forget old work": Recurring(job_kind="work.retention", cron="30 3 * * *"),
}


def ensure_all(session: WriteSession, time_zone: str) -> None:
    """Make the rows of the program's own schedules, or bring them up to date.

    Whoever begins to lead calls it, so what runs at the start is due from here.
    """
    principal = machinery("schedule", request_id="schedule")
    for name, recurring in SCHEDULE.items():
        schedule_id = work_service.ensure_schedule(
            session,
            principal,
            name=name,
            job_kind=recurring.job_kind,
            arguments=recurring.arguments,
            cron=recurring.cron,
            time_zone=time_zone,
            missed_runs=recurring.missed_runs,
        )
        if recurring.at_start:
            schedules.bring_forward(session, schedule_id)
