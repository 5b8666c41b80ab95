"""The open alarms: what is wrong where, since when, and who knows of it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.telemetry.views import UnitAlarm
from dashboard import format as fmt
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.chip import tag
from dashboard.components.empty_state import empty_state
from dashboard.components.panel import panel
from dashboard.components.status import SEVERITY_LOOKS, status
from dashboard.components.tones import Tone
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.alarms import ids, words

_HEADS = (
    ("Unit", ""),
    ("Alarm", ""),
    ("Now", "n"),
    ("Alarm when", ""),
    ("Since", ""),
    ("State", ""),
)


def may_act(principal: Principal) -> bool:
    """Say whether a person may acknowledge and snooze; the service has the last word."""
    return principal.may(Permission.STORAGE_PLACE) or principal.may(Permission.HEALTH_OPERATE)


def drawn(
    alarms: Sequence[UnitAlarm], *, now: datetime, zone: ZoneInfo, may_act: bool
) -> list[Component]:
    """Draw a row for each alarm, in the order in which they are given."""
    if not alarms:
        return [
            empty_state(
                "No unit is in alarm",
                "Sensors are judged every minute, and at once when a reading comes in.",
                icon="check-circle",
            )
        ]
    told: list[Component] = [
        banner(sentence, tone=Tone.CRIT, icon="exclamation-octagon-fill")
        for sentence in words.storms(alarms)
    ]
    if not may_act:
        told.append(
            banner("Your role may look and not acknowledge. Call a technician to the unit.")
        )
    heads = (*_HEADS, ("Act", "n")) if may_act else _HEADS
    rows = [_row(each, now, zone, may_act=may_act) for each in alarms]
    unknown = sum(each.acknowledged_at is None and each.told_at is not None for each in alarms)
    meta = f"{unknown} not acknowledged" if unknown else "all acknowledged or held"
    return [
        *told,
        panel(
            "Open alarms",
            table("Open alarms", heads, rows),
            meta=meta,
            class_name="ad-p al-p al-open",
        ),
    ]


def facts(alarm: UnitAlarm, now: datetime) -> str:
    """Return an alarm in a sentence, as its dialogs say it."""
    kind = words.KIND_NAMES[alarm.kind].lower()
    value = "never heard" if alarm.temperature_c is None else words.value(alarm)
    return (
        f"{alarm.unit_label}, {alarm.code}: {kind} for {fmt.age(now - alarm.since)}; now "
        f"{value}, alarm when {words.limit(alarm)}."
    )


def _row(alarm: UnitAlarm, now: datetime, zone: ZoneInfo, *, may_act: bool) -> list[Component]:
    look, quiet = words.standing(alarm, now, zone)
    name: list[Component | str] = [
        html.A(alarm.unit_label, href=f"/storage/{alarm.unit_label}"),
    ]
    if alarm.is_simulated:
        name += [" ", tag("simulated")]
    cells: list[Component] = [
        html.Td(two_lines(html.Span(name), alarm.code)),
        html.Td(
            two_lines(
                words.KIND_NAMES[alarm.kind],
                SEVERITY_LOOKS[alarm.severity.value].word,
            )
        ),
        html.Td(words.value(alarm), className="n t3" if alarm.is_stale else "n md"),
        html.Td(words.limit(alarm), className="t2"),
        html.Td(
            two_lines(fmt.age(now - alarm.since), fmt.moment(alarm.since, zone, now=now)),
            className="num",
            title=fmt.tooltip_time(alarm.since),
        ),
        html.Td(two_lines(status(look), quiet) if quiet else status(look)),
    ]
    if may_act:
        cells.append(html.Td(_acts(alarm), className="n al-a"))
    return cells


def _acts(alarm: UnitAlarm) -> Component | None:
    if alarm.acknowledged_at is not None:
        return None
    which = str(alarm.alarm_id)
    return html.Div(
        [
            button("Acknowledge", id=ids.ask_acknowledge(which), size="sm"),
            # Nobody is told of a held one, so there is nothing to put off.
            *(
                [button("Snooze", id=ids.ask_snooze(which), size="sm")]
                if alarm.told_at is not None
                else []
            ),
        ],
        className="row-x",
    )
