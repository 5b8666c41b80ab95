"""What stands in the middle: zones and units, the heat map of a unit, the boxes of a rack."""

from collections import Counter
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.storage import place_kinds
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.place_kinds import INSIDE_UNITS, KINDS
from backend.storage.rules import NEARLY_FULL_FRACTION, occupancy_band
from backend.storage.views import BoxView, NodeView, ZoneOccupancy
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.empty_state import empty_state
from dashboard.components.icon import icon
from dashboard.components.meter import meter
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.storage.place import Here, href_of, place_name
from dashboard.zone_names import ZONE_NAMES

# From which share on a cell takes the next colour of the sequential scale; 80 and 95 % are steps.
_SCALE = (0.25, 0.50, 0.80, 0.90, 0.95, 0.98)
_STATUS_WORDS = {
    UnitStatus.DEFROSTING: "defrosting",
    UnitStatus.BACKUP: "kept as backup",
    UnitStatus.RETIRED: "retired",
}


def zones(occupancy: Sequence[ZoneOccupancy]) -> html.Section:
    """Draw how full every temperature zone is, coldest first."""
    tiles = [_zone(zone) for zone in occupancy]
    return html.Section(tiles, className="zst", **aria(label="Occupancy by zone"))


def fleet(here: Here) -> Component:
    """Draw the units of the laboratory, or of the site or room that is open, one in each row."""
    units = [node for node in _below(here.way[-1:] or here.tree) if node.kind is NodeKind.UNIT]
    if not units:
        return empty_state(
            "No freezer stands here yet",
            "An administrator adds units with their shelves, racks, stacks, drawers and boxes.",
            icon="snow2",
        )
    head = ("Unit", "Zone", "State", "Used", "Occupancy", "", "Free")
    numeric = {"Used", "Free"}
    table = html.Table(
        [
            html.Caption("Units with their occupancy", className="vh"),
            html.Thead(
                html.Tr(
                    [
                        html.Th(
                            word or html.Span("Share", className="vh"), className=_n(word, numeric)
                        )
                        for word in head
                    ]
                )
            ),
            html.Tbody([_unit(unit) for unit in units], **data(list="")),
        ],
        className="tbl plain flush fleet",
    )
    return panel(
        "Units",
        html.Div(table, className="tbl-x", tabIndex="0"),
        meta=fmt.plural(len(units), "unit", "units"),
    )


def unit_panel(here: Here, boxes: Sequence[BoxView], loose: Sequence[BoxView] = ()) -> Component:
    """Draw a unit's places as a heat map, and what stands in the one that is open.

    ``loose`` are loose places of the unit that stand in no rack.
    """
    unit, inmost = here.at(NodeKind.UNIT), here.inmost
    assert unit is not None  # noqa: S101 the caller asks for a place inside a unit
    why = status_words(unit)
    below: list[Component] = [html.P(why, className="t2 un-s")] if why else []
    below += [heat_map(unit, [node.id for node in here.way])]
    if inmost is not None:
        below.extend(_inside(here, unit, inmost, boxes))
    if loose:
        below.extend(_loose(here, loose))
    return panel(unit.label, *below, meta=_about(unit), class_name="un")


def heat_map(unit: NodeView, on_way: Sequence[NodeId]) -> Component:
    """Draw one cell for each place of a unit that boxes stand in, with its share printed.

    Shelf by shelf where the unit has shelves; stacks or racks that stand in the unit itself are
    one line. What a rack is divided into is in the rack's cell.
    """
    lines = [each for each in unit.children if each.children]
    if not unit.children or not (lines or any(map(_holds, unit.children))):
        return html.P("This unit has no racks yet.", className="t2")
    if not lines:
        names = [place_name(each) for each in unit.children]
        body = [html.Tr([html.Td(), *(_cell(each, on_way) for each in unit.children)])]
    else:
        names = list(dict.fromkeys(place_name(each) for line in lines for each in line.children))
        body = [_line(each, names, on_way) for each in unit.children]
    head = html.Tr([html.Td(), *[html.Th(name, scope="col") for name in names]])
    table = html.Table(
        [
            html.Caption(f"Occupancy of {unit.label} by place", className="vh"),
            html.Thead(head),
            html.Tbody(body),
        ],
        className="hm",
    )
    return html.Div(table, className="tbl-x")


def _line(outer: NodeView, names: Sequence[str], on_way: Sequence[NodeId]) -> html.Tr:
    """Draw what stands in one place of a unit; what has only boxes in it is one wide cell."""
    inner = {place_name(each): each for each in outer.children}
    name = html.Th(html.A(place_name(outer), href=href_of(outer.path)), scope="row")
    if not inner and _holds(outer):
        return html.Tr([name, _cell(outer, on_way, width=len(names))])
    is_here = outer.id in on_way and not any(each.id in on_way for each in outer.children)
    cells = [_cell(inner.get(each), on_way) for each in names]
    return html.Tr([name, *cells], className="on" if is_here else "")


