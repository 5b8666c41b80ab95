"""Which of a folder's demultiplexing reports count, taken together."""

from backend.sequencing.run_folders import demultiplexed as reports
from backend.sequencing.run_folders.demultiplexed import Demultiplexed
from backend.sequencing.run_folders.files import Kind, RunFile
from backend.sequencing.run_folders.taking import Taking


def read_demultiplexing(taking: Taking) -> Demultiplexed:
    """Return libraries, undetermined reads and unknown barcodes.

    BCL Convert's tables count before Stats.json, which it writes too for older tools; Stats.json
    before the XML, which has no qualities.
    """
    by_table = _bcl_convert(taking)
    stats = taking.newest(Kind.STATS_JSON)
    by_json = taking.read(stats, reports.read_stats_json)
    _left_out(taking, stats, by_json)
    if by_table is not None:
        if by_json is not None:
            by_table.clusters = by_table.clusters or by_json.clusters
            by_table.unknown = by_table.unknown or by_json.unknown
        return by_table
    if by_json is not None:
        return by_json
    stats = taking.newest(Kind.STATS_XML)
    by_xml = taking.read(stats, reports.read_demultiplexing_xml)
    _left_out(taking, stats, by_xml)
    if by_xml is not None:
        return by_xml
    taking.notes.tell(
        "not_demultiplexed",
        "",
        "There is no report of a demultiplexer (Demultiplex_Stats.csv, Stats.json): reads of "
        "libraries are not known yet.",
    )
    return Demultiplexed()


def _bcl_convert(taking: Taking) -> Demultiplexed | None:
    file = taking.newest(Kind.DEMULTIPLEX)
    found = taking.read(file, reports.read_demultiplex_stats)
    _left_out(taking, file, found)
    quality = taking.newest(Kind.QUALITY, beside=file)
    unknown = taking.read(taking.newest(Kind.UNKNOWN, beside=file), reports.read_unknown)
    hopped = taking.read(taking.newest(Kind.HOPPED, beside=file), reports.read_hopped)
    if found is None:
        return None
    libraries = found.libraries
    better = taking.read(quality, lambda content: reports.with_qualities(libraries, content))
    found.libraries = better or found.libraries
    found.unknown = unknown or []
    total = sum(found.clusters_pf.values())
    if hopped and total:
        taking.notes.tell(
            "hopped",
            "",
            f"{hopped:,} reads ({100 * hopped / total:.2f}%) carry the indexes of two libraries: "
            "index hopping, or primers that touched.",
        )
    return found


def _left_out(taking: Taking, file: RunFile | None, found: Demultiplexed | None) -> None:
    if file is None or found is None or not found.left_out:
        return
    lines = "line is" if found.left_out == 1 else "lines are"
    taking.notes.warn(
        "rows_left_out",
        file.path,
        f"{file.path}: {found.left_out} {lines} without a lane or a number of reads and left "
        "out. The file is cut, or still being copied.",
    )
