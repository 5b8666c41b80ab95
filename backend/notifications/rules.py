"""Pure decisions about notifications: who hears of what by default, and in which words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from backend.core.principal import Permission
from backend.notifications import work_names
from backend.notifications.ids import Channel, Kind, Severity, Show

LABELS: Final[Mapping[Kind, str]] = {
    Kind.PLAN_READY: "Placement plan ready or carried out",
    Kind.IMPORT_REGISTERED: "Import registered",
    Kind.UNIT_NEARLY_FULL: "Storage unit above 95%",
    Kind.ALARM_RAISED: "Temperature alarm",
    Kind.ALARM_CLEARED: "Temperature alarm over",
    Kind.SAMPLES_EXPOSED: "Samples of yours in an incident",
    Kind.SENSOR_SILENT: "Sensor silent",
    Kind.REPORT_BUILT: "Report ready",
    Kind.JOB_FAILED: "Background work failed",
    Kind.HANDOVER: "Samples handed over",
    Kind.RETURN_OVERDUE: "Return overdue",
    Kind.CUSTODY_GAP: "Gap in custody",
    Kind.PARCEL_LATE: "Parcel late",
    Kind.IN_HAND: "Tubes long in your hand",
    Kind.LEFT_IN_HAND: "Tubes very long in somebody's hand",
    Kind.EXPIRY_NEAR: "Samples or consents expire",
    Kind.CALIBRATION_DUE: "Calibration of a sensor due",
    Kind.LADDER_TEST_DUE: "Test of the alarm ladder due",
    Kind.MOVE_BACK_DUE: "Backup unit to be emptied",
    Kind.RUN_READ: "Sequencing run read",
    Kind.CHAIN_BROKEN: "Audit trail changed",
    Kind.ACCOUNT: "Password or token of yours",
}

ALWAYS_IN_APP: Final = frozenset(
    {Kind.ALARM_RAISED, Kind.SENSOR_SILENT, Kind.CHAIN_BROKEN, Kind.ACCOUNT}
)
"""Nobody on duty may mute an alarm, or one day everybody has; nor who took an account over."""

BY_MAIL_UNLESS_SWITCHED_OFF: Final = frozenset(set(Kind) - {Kind.JOB_FAILED})

_ON_DUTY = frozenset({Permission.STORAGE_PLACE, Permission.STORAGE_CONFIGURE})

CONCERNED: Final[Mapping[Kind, frozenset[Permission]]] = {
    # Whoever holds one of these is told; the other kinds go to the person who asked.
    Kind.UNIT_NEARLY_FULL: frozenset({Permission.STORAGE_PLAN, Permission.STORAGE_CONFIGURE}),
    Kind.ALARM_RAISED: _ON_DUTY,
    Kind.ALARM_CLEARED: _ON_DUTY,
    Kind.SENSOR_SILENT: _ON_DUTY,
    Kind.JOB_FAILED: frozenset({Permission.HEALTH_OPERATE}),
    # Who places samples sees those of every project and can put a gap right.
    Kind.CUSTODY_GAP: frozenset({Permission.STORAGE_PLACE}),
    Kind.LEFT_IN_HAND: frozenset({Permission.STORAGE_CONFIGURE}),
    Kind.CHAIN_BROKEN: frozenset({Permission.AUDIT_VIEW}),
    Kind.CALIBRATION_DUE: frozenset({Permission.STORAGE_CONFIGURE}),
    Kind.LADDER_TEST_DUE: frozenset({Permission.STORAGE_CONFIGURE}),
    Kind.MOVE_BACK_DUE: frozenset({Permission.STORAGE_PLAN, Permission.STORAGE_CONFIGURE}),
    Kind.RUN_READ: frozenset({Permission.SEQUENCING_PLAN}),
}

KINDS_OF: Final[Mapping[Show, frozenset[Kind]]] = {
    Show.ALL: frozenset(Kind),
    Show.UNREAD: frozenset(Kind),
    Show.MINE: frozenset(
        {
            Kind.PLAN_READY,
            Kind.IMPORT_REGISTERED,
            Kind.REPORT_BUILT,
            Kind.HANDOVER,
            Kind.RETURN_OVERDUE,
            Kind.PARCEL_LATE,
            Kind.IN_HAND,
            Kind.EXPIRY_NEAR,
            Kind.SAMPLES_EXPOSED,
            Kind.ACCOUNT,
        }
    ),
    Show.ALARMS: frozenset(
        {Kind.ALARM_RAISED, Kind.ALARM_CLEARED, Kind.SAMPLES_EXPOSED, Kind.SENSOR_SILENT}
    ),
    Show.STORAGE: frozenset(
        {
            Kind.PLAN_READY,
            Kind.UNIT_NEARLY_FULL,
            Kind.CUSTODY_GAP,
            Kind.CALIBRATION_DUE,
            Kind.LADDER_TEST_DUE,
            Kind.MOVE_BACK_DUE,
            Kind.IN_HAND,
            Kind.LEFT_IN_HAND,
        }
    ),
    Show.SEQUENCING: frozenset({Kind.RUN_READ}),
    Show.PROGRAM: frozenset({Kind.JOB_FAILED, Kind.CHAIN_BROKEN}),
}
"""What each view of the notifications holds; “mine” is what came of the person's own asking."""