def _holds(node: NodeView) -> bool:
    return bool(node.capacity or node.loose) or node.kind is not NodeKind.SHELF


def _cell(rack: NodeView | None, on_way: Sequence[NodeId], *, width: int = 1) -> html.Td:
    if rack is None:
        return html.Td()
    is_chosen = rack.id in on_way
    if not rack.capacity:
        words = f"{fmt.count(rack.loose)} loose" if rack.loose else "no boxes"
        inside: list[Component | str] = [html.Span(words)]
        look = "q-none"
    else:
        inside = [html.B(fmt.percent(rack.used_fraction, 0))]
        if not rack.free:
            inside.append(html.Span("full"))
        look = f"q{1 + sum(rack.used_fraction >= step for step in _SCALE)}"
    return html.Td(
        html.A(
            inside,
            href=href_of(rack.path),
            className=f"hm-c {look}" + (" on" if is_chosen else ""),
            **aria(label=_spoken(rack), current="true" if is_chosen else None),
        ),
        colSpan=width,
    )


def _spoken(rack: NodeView) -> str:
    if not rack.capacity:
        held = fmt.plural(rack.loose, "loose tube", "loose tubes") if rack.loose else "no boxes"
        return f"{rack.path}, {held}"
    full = "" if rack.free else "full, "
    share = fmt.percent(rack.used_fraction, 0)
    return f"{share} {full}{rack.path}, {fmt.count(rack.used)} of {fmt.count(rack.capacity)} used"


def _inside(
    here: Here, unit: NodeView, place: NodeView, boxes: Sequence[BoxView]
) -> list[Component]:
    """Draw what stands in the place that is open: its drawers, if the heat map has none, boxes."""
    is_drawn = place.parent_id == unit.id and any(each.children for each in unit.children)
    inner = [] if is_drawn else place.children
    if not boxes and not inner:
        if place.children:
            return []
        said = html.P(f"No box stands in {place_name(place)}.", className="t2")
        return [_head(here, place, "no boxes"), said]
    words = [each for each in (_counted(inner), _counted(boxes)) if each]
    drawn = [html.Li(_part(each)) for each in inner]
    drawn += [html.Li(_box(box, is_open=box.id == here.box_id)) for box in boxes]
    label = aria(label=f"{'Boxes in' if boxes else 'In'} {_in_sentence(place)}")
    return [_head(here, place, ", ".join(words)), html.Ul(drawn, className="bxs", **label)]


def _head(here: Here, place: NodeView, words: str) -> Component:
    above = [node for node in here.way if node.kind in INSIDE_UNITS and node.id != place.id]
    where = ", ".join([words, *(_in_sentence(node) for node in reversed(above))])
    return html.Div(
        [html.H3(place_name(place), className="md"), html.Span(where, className="sm t3")],
        className="row-x bxs-h",
    )


def _in_sentence(node: NodeView) -> str:
    """Say a place inside a unit within a sentence: shelf 2, rack C."""
    return f"{KINDS[node.kind].word} {node.label}"


def _counted(nodes: Sequence[NodeView | BoxView]) -> str:
    """Say how many places of which kinds these are: ``5 shelves, 30 racks``."""
    kinds = Counter(node.kind for node in nodes)
    return ", ".join(
        fmt.plural(kinds[kind], KINDS[kind].word, KINDS[kind].words)
        for kind in NodeKind
        if kinds[kind]
    )


def _part(node: NodeView) -> html.A:
    """Draw a place that stands in the one that is open, with how full it is."""
    name = place_name(node)
    share = fmt.percent(node.used_fraction, 0) if node.capacity else "no boxes"
    return html.A(
        [
            html.Span(name),
            meter(node.used_fraction, label=name, thin=True) if node.capacity else html.Span(),
            html.Span(share, className="num"),
        ],
        href=href_of(node.path),
    )


def _loose(here: Here, places: Sequence[BoxView]) -> list[Component]:
    """Draw the loose places of a unit outside its racks."""
    head = html.Div(
        [
            html.H3("Loose places", className="md"),
            html.Span("tubes without a grid, outside the racks", className="sm t3"),
        ],
        className="row-x bxs-h",
    )
    unit = here.at(NodeKind.UNIT)
    skip = len(unit.path) + 1 if unit else 0
    drawn = [
        html.Li(_box(each, is_open=each.id == here.box_id, name=each.path[skip:]))
        for each in places
    ]
    return [head, html.Ul(drawn, className="bxs", **aria(label="Loose places"))]


