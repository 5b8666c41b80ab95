"""Samples: the list in windows, its filters and saved views, and what is done with many at once."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.core.transaction import reading
from backend.samples import queries as samples_queries
from backend.samples import saved_views, tally
from backend.samples.finding_terms import Pair
from backend.samples.ids import Status
from backend.samples.views import SavedView
from dashboard.components.attributes import aria
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.data_grid import data_grid
from dashboard.components.empty_state import skeleton
from dashboard.components.page import Page, Tab, page
from dashboard.components.tones import Tone
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.labels.dialog import print_dialog
from dashboard.pages.samples import dialogs, ids, panels
from dashboard.pages.samples.address import PATH, ListAddress, parse, to_query
from dashboard.pages.samples.columns import definitions
from dashboard.session import current_principal

_LOOK_AGAIN_MS = 1500
_LOOKS = 40

_NOTHING_MATCHES = "No sample of yours matches. Take out a filter above, or clear them all."
_NOTHING_YET = "No sample is registered yet."

# What everybody has; who wants another way of looking saves it.
_STANDING: tuple[tuple[str, tuple[Pair, ...]], ...] = (
    ("All samples", ()),
    ("Awaiting validation", (("status", Status.PENDING.value),)),
    (
        "Ready to sequence",
        (("status", Status.IN_STORAGE.value), ("qc", "pass"), ("qc", "pass_with_warning")),
    ),
    ("Low volume", (("volume", "<20"), ("status", Status.IN_STORAGE.value))),
    ("On hold", (("hold", "yes"),)),
)


def layout(**query: str) -> Page:
    """Draw the list as the address says."""
    principal, address = current_principal(), parse(query)
    with reading() as session:
        projects = samples_queries.projects(session, principal)
        views = saved_views.list_views(session, principal)
        counts = tally.status_counts(session, principal)
    codes = [project.code for project in projects]
    own = next((view for view in views if view.is_own and _is_at(view.address, address)), None)
    register = button("Register", href="/register", kind="primary", icon="plus-lg", key="n")
    custody = button("Custody", href="/custody", icon="people")
    return page(
        title="Samples",
        class_name="samples",
        tabs=tabs(address, views, counts),
        actions=[custody, register] if principal.may(Permission.SAMPLES_REGISTER) else [custody],
        children=[
            *_unread(address),
            *_unseen(address, codes),
            panels.filter_bar(address),
            html.Div(
                [
                    html.Span(skeleton(1, label="Counting"), id=ids.COUNT, className="dist-n num"),
                    html.Div(
                        id=ids.FACETS,
                        className="dbar",
                        role="group",
                        **aria(label="Results by status"),
                    ),
                ],
                className="dist",
            ),
            html.Div(_grid(address), className="gridw"),
            panels.foot(),
            panels.bulk_bar(principal),
            dialogs.filter_dialog(address, codes),
            dialogs.columns_dialog(address),
            dialogs.view_dialog(codes, own),
            dialogs.export_dialog(),
            dialogs.status_dialog(principal),
            dialogs.hold_dialog(),
            *_printing(principal),
            dialogs.pool_dialog(),
            dialogs.pick_dialog(),
            dcc.Interval(
                id=ids.COUNTING, interval=_LOOK_AGAIN_MS, max_intervals=_LOOKS, disabled=True
            ),
            dcc.Store(id=ids.REFRESH_SINK),
            dcc.Store(id=ids.CLOSE_SINK),
            dcc.Store(id=ids.QUERY),
        ],
    )


def _printing(principal: Principal) -> list[Component]:
    if not principal.may(Permission.LABELS_PRINT):
        return []
    return [dcc.Store(id=label_ids.WHAT), print_dialog()]


def tabs(address: ListAddress, views: Sequence[SavedView], counts: dict[str, int]) -> list[Tab]:
    """Return the standing views and the saved ones; counts where the tally knows them."""
    shown = [
        Tab(
            label,
            PATH + to_query(pairs),
            count=_count(pairs, counts),
            selected=set(pairs) == set(address.pairs),
        )
        for label, pairs in _STANDING
    ]
    saved = [
        Tab(
            view.name if view.is_own else f"{view.name} ({view.project_code})",
            PATH + view.address,
            selected=_is_at(view.address, address),
        )
        for view in views
    ]
    if any(tab.selected for tab in saved):
        shown = [Tab(tab.label, tab.href, count=tab.count) for tab in shown]
    return [*shown, *saved]


def _count(pairs: Sequence[Pair], counts: dict[str, int]) -> int | None:
    if any(key != "status" for key, _ in pairs):
        return None
    wanted = [value for _, value in pairs] or list(counts)
    return sum(counts.get(status, 0) for status in wanted)


def _is_at(saved: str, address: ListAddress) -> bool:
    return parse(dict(parse_qsl(urlsplit(saved).query))) == address


def _unread(address: ListAddress) -> list[html.Div]:
    if not address.unread:
        return []
    names = ", ".join(address.unread)
    return [
        html.Div(
            banner(
                f"The link names filters that cannot be read and were left out: {names}.",
                tone=Tone.WARN,
            )
        )
    ]


def _unseen(address: ListAddress, codes: Sequence[str]) -> list[html.Div]:
    """Say of a saved view or link that it names projects which are not, or no longer, one's own."""
    mine = {code.upper() for code in codes}
    named = [value for key, value in address.pairs if key == "project"]
    unseen = [code for code in named if code.upper() not in mine]
    if not unseen:
        return []
    return [
        html.Div(
            banner(
                f"There is no project {', '.join(unseen)} among yours, so nothing of it is shown. "
                "Take it out of the filters, or ask for access to it.",
                tone=Tone.WARN,
            )
        )
    ]


def _grid(address: ListAddress) -> Component:
    grid: Component = data_grid(
        ids.GRID,
        definitions(address.columns, address.order),
        label="Samples",
        selectable=True,
        options={
            # One question at a time: dash-ag-grid remembers only the last one asked.
            "maxConcurrentDatasourceRequests": 1,
            "localeText": {"noRowsToShow": _NOTHING_MATCHES if address.pairs else _NOTHING_YET},
            "rowSelection": {
                "mode": "multiRow",
                "enableClickSelection": False,
                "headerCheckbox": False,
            },
            "selectionColumnDef": {"pinned": "left", "width": 48, "suppressHeaderMenuButton": True},
        },
        class_name="ag-host samples-grid",
    )
    return grid
