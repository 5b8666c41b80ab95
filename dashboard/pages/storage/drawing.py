"""Everything the page shows for one address, read in one session: the layout and redraws use it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote
from uuid import UUID

from dash import html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.incidents import queries as incident_queries
from backend.storage import box_queries, energy_queries, plan_queries, queries
from backend.storage.errors import PlanNotFound
from backend.storage.ids import NodeId, NodeKind, PlanId, PlanState
from backend.storage.rules import parse_position
from backend.storage.views import BoxContents, NodeView, PlannedPlacementView, PlanView
from backend.telemetry import standings
from dashboard.components.icon import icon
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.incidents.words import address as incident_address
from dashboard.pages.sensors import beside
from dashboard.pages.storage import aside, box_store, details, energy, plan_review, regions
from dashboard.pages.storage.place import Here, locate, place_name
from dashboard.pages.storage.tree import tree
from dashboard.session import current_principal

_OTHER_PAGES = frozenset(
    {
        "audits",
        "fleet",
        "picks",
        "place",
        "rack-scanners",
        "rack-scans",
        "relocations",
        "setup",
        "spill",
    }
)
_AT_WORK_ON = frozenset({PlanState.REQUESTED, PlanState.ACCEPTING})
_WITHOUT_LINES = _AT_WORK_ON | {PlanState.TAKING_BACK}
"""A worker is at them; whoever has pressed a button is not to wait for thousands of lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The parts of the page that follow what happens in the laboratory."""

    here: Here
    tree: Component
    alarm: Component | None
    place: list[Component]
    box: dict[str, Any] | None
    box_about: str
    aside: list[Component]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a page address names: a storage path, a plan, or both."""

    path: str
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnDetails:
    """The chosen position, the tube in it, and the question that taking it out asks."""

    children: list[Component]
    tube: dict[str, str] | None = None
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPlan:
    """A plan as it is reviewed, beside the tree."""

    here: Here
    tree: Component
    view: PlanView
    review: list[Component]

    @property
    def state(self) -> PlanState:
        return self.view.state


def draw(
    path: str, plan: str = "", wanted: str = "", chosen: Collection[str] = frozenset()
) -> Drawn:
    """Return what stands at a path; ``plan`` marks its open lines in the box that is open.

    ``wanted`` filters the tree, ``chosen`` are the keys of waiting samples that stay chosen.

    Raises:
        NodeNotFound: no such place.
    """
    principal = current_principal()
    with reading() as session:
        here = locate(session, principal, path)
        contents = _contents(session, principal, here)
        planned = _open_lines(session, principal, plan)
        return Drawn(
            here=here,
            tree=tree(here, wanted),
            alarm=alarm_strip(session, principal, here.at(NodeKind.UNIT)),
            place=_place(session, principal, here),
            box=_box(contents, principal, planned),
            box_about=box_store.about(contents) if contents else "",
            aside=_aside(session, principal, chosen),
        )


def draw_tree(path: str, wanted: str) -> Component:
    """Return the tree alone, or the places whose path contains ``wanted``."""
    with reading() as session:
        here = locate(session, current_principal(), path)
    return tree(here, wanted)


def draw_details(
    box_id: str, position: str, held: Mapping[str, str] | None, planned: str = ""
) -> DrawnDetails:
    """Return what stands in a position of a box; an empty position asks for one.

    ``planned`` is the barcode that the open plan wants there.
    """
    principal = current_principal()
    with reading() as session:
        contents = box_queries.box_contents(session, principal, NodeId(UUID(box_id)))
        spot = parse_position(position, contents.box.shape)
        tube = next((each for each in contents.tubes if each.position == spot), None)
        sample_id = None if tube is None else tube.sample_id
        history = (
            queries.custody_history(session, principal, sample_id) if sample_id is not None else []
        )
    children = details.details(
        contents,
        spot,
        history=history,
        held=in_hand(held, principal),
        planned=planned,
        may_place=principal.may(Permission.STORAGE_PLACE),
        zone=lab_zone(),
        now=clock.utc_now(),
    )
    if tube is None or sample_id is None or tube.barcode is None:
        return DrawnDetails(children=children)
    words = f"{tube.barcode} leaves {contents.box.path}, {tube.position.label}, and counts as "
    return DrawnDetails(
        children=children,
        tube={"sample": str(sample_id), "barcode": tube.barcode},
        question=f"{words}checked out until it is placed again.",
    )


def in_hand(held: Mapping[str, str] | None, principal: Principal) -> str | None:
    """Return the barcode that this person holds; a tab may still know what another one held."""
    if not held or held.get("by") != str(principal.user_id):
        return None
    return held.get("barcode")


def draw_plan(plan: str, wanted: str = "") -> DrawnPlan:
    """Return the review of a plan.

    Raises:
        PlanNotFound: no such plan, or somebody else's.
    """
    principal = current_principal()
    with reading() as session:
        view = plan_queries.get_plan_head(session, principal, plan_id_of(plan))
        if view.state not in _WITHOUT_LINES:
            view = get_plan(session, principal, plan)
        here = locate(session, principal, "")
        units = queries.occupancy_by_unit(session, principal)
    review = plan_review.review(
        view,
        units,
        may_accept=principal.may(Permission.STORAGE_PLACE),
        may_discard=principal.may(Permission.STORAGE_PLAN),
        now=clock.utc_now(),
    )
    return DrawnPlan(here=here, tree=tree(here, wanted), view=view, review=review)


