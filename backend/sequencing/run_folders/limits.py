"""Limits of a run's quality, by make of instrument and length of read; which of them hold.

The figures are checkQC's defaults (Molmed/checkQC, `checkqc/default_config/config.yaml`), which
collects what Illumina specifies and the SNP&SEQ platform found; the warning for undetermined reads
is DOMAIN 2f. NextSeq 2000 and MiSeq i100 are not in it; for them stand the clusters of a lane and
the Q30 that SciLifeLab holds runs to (scilifelab_epps, manage_demux_stats_thresholds.py; of MiSeq
i100 it calls them preliminary). They are where a laboratory begins: its own stand in the database,
by version. Makes without any are known too, so that a laboratory can add what it asks of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

SOURCE = (
    "Molmed/checkQC, default configuration; NextSeq 2000 and MiSeq i100: SciLifeLab, "
    "scilifelab_epps; undetermined reads from 5 % on: DOMAIN 2f"
)

MODELS: Mapping[str, str] = MappingProxyType(
    {
        "hiseq2500_high_v4": "HiSeq 2500, high output v4",
        "hiseq2500_rapid_v2": "HiSeq 2500, rapid run v2",
        "hiseqx_v2": "HiSeq X, v2",
        "novaseq_6000_sp": "NovaSeq 6000, SP",
        "novaseq_6000_s1": "NovaSeq 6000, S1",
        "novaseq_6000_s2": "NovaSeq 6000, S2",
        "novaseq_6000_s4": "NovaSeq 6000, S4",
        "novaseq_x_1.5b": "NovaSeq X, 1.5B",
        "novaseq_x_10b": "NovaSeq X, 10B",
        "novaseq_x_25b": "NovaSeq X, 25B",
        "miseq_nano_v2": "MiSeq, nano v2",
        "miseq_micro_v2": "MiSeq, micro v2",
        "miseq_v2": "MiSeq, v2",
        "miseq_v3": "MiSeq, v3",
        "iseq_100": "iSeq 100",
        "nextseq_500_high": "NextSeq 500, high output",
        "nextseq_500_mid": "NextSeq 500, mid output",
        "nextseq_550_high": "NextSeq 550, high output",
        "nextseq_550_mid": "NextSeq 550, mid output",
        "nextseq_2000_p1": "NextSeq 2000, P1",
        "nextseq_2000_p2": "NextSeq 2000, P2",
        "nextseq_2000_p3": "NextSeq 2000, P3",
        "nextseq_2000_p4": "NextSeq 2000, P4",
        "miseq_i100_5m": "MiSeq i100, 5M",
        "miseq_i100_25m": "MiSeq i100, 25M",
        "miseq_i100_50m": "MiSeq i100, 50M",
        "miseq_i100_100m": "MiSeq i100, 100M",
        "miniseq": "MiniSeq",
        "hiseq_4000": "HiSeq 3000 and 4000",
    }
)
"""Makes that runs are known of, with what people call them."""

UNDETERMINED_WARN, UNDETERMINED_FAIL = 5.0, 9.0
UNKNOWN_INDEX_PERCENT = 1.0
"""Share of a lane's reads from which one unknown index pair is said to be an error of the sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimit:
    """What is asked of one lane, for reads of ``cycles_from`` to ``cycles_to``. None asks nothing.

    Clusters and reads are millions, the rest percent. ``library_reads_fail`` is of a lane with one
    library: with n of them each must have an nth of it. The share of PhiX is added to what
    ``undetermined_fail`` and ``undetermined_warn`` allow.
    """

    model: str
    cycles_from: int
    cycles_to: int
    clusters_pf_warn: float | None = None
    clusters_pf_fail: float | None = None
    q30_warn: float | None = None
    q30_fail: float | None = None
    error_warn: float | None = None
    error_fail: float | None = None
    library_reads_fail: float | None = None
    undetermined_warn: float | None = UNDETERMINED_WARN
    undetermined_fail: float | None = UNDETERMINED_FAIL


