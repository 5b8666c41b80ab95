"""Making a pick list from pasted codes."""

import re
from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, no_update, set_props
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.samples import queries as samples_queries
from backend.storage import pick_queries, queries, service
from backend.storage.errors import PickListRefused
from backend.storage.ids import NodeId, PickPurpose
from backend.storage.pick_views import PickListView
from backend.storage.picking import PickWish
from backend.storage.place_kinds import HOLDERS
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.picks import ids, layout, words
from dashboard.session import current_principal
from dashboard.shell_ids import URL, live

_BETWEEN = re.compile(r"[\s,;]+")
_FIELDS = {"title": ids.TITLE, "goal": ids.GOAL}


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.LISTS, "children"),
    Input(live("storage"), "data"),
    State(URL, "search"),
    prevent_initial_call=True,
)
def show_newest(_version: int | None, search: str | None) -> list[Component]:
    """Draw the lists as they stand after what others have done."""
    shown = parse_qs((search or "").lstrip("?")).get("show", [""])[-1]
    with reading() as session:
        return layout.newest(session, is_all=shown == layout.ALL)


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.PROBLEMS, "children"),
    Input(ids.MAKE, "n_clicks"),
    State(ids.TITLE, "value"),
    State(ids.PURPOSE, "value"),
    State(ids.CODES, "value"),
    State(ids.GOAL, "value"),
    prevent_initial_call=True,
)
def make(presses: int | None, *given: Any) -> Any:
    """Make the list and go to it, or say why not; what was typed stays."""
    if not presses:
        return no_update
    title, purpose, codes, goal = given
    try:
        with writing() as session:
            made = _made(session, title or "", PickPurpose(purpose), codes or "", goal or "")
    except AppError as refusal:
        problems = {
            _FIELDS.get(field, ids.CODES): sentence for field, sentence in refusal.fields.items()
        }
        return vars(error_summary(problems or {ids.CODES: refusal.message}))["children"]
    toast(f"{made.label}: {made.lines} tubes to pick")
    set_props(URL, {"pathname": words.href_of(made), "search": ""})
    return []


def _made(
    session: WriteSession, title: str, purpose: PickPurpose, codes: str, goal: str
) -> PickListView:
    principal = current_principal()
    box_id = _goal(session, principal, goal)
    named = list(dict.fromkeys(code for code in _BETWEEN.split(codes) if code))
    keys = [samples_queries.sample_id_of(session, principal, code) for code in named]
    wishes = [PickWish(sample_id=key, to_box_id=box_id) for key in dict.fromkeys(keys)]
    list_id = service.make_list(session, principal, title=title, purpose=purpose, lines=wishes)
    return pick_queries.get_list(session, principal, list_id)


def _goal(session: WriteSession, principal: Principal, code: str) -> NodeId | None:
    if not code.strip():
        return None
    node = queries.find_node(session, principal, code)
    if node is None or node.kind not in HOLDERS:
        sentence = f"No box is called {code.strip()}. Check the label, or leave it empty."
        raise PickListRefused(sentence, fields={"goal": sentence})
    return NodeId(node.id)
