"""What stands in the middle: zones and units, the heat map of a unit, the boxes of a rack."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.storage.ids import NodeId, NodeKind, UnitStatus
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
            "An administrator adds units, shelves, racks and boxes.",
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
    """Draw a unit's shelves by racks as a heat map, and the boxes of the rack that is open.

    ``loose`` are loose places of the unit that stand in no rack.
    """
    unit = here.at(NodeKind.UNIT)
    assert unit is not None  # noqa: S101 the caller asks for a place inside a unit
    rack = here.at(NodeKind.RACK)
    why = status_words(unit)
    below: list[Component] = [html.P(why, className="t2 un-s")] if why else []
    below += [heat_map(unit, rack.id if rack else None, here.at(NodeKind.SHELF))]
    if rack is not None:
        below.extend(_rack(here, rack, boxes))
    if loose:
        below.extend(_loose(here, loose))
    return panel(unit.label, *below, meta=_about(unit), class_name="un")


def heat_map(unit: NodeView, rack_id: NodeId | None, shelf: NodeView | None) -> Component:
    """Draw one cell for each rack, shelf by shelf, with its share printed."""
    labels = list(dict.fromkeys(rack.label for each in unit.children for rack in each.children))
    if not labels:
        return html.P("This unit has no racks yet.", className="t2")
    head = html.Tr([html.Td(), *[html.Th(f"Rack {label}", scope="col") for label in labels]])
    rows = []
    for each in unit.children:
        racks = {rack.label: rack for rack in each.children}
        name = html.A(place_name(each), href=href_of(each.path))
        here = "on" if rack_id is None and shelf is not None and each.id == shelf.id else ""
        cells = [_cell(racks.get(label), rack_id) for label in labels]
        rows.append(html.Tr([html.Th(name, scope="row"), *cells], className=here))
    table = html.Table(
        [
            html.Caption(f"Occupancy of {unit.label} by shelf and rack", className="vh"),
            html.Thead(head),
            html.Tbody(rows),
        ],
        className="hm",
    )
    return html.Div(table, className="tbl-x")


def _cell(rack: NodeView | None, chosen: NodeId | None) -> html.Td:
    if rack is None:
        return html.Td()
    is_chosen = rack.id == chosen
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
        )
    )


def _spoken(rack: NodeView) -> str:
    if not rack.capacity:
        held = fmt.plural(rack.loose, "loose tube", "loose tubes") if rack.loose else "no boxes"
        return f"{rack.path}, {held}"
    full = "" if rack.free else "full, "
    share = fmt.percent(rack.used_fraction, 0)
    return f"{share} {full}{rack.path}, {fmt.count(rack.used)} of {fmt.count(rack.capacity)} used"


def _rack(here: Here, rack: NodeView, boxes: Sequence[BoxView]) -> list[Component]:
    shelf = here.at(NodeKind.SHELF)
    words = fmt.plural(len(boxes), "box", "boxes")
    where = f"{words}, shelf {shelf.label}" if shelf else words
    head = html.Div(
        [html.H3(place_name(rack), className="md"), html.Span(where, className="sm t3")],
        className="row-x bxs-h",
    )
    if not boxes:
        return [head, html.P("No box stands in this rack.", className="t2")]
    return [
        head,
        html.Ul(
            [html.Li(_box(box, is_open=box.id == here.box_id)) for box in boxes],
            className="bxs",
            **aria(label=f"Boxes in rack {rack.label}"),
        ),
    ]


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
            meter(share, label=label if box.is_loose else f"Box {box.label}", thin=True),
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
    racks = sum(len(shelf.children) for shelf in unit.children)
    zone = f"{ZONE_NAMES[unit.temperature_class]}, " if unit.temperature_class else ""
    words = _STATUS_WORDS.get(unit.status)
    return (
        f"{zone}{fmt.plural(len(unit.children), 'shelf', 'shelves')}, "
        f"{fmt.plural(racks, 'rack', 'racks')}, {fmt.percent(unit.used_fraction, 0)} full"
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
