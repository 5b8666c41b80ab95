"""The queue board: columns of cards. Views in, components out."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from backend.sequencing import queue_board, rules
from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround.views import AtRisk
from backend.sequencing.views import Card, Column
from dashboard import format as fmt
from dashboard.components.attributes import aria, data, optional
from dashboard.components.button import icon_button
from dashboard.components.icon import fan, icon
from dashboard.components.tones import Tone
from dashboard.pages.library_kits import words as kit_words
from dashboard.pages.sequencing import ids

COLUMN_NAMES = {
    RequestState.WAITING: "Waiting",
    RequestState.POOLED: "Pooled",
    RequestState.PLANNED: "Planned",
    RequestState.RUNNING: "Running",
    RequestState.DEMULTIPLEXED: "Demultiplexed",
    RequestState.QC: "QC",
    RequestState.DONE: "Done",
    RequestState.CANCELLED: "Cancelled",
}
_REASONS_SHOWN = 2


def board(
    columns: Sequence[Column], *, today: date, may_plan: bool, risks: Mapping[str, AtRisk]
) -> html.Div:
    """Draw the seven columns; with ``may_plan`` each card has its two moves and can be dragged.

    ``risks`` are the requests that are expected late, by their code.
    """
    return html.Div(
        [_column(column, today, may_plan=may_plan, risks=risks) for column in columns],
        className="bd",
        tabIndex="0",
        role="region",
        **aria(label="Queue board"),
    )


def _column(
    column: Column, today: date, *, may_plan: bool, risks: Mapping[str, AtRisk]
) -> html.Section:
    name = COLUMN_NAMES[column.state]
    cards: list[Component] = [
        _card(card, today, may_plan=may_plan, risk=risks.get(card.code)) for card in column.cards
    ]
    hidden = column.total - len(column.cards)
    if hidden:
        cards.append(html.Li(f"{fmt.count(hidden)} more, due later", className="sm t3"))
    return html.Section(
        [
            html.H2([name, html.Span(fmt.count(column.total), className="m num")]),
            html.Ul(cards, className="bd-l", **data(list="")) if cards else _nothing(),
            *_long_done(column.long_done),
        ],
        className="bd-c",
        **data(column=column.state.value),
        **aria(label=name),
    )


def _nothing() -> html.P:
    return html.P("None", className="sm t3")


def _long_done(number: int) -> list[Component]:
    """Say what has left the board, and where it is counted."""
    if not number:
        return []
    said = f"{fmt.count(number)} more were done over {queue_board.DONE_SHOWN.days} days ago: "
    return [html.P([said, html.A("Turnaround", href="/sequencing/turnaround")], className="sm t3")]


def _card(card: Card, today: date, *, may_plan: bool, risk: AtRisk | None) -> html.Li:
    parts: list[Component] = [
        html.P([html.B(card.code), html.Span(card.project_code, className="t2")], className="bd-h"),
        html.P(
            [
                html.A(
                    fmt.plural(card.libraries, "library", "libraries"),
                    href=kit_words.href(request=card.code),
                    title="Index kits",
                ),
                f", {reads(card.reads_millions)} reads, 2{fmt.NBSP}×{fmt.NBSP}{card.read_length}",
            ],
            className="sm t2 num",
        ),
        *([html.P(card.assay_name, className="sm t2")] if card.assay_name else []),
        *([html.P(card.derivation, className="sm t3")] if card.derivation else []),
        _due(card, today),
        *_risk(card, risk),
    ]
    parts.extend(
        html.P(
            # The spaces stand outside: within, they would not break either.
            [each for part in where for each in (html.Span(part, className="nw"), " ")],
            className="sm t2 num",
        )
        for where in _standing(card)
    )
    parts.extend(_collisions(card.collisions))
    parts.extend(_unusable(card.unusable))
    if may_plan:
        parts.append(html.Div(_moves(card), className="bd-m"))
    label = f"{card.code}, {card.project_code}, {COLUMN_NAMES[card.state]}"
    marks = data(row="", card="") | aria(label=label)
    marks |= optional(draggable="true" if may_plan else None)
    return html.Li(parts, className="bd-k", tabIndex="0", **marks)


def _standing(card: Card) -> list[list[Component | str]]:
    """Say in which pools a request is, and on which lanes of which run each of them; as links.

    A line is broken between its parts, never within a code.
    """
    lanes: dict[tuple[str, str], list[int]] = {}
    for place in card.places:
        lanes.setdefault((place.run_code, place.pool_code), []).append(place.lane)
    said: list[list[Component | str]] = [
        [
            _pool(pool),
            html.Span(["on ", html.A(run, href=f"/sequencing/plans/{run}"), ","]),
            f"{'lane' if len(on) == 1 else 'lanes'} {', '.join(map(str, on))}",
        ]
        for (run, pool), on in lanes.items()
    ]
    loaded = {place.pool_code for place in card.places}
    return said + [[_pool(pool)] for pool in card.pools if pool not in loaded]


def _pool(code: str) -> html.A:
    return html.A(code, href=f"/sequencing/pools/{code}")


def reads(reads_millions: Decimal) -> str:
    """Write a number of reads: ``760 M``, ``1.18 B``."""
    millions = float(reads_millions)
    if millions >= 1000:  # noqa: PLR2004 millions in a billion
        return f"{fmt.decimal(millions / 1000, 2)}{fmt.NBSP}B"
    return fmt.with_unit(millions, "M", 1 if millions < 10 and millions % 1 else 0)  # noqa: PLR2004 one digit says too little


def _due(card: Card, today: date) -> html.P:
    words = f"due {fmt.calendar_day(card.due_on)}"
    if card.due_on < today and card.state is not RequestState.DONE:
        late = fmt.plural((today - card.due_on).days, "day", "days")
        return html.P(
            [icon("exclamation-triangle-fill", Tone.WARN), f" {words}, {late} late"],
            className="sm c-warn",
        )
    return html.P(words, className="sm t2")


def _risk(card: Card, risk: AtRisk | None) -> list[Component]:
    """Say by when most requests like it have ended, where that is after this one is due."""
    if risk is None or risk.likely_by is None or risk.likely_by <= card.due_on:
        return []
    words = f" at risk: 4 of 5 like it end by {fmt.calendar_day(risk.likely_by)}"
    return [html.P([fan(), words], className="sm c-warn")]


def _collisions(sentences: Sequence[str]) -> list[Component]:
    head = fmt.plural(len(sentences), "pair collides", "pairs collide")
    return _problems(icon("x-octagon-fill", Tone.CRIT), head, sentences, "c-crit")


def _unusable(sentences: Sequence[str]) -> list[Component]:
    head = fmt.plural(len(sentences), "sample may not be used", "samples may not be used")
    return _problems(icon("exclamation-triangle-fill", Tone.WARN), head, sentences, "c-warn")


def _problems(
    mark: Component, words: str, sentences: Sequence[str], colour: str
) -> list[Component]:
    if not sentences:
        return []
    shown = [html.Li(sentence) for sentence in sentences[:_REASONS_SHOWN]]
    more = len(sentences) - _REASONS_SHOWN
    if more > 0:
        shown.append(html.Li(f"and {more} more"))
    head = html.Summary([mark, f" {words}"], className=f"sm {colour}")
    return [html.Details([head, html.Ul(shown, className="sm t2")])]


def _moves(card: Card) -> list[Component]:
    made: list[Component] = []
    back, on = rules.neighbour(card.state, -1), rules.neighbour(card.state, 1)
    if back is not None and not _never(card.state, back):
        made.append(_move(card, back, "arrow-left", "back"))
    if on is RequestState.PLANNED:
        made.append(
            html.A(
                [icon("calendar-plus"), "Plan"],
                href=f"/sequencing?view=plan&pool={card.code}",
                className="btn btn-ghost btn-sm",
                **data(move="on"),
                **aria(label=f"Plan a run for {card.code}"),
            )
        )
    elif on is not None:
        made.append(_move(card, on, "arrow-right", "on"))
    return made


def _never(state: RequestState, to: RequestState) -> bool:
    """Say whether a step is refused whatever the card holds, so that no button offers it."""
    return bool(rules.refusals(state, to, colliding=(), unusable=()))


def _move(card: Card, to: RequestState, arrow: str, direction: str) -> Component:
    label = f"Move {card.code} to {COLUMN_NAMES[to]}"
    return icon_button(
        arrow, label, id=ids.move(str(card.id), card.state.value, to.value), **data(move=direction)
    )
