"""What demultiplexers report: BCL Convert's tables, and bcl2fastq's Stats.json and XML.

Headings of BCL Convert are those of versions 3.8 to 4.3 ("Metrics Output", BCL Convert software
guide); Stats.json is described in the bcl2fastq2 v2.20 software guide. Columns that a version adds
are tolerated.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backend.sequencing.run_folders.model import LibraryFigures, UnknownBarcode
from backend.sequencing.run_folders.values import (
    MOST_DIGITS,
    Unreadable,
    name_of,
    number,
    table,
    text_of,
    whole,
    xml_root,
)

UNDETERMINED = "undetermined"
MOST_UNKNOWN = 1000
"""Unknown barcodes that are kept of a lane; demultiplexers list as many."""
_LONGEST_NAME = 200
_NO_INDEX = frozenset({"", "NA", "N/A"})


@dataclass(slots=True, kw_only=True)
class Demultiplexed:
    """Libraries of all lanes, and reads of none. ``clusters_pf`` is by lane."""

    libraries: list[LibraryFigures] = field(default_factory=list)
    undetermined: dict[int, int] = field(default_factory=dict)
    clusters: dict[int, int] = field(default_factory=dict)
    clusters_pf: dict[int, int] = field(default_factory=dict)
    unknown: list[UnknownBarcode] = field(default_factory=list)
    left_out: int = 0
    """Rows that name no lane or no number of reads."""


def read_demultiplex_stats(content: bytes) -> Demultiplexed:
    """Return the libraries of a Demultiplex_Stats.csv. Reads are pairs for paired runs.

    Raises:
        Unreadable: it is no such table.
    """
    found = Demultiplexed()
    passing: defaultdict[int, int] = defaultdict(int)
    for row in table(content, "Lane", "SampleID", "# Reads"):
        lane, reads = whole(row.get("Lane")), whole(row.get("# Reads"))
        if lane is None or reads is None:
            found.left_out += 1
            continue
        passing[lane] += reads
        sample = row["SampleID"][:_LONGEST_NAME]
        if sample.casefold() == UNDETERMINED:
            found.undetermined[lane] = found.undetermined.get(lane, 0) + reads
            continue
        i7, i5 = _pair(row.get("Index", ""))
        found.libraries.append(
            LibraryFigures(
                lane=lane,
                sample_id=sample,
                index_i7=i7,
                index_i5=i5,
                reads=reads,
                perfect_reads=whole(row.get("# Perfect Index Reads")),
                mean_quality=number(row.get("Mean Quality Score (PF)")),
            )
        )
    found.clusters_pf = dict(passing)
    return found


def with_qualities(libraries: Sequence[LibraryFigures], content: bytes) -> list[LibraryFigures]:
    """Return the libraries with yield and Q30 of a Quality_Metrics.csv, all reads together.

    Raises:
        Unreadable: it is no such table.
    """
    sums: dict[tuple[int, str], list[float]] = {}
    for row in table(content, "Lane", "SampleID", "Yield", "YieldQ30"):
        lane, bases, good = (
            whole(row.get("Lane")),
            whole(row.get("Yield")),
            whole(row.get("YieldQ30")),
        )
        if lane is None or bases is None or good is None:
            continue
        held = sums.setdefault((lane, row["SampleID"][:_LONGEST_NAME]), [0, 0, 0.0])
        held[0] += bases
        held[1] += good
        held[2] += (number(row.get("Mean Quality Score (PF)")) or 0.0) * bases
    return [_with_quality(each, sums.get((each.lane, each.sample_id))) for each in libraries]


def _with_quality(library: LibraryFigures, sums: Sequence[float] | None) -> LibraryFigures:
    if not sums or not sums[0]:
        return library
    bases, good, weighted = sums
    mean = library.mean_quality or (weighted / bases if weighted else None)
    percent = min(100 * good / bases, 100.0)
    return replace(library, yield_bases=int(bases), q30_percent=percent, mean_quality=mean)


def read_unknown(content: bytes) -> list[UnknownBarcode]:
    """Return the barcodes of a Top_Unknown_Barcodes.csv, the most frequent of a lane first.

    Raises:
        Unreadable: it is no such table.
    """
    found = []
    for row in table(content, "Lane", "index", "# Reads"):
        lane, reads = whole(row.get("Lane")), whole(row.get("# Reads"))
        i7 = _bases(row.get("index", ""))
        if lane is not None and reads and i7:
            i5 = _bases(row.get("index2", ""))
            found.append(UnknownBarcode(lane=lane, index_i7=i7, index_i5=i5, reads=reads))
    return _most_frequent(found)


def read_hopped(content: bytes) -> int:
    """Return the reads of an Index_Hopping_Counts.csv whose pair is of two libraries.

    Raises:
        Unreadable: it is no such table.
    """
    rows = table(content, "Lane", "# Reads")
    return sum(
        whole(row.get("# Reads")) or 0
        for row in rows
        # Rows with a sample are the expected pairs.
        if not row.get("SampleID", "").strip()
    )


def read_stats_json(content: bytes) -> Demultiplexed:
    """Return what bcl2fastq's Stats.json says.

    Raises:
        Unreadable: it is no such JSON.
    """
    try:
        held = json.loads(text_of(content))
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is no whole JSON. Copy it again") from error
    if not isinstance(held, dict) or not isinstance(held.get("ConversionResults"), list):
        raise Unreadable("it has no ConversionResults. It is another file")
    found = Demultiplexed()
    for lane in _dicts(held["ConversionResults"]):
        _add_lane(found, lane)
    for lane in _dicts(held.get("UnknownBarcodes")):
        number_of = _count(lane.get("Lane"))
        codes = lane.get("Barcodes")
        if number_of is None or not isinstance(codes, dict):
            continue
        for code, reads in codes.items():
            i7, i5 = _pair(str(code))
            if (counted := _count(reads)) and i7:
                found.unknown.append(
                    UnknownBarcode(lane=number_of, index_i7=i7, index_i5=i5, reads=counted)
                )
    found.unknown = _most_frequent(found.unknown)
    return found


def _add_lane(found: Demultiplexed, lane: Mapping[str, Any]) -> None:
    number_of = _count(lane.get("LaneNumber"))
    if number_of is None:
        found.left_out += 1
        return
    for name, kept in (
        ("TotalClustersRaw", found.clusters),
        ("TotalClustersPF", found.clusters_pf),
    ):
        if (counted := _count(lane.get(name))) is not None:
            kept[number_of] = counted
    undetermined = lane.get("Undetermined")
    if isinstance(undetermined, dict):
        reads = _count(undetermined.get("NumberReads"))
        if reads is not None:
            found.undetermined[number_of] = reads
    for sample in _dicts(lane.get("DemuxResults")):
        reads = _count(sample.get("NumberReads"))
        if reads is None:
            found.left_out += 1
            continue
        found.libraries.append(_library(number_of, sample, reads))


def _library(lane: int, sample: Mapping[str, Any], reads: int) -> LibraryFigures:
    metrics = list(_dicts(sample.get("IndexMetrics")))
    i7, i5 = _pair(str(metrics[0].get("IndexSequence", ""))) if metrics else ("", "")
    counts = metrics[0].get("MismatchCounts") if metrics else None
    by_read = list(_dicts(sample.get("ReadMetrics")))
    bases = sum(_count(each.get("Yield")) or 0 for each in by_read)
    good = sum(_count(each.get("YieldQ30")) or 0 for each in by_read)
    scores = sum(_count(each.get("QualityScoreSum")) or 0 for each in by_read)
    return LibraryFigures(
        lane=lane,
        sample_id=str(sample.get("SampleId", ""))[:_LONGEST_NAME],
        index_i7=i7,
        index_i5=i5,
        reads=reads,
        perfect_reads=_count(counts.get("0")) if isinstance(counts, dict) else None,
        yield_bases=bases or None,
        q30_percent=min(100 * good / bases, 100.0) if bases else None,
        mean_quality=scores / bases if bases and scores else None,
    )


def read_demultiplexing_xml(content: bytes) -> Demultiplexed:
    """Return the reads of bcl2fastq's DemultiplexingStats.xml: no quality stands in it.

    Raises:
        Unreadable: it is no XML.
    """
    found = Demultiplexed()
    for sample in xml_root(content).iter():
        if name_of(sample) != "sample" or (name := sample.get("name", "")) == "all":
            continue
        for barcode in sample:
            if name_of(barcode) != "barcode" or (code := barcode.get("name", "")) == "all":
                continue
            i7, i5 = _pair(code)
            for lane in barcode:
                number_of = whole(lane.get("number"))
                counts = {name_of(each): whole(each.text) for each in lane}
                reads = counts.get("barcodecount")
                if number_of is None or reads is None:
                    found.left_out += 1
                elif name.casefold() == UNDETERMINED:
                    found.undetermined[number_of] = reads
                else:
                    found.libraries.append(
                        LibraryFigures(
                            lane=number_of,
                            sample_id=name[:_LONGEST_NAME],
                            index_i7=i7,
                            index_i5=i5,
                            reads=reads,
                            perfect_reads=counts.get("perfectbarcodecount"),
                        )
                    )
    return found


def _most_frequent(found: list[UnknownBarcode]) -> list[UnknownBarcode]:
    by_lane: defaultdict[int, list[UnknownBarcode]] = defaultdict(list)
    for each in sorted(found, key=lambda each: (-each.reads, each.index_i7, each.index_i5)):
        if len(by_lane[each.lane]) < MOST_UNKNOWN:
            by_lane[each.lane].append(each)
    return [each for lane in sorted(by_lane) for each in by_lane[lane]]


def _pair(text: str) -> tuple[str, str]:
    """Return i7 and i5 of ``AAAA-CCCC`` (BCL Convert) or ``AAAA+CCCC`` (bcl2fastq)."""
    i7, _, i5 = text.replace("+", "-").partition("-")
    return _bases(i7), _bases(i5)


def _bases(text: str) -> str:
    cleaned = text.strip().upper()[:100]
    return "" if cleaned in _NO_INDEX or not set(cleaned) <= set("ACGTN") else cleaned


def _dicts(held: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(held, list):
        yield from (each for each in held if isinstance(each, dict))


def _count(held: object) -> int | None:
    if not isinstance(held, int) or isinstance(held, bool):
        return None
    return held if 0 <= held < 10**MOST_DIGITS else None
