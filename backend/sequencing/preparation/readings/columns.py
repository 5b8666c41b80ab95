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
CONCENTRATIONS = (
    "concentration",
    "conc",
    "ng/ul",
    "dna concentration",
    "mean concentration",
    "mean conc",
    "average concentration",
    "avg conc",
    "sample conc",
    "calculated conc",
    "final conc",
    "result",
)
NO_TEMPLATE = frozenset({"ntc", "no template", "no template control", "negative control"})
POSITIVE = frozenset({"positive", "positive control", "pc"})
_OF_STANDARDS = ("standard", "std", "blank", "control", "buffer", "ladder", "electronic ladder")


_MEASURES = (Metric.CONCENTRATION, Metric.MOLARITY)


def unit_in(heading: Heading) -> str:
    """Return the unit of a concentration's heading, in brackets or among its words."""
    written = (heading.unit, *heading.words.split())
    return next((each for each in written if measure_of(each) is not None), "")


def measure_of(unit: str) -> Metric | None:
    """Return what a concentration in a unit is: a mass in a volume, or a molarity as of qPCR."""
    return next((each for each in _MEASURES if numbers.factor_of(each, unit) is not None), None)


def whose(row: Row, name: Heading | None, well: Heading | None) -> Whose:
    """Return whose a line is."""
    return Whose(line=row.line, well=row.at(well), name=row.at(name))


def is_standard(said: str) -> bool:
    """Say whether a line is of what the instrument is measured by, and of no sample."""
    return said.casefold().startswith(_OF_STANDARDS)
