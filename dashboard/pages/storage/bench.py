"""Work at the freezer: a code or a press becomes a step, and the step one message with Undo."""

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.storage import box_queries, queries, service
from backend.storage.ids import NodeId, NodeKind, PlacementSource
from backend.storage.rules import Position, parse_position
from backend.storage.views import LocationView, PlacementView
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.scan_target import answer_scan
from dashboard.components.toast import Undo, toast
from dashboard.components.tones import Tone
from dashboard.pages.storage import ids
from dashboard.pages.storage.place import href_of

Held = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """A code that is a sample: from now on in hand."""

    sample_id: SampleId
    barcode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A code that is a place."""

    node_id: NodeId
    path: str
    kind: NodeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A code that is a position of the box that is open."""

    box_id: NodeId
    position: Position


def understand(
    session: ReadSession, principal: Principal, code: str, box_id: NodeId | None
) -> Tube | Place | Spot:
    """Return what a code means here: a position of the open box, a tube, or a place.

    Raises:
        NotFound: nothing that this person may see carries it.
    """
    if box_id is not None:
        box = box_queries.get_box(session, principal, box_id)
        position = parse_position(code, box.shape)
        if position is not None:
            return Spot(box_id=box_id, position=position)
    sample = samples_queries.find_by_barcode(session, principal, code)
    if sample is not None:
        return Tube(sample_id=sample.id, barcode=sample.barcode)
    node = queries.find_node(session, principal, code)
    if node is not None:
        return Place(node_id=NodeId(node.id), path=node.path, kind=node.kind)
    raise NotFound(f"No tube, box or position here is called {code}. Check the label.")


def hold(principal: Principal, sample_id: SampleId, barcode: str) -> Held:
    """Return what the page remembers of a tube in hand."""
    return {"sample": str(sample_id), "barcode": barcode, "by": str(principal.user_id)}


def put(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    box_id: NodeId,
    position: Position | None,
    source: PlacementSource,
) -> PlacementView:
    """Place a tube, or move it when it stands somewhere; errors as the services raise them."""
    row, column = (position.row, position.column) if position else (None, None)
    if sample_id not in queries.locations_of(session, principal, [sample_id]):
        return service.place_sample(
            session,
            principal,
            sample_id=sample_id,
            box_id=box_id,
            row=row,
            column=column,
            source=source,
        )
    return service.move_samples(
        session,
        principal,
        sample_ids=[sample_id],
        box_id=box_id,
        row=row,
        column=column,
        source=source,
    )[0]


def tell_put(barcode: str, stay: PlacementView) -> None:
    """Say where a tube stands now, and offer the way back."""
    words = f"{barcode} stands in {stay.path}, {stay.position}"
    toast(words, undo=Undo("storage", {"placement": str(stay.id)}))
    answer_scan(Tone.OK, f"{words}.")


def box_in_hand_line(name: str, path: str, goal: str) -> list[Component]:
    """Draw the box, plate or bag that waits for the scan of where it goes."""
    link = html.A(path, href=href_of(path))
    line = html.Span([html.B(name), " in hand, stands in ", link, "."])
    hint = html.Span(f"Scan the {goal} that it goes to.", className="t3 sm")
    return [
        icon("hand-index-thumb", Tone.INFO),
        html.Span([line, hint]),
        html.Span(className="sp"),
        button("Put down", id=ids.DROP, kind="ghost", size="sm"),
    ]


def in_hand_line(barcode: str, standing: LocationView | None) -> list[Component]:
    """Draw the tube in hand, where it stands, and what comes next."""
    where: list[Component | str] = [" in hand, stands nowhere yet."]
    if standing is not None:
        link = html.A(standing.label, href=href_of(standing.path, standing.position))
        where = [" in hand, stands in ", link, "."]
    line = html.Span([html.B(barcode, className="mono"), *where])
    hint = html.Span("Scan a box, or choose a free position.", className="t3 sm")
    return [
        icon("hand-index-thumb", Tone.INFO),
        html.Span([line, hint]),
        html.Span(className="sp"),
        button("Put down", id=ids.DROP, kind="ghost", size="sm"),
    ]