_LONGEST_TITLE = 200
_LONGEST_BODY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The words of a notification. ``href`` is a page of this site."""

    kind: Kind
    severity: Severity
    title: str
    body: str
    href: str

    def clipped(self) -> "Notice":
        """Return the notice as it fits into its row and onto one line."""
        return Notice(
            kind=self.kind,
            severity=self.severity,
            title=_one_line(self.title)[:_LONGEST_TITLE],
            body=self.body[:_LONGEST_BODY],
            href=self.href,
        )


def is_on(kind: Kind, channel: Channel, chosen: bool | None) -> bool:  # noqa: FBT001 -- a choice
    """Say whether a person hears of a kind through a channel; None means they chose nothing."""
    if channel is Channel.IN_APP and kind in ALWAYS_IN_APP:
        return True
    if chosen is not None:
        return chosen
    return channel is Channel.IN_APP or kind in BY_MAIL_UNLESS_SWITCHED_OFF


def plan_ready(*, placements: int, left_over: int, plan_id: str) -> Notice:
    left = f", {left_over} found no place" if left_over else ""
    return Notice(
        kind=Kind.PLAN_READY,
        severity=Severity.WARNING if left_over else Severity.OK,
        title=f"Placement plan ready: {counted(placements, 'sample')}",
        body=f"{counted(placements, 'placement')} wait for your decision{left}.",
        href=f"/storage?plan={plan_id}",
    )


def relocation_ready(
    *, kind: str, unit: str, tubes: int, boxes: int, without_place: int, plan_id: str
) -> Notice:
    what = counted(tubes, "tube")
    if kind == "evacuate":
        title = f"Evacuation plan for {unit} ready: {what}"
        left = f" {counted(without_place, 'tube')} found no place." if without_place else ""
        body = f"{what} can be brought to safety.{left}"
    else:
        freed = "1 box" if boxes == 1 else f"{boxes:,} boxes"
        title = f"Consolidation plan for {unit} ready: {freed}"
        body = f"{freed} can be freed by moving {what}."
    return Notice(
        kind=Kind.PLAN_READY,
        severity=Severity.WARNING if without_place else Severity.OK,
        title=title,
        body=f"{body} It waits for your decision.",
        href=f"/storage/relocations?plan={plan_id}",
    )


def queue_plan_ready(
    *, runs: int, libraries: int, late: int, left_out: int, plan_id: str
) -> Notice:
    booked = "1 run" if runs == 1 else f"{runs:,} runs"
    planned = "1 library" if libraries == 1 else f"{libraries:,} libraries"
    rest = f" {late:,} would be late." if late else ""
    out = f" {left_out:,} found no lane." if left_out else ""
    return Notice(
        kind=Kind.PLAN_READY,
        severity=Severity.WARNING if late or left_out else Severity.OK,
        title=f"Queue plan ready: {booked} for {planned}",
        body=f"Nothing is booked before you accept it.{rest}{out}",
        href=f"/sequencing/queue-plan?plan={plan_id}",
    )


def import_registered(*, file_name: str, registered: int, left: int, import_id: str) -> Notice:
    rest = f" {counted(left, 'row')} still need correction." if left else ""
    return Notice(
        kind=Kind.IMPORT_REGISTERED,
        severity=Severity.WARNING if left else Severity.OK,
        title=f"{counted(registered, 'sample')} registered from {file_name}",
        body=f"The import of {file_name} has ended.{rest}",
        href=f"/register?draft={import_id}" if left else "/samples",
    )


def unit_nearly_full(*, label: str, used: int, capacity: int) -> Notice:
    percent = round(100 * used / capacity) if capacity else 100
    return Notice(
        kind=Kind.UNIT_NEARLY_FULL,
        severity=Severity.WARNING,
        title=f"{label} is {percent}% full",
        body=f"{used:,} of {capacity:,} positions are taken. Free space or choose another unit.",
        href=unit_page(label),
    )


def report_built(*, title: str, detail: str) -> Notice:
    return Notice(
        kind=Kind.REPORT_BUILT,
        severity=Severity.OK,
        title=f"Report ready: {title}",
        body=detail or "Its files wait in the list of reports.",
        href="/reports",
    )


def audit_file_made(*, kind: str, entries: int, job_id: str) -> Notice:
    return Notice(
        kind=Kind.REPORT_BUILT,
        severity=Severity.OK,
        title=f"Audit trail ready as {kind.upper()}",
        body=f"{entries:,} {'entry' if entries == 1 else 'entries'}. Only you can take the file.",
        href=f"/admin?tab=audit&export={job_id}",
    )


def job_failed(*, job_kind: str, error: str) -> Notice:
    work = work_names.NAMES.get(job_kind) or job_kind.replace(".", ", ").replace("_", " ")
    return Notice(
        kind=Kind.JOB_FAILED,
        severity=Severity.WARNING,
        title=f"Could not finish: {work}",
        body=error,
        href="/health",
    )


def samples_offered(*, giver: str, samples: int, note: str) -> Notice:
    return Notice(
        kind=Kind.HANDOVER,
        severity=Severity.INFO,
        title=f"{giver} offers you {counted(samples, 'sample')}",
        body=note or "Accept or decline; until then nobody moves them.",
        href="/custody?show=waiting",
    )


def offer_declined(*, receiver: str, samples: int, reason: str) -> Notice:
    return Notice(
        kind=Kind.HANDOVER,
        severity=Severity.WARNING,
        title=f"{receiver} declined {counted(samples, 'sample')}",
        body=f"You still have them. {reason}",
        href="/custody",
    )


def expiry_near(
    *, project: str, is_consent: bool, count: int, lead_days: int, first_on: str, last_on: str
) -> Notice:
    what = counted(count, "consent" if is_consent else "sample")
    days = f"on {first_on}" if first_on == last_on else f"from {first_on} to {last_on}"
    act = (
        "Extend it, or settle what becomes of the samples; without consent none is used."
        if is_consent
        else "Use them, set a later day, or discard them; what has expired is refused."
    )
    # A list cannot be narrowed by the day of a consent: then all samples of the project are shown.
    narrowed = "" if is_consent else f",expires:{first_on}..{last_on}"
    expire = "expires" if count == 1 else "expire"
    return Notice(
        kind=Kind.EXPIRY_NEAR,
        severity=Severity.INFO if lead_days else Severity.WARNING,
        title=f"{project}: {what} {expire} within {lead_days} days"
        if lead_days
        else f"{project}: {what} past {'its' if count == 1 else 'their'} day",
        body=f"{'To expire' if lead_days else 'Expired'} {days}. {act}",
        href=f"/samples?f=project:{quote(project)}{narrowed}",
    )


def return_overdue(*, barcode: str, due_on: str) -> Notice:
    return Notice(
        kind=Kind.RETURN_OVERDUE,
        severity=Severity.WARNING,
        title=f"{barcode} was due back on {due_on}",
        body="Return it, or hand it over to whoever has it.",
        href=f"/samples/{quote(barcode, safe='')}",
    )


def in_hand(*, tubes: int, first: Sequence[str]) -> Notice:
    return Notice(
        kind=Kind.IN_HAND,
        severity=Severity.WARNING,
        title=f"{counted(tubes, 'tube')} in your hand for more than an hour",
        body=f"{_some(tubes, first)}. Put {'it' if tubes == 1 else 'them'} back, or place "
        f"{'it' if tubes == 1 else 'them'}.",
        href="/storage",
    )


def left_in_hand(*, name: str, tubes: int, first: Sequence[str]) -> Notice:
    return Notice(
        kind=Kind.LEFT_IN_HAND,
        severity=Severity.WARNING,
        title=f"{name} has had {counted(tubes, 'tube')} in hand for more than four hours",
        body=f"{_some(tubes, first)}. Ask {name} where they are.",
        href="/storage",
    )


def gaps_found(*, opened: int, first: str, project: str = "") -> Notice:
    more = f" And {opened - 1} more." if opened > 1 else ""
    where = f"{project}: " if project else ""
    return Notice(
        kind=Kind.CUSTODY_GAP,
        severity=Severity.WARNING,
        title=f"{where}{counted(opened, 'gap')} in custody found",
        body=f"{first}{more}",
        href="/custody?show=gaps",
    )


def parcel_late(*, code: str, party: str, expected_on: str, page: str) -> Notice:
    return Notice(
        kind=Kind.PARCEL_LATE,
        severity=Severity.WARNING,
        title=f"{code} {party} is late: it was expected on {expected_on}",
        body="Ask its carrier. If it is here, receive it by scan; if it is lost, close it.",
        href=page,
    )


def chain_broken(*, position: int, said: str) -> Notice:
    return Notice(
        kind=Kind.CHAIN_BROKEN,
        severity=Severity.CRITICAL,
        title=f"The audit trail does not verify from position {position:,}",
        body=f"{said} Keep a copy of the database and compare it with a backup.",
        href="/admin?tab=audit",
    )


def password_changed() -> Notice:
    return Notice(
        kind=Kind.ACCOUNT,
        severity=Severity.INFO,
        title="Your password was changed",
        body="Other browsers are signed out and your API tokens have ended. If it was not you, "
        "tell an administrator at once.",
        href="/account",
    )


def token_made(*, name: str) -> Notice:
    return Notice(
        kind=Kind.ACCOUNT,
        severity=Severity.INFO,
        title=f"An API token was made in your name: {name}",
        body="It acts as you until it ends. If it was not you, revoke it and change your password.",
        href="/account",
    )


def kinds_of(show: Show) -> Sequence[Kind]:
    """Return the kinds that a view holds, in the order in which kinds are listed."""
    return [kind for kind in Kind if kind in KINDS_OF[show]]


def unit_page(label: str) -> str:
    """Return the address of a storage unit's page."""
    return f"/storage/{quote(label, safe='')}" if label else "/storage"


def _some(number: int, first: Sequence[str]) -> str:
    more = number - len(first)
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


def counted(number: int, thing: str) -> str:
    """Return a number with its thing: ``1 unit``, ``1,204 units``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
