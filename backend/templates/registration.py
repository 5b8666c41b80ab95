"""From checked rows to what the samples domain registers. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import compress
from typing import Any, TypeVar

from backend.core.copying import each_once
from backend.samples.columns import SampleColumns, check_columns
from backend.samples.ids import MaterialType, Priority
from backend.samples.rules import BARCODE
from backend.templates.reading.batch import REGISTRABLE, Batch, Checked
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.values import Value
from backend.templates.reading.vocabulary import MATERIAL_LABELS

Cell = TypeVar("Cell")

# What a person writes into the barcode cell to have a new one made.
NEW_BARCODE = "new"
_SHORTEST_FROM_ID = 6
# Fields of a registration, and ours that fill them.
_FROM = {
    "name": FieldKey.NAME,
    "external_id": FieldKey.EXTERNAL_ID,
    "subject_code": FieldKey.SUBJECT,
    "material_type": FieldKey.SAMPLE_TYPE,
    "temperature_class": FieldKey.ZONE,
    "container_type": FieldKey.CONTAINER,
    "volume_ul": FieldKey.VOLUME,
    "concentration_ng_per_ul": FieldKey.CONCENTRATION,
    "a260_280": FieldKey.RATIO_260_280,
    "a260_230": FieldKey.RATIO_260_230,
    "rin": FieldKey.RIN,
    "din": FieldKey.DIN,
    "index_i7": FieldKey.INDEX_I7,
    "index_i5": FieldKey.INDEX_I5,
    "collected_on": FieldKey.COLLECTED_ON,
    "submitter": FieldKey.SUBMITTER,
    "priority": FieldKey.PRIORITY,
    "analysis": FieldKey.ANALYSIS,
    "notes": FieldKey.NOTES,
    "consent": FieldKey.CONSENT,
}
FIELD_OF = {"barcode": FieldKey.BARCODE, **_FROM}
"""Our field by the name that a registration's refusal gives it."""
_NOTHING: dict[str, str] = {}
# Fields that have no column of their own with the sample; they travel as its attributes.
ATTRIBUTES = (
    FieldKey.PROCESSED_ON,
    FieldKey.LOCATION,
    FieldKey.POSITION,
    FieldKey.PLATE,
    FieldKey.ORGANISM,
    FieldKey.TAXON_ID,
    FieldKey.SEX,
    FieldKey.ALIAS,
    FieldKey.DEPARTMENT,
    FieldKey.CONCENTRATION_METHOD,
    FieldKey.DV200,
    FieldKey.BUFFER,
    FieldKey.HAZARD,
    FieldKey.RETENTION,
    FieldKey.STORAGE_REQUEST,
)


def barcodes_of(batch: Batch, checked: Checked, rows: range | None = None) -> list[str | None]:
    """Return each row's barcode in capitals, or of ``rows`` only; None asks for a new one.

    A file without a barcode column names its tubes by their ID, so that is what a scanner reads,
    provided it has the shape of a code (6 characters and more, no spaces).
    """
    part = slice(0, len(batch.numbers)) if rows is None else slice(rows.start, rows.stop)
    empty: list[Value] = [None] * len(batch.numbers[part])
    given = checked.values[FieldKey.BARCODE][part] if FieldKey.BARCODE in checked.values else empty
    if batch.column_of(FieldKey.BARCODE) is not None:
        return each_once(given, _given)
    ids = checked.values.get(FieldKey.EXTERNAL_ID)
    own = each_once(empty if ids is None else ids[part], _from_id)
    if given is empty:
        return own
    return [
        _given(code) if code is not None else mine for code, mine in zip(given, own, strict=True)
    ]


def registration_columns(
    batch: Batch,
    checked: Checked,
    rows: range,
    *,
    project_code: str,
    received_at: datetime | None,
) -> SampleColumns:
    """Return what to register for the rows of a part that may be, in their order."""
    part = slice(rows.start, rows.stop)
    registrable = tuple(REGISTRABLE)  # in a set each row would be hashed, by Python
    ready = [state in registrable for state in checked.states[part]]
    chosen = list(compress(rows, ready))
    given: dict[str, Sequence[Any]] = {
        field: list(compress(column[part], ready))
        for field, key in _FROM.items()
        if (column := checked.values.get(key)) is not None
    }
    given["barcode"] = list(compress(barcodes_of(batch, checked, rows), ready))
    given["project_code"] = [project_code] * len(chosen)
    given["received_at"] = [received_at] * len(chosen)
    given["attributes"] = attributes_of(batch, checked.values, chosen)
    if "priority" in given:
        given["priority"] = [priority or Priority.NORMAL for priority in given["priority"]]
    return check_columns(len(chosen), given)


def attributes_of(
    batch: Batch, values: Mapping[FieldKey, Sequence[Value]], chosen: Sequence[int]
) -> list[dict[str, str]]:
    """Return what the sender said of the chosen rows beyond our fields, as label to text.

    The rows come in their order; each column is asked once for the stretch that they are in.
    """
    if not chosen:
        return []
    first, part = chosen[0], slice(chosen[0], chosen[-1] + 1)

    def cells_of(column: Sequence[Cell]) -> list[Cell]:
        stretch = column[part]
        return [stretch[index - first] for index in chosen]

    said: list[tuple[str, Sequence[str]]] = [
        (BY_KEY[key].label, each_once(cells_of(values[key]), _plain))
        for key in ATTRIBUTES
        if key in values
    ]
    if FieldKey.SAMPLE_TYPE in batch.texts:
        written = cells_of(batch.texts[FieldKey.SAMPLE_TYPE])
        kinds = dict(zip(written, cells_of(values[FieldKey.SAMPLE_TYPE]), strict=True))
        more = {text for text, material in kinds.items() if _says_more(text, material)}
        said.append(("Type as written", [text if text in more else "" for text in written]))
    said += [(heading, cells_of(cells)) for heading, cells in batch.own_extras.items()]
    filled = [(label, column) for label, column in said if any(column)]
    if not filled:
        return [_NOTHING] * len(chosen)
    labels = [label for label, _ in filled]
    return [
        {label: text for label, text in zip(labels, row, strict=True) if text}
        for row in zip(*(column for _, column in filled), strict=True)
    ]


def _says_more(written: str, material: Value) -> bool:
    return (
        isinstance(material, MaterialType)
        and written.casefold() != MATERIAL_LABELS[material].casefold()
    )


def _plain(value: Value) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _given(value: Value) -> str | None:
    code = str(value).upper() if value is not None else ""
    return code if code and code != NEW_BARCODE.upper() else None


def _from_id(value: Value) -> str | None:
    code = str(value).upper() if value is not None else ""
    return code if len(code) >= _SHORTEST_FROM_ID and BARCODE.match(code) else None
