"""What columns of plates and tubes are called, and whose a line is. No I/O."""

from backend.samples.ids import Metric
from backend.sequencing.preparation.readings import numbers
from backend.sequencing.preparation.readings.collecting import Whose
from backend.sequencing.preparation.readings.tables import Heading, Row

NAMES = (
    "sample name",
    "sample id",
    "sample description",
    "barcode",
    "name",
    "sample",
    "test name",
)
WELLS = ("well", "wellid", "well id", "well location", "well position", "position")
KINDS = ("content", "type", "sample type")
CONCENTRATIONS = ("concentration", "conc", "ng/ul", "dna concentration", "mean concentration")
NO_TEMPLATE = frozenset({"ntc", "no template", "no template control", "negative control"})
POSITIVE = frozenset({"positive", "positive control", "pc"})
_OF_STANDARDS = ("standard", "std", "blank", "control", "buffer", "ladder", "electronic ladder")


def unit_in(heading: Heading) -> str:
    """Return the unit of a concentration's heading, in brackets or among its words."""
    if numbers.factor_of(Metric.CONCENTRATION, heading.unit) is not None:
        return heading.unit
    words = heading.words.split()
    return next((w for w in words if numbers.factor_of(Metric.CONCENTRATION, w) is not None), "")


def whose(row: Row, name: Heading | None, well: Heading | None) -> Whose:
    """Return whose a line is."""
    return Whose(line=row.line, well=row.at(well), name=row.at(name))


def is_standard(said: str) -> bool:
    """Say whether a line is of what the instrument is measured by, and of no sample."""
    return said.casefold().startswith(_OF_STANDARDS)
