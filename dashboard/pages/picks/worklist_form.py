"""The form that makes a robot's worklist of a pick list, and the files that come of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from urllib.parse import quote, urlencode

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.storage.errors import WorklistRefused
from backend.storage.ids import PickPurpose
from backend.storage.pick_views import PickListView
from backend.storage.worklists import CherryPick, PlateFormat, Transfer
from dashboard import format as fmt
from dashboard import robots
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.picks import ids


def draw(picks: PickListView) -> list[Component]:
    """Draw the form; lists that move tubes have none, but its parts stand there for callbacks."""
    formats = [
        {"value": PlateFormat.WELLS_96.value, "label": "96 wells"},
        {"value": PlateFormat.WELLS_384.value, "label": "384 wells"},
    ]
    volume = dbc.Input(id=ids.VOLUME, value="", inputMode="decimal", autocomplete="off")
    fields = html.Div(
        [
            form_field("Plate", dbc.Input(id=ids.PLATE, value=f"{picks.label}-P1", maxlength=32)),
            form_field("Format", dbc.Select(id=ids.FORMAT, options=formats, value="96")),
            form_field("Volume of each", volume, unit="µL"),
            form_field(
                "Wells of each tube", dbc.Input(id=ids.EACH, value="1", inputMode="numeric")
            ),
        ],
        className="pk-work",
    )
    form = panel(
        "Worklist for a robot",
        error_summary({}, id=ids.WORKLIST_PROBLEMS),
        html.P(
            "Wells fill column by column, in the order of the list. Short and skipped tubes are "
            "left out; what the ledger does not hold is refused.",
            className="t2 sm",
        ),
        fields,
        html.Div(button("Make the worklist", id=ids.WORKLIST), className="row-x"),
        html.Div(id=ids.WORKLIST_FILES, className="row-x g6 pk-files"),
    )
    is_shown = picks.purpose in {PickPurpose.WORKLIST, PickPurpose.TAKE_OUT}
    return [html.Div(form, hidden=not is_shown)]


def read(given: Mapping[str, str | None]) -> CherryPick:
    """Return what a form or an address asks for.

    Raises:
        WorklistRefused: not a number, or no such plate.
    """
    try:
        return CherryPick(
            plate=given.get("plate") or "",
            format=PlateFormat(given.get("format") or ""),
            volume_ul=_volume(given.get("volume") or ""),
            wells_each=int(given.get("each") or "1"),
        )
    except (ValueError, InvalidOperation) as error:
        raise WorklistRefused("Write the volume and the number of wells as numbers.") from error


def files(
    picks: PickListView, given: Mapping[str, str | None], transfers: Sequence[Transfer]
) -> list[Component]:
    """Draw the links to the files of a worklist that can be made."""
    query = urlencode({name: value or "" for name, value in given.items()})
    last = transfers[-1].well.label
    told = html.Span(
        f"{fmt.plural(len(transfers), 'well', 'wells')}, A1 to {last}.", className="t2"
    )
    links = [
        button(
            name,
            href=f"/files/picks/{quote(picks.label)}.{robot.ending}?{query}",
            icon="download",
            download="",
        )
        for robot, name in robots.NAMES.items()
    ]
    return [*links, told]


def _volume(text: str) -> Decimal:
    volume = Decimal(text.strip().replace(",", "."))
    if not volume.is_finite():
        raise ValueError(text)
    return volume
