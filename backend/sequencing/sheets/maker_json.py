"""Sheets of the second format as JSON, as UMCCR's v2-samplesheet-maker takes them.

Its keys are those of the sheet in snake case; a kit named beside a sample goes into [Cloud_Data].
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

from backend.sequencing.errors import SheetRefused
from backend.sequencing.sheets.model import (
    Bases,
    Cycles,
    Entry,
    OtherSection,
    SampleSheet,
    SheetSample,
    bases_of,
)
from backend.sequencing.sheets.values import Dialect

_SPECIAL: Mapping[str, str] = MappingProxyType(
    {"trim_umi": "TrimUMI", "cloud_workflow": "Cloud_Workflow"}
)
_URN, _PIPELINE = "urn", "BCLConvert_Pipeline"
_KITS: Mapping[str, str] = MappingProxyType(
    {"library_prep_kit_name": "LibraryPrepKitName", "index_adapter_kit_name": "IndexAdapterKitName"}
)
_OWN = frozenset({"lane", "sample_id", "sample_name", "sample_project", "index", "index2", *_KITS})
_READS = ("read_1_cycles", "read_2_cycles", "index_1_cycles", "index_2_cycles")
_NOT_AN_OBJECT = (
    "The JSON is no sample sheet: it needs header, reads, bclconvert_settings and data."
)


def is_json(content: bytes) -> bool:
    """Say whether a file may be such JSON."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read_json(content: bytes) -> SampleSheet:
    """Return the sheet that the JSON describes.

    Raises:
        SheetRefused: it is no JSON, or of another form; the sentence says what.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SheetRefused(
            f"The file looks like JSON and cannot be read as it: {error}."
        ) from error
    if not isinstance(told, dict) or not isinstance(told.get("bclconvert_data"), list):
        raise SheetRefused(_NOT_AN_OBJECT)
    settings = _entries(told.get("bclconvert_settings"))
    rows = [_object(row) for row in told["bclconvert_data"]]
    samples = tuple(_sample(row, place) for place, row in enumerate(rows, start=1))
    reads = _object(told.get("reads"))
    cycles = [_number(reads.get(key), key) for key in _READS]
    return SampleSheet(
        dialect=Dialect.ILLUMINA_V2,
        header=_entries(told.get("header")),
        cycles=Cycles(read1=cycles[0], read2=cycles[1], index1=cycles[2], index2=cycles[3]),
        settings=tuple(each for each in settings if each.key != _PIPELINE),
        samples=samples,
        others=(
            *_cloud_settings(told, settings),
            *_cloud_data(rows, samples),
        ),
    )


def _entries(told: object) -> tuple[Entry, ...]:
    return tuple(
        Entry(_key(key), str(value)) for key, value in _object(told).items() if value is not None
    )


def _key(key: str) -> str:
    if key == _URN:
        return _PIPELINE
    return _SPECIAL.get(key) or "".join(part[:1].upper() + part[1:] for part in key.split("_"))


def _sample(row: Mapping[str, object], place: int) -> SheetSample:
    lane = _number(row.get("lane"), f"Sample {place}, lane")
    return SheetSample(
        sample_id=str(row.get("sample_id") or ""),
        lanes=() if lane is None else (lane,),
        index1=_index(row.get("index"), place),
        index2=_index(row.get("index2"), place),
        name=str(row.get("sample_name") or ""),
        project=str(row.get("sample_project") or ""),
        extra=tuple(
            sorted(
                (_key(key), str(value))
                for key, value in row.items()
                if key not in _OWN and value is not None
            )
        ),
    )


def _index(told: object, place: int) -> tuple[Bases, ...]:
    if told in (None, ""):
        return ()
    found = bases_of(str(told))
    if found is None:
        raise SheetRefused(f"Sample {place}: “{told}” is no index: A, C, G and T only.")
    return (found,)


def _cloud_settings(
    told: Mapping[str, object], settings: tuple[Entry, ...]
) -> tuple[OtherSection, ...]:
    pipeline = [each for each in settings if each.key == _PIPELINE]
    entries = [*_entries(told.get("cloud_settings")), *pipeline]
    rows = tuple((each.key, each.value) for each in entries)
    return (OtherSection("Cloud_Settings", rows),) if rows else ()


def _cloud_data(
    rows: list[Mapping[str, object]], samples: tuple[SheetSample, ...]
) -> tuple[OtherSection, ...]:
    """Return libraries in the order of their names, as the maker writes them."""
    kits = [key for key in _KITS if any(row.get(key) for row in rows)]
    libraries = sorted(
        (
            each.sample_id,
            "_".join((each.sample_id, *each.index1, *each.index2)),
            *(str(row.get(key) or "") for key in kits),
        )
        for row, each in zip(rows, samples, strict=True)
    )
    head = ("Sample_ID", "LibraryName", *(_KITS[key] for key in kits))
    return (OtherSection("Cloud_Data", (head, *dict.fromkeys(libraries))),)


def _object(told: object) -> Mapping[str, object]:
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise SheetRefused(_NOT_AN_OBJECT)
    return told


def _number(told: object, what: str) -> int | None:
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int) or told < 0:
        raise SheetRefused(f"{what}: “{told}” is no whole number.")
    return told
