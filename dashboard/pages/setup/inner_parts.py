"""The form of one more place in the one that is set up, and what lids call positions."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.storage.ids import NodeKind, Numbering
from backend.storage.place_kinds import GRIDS, KINDS, TAKES_BOXES, inside_of
from backend.storage.place_views import PlaceView
from backend.storage.rules import NUMBERING_NAMES
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.setup import place_ids as ids

_EXAMPLES = {
    Numbering.LETTERS: "A1, A2",
    Numbering.ROWS: "1, 2, 3",
    Numbering.COLUMNS: "1, 2, 3",
}
NUMBERINGS = [
    {"value": each.value, "label": f"{name.capitalize()}: {_EXAMPLES[each]}"}
    for each, name in NUMBERING_NAMES.items()
]


def kinds_in(kind: NodeKind) -> tuple[NodeKind, ...]:
    """Return what is added in a place by this form; bags have one of their own."""
    return tuple(each for each in inside_of(kind) if each is not NodeKind.BAG)


def inner_form(place: PlaceView) -> Component:
    """Draw the form of one more place in this one: which kind, its label, its room."""
    kinds = kinds_in(place.kind)
    has_grid = any(kind in GRIDS for kind in kinds)
    return panel(
        "Add a place in it",
        error_summary({}, id=ids.INNER_PROBLEMS),
        html.Div(
            [
                _kind_field(kinds),
                form_field(
                    "Label",
                    dbc.Input(id=ids.INNER_LABEL, value="", maxLength=60, autocomplete="off"),
                    help_text="As written on it.",
                ),
                form_field(
                    "Barcode",
                    dbc.Input(id=ids.INNER_BARCODE, value="", maxLength=64, autocomplete="off"),
                    optional=True,
                ),
                _slots_field(kinds),
                # Kept, hidden, where nothing with a grid can stand: one callback reads every form.
                html.Div(
                    [
                        _number("Rows", ids.INNER_ROWS, "9" if has_grid else ""),
                        _number("Columns", ids.INNER_COLUMNS, "9" if has_grid else ""),
                        _numbering(),
                    ],
                    className="su-grid",
                    hidden=not has_grid,
                ),
            ],
            className="rl-pair",
        ),
        html.Div(
            button("Add the place", id=ids.INNER_ADD, kind="primary", icon="plus-lg"),
            className="row-x",
        ),
        class_name="bt",
    )


def numbering_field(place: PlaceView) -> Component:
    """Draw what the lid of a box calls its positions; hidden where there are none."""
    shape = place.shape
    has_grid = shape is not None and not shape.is_loose
    chosen = shape.numbering if shape is not None else Numbering.LETTERS
    field = form_field(
        "Positions on the lid",
        dbc.Select(id=ids.NUMBERING, options=NUMBERINGS, value=chosen.value),
        help_text="Nothing in the box moves; both ways are read wherever a position is typed.",
    )
    return html.Div(field, hidden=not has_grid)


def _kind_field(kinds: Sequence[NodeKind]) -> Component:
    options = [{"value": kind.value, "label": KINDS[kind].word.capitalize()} for kind in kinds]
    # Boxes are added most often, where they can stand.
    first = NodeKind.BOX if NodeKind.BOX in kinds else kinds[0]
    return form_field("Kind", dbc.Select(id=ids.INNER_KIND, options=options, value=first.value))


def _slots_field(kinds: Sequence[NodeKind]) -> Component:
    takers = [KINDS[kind].word for kind in kinds if kind in TAKES_BOXES]
    return html.Div(
        form_field(
            "Boxes it takes",
            dbc.Input(
                id=ids.INNER_SLOTS, value="", inputMode="numeric", maxLength=3, autocomplete="off"
            ),
            help_text=f"Of a {', '.join(takers)}. Empty: nobody knows.",
            optional=True,
        ),
        hidden=not takers,
    )


def _numbering() -> Component:
    return form_field(
        "Positions on its lid",
        dbc.Select(id=ids.INNER_NUMBERING, options=NUMBERINGS, value=Numbering.LETTERS.value),
    )


def _number(label: str, field_id: str, value: str) -> Component:
    control = dbc.Input(
        id=field_id, value=value, inputMode="numeric", maxLength=3, autocomplete="off"
    )
    help_text = "Of a box or plate: 9 and 9; 8 and 12 are 96 wells, 16 and 24 are 384."
    return form_field(label, control, help_text=help_text if field_id == ids.INNER_ROWS else "")
