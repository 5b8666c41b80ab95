"""What is known of sequencers: lanes, reads of a lane, and how they read the second index.

Reads are those passing filter per lane as the laboratory plans with them (DOMAIN 2c, the lower ends
of checkQC's warning levels where a range is given); orientations are DOMAIN 2d.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backend.sequencing.ids import I5Orientation


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentModel:
    """A make of sequencer with the flow cell it is booked with."""

    label: str
    run_prefix: str
    lanes: int
    lane_reads_millions: int
    i5_orientation: I5Orientation


MODELS: Mapping[str, InstrumentModel] = MappingProxyType(
    {
        "novaseq_x_10b": InstrumentModel(
            label="NovaSeq X, 10B",
            run_prefix="NX",
            lanes=8,
            lane_reads_millions=1250,
            i5_orientation=I5Orientation.REVERSE_COMPLEMENT,
        ),
        "novaseq_6000_s4": InstrumentModel(
            label="NovaSeq 6000, S4 v1.5",
            run_prefix="NV",
            lanes=4,
            lane_reads_millions=2000,
            i5_orientation=I5Orientation.REVERSE_COMPLEMENT,
        ),
        "nextseq_500_high": InstrumentModel(
            label="NextSeq 500, high output",
            run_prefix="NS",
            lanes=1,
            lane_reads_millions=400,
            i5_orientation=I5Orientation.REVERSE_COMPLEMENT,
        ),
        "miseq_v3": InstrumentModel(
            label="MiSeq, v3",
            run_prefix="MS",
            lanes=1,
            lane_reads_millions=18,
            i5_orientation=I5Orientation.FORWARD,
        ),
        "iseq_100": InstrumentModel(
            label="iSeq 100",
            run_prefix="IS",
            lanes=1,
            lane_reads_millions=4,
            i5_orientation=I5Orientation.REVERSE_COMPLEMENT,
        ),
        # One billion reads of a flow cell on two lanes (Element Biosciences, "AVITI System").
        # No public table says how it reads i5: forward until the laboratory finds otherwise.
        "aviti": InstrumentModel(
            label="AVITI, high output",
            run_prefix="AV",
            lanes=2,
            lane_reads_millions=500,
            i5_orientation=I5Orientation.FORWARD,
        ),
    }
)

PHIX_SHARE = 0.01
UNDETERMINED_SHARE = 0.05
SAFETY_SHARE = 0.90


def usable_reads_millions(lane_reads_millions: float) -> float:
    """Return what may be planned on a lane: less PhiX, undetermined reads and a safety (2c)."""
    return lane_reads_millions * (1 - PHIX_SHARE) * (1 - UNDETERMINED_SHARE) * SAFETY_SHARE