def plan_state(plan: str) -> PlanState:
    """Return where a plan stands. Raises PlanNotFound."""
    with reading() as session:
        return plan_queries.get_plan_head(session, current_principal(), plan_id_of(plan)).state


def address_of(pathname: str | None, search: str | None = "") -> Address:
    """Return what a page address names."""
    query = parse_qs((search or "").lstrip("?"))
    path = (pathname or "").removeprefix("/storage").strip("/")
    # The address may already be that of a page to come, which is no place.
    path = "" if path.partition("/")[0] in _OTHER_PAGES else path
    return Address(path=unquote(path), plan=query.get("plan", [""])[-1])


def get_plan(session: ReadSession, principal: Principal, plan: str) -> PlanView:
    """Return the plan that an address names. Raises PlanNotFound."""
    return plan_queries.get_plan(session, principal, plan_id_of(plan))


def plan_id_of(plan: str) -> PlanId:
    """Return the key in an address. Raises PlanNotFound: no key, so no plan has it."""
    try:
        return PlanId(UUID(plan))
    except ValueError as error:
        raise PlanNotFound("There is no such plan. Choose one on the Storage page.") from error


def _contents(session: ReadSession, principal: Principal, here: Here) -> BoxContents | None:
    if here.box_id is None:
        return None
    return box_queries.box_contents(session, principal, here.box_id)


def _open_lines(
    session: ReadSession, principal: Principal, plan: str
) -> tuple[PlannedPlacementView, ...]:
    if not plan:
        return ()
    view = get_plan(session, principal, plan)
    return view.placements if view.state is PlanState.READY else ()


def _box(
    contents: BoxContents | None, principal: Principal, planned: tuple[PlannedPlacementView, ...]
) -> dict[str, Any] | None:
    if contents is None:
        return None
    may_place = principal.may(Permission.STORAGE_PLACE)
    return box_store.drawn_box(
        contents, may_place=may_place, now=clock.utc_now(), zone=lab_zone(), planned=planned
    )


def _place(session: ReadSession, principal: Principal, here: Here) -> list[Component]:
    if here.at(NodeKind.UNIT) is None:
        occupancy = queries.occupancy_by_zone(session, principal)
        return [regions.zones(occupancy), regions.fleet(here)]
    inmost, unit = here.inmost, here.at(NodeKind.UNIT)
    boxes = box_queries.boxes_in(session, principal, inmost.id) if inmost else []
    loose = box_queries.loose_in(session, principal, unit.id) if unit else []
    boxes = [box for box in boxes if box.id not in {each.id for each in loose}]
    drawn: list[Component] = [regions.unit_panel(here, boxes, loose)]
    if unit is not None and inmost is None and here.box_id is None:
        drawn += [_sensors(session, principal, unit), _energy(session, principal, unit)]
    return drawn


def _sensors(session: ReadSession, principal: Principal, unit: NodeView) -> Component:
    return beside.of_unit(
        standings.list_standings(session, principal, unit_id=unit.id),
        standings.openings(session, principal, unit_id=unit.id),
        now=clock.utc_now(),
    )


def _energy(session: ReadSession, principal: Principal, unit: NodeView) -> Component:
    return energy.of_unit(
        energy_queries.energy_of_unit(session, principal, unit.id, zone=lab_zone()),
        may_predict=principal.may(Permission.PREDICTIONS_VIEW),
        may_configure=principal.may(Permission.STORAGE_CONFIGURE),
    )


def alarm_strip(
    session: ReadSession, principal: Principal, unit: NodeView | None
) -> Component | None:
    """Draw a unit's alarm and its incident, which outlasts the alarm until somebody signs."""
    if unit is None:
        return None
    code = incident_queries.standing_codes(session, principal).get(unit.id)
    if code is None and not unit.in_alarm:
        return None
    name = place_name(unit)
    words: list[Component | str] = (
        [
            html.B(f"{name} is in alarm."),
            " It takes no samples until its temperature is back in range.",
        ]
        if unit.in_alarm
        else [html.B(f"{name} is back in range."), " Its incident waits for somebody to close it."]
    )
    if code is not None:
        words += [" ", html.A(code, href=incident_address(code), className="in-a num")]
    if unit.in_alarm:
        look = icon("exclamation-octagon-fill", Tone.CRIT)
        return html.Div([look, html.Span(words)], className="al", role="alert")
    look = icon("exclamation-triangle-fill", Tone.WARN)
    return html.Div([look, html.Span(words)], className="al is-over", role="status")


def _aside(session: ReadSession, principal: Principal, chosen: Collection[str]) -> list[Component]:
    may_plan = principal.may(Permission.STORAGE_PLAN)
    total = queries.unplaced_count(session, principal)
    waiting = aside.waiting(
        queries.list_unplaced(session, principal),
        total,
        chosen=chosen,
        may_plan=may_plan,
        may_place=principal.may(Permission.STORAGE_PLACE),
    )
    latest = plan_queries.latest_plan(session, principal) if may_plan else None
    making = [latest] if latest and latest.state in _AT_WORK_ON else []
    ready = plan_queries.plans_to_review(session, principal, limit=5) if may_plan else []
    plans = aside.plans([*making, *ready], lab_zone(), clock.utc_now())
    return [plans, waiting] if plans is not None else [waiting]
