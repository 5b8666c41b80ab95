"""What became of an act for many: how many changed, and of each that did not, why."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.samples import rules
from backend.samples.ids import BulkKind
from backend.samples.views import ActView, TransitionOutcome
from dashboard import format as fmt
from dashboard.components.icon import icon
from dashboard.components.tones import Tone


def outcome(outcomes: Sequence[TransitionOutcome], act: str) -> Component:
    """Say how many changed and, for each that did not, all the reasons."""
    unchanged = [(each.barcode, reason) for each in outcomes for reason in each.reasons]
    stay = sum(bool(each.reasons) for each in outcomes)
    return html.Div([*_changed(act, len(outcomes) - stay), *_stay(stay, unchanged)])


def act_outcome(view: ActView) -> Component:
    """Say the same of an act for everything that matched, and what the view holds besides now."""
    parts = _changed(_named(view), view.changed)
    parts += _stay(view.refused + view.left, view.unchanged)
    shown = len(view.unchanged)
    if view.refused + view.left > shown:
        more = fmt.count(view.refused + view.left - shown)
        parts.append(html.P(f"And {more} more that stayed as they are.", className="t2"))
    if view.done < view.total:
        of_all = f"{fmt.count(view.done)} of {fmt.count(view.total)}"
        parts.append(html.P(f"It ended after {of_all}; the others were not asked."))
    if view.came_since:
        came = fmt.plural(view.came_since, "sample matches", "samples match")
        parts.append(
            html.P(f"{came} the view that did not when it was selected. They were not touched.")
        )
    return html.Div(parts)


def refused(message: str) -> Component:
    """Say why nothing was done."""
    return html.P([icon("exclamation-octagon-fill", Tone.CRIT), " ", message], className="err")


def _named(view: ActView) -> str:
    match view.kind:
        case BulkKind.STATUS:
            return rules.BY_ACTION[view.action].label
        case BulkKind.HOLD:
            return "Put on hold"
        case BulkKind.RELEASE:
            return "Release"


def _changed(act: str, number: int) -> list[Component]:
    if not number:
        return []
    changed = fmt.plural(number, "sample", "samples")
    return [html.P([icon("check-circle-fill", Tone.OK), f" {act}: {changed} changed."])]


def _stay(number: int, unchanged: Sequence[tuple[str, str]]) -> list[Component]:
    if not number:
        return []
    stay = fmt.plural(number, "sample stays as it is", "samples stay as they are")
    reasons: dict[str, list[str]] = {}
    for barcode, reason in unchanged:
        reasons.setdefault(barcode or "Not yours any more", []).append(reason)
    return [
        html.P([icon("exclamation-triangle-fill", Tone.WARN), f" {stay}."]),
        html.Dl(
            [
                part
                for barcode, whys in reasons.items()
                for part in (html.Dt(barcode, className="mono"), *[html.Dd(why) for why in whys])
            ],
            className="sf-refused",
            tabIndex="0",
        ),
    ]
