"""The only way to declare a server callback: with the permission it needs, first.

    from dash import Input, Output
    from backend.core.principal import Permission
    from dashboard.callbacks import page_callback

    @page_callback(
        Permission.STORAGE_VIEW,
        Output(ids.OCCUPANCY, "figure"),
        Input("live-storage", "data"),
    )
    def show_occupancy(_version: int | None) -> dict[str, Any]:
        with reading() as session:
            boxes = queries.occupancy_by_box(session, current_principal())
        return occupancy_bars(boxes)

The decorated name stays a plain function, so a test calls it directly. The gate (dashboard/gate.py)
refuses a request for any callback whose permission the person lacks, and the program refuses to
start while a callback stands in Dash's list without one. The permission opens the door only:
what a person may see or change is still decided by the service, for every object.

No output is fine (the callback answers with toast() or set_props()). Writes take
``prevent_initial_call=True``. Purely clientside callbacks use dash.clientside_callback.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar

import dash
from dash import _callback as dash_callbacks

from backend.core.principal import Permission
from dashboard.still import stilled

Function = TypeVar("Function", bound=Callable[..., Any])

_permissions: dict[str, Permission] = {}


def page_callback(
    permission: Permission, *dependencies: Any, prevent_initial_call: bool = False, **options: Any
) -> Callable[[Function], Function]:
    """Declare a server callback and the permission it needs; arguments otherwise as in Dash."""
    declare = dash.callback(*dependencies, prevent_initial_call=prevent_initial_call, **options)
    # Dash names the callback by its outputs and has just put it at the end of its list.
    _permissions[dash_callbacks.GLOBAL_CALLBACK_LIST[-1]["output"]] = permission

    def keep(function: Function) -> Function:
        @wraps(function)
        def answer(*arguments: Any) -> Any:
            return stilled(function(*arguments))

        declare(answer)
        return function

    return keep


def declared_permissions() -> Mapping[str, Permission]:
    """Return the permission of every callback by Dash's id for it."""
    return MappingProxyType(_permissions)
