"""What the Libraries pages call things."""

from collections.abc import Mapping

from backend.sequencing.preparation.ids import (
    GateState,
    InstrumentFile,
    PlateShape,
    WellKind,
    WorksheetState,
)
from backend.sequencing.preparation.rules import InputFlag
from dashboard.components.status import Look
from dashboard.components.tones import Tone

PATH = "/sequencing/libraries"

STATES: Mapping[WorksheetState, Look] = {
    WorksheetState.DRAFT: Look("Draft", "dash-circle-dotted", Tone.OFF),
    WorksheetState.STARTED: Look("Started", "play-circle", Tone.INFO),
    WorksheetState.DONE: Look("Done", "check-circle-fill", Tone.OK),
    WorksheetState.CANCELLED: Look("Given up", "slash-circle", Tone.OFF),
}
GATES: Mapping[GateState, Look] = {
    GateState.NONE: Look("No limits", "dash-circle-dotted", Tone.OFF),
    GateState.PENDING: Look("To be measured", "dash-circle-dotted", Tone.OFF),
    GateState.PASSED: Look("Passed", "check-circle-fill", Tone.OK),
    GateState.FAILED: Look("Failed, hold proposed", "x-octagon-fill", Tone.CRIT),
    GateState.HELD: Look("Failed, on hold", "x-octagon-fill", Tone.CRIT),
    GateState.WAIVED: Look("Failed, let through", "exclamation-triangle-fill", Tone.WARN),
}
FLAGS: Mapping[InputFlag, Look] = {
    InputFlag.ON_TARGET: Look("On target", "check2", Tone.OK),
    InputFlag.UNDER_TARGET: Look("Under target", "exclamation-triangle-fill", Tone.WARN),
    InputFlag.UNDER_MINIMUM: Look("Under the least", "exclamation-triangle-fill", Tone.WARN),
    InputFlag.OVER_TARGET: Look("Over target", "exclamation-triangle-fill", Tone.WARN),
    InputFlag.OVER_MAXIMUM: Look("Over the most", "exclamation-triangle-fill", Tone.WARN),
    InputFlag.UNKNOWN: Look("Not measured", "question-circle", Tone.OFF),
}
KINDS: Mapping[WellKind, str] = {
    WellKind.SAMPLE: "Sample",
    WellKind.NO_TEMPLATE: "No-template control",
    WellKind.POSITIVE: "Positive control",
}
SHAPES: Mapping[PlateShape, str] = {
    PlateShape.PLATE_96: "Plate, 8 × 12",
    PlateShape.STRIPS_24: "Strips, 4 × 6",
}
INSTRUMENTS: Mapping[InstrumentFile, str] = {
    InstrumentFile.QUBIT: "Qubit",
    InstrumentFile.PLATE_READER: "Plate reader",
    InstrumentFile.BIOANALYZER: "Bioanalyzer",
    InstrumentFile.TAPESTATION_REGIONS: "TapeStation, regions",
    InstrumentFile.TAPESTATION_PEAKS: "TapeStation, peaks",
    InstrumentFile.TAPESTATION_SAMPLES: "TapeStation, samples",
    InstrumentFile.SEQUENCESCAPE_QUANT: "Plate reader, Sequencescape",
}


def href_of(code: str) -> str:
    """Return the address of a worksheet."""
    return f"{PATH}/{code}"
