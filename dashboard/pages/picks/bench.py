"""The open list at the freezer: what comes next, where it stands, and what was done last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.storage import box_queries, pick_queries, pick_rules, rules
from backend.storage.ids import NodeId, PickPurpose, PickState, ShortReason
from backend.storage.pick_views import PickLineView, PickListView
from backend.storage.rules import Position
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.picks import ids, step_parts, words
from dashboard.pages.picks.box_thumbnail import box_thumbnail
from dashboard.pages.storage.place import href_of

_COMING, _LAST = 12, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What stands on the bench: the line, and whether its tube is in the person's hand."""

    line: PickLineView
    is_in_hand: bool

    @property
    def unit(self) -> str:
        """The unit at which the person is to be; empty where any will do."""
        path = self.line.to_path if self.is_in_hand else self.line.from_path
        return (path or "").partition("/")[0]


def said(tone: Tone, sentence: str) -> list[Component]:
    """Draw the answer to the last scan."""
    if tone is Tone.OK:
        return [html.Div([icon("check-circle-fill", Tone.OK), sentence], className="pk-said")]
    return [banner(sentence, tone=Tone.CRIT, icon="exclamation-octagon-fill")]


def body(session: ReadSession, principal: Principal, name: str) -> list[Component]:
    """Draw the list as it stands now. Raises PickListNotFound."""
    picks = pick_queries.find_list(session, principal, name)
    carried = pick_queries.in_hand(session, principal, picks.id)
    coming = pick_queries.next_lines(session, principal, picks.id, limit=_COMING)
    last = pick_queries.last_answers(session, principal, picks.id, limit=_LAST)
    is_open = picks.state is PickState.OPEN
    parts: list[Component] = [_progress(picks)]
    if is_open and (carried or coming):
        # What is in the hand goes first: a second tube in it is a risk, not a gain.
        look = _Look(line=(carried or coming)[0], is_in_hand=bool(carried))
        parts.append(_next(session, principal, picks, look))
    else:
        parts.append(_over(picks))
    return [
        html.Div(parts, className="pk-main"),
        html.Div(
            [*_in_hand(carried), _coming(coming, picks), _last(last, principal, picks)],
            className="pk-side",
        ),
    ]


def _progress(picks: PickListView) -> html.Div:
    of_all = f"of {fmt.plural(picks.lines, 'tube', 'tubes')}"
    return step_parts.progress(picks.answered, picks.lines, of_all)


def _next(
    session: ReadSession, principal: Principal, picks: PickListView, look: _Look
) -> html.Section:
    line, moves = look.line, picks.purpose.moves
    volume = f", {fmt.volume(line.volume_ul)}" if line.volume_ul is not None else ""
    above = "In your hand" if look.is_in_hand else f"Next, line {line.step}"
    where: list[Component] = [
        _place("Take from", line.from_path, line.from_position, is_now=not look.is_in_hand)
    ]
    if moves:
        where.append(step_parts.arrow())
        where.append(_place("Place in", line.to_path, line.to_position, is_now=look.is_in_hand))
    goal = line.goes_to or "the box that it goes into"
    hint = f"Scan {goal}" if look.is_in_hand else f"Scan {line.barcode}"
    then = f"then scan {goal}" if moves and not look.is_in_hand else line.reason
    box_id, lit = (
        (line.to_box_id, line.to_position)
        if look.is_in_hand
        else (line.from_box_id, line.from_position)
    )
    return html.Section(
        [
            html.P(
                [
                    above,
                    html.Span(f"{line.name}{volume}", className="t3"),
                    *_door(session, principal, picks, look.unit),
                ],
                className="pk-above",
            ),
            html.P(line.barcode, className="pk-code mono"),
            html.Div(
                [
                    html.Div(where, className="pk-way"),
                    *_thumbnail(session, principal, box_id, lit),
                ],
                className="pk-where",
            ),
            step_parts.scan_box(hint, then),
            html.Div(_answers(line), className="pk-acts"),
        ],
        className="pk-next",
        **aria(label="Next"),
    )


def _door(
    session: ReadSession, principal: Principal, picks: PickListView, unit: str
) -> list[Component]:
    """Draw for how long the person has had the unit open; assets/since.js counts it up."""
    answers = pick_queries.own_answers(session, principal, picks.id)
    since = pick_rules.door_open_since(answers, unit, clock.utc_now())
    if since is None:
        return []
    return [
        html.Span(
            [
                icon("hourglass-split"),
                f" {unit} open for ",
                html.B(**data(since=since.isoformat())),
            ],
            className="num",
            role="timer",
        )
    ]


