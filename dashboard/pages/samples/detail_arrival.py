"""How a sample arrived, with what was written before, and the dialog that corrects it."""

from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.samples import arrival_rules
from backend.samples.arrival_views import ArrivalCorrectionView, ArrivalView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.arrival_fields import arrival_fields, started
from dashboard.pages.samples.detail_dialogs import answers, reason
from dashboard.pages.samples.detail_facts import SampleFacts

_UNSAID = "Nobody wrote down how. "


def arrived(
    arrival: ArrivalView | None, principal: Principal, *, zone: ZoneInfo, has_come: bool = True
) -> list[Component | str]:
    """Say how it arrived and what was written of it before.

    Where nobody wrote it down of a sample that came from outside (``has_come``), offer to add it.
    """
    may = principal.may(Permission.SAMPLES_EDIT)
    if arrival is None:
        if not (may and has_come):
            return []
        return [_UNSAID, button("Add", size="sm", opens=ids.ARRIVAL_DIALOG)]
    said = f"{_told(arrival)} Written down by {arrival.received_by_name}."
    earlier = [_corrected(each, zone) for each in reversed(arrival.corrections)]
    acts = [button("Correct", size="sm", opens=ids.ARRIVAL_DIALOG)] if may else []
    return [said, *earlier, *acts]


def dialogs(facts: SampleFacts) -> list[Component]:
    """Draw the dialog that corrects or adds an arrival; it always stands there for callbacks."""
    arrival = facts.sample.arrival
    return [
        dcc.Store(id=ids.ARRIVAL_WRITTEN, data=dict(started(arrival))),
        dialog(
            ids.ARRIVAL_DIALOG,
            "Say how it arrived",
            error_summary({}, id=ids.ARRIVAL_PROBLEMS),
            html.P(
                "What was written before stays readable beside it. A hold that no longer fits "
                "stays until somebody releases it.",
                className="t2",
            ),
            arrival_fields("fix", hidden=False, says=arrival),
            reason(ids.ARRIVAL_REASON),
            answers("Change nothing", "Write it down", ids.ARRIVAL_SEND),
        ),
    ]


def _told(written: ArrivalView | ArrivalCorrectionView) -> str:
    note = f" “{written.note}”" if written.note else ""
    return f"{arrival_rules.told(written.conditions, written.temperature_c)}.{note}"


def _corrected(earlier: ArrivalCorrectionView, zone: ZoneInfo) -> html.P:
    when = fmt.moment(earlier.corrected_at, zone)
    return html.P(
        f"Until {when}: {_told(earlier)} Corrected by {earlier.corrected_by_name}: "
        f"“{earlier.reason}”",
        className="t3 sm",
    )