# model: clusters, reads of a library, then by cycles: Q30 and error rate, both warnings.
_KNOWN: Sequence[tuple[str, float, float, Sequence[tuple[int, int, float, float]]]] = (
    (
        "hiseq2500_high_v4",
        180,
        135,
        ((51, 71, 85, 1.5), (100, 111, 80, 2), (121, 131, 80, 2)),
    ),
    ("hiseq2500_rapid_v2", 110, 82.5, ((51, 51, 85, 1.5), (101, 101, 80, 2))),
    ("hiseqx_v2", 400, 300, ((151, 151, 75, 5),)),
    (
        "novaseq_6000_sp",
        325,
        243.75,
        ((51, 51, 90, 1), (101, 101, 85, 2), (151, 151, 85, 5), (251, 251, 75, 5)),
    ),
    ("novaseq_6000_s1", 650, 487.5, ((51, 51, 90, 1), (101, 101, 85, 2), (151, 151, 85, 5))),
    ("novaseq_6000_s2", 1650, 1237.5, ((51, 51, 90, 1), (101, 101, 85, 2), (151, 151, 85, 5))),
    ("novaseq_6000_s4", 2000, 1500, ((101, 101, 85, 2), (151, 151, 85, 5))),
    ("novaseq_x_1.5b", 800, 600, ((51, 51, 90, 1), (101, 101, 85, 2), (151, 151, 85, 5))),
    ("novaseq_x_10b", 1250, 937.5, ((51, 51, 90, 1), (101, 101, 85, 2), (151, 151, 85, 5))),
    ("novaseq_x_25b", 3250, 2437.5, ((151, 151, 85, 5),)),
    # checkQC asks 7.5 M of a library on nano and micro flow cells too, which yield 1 M and 4 M:
    # three quarters of their own clusters stand here, as for every other flow cell.
    ("miseq_nano_v2", 1, 0.75, ((151, 151, 80, 2), (251, 251, 75, 5))),
    ("miseq_micro_v2", 4, 3, ((151, 151, 80, 2),)),
    ("miseq_v2", 10, 7.5, ((51, 51, 90, 1), (151, 151, 80, 2), (251, 251, 75, 5))),
    ("miseq_v3", 18, 13.5, ((76, 76, 85, 1.5), (151, 151, 80, 2))),
    ("iseq_100", 4, 3, ((151, 151, 80, 5),)),
    ("nextseq_500_high", 100, 75, ((76, 76, 80, 1.5), (151, 151, 75, 1.5))),
    ("nextseq_500_mid", 32, 24, ((76, 76, 80, 1.5), (151, 151, 75, 1.5), (301, 301, 75, 1.5))),
    (
        "nextseq_550_high",
        100,
        75,
        ((76, 76, 80, 1.5), (151, 151, 75, 1.5), (301, 301, 75, 1.5)),
    ),
    ("nextseq_550_mid", 32, 24, ((76, 76, 80, 1.5), (151, 151, 75, 1.5), (301, 301, 75, 1.5))),
)
_SHARE_OF_LIBRARIES = 0.75
"""Of a lane's clusters a single library must have, as checkQC and SciLifeLab both ask."""
# model: clusters of a lane (P3 has two imaging lanes, the others one), millions.
_OF_SCILIFELAB: Sequence[tuple[str, float]] = (
    ("nextseq_2000_p1", 100),
    ("nextseq_2000_p2", 400),
    ("nextseq_2000_p3", 550),
    ("miseq_i100_5m", 5),
    ("miseq_i100_25m", 25),
    ("miseq_i100_50m", 50),
    ("miseq_i100_100m", 100),
)
_Q30_OF_SCILIFELAB: Sequence[tuple[int, int, float]] = ((26, 149, 80), (150, 301, 75))


def known_limits() -> tuple[RunLimit, ...]:
    """Return the limits that a laboratory begins with, by model and cycles."""
    made = [
        RunLimit(
            model=model,
            cycles_from=first,
            cycles_to=last,
            clusters_pf_warn=clusters,
            q30_warn=q30,
            error_warn=error,
            library_reads_fail=reads,
        )
        for model, clusters, reads, by_cycles in _KNOWN
        for first, last, q30, error in by_cycles
    ]
    made += [
        RunLimit(
            model="hiseq2500_rapid_v2",
            cycles_from=251,
            cycles_to=251,
            clusters_pf_warn=110,
            q30_fail=75,
            error_fail=5,
            library_reads_fail=82.5,
        ),
        RunLimit(
            model="miseq_v3",
            cycles_from=301,
            cycles_to=301,
            clusters_pf_warn=18,
            q30_warn=70,
            error_warn=5,
            library_reads_fail=13.5,
            undetermined_fail=14,
        ),
        RunLimit(
            model="nextseq_500_high",
            cycles_from=301,
            cycles_to=301,
            clusters_pf_warn=60,
            q30_warn=75,
            error_warn=1.5,
            library_reads_fail=15,
        ),
    ]
    made += [
        RunLimit(
            model=model,
            cycles_from=first,
            cycles_to=last,
            clusters_pf_warn=clusters,
            q30_warn=q30,
            library_reads_fail=_SHARE_OF_LIBRARIES * clusters,
        )
        for model, clusters in _OF_SCILIFELAB
        for first, last, q30 in _Q30_OF_SCILIFELAB
    ]
    return tuple(sorted(made, key=lambda each: (each.model, each.cycles_from)))


def limit_for(limits: Sequence[RunLimit], model: str, cycles: int) -> RunLimit | None:
    """Return the limits that hold for a read: those of its length, else of the nearest length.

    Of two that are as near the longer counts, as quality falls with length. None when nothing is
    known of the make.
    """
    own = [each for each in limits if each.model == model]
    return min(own, key=lambda each: (_away(each, cycles), -each.cycles_from), default=None)


def _away(limit: RunLimit, cycles: int) -> int:
    return max(limit.cycles_from - cycles, cycles - limit.cycles_to, 0)
