"""Parts of a page that no callback touches travel as markup instead of as components.

Dash wraps every element in a component of its own with a place in its store: half a millisecond
each in the browser, a thousand elements a page. An element whose whole inside is plain (text,
links, tables, drawings) keeps its place in the tree, gives its inside as HTML in ``data-still``,
and assets/still.js adopts it; when a callback draws the element anew only what differs is changed,
so focus, selection and scrolling stay.

Nothing on a page has to be marked for it: the router and `page_callback` pass what they return
through `stilled`. An element is left to Dash when some callback knows its id, when it is a form
control, or when it comes from another library. Text is escaped here, in one place; the content
security policy (headers.py) refuses scripts and handlers in markup anyway.
"""

import copy
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, wraps
from html import escape
from typing import Any

from dash import _callback as dash_callbacks
from dash import html
from dash.development.base_component import Component

STILL = "data-still"
LEAST_ELEMENTS = 3
"""Below that many elements inside, markup saves nothing."""

_DRAWINGS_KEPT = 64
_WORDS_KEPT = 4_096

_VOID = frozenset({"br", "hr", "img", "col", "wbr"})
_PLAIN: Mapping[type[Component], str] = {
    cls: cls.__name__.lower()
    for cls in (
        *(html.A, html.Article, html.Aside, html.B, html.Br, html.Button, html.Caption, html.Code),
        *(html.Col, html.Colgroup, html.Dd, html.Del, html.Details, html.Div, html.Dl, html.Dt),
        *(html.Em, html.Figcaption, html.Figure, html.Footer, html.H1, html.H2, html.H3, html.H4),
        *(html.Header, html.Hr, html.I, html.Img, html.Ins, html.Kbd, html.Label, html.Li),
        *(
            html.Legend,
            html.Mark,
            html.Nav,
            html.Ol,
            html.P,
            html.Pre,
            html.Progress,
            html.S,
            html.Section,
        ),
        *(
            html.Small,
            html.Span,
            html.Strong,
            html.Sub,
            html.Summary,
            html.Sup,
            html.Table,
            html.Tbody,
            html.Td,
        ),
        *(html.Tfoot, html.Th, html.Thead, html.Time, html.Tr, html.U, html.Ul),
    )
}
_NAMES = {"className": "class", "htmlFor": "for"}
_OF_DASH = frozenset({"n_clicks", "n_clicks_timestamp", "disable_n_clicks", "key"})
_ELSEWHERE = frozenset({"children", "data-svg"})
"""Properties that become content, not attributes."""
_WILD = ("data-", "aria-")
_spoken_to: set[str] = set()


def keep_live(element_id: str) -> str:
    """Return an id that ``set_props`` writes to though no callback names it."""
    _spoken_to.add(element_id)
    return element_id


def stilled(value: Any) -> Any:
    """Return what a callback draws, plain insides as markup; other values as they are."""
    if isinstance(value, Component):
        return _split(value, live_ids())[0]
    if isinstance(value, list | tuple) and any(isinstance(one, Component) for one in value):
        return type(value)(stilled(one) for one in value)
    return value


def drawn_once(draw: Callable[..., Component]) -> Callable[..., Component]:
    """Keep what a pure drawing drew of the same values, its plain insides already markup.

    The values are the key, so a figure that has changed is drawn anew; lists count by what is in
    them, and every value must be hashable, as views are.
    """
    kept = lru_cache(maxsize=_DRAWINGS_KEPT)(lambda *given, **named: stilled(draw(*given, **named)))

    @wraps(draw)
    def drawn(*given: Any, **named: Any) -> Component:
        made: Component = kept(
            *map(_as_key, given), **{name: _as_key(value) for name, value in named.items()}
        )
        return made

    return drawn


def _as_key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@cache
def live_ids() -> frozenset[str]:
    """Return the ids that callbacks read, write or are called by; asked for once all are known."""
    found: set[str] = set()
    for one in dash_callbacks.GLOBAL_CALLBACK_LIST:
        found.update(_outputs(one["output"]))
        found.update(part["id"] for part in (*one["inputs"], *one["state"]))
    return frozenset(found)


