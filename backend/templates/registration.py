"""From checked rows to what the samples domain registers. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from backend.samples.ids import MaterialType, Priority
from backend.samples.rules import BARCODE
from backend.samples.schemas import SampleRegistration
from backend.templates.reading.batch import Batch, Checked
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.values import Value
from backend.templates.reading.vocabulary import MATERIAL_LABELS

# What a person writes into the barcode cell to have a new one made.
NEW_BARCODE = "new"
_SHORTEST_FROM_ID = 6
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
)


def barcodes_of(batch: Batch, checked: Checked) -> list[str | None]:
    """Return each row's barcode in capitals; None where a new one is to be made.

    A file without a barcode column names its tubes by their ID, so that is what a scanner reads,
    provided it has the shape of a code (6 characters and more, no spaces).
    """
    empty: list[Value] = [None] * len(batch.numbers)
    given = checked.values.get(FieldKey.BARCODE, empty)
    if batch.column_of(FieldKey.BARCODE) is not None:
        return [_given(value) for value in given]
    ids = checked.values.get(FieldKey.EXTERNAL_ID, empty)
    return [
        _given(code) if code is not None else _from_id(own)
        for code, own in zip(given, ids, strict=True)
    ]


def registrations(
    batch: Batch,
    checked: Checked,
    indexes: Sequence[int],
    *,
    project_code: str,
    received_at: datetime | None,
) -> list[SampleRegistration]:
    """Return what to register for the rows at ``indexes``, in their order."""
    barcodes = barcodes_of(batch, checked)
    values = checked.values
    empty: list[Value] = [None] * len(batch.numbers)

    def column(key: FieldKey) -> Sequence[Any]:
        return values.get(key, empty)

    name, external_id = column(FieldKey.NAME), column(FieldKey.EXTERNAL_ID)
    subject, material = column(FieldKey.SUBJECT), column(FieldKey.SAMPLE_TYPE)
    zone, container = column(FieldKey.ZONE), column(FieldKey.CONTAINER)
    volume, concentration = column(FieldKey.VOLUME), column(FieldKey.CONCENTRATION)
    pure_280, pure_230 = column(FieldKey.RATIO_260_280), column(FieldKey.RATIO_260_230)
    rin, collected = column(FieldKey.RIN), column(FieldKey.COLLECTED_ON)
    i7, i5 = column(FieldKey.INDEX_I7), column(FieldKey.INDEX_I5)
    submitter, priority = column(FieldKey.SUBMITTER), column(FieldKey.PRIORITY)
    analysis, notes = column(FieldKey.ANALYSIS), column(FieldKey.NOTES)
    return [
        SampleRegistration(
            barcode=barcodes[i],
            project_code=project_code,
            name=name[i],
            external_id=external_id[i],
            subject_code=subject[i],
            material_type=material[i],
            temperature_class=zone[i],
            container_type=container[i],
            volume_ul=volume[i],
            concentration_ng_per_ul=concentration[i],
            a260_280=pure_280[i],
            a260_230=pure_230[i],
            rin=rin[i],
            index_i7=i7[i],
            index_i5=i5[i],
            collected_on=collected[i],
            received_at=received_at,
            submitter=submitter[i],
            priority=priority[i] or Priority.NORMAL,
            analysis=analysis[i],
            notes=notes[i],
            attributes=attributes_of(batch, values, i),
        )
        for i in indexes
    ]


def attributes_of(
    batch: Batch, values: Mapping[FieldKey, Sequence[Value]], index: int
) -> dict[str, str]:
    """Return what the sender said beyond our fields, as label to text."""
    said = {
        BY_KEY[key].label: _plain(values[key][index])
        for key in ATTRIBUTES
        if key in values and values[key][index] is not None
    }
    written = batch.texts.get(FieldKey.SAMPLE_TYPE)
    if written is not None and _says_more(written[index], values[FieldKey.SAMPLE_TYPE][index]):
        said["Type as written"] = written[index]
    for heading, cells in batch.extras.items():
        if cells[index]:
            said[heading] = cells[index]
    return said


def _says_more(written: str, material: Value) -> bool:
    return (
        isinstance(material, MaterialType)
        and written.casefold() != MATERIAL_LABELS[material].casefold()
    )


def _plain(value: Value) -> str:
    match value:
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
