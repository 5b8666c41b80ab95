"""Where the tube in hand would stand best: three places with their reasons, taken by scanning."""

from collections.abc import Sequence
from uuid import UUID

from dash import Input, Output, html
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.samples.ids import SampleId
from backend.storage import suggestion_queries
from backend.storage.suggestion_queries import SuggestedPlace, Suggestions
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.attributes import aria, data
from dashboard.components.panel import panel
from dashboard.errors import refusal_text
from dashboard.pages.storage import hand, ids, plan_words
from dashboard.pages.storage.bench import Held
from dashboard.pages.storage.hand import Hands
from dashboard.pages.storage.place import href_of
from dashboard.session import current_principal

MOST_SHOWN = 3


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.SUGGESTED, "children"),
    Input(ids.HELD, "data"),
    Input(ids.HELD_BOX, "data"),
    Input(ids.CHANGED, "data"),
)
def show_suggested(
    held: Held | None, held_box: Held | None, _changed: str | None
) -> list[Component]:
    """Draw places for the tube that the next scan of a box places; nothing while none is held."""
    principal = current_principal()
    if hand.own_box(held_box, principal) is not None:
        return []
    with reading() as session:
        tube = hand.next_tube(session, principal, Hands(held, None))
        if tube is None:
            return []
        key = SampleId(UUID(tube["sample"]))
        try:
            found = suggestion_queries.suggest_places(session, principal, key, most=MOST_SHOWN)
        except AppError as refusal:
            # Said where the places would stand; a message at the edge would come with every step.
            return [_panel(tube["barcode"], html.P(refusal_text(refusal), className="t2"))]
    return draw(found)


def draw(found: Suggestions) -> list[Component]:
    """Draw suggested places, or what kept every box from being one."""
    if not found.places:
        taken = ", ".join(plan_words.rule_words(found.filters)) or "there is no box at all"
        return [_panel(found.barcode, html.P(f"No box is left: {taken}.", className="t2"))]
    return [
        _panel(
            found.barcode,
            html.Ol(
                [html.Li(_place(each), **data(row="")) for each in found.places],
                className="wt",
                **data(list=""),
                **aria(label=f"Suggested places for {found.barcode}"),
            ),
            _others(found),
        )
    ]


def _panel(barcode: str, *body: Component) -> Component:
    return panel(
        f"Suggested places for {barcode}",
        *body,
        meta="scan the box, or open it",
        class_name="bt",
        predicted=True,
    )


def _place(place: SuggestedPlace) -> Component:
    link = html.A(
        f"{place.path}, {place.position.label}",
        href=href_of(place.path, place.position.label),
        className="mono",
    )
    filled = f"{place.used} of {place.capacity} used"
    spent = f"{fmt.with_unit(place.handling_s, 's', 0)} of handling"
    return html.Span(
        [
            html.Span([link, html.Span(filled, className="t3 sm")], className="row-x g6"),
            html.Span(_sentence([*place.reasons, spent]), className="sm t2"),
        ],
        className="wt-w",
    )


def _sentence(parts: Sequence[str]) -> str:
    words = ", ".join(parts)
    return words[:1].upper() + words[1:]


def _others(found: Suggestions) -> Component:
    allowed = fmt.plural(found.boxes_allowed, "box takes", "boxes take")
    free = fmt.plural(found.positions_allowed, "free position", "free positions")
    taken = "; ".join(plan_words.rule_words(found.filters))
    others = f" Of the others, {taken}." if taken else ""
    return html.P(f"{allowed} it, with {free}.{others}", className="sm t3 wt-m")
