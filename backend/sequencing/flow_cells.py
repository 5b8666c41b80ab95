"""Flow cells that an instrument is run with: its own, and the other sizes of its make.

An instrument is put into service with one flow cell, of which lanes and reads are copied; it may be
loaded with every other one of its platform whose reads are known, or with those that the laboratory
says it keeps. A run that is booked copies what it is booked with, as the instrument did.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.sequencing.errors import RequestRefused
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.reference.content import FlowCellContent
from backend.sequencing.reference.views import FlowCell


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A flow cell as an instrument is loaded with it."""

    key: str
    name: str
    lanes: int
    lane_reads_millions: float
    """Reads passing filter that one lane yields, millions, before the safety share."""
    content: FlowCellContent | None = None
    """None: it is not among the reference data in force."""

    @property
    def reads_millions(self) -> float:
        """Return what all of its lanes yield, millions."""
        return self.lanes * self.lane_reads_millions

    def reads_length(self, length: int) -> bool:
        """Say whether its reagents read ``length`` cycles from both ends, as requests ask.

        Where no lengths are known, every one is taken for possible.
        """
        kits = self.content.configurations if self.content else ()
        return not kits or any(min(one.read1_cycles, one.read2_cycles) >= length for one in kits)


def own(instrument: Instrument, known: Sequence[FlowCell]) -> Cell:
    """Return what an instrument was put into service with, by the figures copied then."""
    found = next((each for each in known if each.key == instrument.model), None)
    return Cell(
        key=instrument.model,
        name=found.name if found else instrument.model,
        lanes=instrument.lanes,
        lane_reads_millions=float(instrument.lane_reads_millions),
        content=found.content if found else None,
    )


def makes(instrument: Instrument, known: Sequence[FlowCell]) -> list[Cell]:
    """Return every flow cell of an instrument's make, its own first; ``known`` are in force."""
    mine = own(instrument, known)
    platform = mine.content.platform if mine.content else None
    return [
        mine,
        *(
            Cell(
                key=each.key,
                name=each.name,
                lanes=each.content.lanes,
                lane_reads_millions=float(each.content.reads_pf_millions_per_lane),
                content=each.content,
            )
            for each in known
            if each.key != mine.key
            and each.content.platform == platform
            and each.content.reads_pf_millions_per_lane is not None
        ),
    ]


def offered(instrument: Instrument, known: Sequence[FlowCell]) -> list[Cell]:
    """Return what an instrument may be loaded with: of its make, what the laboratory keeps."""
    every = makes(instrument, known)
    if instrument.flow_cells is None:
        return every
    return [each for each in every if each.key in instrument.flow_cells]


def chosen(instrument: Instrument, known: Sequence[FlowCell], key: str) -> Cell:
    """Return the flow cell that a booking names, "" for the first that the instrument takes.

    Raises:
        RequestRefused: the instrument is not loaded with it.
    """
    every = offered(instrument, known)
    found = every[:1] if not key else [each for each in every if each.key == key]
    if found:
        return found[0]
    named = ", ".join(each.name for each in every) or "none"
    said = f"{instrument.name} is not loaded with “{key[:60]}”. It takes {named}."
    raise RequestRefused({"flow_cell": said})


def of_run(run: SequencingRun, instrument: Instrument, known: Sequence[FlowCell]) -> Cell:
    """Return what a run is booked with; one that says nothing is booked with the instrument's."""
    if run.flow_cell is None or run.lanes is None or run.lane_reads_millions is None:
        return own(instrument, known)
    found = next((each for each in known if each.key == run.flow_cell), None)
    return Cell(
        key=run.flow_cell,
        name=found.name if found else run.flow_cell,
        lanes=run.lanes,
        lane_reads_millions=float(run.lane_reads_millions),
        content=found.content if found else None,
    )


def dearness(cell: Cell, against: Cell) -> tuple[float, str]:
    """Return how many times as dear a run with a flow cell is as with another, and by what.

    By what both cost, where the laboratory has entered it. Else as if a read cost the same
    everywhere: a size is then never taken for reads that nobody asked for.
    """
    if cell.key == against.key:
        return 1.0, ""
    prices = [each.content.price if each.content else None for each in (cell, against)]
    if prices[0] is not None and prices[1] is not None:
        return float(prices[0] / prices[1]), "by what both cost"
    return cell.reads_millions / against.reads_millions, "by their reads, for want of prices"
