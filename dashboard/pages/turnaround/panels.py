"""What the Turnaround page is drawn of. Every number stands with how many requests it is of."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround.outlooks import Remaining
from backend.sequencing.turnaround.views import AssayTime, AtRisk, StageTime, Turnaround
from dashboard import format as fmt
from dashboard.components.chart import chart, data_table
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.stat_tile import stat_strip, stat_tile
from dashboard.components.tones import Tone
from dashboard.figures.turnaround import finished_curve
from dashboard.pages.admin.parts import table
from dashboard.pages.sequencing.cards import COLUMN_NAMES
from dashboard.pages.turnaround import ids, words

_OPEN_STILL = "too many open"
"""A quantile that the curve has not come down to."""


def figures(seen: Turnaround) -> Component:
    """Draw the key figures."""
    of_all = f"of {fmt.count(seen.done + seen.open)}, open ones counted"
    return stat_strip(
        _days("Median", seen.median_days, _median_detail(seen) or of_all),
        _days("75% done after", seen.p75_days, of_all),
        _days("90% done after", seen.p90_days, of_all),
        _within(seen),
        stat_tile(
            "Open",
            fmt.count(seen.open),
            detail=_oldest(seen) + _missing(seen),
            href="/sequencing",
        ),
        stat_tile(
            "Finished",
            fmt.count(seen.done),
            detail=f"{fmt.decimal(seen.done_a_day, 2)} a working day" if seen.done else "none yet",
        ),
        label="Turnaround in figures",
    )


def curve(seen: Turnaround) -> Component:
    """Draw the share finished by working days."""
    steps = seen.curve
    if len(steps) == 1:
        return panel(
            "Finished by working days",
            html.P("No request has been finished yet, so there is no curve.", className="t2"),
        )
    rows = [(fmt.decimal(step.days, 1), fmt.percent(1 - step.open_share, 0)) for step in steps]
    summary = (
        f"After {fmt.decimal(steps[-1].days, 1)} working days "
        f"{fmt.percent(1 - steps[-1].open_share, 0)} of the requests are finished."
    )
    return panel(
        "Finished by working days",
        chart(
            ids.CURVE,
            summary=summary,
            figure=finished_curve(steps, seen.target_days),
            table=data_table(("Working days", "Finished"), rows, caption=summary),
        ),
        meta=f"dotted: target of {_number(seen.target_days)} days",
    )


def stages(seen: Turnaround) -> Component:
    """Draw where the time goes."""
    heads = (
        ("Column", ""),
        ("Spent in", ""),
        ("Median", "n"),
        ("75%", "n"),
        ("Target", "n"),
        ("Share of time", "n"),
        ("Passed", "n"),
        ("In it now", "n"),
    )
    return panel(
        "Where the time goes",
        table("Working days by column of the board", heads, map(_stage, seen.stages)),
        meta=f"working days in each column, open stays counted{_waited(seen)}",
        class_name="ad-p bt",
    )


def assays(seen: Turnaround) -> list[Component]:
    """Draw how long each assay takes; nothing where none was asked for."""
    if not seen.assays:
        return []
    heads = (
        ("Assay", ""),
        ("Median", "n"),
        ("90%", "n"),
        ("Target", "n"),
        ("Within it", "n"),
        ("95%", "n"),
        ("Finished", "n"),
        ("Open", "n"),
    )
    return [
        panel(
            "By assay",
            table("Working days by assay", heads, map(_assay, seen.assays)),
            meta=f"working days, open ones counted; * target of all, {_number(seen.target_days)}",
            class_name="ad-p bt",
        )
    ]


def prediction(seen: Turnaround, zone: ZoneInfo, action: Component | None = None) -> Component:
    """Draw what is left by column with how good that was on past requests, or why there is none."""
    foreseen = seen.prediction
    made = "" if foreseen.made_at is None else f"made {fmt.moment(foreseen.made_at, zone)}"
    if foreseen.lack is not None:
        return panel(
            "Time left",
            html.P(f"No prediction yet. {words.lack(foreseen)}", className="t2"),
            meta=made,
            aside=action,
            predicted=True,
            class_name="bt",
        )
    heads = (("Column", ""), ("Half done", "n"), ("80% done", "n"), ("Of stays", "n"))
    rows = [_left(stage.state, foreseen.left.get(stage.state)) for stage in seen.stages]
    return panel(
        "Time left",
        table("Working days to Done from entering each column", heads, rows),
        html.P(words.score(foreseen), className="t2"),
        meta=f"working days to Done from entering a column, {made}",
        aside=action,
        predicted=True,
        class_name="ad-p bt",
    )


def at_risk(seen: Turnaround) -> Component:
    """Draw the open requests that are late or expected to be."""
    basis = words.basis(seen)
    if not seen.at_risk:
        said = "No open request is late or expected to be." if seen.open else "Nothing is open."
        return panel("At risk", html.P(said, className="t2"), meta=basis, class_name="ad-p bt")
    heads = (
        ("Request", ""),
        ("Project", ""),
        ("In column", ""),
        ("Age, days", "n"),
        ("Here, days", "n"),
        ("Due", ""),
        ("Expected", ""),
        ("80% interval", ""),
    )
    return panel(
        "At risk",
        table("Open requests at risk", heads, map(_risk, seen.at_risk)),
        meta=f"{fmt.count(len(seen.at_risk))} of {fmt.count(seen.open)} open, {basis}",
        class_name="ad-p bt",
    )


def _waited(seen: Turnaround) -> str:
    """Say how much of all time was spent in queues, and how much was done again."""
    said = ""
    if seen.waiting_share is not None:
        said += f"; {fmt.percent(seen.waiting_share, 0)} of the time waiting for a turn"
    if seen.rework is not None:
        said += f"; {fmt.percent(seen.rework.share, 0)} went back after a run to be done again"
    return said


def _days(label: str, days: float | None, detail: str) -> Component:
    value = None if days is None else fmt.decimal(days, 1)
    return stat_tile(label, value, unit=" d", detail=detail, no_value=_OPEN_STILL)


def _median_detail(seen: Turnaround) -> str:
    if seen.median_of_done is None or not seen.open:
        return ""
    return f"finished ones alone: {fmt.decimal(seen.median_of_done, 1)} d"


def _missing(seen: Turnaround) -> str:
    """Say how many wait for samples, whose clock has not begun."""
    return f", {fmt.count(seen.not_started)} wait for samples" if seen.not_started else ""


def _within(seen: Turnaround) -> Component:
    label = f"Within {_number(seen.target_days)} days"
    if seen.within is None:
        return stat_tile(label, None, detail="known of no request yet")
    bounds = fmt.between(fmt.percent(seen.within.low, 0), fmt.percent(seen.within.high, 0))
    return stat_tile(
        label,
        fmt.percent(seen.within.share, 0),
        detail=f"of {fmt.count(seen.decided)}, 95%: {bounds}",
    )


def _oldest(seen: Turnaround) -> str:
    if seen.oldest_open_days is None:
        return "nothing waits"
    old = sum(number for words, number in seen.ages if words.startswith("over"))
    oldest = f"oldest {fmt.decimal(seen.oldest_open_days, 1)} d"
    return f"{oldest}, {fmt.count(old)} over 21 d" if old else oldest


def _number(days: float) -> str:
    return fmt.decimal(days, 0 if days == int(days) else 1)


def _or_dash(days: float | None) -> str:
    return "–" if days is None else fmt.decimal(days, 1)


def _stage(stage: StageTime) -> Sequence[Component]:
    over = stage.median_days is not None and stage.median_days > stage.target_days
    median: list[Component | str] = [_or_dash(stage.median_days)]
    if over:
        said = html.Span("over its target", className="vh")
        median = [icon("exclamation-triangle-fill", Tone.WARN), said, " ", *median]
    return [
        html.Th(COLUMN_NAMES[stage.state], scope="row"),
        html.Td("queue" if stage.is_queue else "work"),
        html.Td(median, className="n"),
        html.Td(_or_dash(stage.p75_days), className="n"),
        html.Td(_number(stage.target_days), className="n"),
        html.Td("–" if stage.share is None else fmt.percent(stage.share, 0), className="n"),
        html.Td(fmt.count(stage.passed), className="n"),
        html.Td(fmt.count(stage.open), className="n"),
    ]


def _assay(each: AssayTime) -> Sequence[Component]:
    over = each.median_days is not None and each.median_days > each.target_days
    median: list[Component | str] = [_or_dash(each.median_days)]
    if over:
        said = html.Span("over its target", className="vh")
        median = [icon("exclamation-triangle-fill", Tone.WARN), said, " ", *median]
    share, bounds = "–", "–"
    if each.within is not None:
        share = f"{fmt.percent(each.within.share, 0)} of {fmt.count(each.decided)}"
        bounds = fmt.between(fmt.percent(each.within.low, 0), fmt.percent(each.within.high, 0))
    target = _number(each.target_days) + ("" if each.is_promised else " *")
    return [
        html.Th(each.name, scope="row"),
        html.Td(median, className="n"),
        html.Td(_or_dash(each.p90_days), className="n"),
        html.Td(target, className="n"),
        html.Td(share, className="n"),
        html.Td(bounds, className="n"),
        html.Td(fmt.count(each.done), className="n"),
        html.Td(fmt.count(each.open), className="n"),
    ]


def _left(state: RequestState, left: Remaining | None) -> Sequence[Component]:
    return [
        html.Th(COLUMN_NAMES[state], scope="row"),
        html.Td("–" if left is None else fmt.decimal(left.p50, 1), className="n"),
        html.Td("–" if left is None else fmt.decimal(left.p80, 1), className="n"),
        html.Td("too few" if left is None else fmt.count(left.n), className="n"),
    ]


def _risk(request: AtRisk) -> Sequence[Component]:
    due = fmt.calendar_day(request.due_on, with_year=True)
    late: list[Component | str] = [icon("exclamation-triangle-fill", Tone.WARN), f" {due}, late"]
    expected = request.expected_on
    return [
        html.Th(request.code, scope="row"),
        html.Td(request.project_code),
        html.Td(COLUMN_NAMES[request.state]),
        html.Td(fmt.decimal(request.age_days, 1), className="n"),
        html.Td(fmt.decimal(request.stage_days, 1), className="n"),
        html.Td(late if request.is_late else [due], className="c-warn" if request.is_late else ""),
        html.Td("not known" if expected is None else fmt.calendar_day(expected, with_year=True)),
        html.Td("–" if request.between is None else _between(request.between)),
    ]


def _between(days: tuple[date, date]) -> str:
    first, last = days
    return fmt.between(fmt.calendar_day(first), fmt.calendar_day(last))
