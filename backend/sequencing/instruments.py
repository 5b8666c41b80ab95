"""What a lane may be planned with."""

from backend.sequencing.reference.content import PoolingContent


def usable_reads_millions(
    lane_reads_millions: float, settings: PoolingContent, *, phix_percent: float | None = None
) -> float:
    """Return what may be planned on a lane: less PhiX, undetermined reads and a safety (2c).

    ``phix_percent`` is a recipe's own share; without one, that of the settings holds.
    """
    phix = float(settings.phix_percent) if phix_percent is None else phix_percent
    got = lane_reads_millions * (1 - phix / 100) * (1 - float(settings.undetermined_percent) / 100)
    return got * float(settings.planned_percent) / 100
