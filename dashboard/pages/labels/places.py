"""Labels of boxes, racks and other places, in the dialog that prints labels.

labels_button(place)       where a page shows a place and has print_dialog(); assets/label.js opens
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dash.development.base_component import Component

from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.labels import service
from backend.labels.schemas import LabelsInput, SheetsInput
from backend.labels.views import LabelContent
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.pages.labels import ids


def labels_button(words: str, place_id: UUID, *, is_alone: bool = False) -> Component:
    """Draw the button that opens the dialog for a place's label and those of all in it."""
    return button(
        words,
        size="sm",
        icon="printer",
        opens=ids.DIALOG,
        **data(label_place=str(place_id), label_alone="1" if is_alone else ""),
    )


def is_place(what: Mapping[str, Any] | None) -> bool:
    """Tell whether a page asks for labels of places."""
    return bool(what and "place" in what)


def labels_of(
    session: ReadSession,
    principal: Principal,
    what: Mapping[str, Any],
    only_new: Sequence[str] | None,
) -> list[LabelContent]:
    """Return the labels that a page asks for."""
    return service.labels_of_place(
        session,
        principal,
        UUID(what["place"]),
        is_alone=bool(what.get("alone")),
        only_new=bool(only_new),
    )


def queue(
    session: WriteSession,
    principal: Principal,
    what: Mapping[str, Any],
    only_new: Sequence[str] | None,
    *,
    printer_id: UUID,
    asked: LabelsInput,
) -> int:
    """Put the labels into a printer's queue and return how many there are."""
    labels = labels_of(session, principal, what, only_new)
    service.request_place_prints(
        session, principal, printer_id=printer_id, asked=asked, labels=labels
    )
    return len(labels)


def make_file(
    session: WriteSession,
    principal: Principal,
    what: Mapping[str, Any],
    only_new: Sequence[str] | None,
    asked: SheetsInput,
) -> tuple[int, bytes]:
    """Return how many labels there are, and the file of them."""
    labels = labels_of(session, principal, what, only_new)
    _, file = service.make_place_sheets(session, principal, asked=asked, labels=labels)
    return len(labels), file
