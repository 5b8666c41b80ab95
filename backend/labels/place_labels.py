"""Labels of boxes, racks and other places: a big name, the code, contents, zone and numbering.

A place that has no barcode is named by its address, which every field that takes places reads, too.
They go through the queue of all labels: printed before, they need a reason, as a tube's do.
"""

from collections.abc import Sequence
from uuid import UUID

from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.labels import printing, queries
from backend.labels.ids import Field, PrintId
from backend.labels.schemas import MOST_LABELS, LabelsInput, SheetsInput
from backend.labels.views import LabelContent
from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME, ZONE_NAME
from backend.storage import place_queries
from backend.storage.ids import NodeId
from backend.storage.place_views import PlaceView

TEMPLATE, SHEET = "box", "a4-21"
MOST_PLACES = 2_000
"""Labels of one act, about a hundred sheets of paper."""


def labels_of_place(
    session: ReadSession,
    principal: Principal,
    place_id: UUID,
    *,
    is_alone: bool = False,
    only_new: bool = False,
) -> list[LabelContent]:
    """Return the labels of a place and of all in it, in the order in which they stand.

    ``is_alone``: of the place only. ``only_new``: without those that have a label.

    Raises:
        NodeNotFound: there is no such place.
        InvalidInput: there are more than MOST_PLACES.
    """
    principal.require(Permission.LABELS_PRINT)
    if is_alone:
        places = [place_queries.place_of(session, principal, NodeId(place_id))]
    else:
        places = place_queries.list_inside(session, principal, NodeId(place_id))
    if len(places) > MOST_PLACES:
        raise InvalidInput(
            f"{places[0].path} holds {len(places):,} places, and {MOST_PLACES:,} labels are made "
            "at once. Open one of the places in it and print from there."
        )
    labels = [of_place(place) for place in places]
    if not only_new:
        return labels
    done = set(queries.printed_before(session, [label.barcode for label in labels]))
    return [label for label in labels if label.barcode not in done]


def request_place_prints(
    session: WriteSession,
    principal: Principal,
    *,
    printer_id: UUID,
    asked: LabelsInput,
    labels: Sequence[LabelContent],
) -> list[PrintId]:
    """Put labels of `labels_of_place` into a printer's queue, in parts of MOST_LABELS; all or none.

    Raises:
        InvalidInput: there is no label to print.
        Otherwise as `printing.request_print`.
    """
    _refuse_none(labels)
    return [
        printing.print_contents(
            session,
            principal,
            printer_id=printer_id,
            asked=asked,
            labels=labels[start : start + MOST_LABELS],
        )
        for start in range(0, len(labels), MOST_LABELS)
    ]


def make_place_sheets(
    session: WriteSession,
    principal: Principal,
    *,
    asked: SheetsInput,
    labels: Sequence[LabelContent],
) -> tuple[PrintId, bytes]:
    """Return labels of `labels_of_place` as PDF sheets, and the key of the print kept of them.

    Raises:
        InvalidInput: there is no label to print, or with their copies there are too many.
        Otherwise as `printing.make_sheets`.
    """
    _refuse_none(labels)
    if len(labels) * asked.copies > MOST_PLACES:
        sentence = f"A file holds {MOST_PLACES:,} labels. Print fewer copies."
        raise InvalidInput(sentence, fields={"copies": sentence})
    return printing.sheets_of_contents(session, principal, asked=asked, labels=labels)


def of_place(place: PlaceView) -> LabelContent:
    """Return what the label of a place says."""
    code = place.barcode or place.path
    words = {
        Field.SERIAL: place.label,
        Field.BARCODE: code,
        Field.NAME: _contents(place),
        Field.SUBJECT: place.parent_path or "",
        Field.KEPT_AT: ZONE_NAME[place.temperature_class] if place.temperature_class else "",
        Field.NUMBERING: place.shape.counted if place.shape else "",
    }
    return LabelContent(barcode=code, words={field: word for field, word in words.items() if word})


def _refuse_none(labels: Sequence[LabelContent]) -> None:
    if not labels:
        raise InvalidInput("There is no label to print: every place has one.")


def _contents(place: PlaceView) -> str:
    project = place.own.project or place.around.project
    kinds = place.own.material_types or place.around.material_types
    size = place.shape.words if place.shape and not place.is_loose else ""
    said = (
        " ".join(part for part in (place.kind_words.capitalize(), size) if part),
        project or "",
        ", ".join(MATERIAL_NAME[MaterialType(kind)] for kind in kinds),
    )
    return " · ".join(part for part in said if part)
