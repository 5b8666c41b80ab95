"""Index kits of a run's, a lane's or a request's libraries, and naming one by hand."""

from collections.abc import Sequence
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.kit_naming import queries
from backend.sequencing.kit_naming.ids import KitSource
from backend.sequencing.kit_naming.rules import pair_words
from backend.sequencing.kit_naming.schemas import LibrariesIn
from backend.sequencing.kit_naming.views import KitLine, KitsSeen
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.status import status
from dashboard.laboratory import lab_zone
from dashboard.pages.libraries import words as library_words
from dashboard.pages.libraries.tables import Cell, table
from dashboard.pages.library_kits import ids, words
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_HEADS = ("Library", "Request", "Lane", "Index pair", "Kit", "Known by")
_MOST_REASON = 300
_ALL = "all"


def layout(run: str = "", lane: str = "", request: str = "") -> Page:
    """Draw the libraries of a run, of a lane of it, or of a request, with their kits."""
    number = int(lane) if lane.isdecimal() and 1 <= int(lane[:3]) <= 96 else None  # noqa: PLR2004 lanes of a flow cell
    run, request = run.strip()[:64], request.strip()[:64]
    if not run and not request:
        return _nothing()
    of = LibrariesIn(run=run, lane=number if run else None, request="" if run else request)
    with reading() as session:
        seen = queries.list_kits(session, current_principal(), of=of)
    what = f"{of.run}, lane {of.lane}" if of.lane else of.run or of.request
    plan = f"/sequencing/plans/{quote(of.run, safe='')}"
    way = [Crumb("Run plans", "/sequencing/plans"), Crumb(of.run, plan)] if of.run else []
    children = [
        dcc.Store(id=ids.WHICH, data=of.model_dump(exclude={"libraries"})),
        html.Div(drawn(seen), id=ids.BODY),
    ]
    if current_principal().may(Permission.SEQUENCING_PREPARE) and seen.lines:
        children.append(_form(seen, of))
    return page(
        title=f"Index kits, {what}",
        breadcrumb=[Crumb("Sequencing", "/sequencing"), *way],
        tabs=tabs("/sequencing/plans" if of.run else "/sequencing"),
        class_name="libs",
        children=children,
    )


def drawn(seen: KitsSeen) -> Component:
    """Draw the libraries with their kits as they are now."""
    if not seen.lines:
        return empty_state("No library is here", "Load a pool onto a lane, then look again.")
    rows = [_row(each) for each in seen.lines]
    counted = len({each.library.sample_id for each in seen.lines})
    return panel(
        "Libraries",
        table("Libraries and their index kits", _HEADS, rows),
        html.P(
            "What a worksheet says counts before what a person names, and that before a guess.",
            className="t2 sm",
        ),
        meta=fmt.plural(counted, "library", "libraries"),
    )


def _nothing() -> Page:
    why = "Open a run plan, or a card of the queue board, and follow its libraries."
    return page(
        title="Index kits",
        breadcrumb=[Crumb("Sequencing", "/sequencing")],
        tabs=tabs("/sequencing"),
        children=[empty_state("Whose kits?", why, icon="tag")],
    )


def _row(line: KitLine) -> list[Cell]:
    library, kit = line.library, line.kit
    return [
        html.A(
            library.barcode, href=f"/samples/{quote(library.barcode, safe='')}", className="mono"
        ),
        library.request_code,
        ", ".join(map(str, library.lanes)),
        html.Span(pair_words(library), className="mono"),
        kit.name if kit else None,
        html.Div(_known_by(line)),
    ]


def _known_by(line: KitLine) -> list[Component]:
    kit = line.kit
    if kit is None:
        return [status(words.UNKNOWN), html.P(line.why_unknown, className="sm t2")]
    parts: list[Component] = [status(words.SOURCES[kit.source])]
    said = words.how(kit, lab_zone())
    if kit.source is KitSource.WORKSHEET:
        parts.append(html.P(html.A(said, href=library_words.href_of(said)), className="sm"))
    elif said:
        parts.append(html.P(said, className="sm t2"))
    return parts


def _form(seen: KitsSeen, of: LibrariesIn) -> Component:
    """Draw the form; of all, of a lane or of a request those of worksheets are passed over."""
    counted = len({each.library.sample_id for each in seen.lines})
    kits = [
        {
            "label": f"{each.name}, fits {fmt.count(each.held)} of {fmt.count(counted)}",
            "value": each.key,
        }
        for each in seen.choices
    ]
    return panel(
        "Name a kit by hand",
        html.P(
            "For libraries that were made elsewhere: adapters and UMIs of the sheet are then those "
            "of this kit. Libraries whose worksheet says the kit keep it. A release of the run "
            "becomes void where its sheet changes.",
            className="t2",
        ),
        html.Div(
            [
                form_field(
                    "Libraries",
                    dbc.Select(id=ids.WHOSE, options=_whose(seen.lines, of), value=_ALL),
                ),
                form_field("Kit", dbc.Select(id=ids.KIT, options=kits, placeholder="Choose a kit")),
                form_field(
                    "Why",
                    dbc.Input(id=ids.REASON, value="", maxlength=_MOST_REASON, autocomplete="off"),
                    optional=True,
                ),
            ],
            className="lb-acts",
        ),
        html.P("", id=ids.TOLD, className="c-crit", role="alert"),
        html.Div(
            [
                button("Name the kit", id=ids.NAME, kind="primary"),
                button("Take back what was named", id=ids.TAKE_BACK, kind="ghost"),
            ],
            className="row-x g6",
        ),
        class_name="bt",
    )


def _whose(lines: Sequence[KitLine], of: LibrariesIn) -> list[dict[str, str]]:
    """Return the choices: all that are shown, those of a lane or a request, and each by itself."""
    every = {each.library.barcode: each.library for each in lines}
    lanes = sorted({lane for each in lines for lane in each.library.lanes})
    requests = sorted({each.request_code for each in every.values()})
    found = [{"label": f"All {fmt.count(len(every))} shown here", "value": _ALL}]
    if of.run and len(lanes) > 1:
        found += [{"label": f"Lane {lane}", "value": f"lane:{lane}"} for lane in lanes]
    if len(requests) > 1:
        found += [
            {"label": f"All of request {code}", "value": f"request:{code}"} for code in requests
        ]
    return found + [{"label": code, "value": f"library:{code}"} for code in every]