def _outputs(name: str) -> Iterable[str]:
    """Return the ids in Dash's name of a callback: ``..id.property...id.property@x..``."""
    return (one.rsplit(".", 1)[0] for one in name.strip(".").split("...") if "." in one)


def _split(node: Component, live: frozenset[str]) -> tuple[Component, str | None, int]:
    """Return the element to send, its markup if all of it is plain, and how many it counts."""
    children = _children(node)
    parts = [_part(child, live) for child in children]
    size = 1 + sum(count for _, _, count in parts)
    tag = _plain_tag(node, live)
    inside = None
    if tag is not None and all(markup is not None for _, markup, _ in parts):
        inside = _drawing(node) or "".join(markup for _, markup, _ in parts if markup)
    if tag is None or inside is None:
        return _with_children(node, [sent for sent, _, _ in parts]), None, size
    markup = f"<{tag}{_attributes(node)}>"
    if tag not in _VOID:
        markup += f"{inside}</{tag}>"
    return (_host(node, inside) if size > LEAST_ELEMENTS else node), markup, size


def _part(child: Any, live: frozenset[str]) -> tuple[Any, str | None, int]:
    if isinstance(child, Component):
        return _split(child, live)
    if isinstance(child, str):
        return child, _text(child), 0
    if child is None or isinstance(child, bool):
        return child, "", 0
    return child, escape(str(child), quote=False) if isinstance(child, int | float) else None, 0


def _children(node: Component) -> list[Any]:
    children = getattr(node, "children", None)
    if children is None:
        return []
    if not isinstance(children, list | tuple):
        return [children]
    flat: list[Any] = []
    for child in children:
        flat.extend(child) if isinstance(child, list | tuple) else flat.append(child)
    return flat


def _with_children(node: Component, sent: list[Any]) -> Component:
    children = getattr(node, "children", None)
    if not isinstance(children, Component | list | tuple):
        return node
    made = copy.copy(node)
    made.children = sent if isinstance(children, list | tuple) else sent[0]
    return made


def _host(node: Component, inside: str) -> Component:
    made = copy.copy(node)
    del made.children
    setattr(made, STILL, inside)
    return made


def _plain_tag(node: Component, live: frozenset[str]) -> str | None:
    tag = _PLAIN.get(type(node))
    if tag is None:
        return None
    properties = vars(node)
    identity = properties.get("id")
    if identity is not None and (
        not isinstance(identity, str) or identity in live or identity in _spoken_to
    ):
        return None
    if _OF_DASH.intersection(properties):
        return None
    style = properties.get("style") or {}
    return tag if all(name.startswith("--") for name in style) else None


def _drawing(node: Component) -> str:
    """Return the SVG of a drawing (components/drawing.py), which is markup already."""
    return str(vars(node).get("data-svg", ""))


def _attributes(node: Component) -> str:
    return "".join(_attribute(name, value) for name, value in _own(node).items())


def _own(node: Component) -> Mapping[str, Any]:
    """Return the properties that were given, by React's names."""
    names: Iterable[str] = getattr(node, "_prop_names", ())
    own = vars(node)
    return {
        name: value
        for name, value in own.items()
        if name not in _ELSEWHERE and (name in names or name.startswith(_WILD))
    }


def _attribute(name: str, value: Any) -> str:
    if value is None or (value is False and not name.startswith(_WILD)):
        return ""
    if name == "style":
        value = ";".join(f"{custom}:{set_to}" for custom, set_to in value.items())
    if value is True and "-" not in name:
        return f" {_NAMES.get(name, name.lower())}"
    return _written(name, str(value).lower() if isinstance(value, bool) else str(value))


# A page has a few hundred classes, labels and words, most of which it had a second ago as well.
@lru_cache(maxsize=_WORDS_KEPT)
def _written(name: str, value: str) -> str:
    return f' {_NAMES.get(name, name.lower())}="{escape(value)}"'


@lru_cache(maxsize=_WORDS_KEPT)
def _text(words: str) -> str:
    return escape(words, quote=False)
