"""Heads of PacBio's metadata and of Nanopore's summaries: which run, and how much came of it.

PacBio: ``*.subreadset.xml`` and ``*.consensusreadset.xml`` (PacBioFileFormats, "DataSet XML").
Nanopore: ``final_summary_*.txt`` (key=value), ``sequencing_summary_*.txt`` (its headings only:
the table has a line a read) and ``report_*.json``, as MinKNOW writes them.
"""

import json
from dataclasses import dataclass
from typing import Any

from backend.sequencing.run_folders.values import (
    Unreadable,
    first_text,
    name_of,
    text_of,
    whole,
    xml_root,
)

_LONGEST = 200
_SUMMARY_NEEDS = ("read_id", "sequence_length_template")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A movie of PacBio, or an acquisition of Nanopore. Empty is not said."""

    run: str = ""
    instrument: str = ""
    instrument_type: str = ""
    flow_cell: str = ""
    sample: str = ""
    label: str = ""
    reads: int | None = None
    bases: int | None = None
    stopped: bool = False


def read_pacbio(content: bytes) -> Cell:
    """Return what a subreadset or consensusreadset says of its cell.

    Raises:
        Unreadable: it is no XML, or no such set.
    """
    root = xml_root(content)
    if name_of(root) not in {"subreadset", "consensusreadset"}:
        raise Unreadable("it is no SubreadSet or ConsensusReadSet. It is another file")
    metadata = next((e for e in root.iter() if name_of(e) == "collectionmetadata"), None)
    own = metadata.attrib if metadata is not None else {}
    sample = next((e for e in root.iter() if name_of(e) == "wellsample"), None)
    run = next((e for e in root.iter() if name_of(e) == "rundetails"), None)
    cell = next((e for e in root.iter() if name_of(e) == "cellpac"), None)
    return Cell(
        run=(first_text(run, "Name") if run is not None else "")
        or own.get("Context", "")[:_LONGEST],
        instrument=(own.get("InstrumentName") or own.get("InstrumentId") or "")[:_LONGEST],
        instrument_type=own.get("InstrumentType", "")[:_LONGEST],
        flow_cell=(cell.get("Barcode", "") if cell is not None else "")[:_LONGEST],
        sample=(sample.get("Name", "") if sample is not None else "")[:_LONGEST],
        label=(first_text(root, "WellName") or own.get("Context", ""))[:_LONGEST],
        reads=whole(first_text(root, "NumRecords")),
        bases=whole(first_text(root, "TotalLength")),
        stopped=True,
    )


def read_final_summary(content: bytes) -> Cell:
    """Return what a final_summary says.

    Raises:
        Unreadable: none of its keys is there.
    """
    held = {}
    for line in text_of(content).splitlines()[:1000]:
        key, mark, value = line.partition("=")
        if mark:
            held[key.strip().casefold()] = value.strip()[:_LONGEST]
    if not held.keys() & {"protocol_run_id", "acquisition_run_id", "flow_cell_id"}:
        raise Unreadable("it has no protocol_run_id and no flow_cell_id. Copy it again")
    return Cell(
        run=held.get("protocol_run_id") or held.get("acquisition_run_id", ""),
        instrument=held.get("instrument", ""),
        flow_cell=held.get("flow_cell_id", ""),
        sample=held.get("sample_id", ""),
        label=held.get("position", ""),
        stopped=bool(held.get("acquisition_stopped") or held.get("processing_stopped")),
    )


def check_sequencing_summary(content: bytes) -> None:
    """Look at the headings of a sequencing_summary.

    Raises:
        Unreadable: a column that every one has is missing.
    """
    headings = text_of(content[:65536]).split("\n", 1)[0].strip().split("\t")
    missing = [each for each in _SUMMARY_NEEDS if each not in headings]
    if missing:
        raise Unreadable(f"it has no column {missing[0]}. It is another file, or a part of one")


def read_report(content: bytes) -> Cell:
    """Return run and yield of a MinKNOW report in JSON; yields are of the last acquisition.

    Raises:
        Unreadable: it is no JSON, or has no protocol_run_info.
    """
    try:
        held = json.loads(text_of(content))
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is no whole JSON. Copy it again") from error
    run = _part(held, "protocol_run_info")
    if not run:
        raise Unreadable("it has no protocol_run_info. It is another file")
    acquisitions = held.get("acquisitions")
    last = acquisitions[-1] if isinstance(acquisitions, list) and acquisitions else {}
    yielded = _part(_part(last, "acquisition_run_info"), "yield_summary")
    reads = _whole(yielded.get("basecalled_pass_read_count"))
    return Cell(
        run=_text(run, "run_id"),
        instrument=_text(_part(held, "host"), "product_name"),
        flow_cell=_text(_part(run, "flow_cell"), "flow_cell_id"),
        sample=_text(_part(run, "user_info"), "sample_id"),
        reads=reads,
        bases=_whole(yielded.get("basecalled_pass_bases")),
    )


def _part(held: object, name: str) -> dict[str, Any]:
    part = held.get(name) if isinstance(held, dict) else None
    return part if isinstance(part, dict) else {}


def _text(held: dict[str, Any], name: str) -> str:
    value = held.get(name)
    if isinstance(value, dict):
        value = value.get("value")
    return value[:_LONGEST] if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    """Counts of MinKNOW are texts, as JSON has no large numbers."""
    return whole(str(value)) if isinstance(value, int | str) and value is not True else None
