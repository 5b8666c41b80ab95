"""A physical audit as it is looked at: how far it is, the box at hand, what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.storage.ids import CheckState, InventoryPurpose, InventoryState
from backend.storage.inventory_views import AtHand, CheckView, InventoryView
from backend.storage.scanning.verdicts import Verdict
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.panel import panel
from dashboard.pages.audits import ids
from dashboard.pages.audits.words import (
    LEVELS,
    METHODS,
    PURPOSES,
    accuracy_words,
    counted_words,
    escalation_words,
    read_words,
    result_words,
    sample_words,
)
from dashboard.pages.custody import parcel_parts
from dashboard.pages.rack_scans.words import LOOKS

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The parts of the page that follow what happens at the freezer."""

    progress: list[Component]
    hand: list[Component]
    has_hand: bool
    found: list[Component]


def progress(view: InventoryView, zone: ZoneInfo, *, may_close: bool) -> list[Component]:
    """Draw how far the audit is, how right the records are, and what errors added to it."""
    strata = "; ".join(
        f"{fmt.count(drawn)} of {fmt.plural(boxes, 'box', 'boxes')} of {label}"
        for label, (boxes, drawn) in view.strata.items()
    )
    units = "; ".join(f"{label} {accuracy_words(each)}" for label, each in view.by_unit.items())
    facts: list[tuple[str, Component | str]] = [
        ("State", _state(view, zone)),
        ("Boxes", f"{fmt.count(view.done)} of {fmt.count(view.boxes)} looked at"),
        ("Accuracy", html.B(accuracy_words(view.tally))),
        ("Counted", counted_words(view.tally) if view.tally.checked else ""),
        ("By unit", units if len(view.by_unit) > 1 else ""),
        ("Purpose", PURPOSES[view.purpose]),
        ("Share", sample_words(view.share, view.seed, view.tubes_per_box)),
        ("Drawn", strata),
        ("Note", view.closing_note or ""),
    ]
    acts: list[Component] = [
        button("Audit as XLSX", href=f"/files/audits/{view.id}.xlsx", icon="download", download="")
    ]
    if may_close:
        acts.append(button("Close the audit", icon="check2", opens=ids.CLOSE_DIALOG))
    head = parcel_parts.facts("Progress", facts, html.Div(acts, className="row-x"))
    return [head, *_grown(view, zone)]


def hand(view: InventoryView, at: AtHand | None, position: str) -> list[Component]:
    """Draw the box that is looked at and the position that is read next."""
    if at is None:
        return []
    left = at.left
    here = position or (left[0] if left else "")
    title = "Loose place at hand" if at.is_loose else "Box at hand"
    return [
        html.Div(
            [html.H2(title), html.Span(read_words(at), className="m")],
            className="ph",
        ),
        html.P(at.check.path, className="au-box mono"),
        html.P(_asked(at, here), className="au-ask", role="status"),
        html.Div(_hand_acts(view, at, here), className="row-x g6 au-acts"),
    ]


def _asked(at: AtHand, here: str) -> list[Component | str]:
    if not here:
        return ["Everything has been read. Say that it is done."]
    if at.is_loose:
        return ["Scan its tubes, in any order."]
    return ["Whose tube stands in ", html.B(here, className="mono au-spot"), "?"]


def found(
    view: InventoryView,
    wrong: Sequence[CheckView],
    every: Sequence[CheckView],
    zone: ZoneInfo,
) -> list[Component]:
    """Draw the boxes with errors, position by position, and the whole walk."""
    shown = f"The first {fmt.count(MOST_SHOWN)} of {fmt.count(view.boxes)}"
    meta = shown if view.boxes > MOST_SHOWN else fmt.count(view.boxes)
    parts: list[Component] = []
    if wrong:
        groups = [_wrong(check) for check in wrong]
        parts.append(panel("Boxes with errors", *groups, meta=fmt.count(len(wrong))))
    elif view.done:
        calm = empty_state("No error so far", "Every tube that was read stands where it should.")
        parts.append(panel("Boxes with errors", calm))
    is_open = view.state is InventoryState.OPEN
    rows = [_row(check, zone, is_open=is_open) for check in every]
    heads = ["Box", "Why", "Result", "Looked at"] + (["Act"] if is_open else [])
    listing = parcel_parts.listing(heads, rows, "Boxes of the audit")
    return [*parts, panel("Boxes of the audit", listing, meta=meta)]