def _place(name: str, path: str | None, at: Position | None, *, is_now: bool) -> html.Div:
    if path is None:
        unit, way = "Any box", "the one that you scan"
    else:
        unit, way = words.unit_and_way(path)
    spot = at.label if at is not None else "first free" if path is not None else ""
    return step_parts.place(name, unit, way, spot, is_now=is_now)


def _thumbnail(
    session: ReadSession, principal: Principal, box_id: NodeId | None, lit: Position | None
) -> list[Component]:
    if box_id is None:
        return []
    box = box_queries.get_box(session, principal, box_id)
    if box.is_loose:
        return [html.P("Loose: its number is only a name.", className="t3 sm")]
    taken = box_queries.taken_positions(session, box_id)
    return [box_thumbnail(box.shape, lit, taken, name=box.path)]


def _answers(line: PickLineView) -> list[Component]:
    shorts = [
        button(
            words.SHORTS[reason],
            id=ids.answer(reason.value, line.step),
            key=str(number),
            **data(key=number),
        )
        for number, reason in enumerate(ShortReason, start=1)
    ]
    skip = button("Skip", id=ids.answer(ids.SKIP, line.step), key="5", **data(key=5))
    return [*shorts, skip]


def _over(picks: PickListView) -> Component:
    left = fmt.plural(picks.left, "tube was", "tubes were")
    match picks.state:
        case PickState.CLOSED:
            said_of = f"{picks.closed_by_name} closed the list; {left} left."
        case PickState.DONE:
            said_of = "Every tube has its answer."
        case PickState.OPEN:
            said_of = "What is left is in other people's hands."
    return html.P([icon("clipboard-check"), said_of], className="pk-over")


def _in_hand(carried: Sequence[PickLineView]) -> list[Component]:
    if len(carried) < 2:  # noqa: PLR2004 -- one is drawn large already
        return []
    rows = [
        html.Li([_code(line), html.Span(line.goes_to, className="t2 mono")]) for line in carried
    ]
    return [panel("In your hand", html.Ul(rows, className="pk-l"), meta=fmt.count(len(carried)))]


def _coming(coming: Sequence[PickLineView], picks: PickListView) -> Component:
    if picks.state is not PickState.OPEN or not coming:
        return html.Span(hidden=True)
    rows = [
        html.Li(
            [
                html.Span(fmt.count(line.step), className="num t3"),
                _code(line),
                html.A(
                    line.stands_in,
                    href=href_of(line.from_path, line.from_position.label),
                    className="mono t2",
                ),
            ]
        )
        for line in coming
    ]
    more = picks.left - len(coming)
    meta = f"{fmt.count(len(coming))} of {fmt.count(picks.left)}" if more > 0 else None
    return panel("Still to pick", html.Ol(rows, className="pk-l is-three"), meta=meta)


def _last(last: Sequence[PickLineView], principal: Principal, picks: PickListView) -> Component:
    if not last:
        return html.Span(hidden=True)
    now, is_closed = clock.utc_now(), picks.state is PickState.CLOSED
    mine = [] if is_closed else [line for line in last if _may_undo(line, principal, now)]
    rows = [
        html.Li(
            [
                _outcome(line),
                html.Span([_code(line), " ", html.Span(_told(line), className="t2")]),
                *([_undo(line, has_key=line is mine[0])] if line in mine else []),
            ]
        )
        for line in last
    ]
    return panel("Last answers", html.Ul(rows, className="pk-l is-last"))


def _undo(line: PickLineView, *, has_key: bool) -> Component:
    key = data(key="z") if has_key else {}
    return button(
        "Undo",
        id=ids.undo(line.step),
        kind="ghost",
        size="sm",
        key="z" if has_key else None,
        **aria(label=f"Undo {line.barcode}"),
        **key,
    )


def _told(line: PickLineView) -> str:
    at = f", {fmt.clock_time(line.at, lab_zone())}" if line.at is not None else ""
    return f"{words.outcome_words(line)}{at}"


def _may_undo(line: PickLineView, principal: Principal, now: datetime) -> bool:
    is_mine = line.by == principal.user_id
    return is_mine and line.at is not None and now - line.at <= rules.UNDO_WITHIN


def _outcome(line: PickLineView) -> Component:
    if line.outcome is None:
        return icon("dash-circle-dotted")
    name, tone, _ = words.OUTCOMES[line.outcome]
    return icon(name, tone)


def _code(line: PickLineView) -> html.A:
    href = f"/samples/{quote(line.barcode, safe='')}"
    return html.A(line.barcode, href=href, className="mono")


def purpose_words(purpose: PickPurpose) -> str:
    """Say what a scan does on a list of this kind."""
    if purpose.moves:
        return "Scan each tube, then the box or position that it goes into."
    return "Scan each tube as you take it out."
