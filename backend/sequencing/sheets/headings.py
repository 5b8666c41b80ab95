"""Which heading of a sample table means what, in each dialect."""

from collections.abc import Mapping
from types import MappingProxyType

from backend.sequencing.sheets.values import Dialect

SAMPLE_ID, LANE, INDEX1, INDEX2, NAME, PROJECT = (
    "sample_id",
    "lane",
    "index1",
    "index2",
    "name",
    "project",
)
FIELDS = (LANE, SAMPLE_ID, NAME, INDEX1, INDEX2, PROJECT)

_ILLUMINA = {
    "lane": LANE,
    "sampleid": SAMPLE_ID,
    "samplename": NAME,
    "index": INDEX1,
    "index2": INDEX2,
    "sampleproject": PROJECT,
}

MEANINGS: Mapping[Dialect, Mapping[str, str]] = MappingProxyType(
    {
        Dialect.ILLUMINA_V1: _ILLUMINA,
        Dialect.ILLUMINA_V2: _ILLUMINA,
        Dialect.TABLE: {
            **_ILLUMINA,
            "sample": SAMPLE_ID,
            "i7": INDEX1,
            "index1": INDEX1,
            "i5": INDEX2,
            "project": PROJECT,
        },
        Dialect.AVITI: {
            "samplename": SAMPLE_ID,
            "lane": LANE,
            "index1": INDEX1,
            "index2": INDEX2,
            "project": PROJECT,
        },
        Dialect.ONT: {"sampleid": SAMPLE_ID},
    }
)
"""Fields of a sample by folded heading."""

SPELLINGS: Mapping[Dialect, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        Dialect.ILLUMINA_V1: {
            LANE: ("Lane",),
            SAMPLE_ID: ("Sample_ID",),
            NAME: ("Sample_Name",),
            INDEX1: ("index", "Index"),
            INDEX2: ("index2", "Index2"),
            PROJECT: ("Sample_Project",),
        },
        Dialect.ILLUMINA_V2: {
            LANE: ("Lane",),
            SAMPLE_ID: ("Sample_ID",),
            NAME: ("Sample_Name",),
            INDEX1: ("Index", "index"),
            INDEX2: ("Index2", "index2"),
            PROJECT: ("Sample_Project",),
        },
        Dialect.TABLE: {
            LANE: ("Lane",),
            SAMPLE_ID: ("Sample_ID", "Sample"),
            NAME: ("Sample_Name",),
            INDEX1: ("Index", "index", "Index1", "i7", "I7"),
            INDEX2: ("Index2", "index2", "i5", "I5"),
            PROJECT: ("Sample_Project", "Project"),
        },
        Dialect.AVITI: {
            LANE: ("Lane",),
            SAMPLE_ID: ("SampleName",),
            INDEX1: ("Index1",),
            INDEX2: ("Index2",),
            PROJECT: ("Project",),
        },
        Dialect.ONT: {SAMPLE_ID: ("sample_id",)},
    }
)
"""How each field is headed, the usual way first; that is how it is written."""