def _state(view: InventoryView, zone: ZoneInfo) -> str:
    started = f"started by {view.started_by_name} {fmt.moment(view.created_at, zone)}"
    if view.closed_at is None:
        return f"Open, {started}"
    return f"Closed by {view.closed_by_name} {fmt.moment(view.closed_at, zone)}, {started}"


def _grown(view: InventoryView, zone: ZoneInfo) -> list[Component]:
    if not view.escalations:
        return []
    rows = [
        html.Li(
            [
                html.B(escalation_words(each)),
                html.Span(f"{each.why}, {fmt.moment(each.at, zone)}", className="t2"),
            ]
        )
        for each in view.escalations
    ]
    words = "Errors made the audit look at more"
    return [panel(words, html.Ul(rows, className="au-grown"))]


def _hand_acts(view: InventoryView, at: AtHand, here: str) -> list[Component]:
    acts: list[Component] = []
    if here:
        acts += [
            button(
                "No more tubes: one is missing" if at.is_loose else "Nothing stands here",
                id=ids.act(ids.EMPTY),
            ),
            button("Cannot be read", id=ids.act(ids.UNREAD)),
        ]
    if not at.left:
        done = "It is done" if at.is_loose else "Box is done"
        acts.append(button(done, id=ids.act(ids.DONE), kind="primary", icon="check-lg"))
    if view.purpose is InventoryPurpose.MOVED_SEALED and not at.read:
        acts.append(button("Seal is whole", id=ids.act(ids.SEAL), kind="primary"))
    acts.append(button("Box is not there", kind="ghost", opens=ids.ABSENT_DIALOG))
    acts.append(button("Open the box", href=f"/storage/{quote(at.check.path)}", kind="ghost"))
    return acts


def _wrong(check: CheckView) -> html.Details:
    lines = [
        html.Li(
            [
                html.B(line.position, className="mono"),
                html.Span([html.B(LOOKS[line.verdict].name), ". ", line.sentence]),
            ]
        )
        for line in check.lines
        if line.verdict is not Verdict.MATCH
    ]
    words = html.Span([html.B(check.path, className="mono"), " ", result_words(check)])
    inside: list[Component] = [html.Summary(words)]
    if lines:
        inside.append(html.Ul(lines))
    else:
        unseen = "Its tubes are of projects that you are not in, or were read by somebody else."
        inside.append(html.P(unseen, className="t2"))
    if check.scan_id is not None:
        way = html.A(
            "Put it right by its rack scan", href=f"/storage/rack-scans?scan={check.scan_id}"
        )
        inside.append(html.P(way))
    return html.Details(inside, open=True, className="rs-g au-wrong")


def _row(check: CheckView, zone: ZoneInfo, *, is_open: bool) -> html.Tr:
    is_done = check.state is CheckState.DONE
    looked = ""
    if check.checked_at is not None and check.method is not None:
        when = fmt.moment(check.checked_at, zone)
        looked = f"{METHODS[check.method]}, {check.checked_by_name}, {when}"
    cells: list[Component] = [
        html.Td(html.A(check.path, href=f"/storage/{quote(check.path)}", className="mono cu-a")),
        html.Td(LEVELS[check.level], className="t2"),
        html.Td(result_words(check) if is_done else "Not looked at yet"),
        html.Td(looked, className="t2"),
    ]
    if is_open:
        take = button(
            "Take to hand",
            id=ids.choose(str(check.id)),
            size="sm",
            kind="ghost",
            **aria(label=f"Take to hand {check.path}"),
        )
        cells.append(html.Td(None if is_done else take))
    return html.Tr(cells)