def _box(box: BoxView, *, is_open: bool, name: str = "") -> html.A:
    share = box.used_fraction
    label = name or box.label
    if not box.has_share:
        # Nobody has said how many it takes, so there is no share to draw.
        return html.A(
            [
                html.Span(label, className="mono"),
                html.Span("loose", className="t3"),
                html.Span(fmt.plural(box.used, "tube", "tubes"), className="num"),
            ],
            href=href_of(box.path),
            className="on" if is_open else "",
            **aria(current="true" if is_open else None),
        )
    words: list[Component | str] = [fmt.percent(share, 0)]
    if share >= NEARLY_FULL_FRACTION and box.free:
        words.append(html.Span(f" {fmt.count(box.free)} free", className="t3"))
    return html.A(
        [
            html.Span(label, className="mono"),
            meter(share, label=place_kinds.place_name(box.kind, box.label), thin=True),
            html.Span(words, className="num"),
        ],
        href=href_of(box.path),
        className="on" if is_open else "",
        **aria(current="true" if is_open else None),
    )


def _zone(zone: ZoneOccupancy) -> html.Div:
    name, share = ZONE_NAMES[zone.temperature_class], zone.used_fraction
    used = f"{fmt.count(zone.used)} of {fmt.count(zone.capacity)}"
    return html.Div(
        [
            html.Span(
                [
                    html.B(name),
                    html.Span(fmt.plural(zone.units, "unit", "units"), className="sm t3"),
                    html.Span(className="sp"),
                    *_warning(share),
                    html.Span(fmt.percent(share), className="num md"),
                ],
                className="row-x g6",
            ),
            meter(share, label=name),
            html.Span(used, className="mi t3 num"),
        ],
        className="zst-z",
    )


def _warning(share: float) -> list[Component]:
    # The same two limits as the meter's ticks, said as icon and words.
    match occupancy_band(share):
        case "critical":
            return [
                icon("exclamation-octagon-fill", Tone.CRIT),
                html.Span("stop intake", className="vh"),
            ]
        case "warning":
            return [
                icon("exclamation-triangle-fill", Tone.WARN),
                html.Span("plan space", className="vh"),
            ]
        case _:
            return []


def _unit(unit: NodeView) -> html.Tr:
    zone = ZONE_NAMES[unit.temperature_class] if unit.temperature_class else ""
    return html.Tr(
        [
            html.Td(html.A(unit.label, href=href_of(unit.path), className="md")),
            html.Td(zone),
            html.Td(_state(unit)),
            html.Td(f"{fmt.count(unit.used)} of {fmt.count(unit.capacity)}", className="n"),
            html.Td(meter(unit.used_fraction, label=unit.label), className="tbl-m"),
            html.Td(
                [*_warning(unit.used_fraction), " ", fmt.percent(unit.used_fraction)], className="n"
            ),
            html.Td(fmt.count(unit.free), className="n"),
        ],
        **data(row=""),
    )


def _state(unit: NodeView) -> Component:
    if unit.in_alarm:
        return html.Span(
            [icon("exclamation-octagon-fill", Tone.CRIT), " in alarm"], className="c-crit"
        )
    words = _STATUS_WORDS.get(unit.status)
    if words is None:
        return html.Span("in use", className="t3")
    day = unit.move_back_on
    until = f", back by {fmt.calendar_day(day)}" if day else ""
    return html.Span(f"{words}{until}", className="t2", title=unit.status_reason or words)


def _about(unit: NodeView) -> str:
    counted = _counted(_below(unit.children))
    divided = f"{counted}, " if counted else ""
    zone = f"{ZONE_NAMES[unit.temperature_class]}, " if unit.temperature_class else ""
    words = _STATUS_WORDS.get(unit.status)
    return (
        f"{zone}{divided}{fmt.percent(unit.used_fraction, 0)} full"
        + (f", {fmt.plural(unit.loose, 'tube', 'tubes')} loose beside" if unit.loose else "")
        + (f", {words}" if words else "")
    )


def status_words(unit: NodeView) -> str:
    """Say why a unit has its status, and by when a backup unit is to be empty again."""
    words = _STATUS_WORDS.get(unit.status)
    if words is None:
        return ""
    why = f": {unit.status_reason.rstrip('.')}" if unit.status_reason else ""
    day = unit.move_back_on
    until = f" Move back by {fmt.calendar_day(day, with_year=True)}." if day else ""
    return f"{words.capitalize()}{why}.{until}"


def _below(nodes: Sequence[NodeView]) -> list[NodeView]:
    found: list[NodeView] = []
    for node in nodes:
        found.append(node)
        found.extend(_below(node.children))
    return found


def _n(word: str, numeric: set[str]) -> str:
    return "n" if word in numeric else ""
