"""Which make of instrument, with which flow cell, wrote a run: a key of `limits.MODELS`.

Names of instruments begin with letters that say the make (Illumina, "Sequence identifiers"; the
table that public tools such as checkQC and 10x's supernova carry); the flow cell is what
RunParameters says. MiSeq's nano and micro flow cells are told by their tiles: 2 and 4 a swath.
NextSeq 1000 and 2000 write "NextSeq 1000/2000 P2 Flow Cell Cartridge" as FlowCellMode, as public
pipelines that read it carry. Not verified: that MiSeq i100 names its flow cell by its reads.
"""

import re

from backend.sequencing.run_folders.model import RunParameters

_PREFIXES = (
    ("NB55", "nextseq_550"),
    ("NB", "nextseq_500"),
    ("NS", "nextseq_500"),
    ("FS", "iseq_100"),
    ("LH", "novaseq_x"),
    ("ST-E", "hiseqx_v2"),
    ("E0", "hiseqx_v2"),
    ("A0", "novaseq_6000"),
    ("VH", "nextseq_2000"),
    ("SH", "miseq_i100"),
    ("MN", "miniseq"),
    ("J0", "hiseq_4000"),
    ("K0", "hiseq_4000"),
    ("M", "miseq"),
    ("D", "hiseq2500"),
    ("SN", "hiseq2500"),
)
_MISEQ_TILES = {2: "miseq_nano_v2", 4: "miseq_micro_v2"}
_CELLS = {
    "novaseq_6000": r"\b(sp|s1|s2|s4)\b",
    "novaseq_x": r"\b(1\.5b|10b|25b)\b",
    "nextseq_500": r"\b(high|mid)\b",
    "nextseq_550": r"\b(high|mid)\b",
    "nextseq_2000": r"\b(p[1-4])\b",
    "miseq_i100": r"\b(5m|25m|50m|100m)\b",
}
"""What tells the flow cell in small letters; a make that is not here has one kind of them."""


def model_of(instrument: str, parameters: RunParameters, tiles: int | None) -> str:
    """Return the make's key, or "" when it is not recognised."""
    make = _make(instrument)
    said = f"{parameters.flow_cell_type} {parameters.reagents}".casefold()
    if make == "miseq":
        return _miseq(said, parameters.tiles_per_swath or tiles)
    if make == "hiseq2500":
        return "hiseq2500_rapid_v2" if "rapid" in said else "hiseq2500_high_v4"
    pattern = _CELLS.get(make)
    return make if pattern is None else _after(f"{make}_", said, pattern)


def copies_itself(instrument: str) -> bool:
    """Say whether an instrument copies its folder itself and writes CopyComplete.txt last.

    On these RTAComplete.txt comes before the copy is whole.
    """
    return _make(instrument).startswith(("novaseq", "iseq"))


def _make(instrument: str) -> str:
    name = instrument.upper()
    return next((make for start, make in _PREFIXES if name.startswith(start)), "")


def _miseq(said: str, tiles: int | None) -> str:
    if tiles in _MISEQ_TILES:
        return _MISEQ_TILES[tiles]
    version = re.search(r"(?:version|v)\s*([23])\b", said)
    return f"miseq_v{version[1]}" if version else ""


def _after(start: str, said: str, pattern: str) -> str:
    found = re.search(pattern, said)
    return f"{start}{found[1]}" if found else ""
