"""RunParameters.xml of the generations, and what says that a run has ended.

The names of the elements differ by instrument: MiSeq (`FlowcellRFIDTag`, `ReagentKitVersion`),
NextSeq 500 (`FlowCellSerial`, `Chemistry`), iSeq (`FlowcellEEPROMTag`), NovaSeq 6000 (`RfidsInfo`
with `FlowCellMode`), NovaSeq X and NextSeq 1000/2000 (`ConsumableInfo` of type FlowCell with its
`Name`, `RecipeName`). They were taken from files of these instruments as public tools carry them
in their tests; the first name that has a text counts.
"""

from xml.etree.ElementTree import Element

from backend.sequencing.run_folders.model import Progress, RunParameters
from backend.sequencing.run_folders.values import first_text, name_of, whole, xml_root

_INSTRUMENT = ("InstrumentType", "ApplicationName", "Application")
_EXPERIMENT = ("ExperimentName", "RunName")
_FLOW_CELL = ("FlowCellSerialBarcode", "FlowCellSerialNumber", "FlowCellSerial", "Barcode")
_PART = ("FlowCellPartNumber", "PartNumber")
_MODE = ("FlowCellMode", "FlowCellType", "RecipeName", "Chemistry")
_REAGENTS = ("ReagentKitVersion", "SbsConsumableVersion", "ReagentKitType")
_SOFTWARE = ("ApplicationVersion", "SystemSuiteVersion", "MCSVersion", "ControlSoftwareVersion")
_ENDED_WELL = frozenset({"runcompleted", "completedasplanned"})


def read_parameters(content: bytes) -> RunParameters:
    """Return what a RunParameters.xml says.

    Raises:
        Unreadable: it is no XML.
    """
    root = xml_root(content)
    consumable = _flow_cell(root)
    tagged = _named(root, "flowcellrfidtag", "flowcelleepromtag")
    within = next((each for each in (consumable, tagged) if each is not None), root)
    return RunParameters(
        instrument_type=first_text(root, *_INSTRUMENT),
        experiment=first_text(root, *_EXPERIMENT),
        flow_cell_type=(first_text(consumable, "Name") if consumable is not None else "")
        or first_text(root, *_MODE),
        flow_cell=first_text(within, "SerialNumber") or first_text(root, *_FLOW_CELL),
        flow_cell_part=first_text(within, "PartNumber") or first_text(root, *_PART),
        reagents=first_text(root, *_REAGENTS),
        control_software=first_text(root, *_SOFTWARE),
        tiles_per_swath=whole(first_text(root, "NumTilesPerSwath")),
    )


def read_completion(content: bytes) -> tuple[Progress, str]:
    """Return what a RunCompletionStatus.xml says: the end, and in which words.

    Raises:
        Unreadable: it is no XML, or names no status.
    """
    root = xml_root(content)
    status = first_text(root, "RunStatus", "CompletionStatus")
    if not status:
        return Progress.ARRIVING, "RunCompletionStatus.xml names no status"
    if status.replace(" ", "").casefold() in _ENDED_WELL:
        return Progress.FINISHED, f"RunCompletionStatus.xml says {status}"
    why = first_text(root, "ErrorDescription")
    said = f"RunCompletionStatus.xml says {status}"
    return Progress.FAILED, f"{said}: {why}" if why and why.casefold() != "none" else said


def _flow_cell(root: Element) -> Element | None:
    """Return the consumable that is the flow cell, as the newest instruments list them."""
    for each in root.iter():
        if name_of(each) == "consumableinfo" and any(
            name_of(child) == "type" and (child.text or "").strip().casefold() == "flowcell"
            for child in each
        ):
            return each
    return None


def _named(root: Element, *names: str) -> Element | None:
    return next((each for each in root.iter() if name_of(each) in names), None)
