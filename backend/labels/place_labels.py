"""Labels of boxes, racks and other places on sheets: a big name, the code, contents and zone.

A place that has no barcode is named by its address, which every field that takes places reads, too.
They are drawn for whoever sets storage up and stand in no printer's queue: a place is not a tube,
and two labels with one code on one box do no harm.
"""

from collections.abc import Sequence

from backend.core.errors import InvalidInput
from backend.labels import printing, sizes
from backend.labels.ids import Field
from backend.labels.rendering import sheet as sheets
from backend.labels.views import LabelContent
from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME, ZONE_NAME
from backend.storage.place_views import PlaceView

MEDIA_TYPE = sheets.MEDIA_TYPE
TEMPLATE, SHEET = "box", "a4-21"
MOST_PLACES = 2_000
"""Labels of one file, about a hundred sheets of paper."""


def draw(top: PlaceView, places: Sequence[PlaceView]) -> bytes:
    """Return sheets with a label of every place, in the order given; ``top`` holds them all.

    Raises:
        InvalidInput: there are more than MOST_PLACES.
        CodeTooLong: a code does not fit the label.
    """
    if len(places) > MOST_PLACES:
        raise InvalidInput(
            f"{top.path} holds {len(places):,} places, and a file holds labels of "
            f"{MOST_PLACES:,}. Open one of the places in it and print from there."
        )
    labels = [of_place(place) for place in places]
    layouts = printing.layouts_of(TEMPLATE, labels, dpi=sheets.DPI)
    return sheets.draw(layouts, sizes.sheet_of(SHEET))


def of_place(place: PlaceView) -> LabelContent:
    """Return what the label of a place says."""
    code = place.barcode or place.path
    words = {
        Field.SERIAL: place.label,
        Field.BARCODE: code,
        Field.NAME: _contents(place),
        Field.SUBJECT: place.parent_path or "",
        Field.KEPT_AT: ZONE_NAME[place.temperature_class] if place.temperature_class else "",
    }
    return LabelContent(barcode=code, words={field: word for field, word in words.items() if word})


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
