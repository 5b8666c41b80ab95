"""A worksheet as files: a workbook, and the worklist of a robot.

The tubes stand in a rack in the order of the plate, so that a well and its tube have one position;
diluent comes from the first well of a trough. Diluent goes first: what is thin is pipetted into it.
"""

from collections.abc import Sequence
from decimal import Decimal

from backend.samples import qc_rules
from backend.samples.ids import Metric
from backend.sequencing.preparation import rules
from backend.sequencing.preparation.errors import WorksheetRefused
from backend.sequencing.preparation.ids import WellKind
from backend.sequencing.preparation.readings.standard_curve import Curve, in_words
from backend.sequencing.preparation.views import KeptFile, WellView, WorksheetView
from backend.storage import worklists
from backend.storage.rules import BoxShape, Position
from backend.storage.sheet_writing import Cell, SheetWriter
from backend.storage.worklists import Robot, Source, Transfer

DILUENT = "DILUENT"
_TROUGH = BoxShape(8, 12)
_HEADS = (
    "Well",
    "Kind",
    "Sample",
    "Name",
    "Project",
    "Concentration (ng/µL)",
    "Sample (µL)",
    "Diluent (µL)",
    "Mass (ng)",
    "Input",
    "Index",
    "i7",
    "i5",
    "Library",
)
_CURVE_HEADS = (
    "File",
    "Curve",
    "Well",
    "Concentration",
    "Unit",
    "Signal over blank",
    "Residual",
    "Reads back as",
    "Standard",
)
_READ = (Metric.CONCENTRATION, Metric.FRAGMENT_SIZE, Metric.MOLARITY)


def as_worklist(sheet: WorksheetView, robot: Robot) -> str:
    """Return the transfers of samples and diluent as a robot reads them, volumes in µL.

    Raises:
        WorksheetRefused: a volume that nobody knows yet, or a barcode that a robot cannot read.
    """
    strange = [
        f"{well.barcode} is no name that a robot can read. Give the tube a label of its own."
        for well in sheet.wells
        if well.barcode is not None and not worklists.is_readable(well.barcode)
    ]
    unknown = [
        f"{well.barcode} has no concentration, so its volume is not known."
        for well in sheet.wells
        if well.kind is WellKind.SAMPLE and well.volume_ul is None
    ]
    if strange or unknown or not sheet.wells:
        nothing = [] if sheet.wells else ["Nothing is on the plate."]
        said = f"There is no worklist of {sheet.code} yet."
        raise WorksheetRefused(said, [*strange, *unknown, *nothing])
    return worklists.written(robot, transfers(sheet))


def transfers(sheet: WorksheetView) -> list[Transfer]:
    """Return every aspiration and dispensation: diluent first, then samples, well by well."""
    shape = rules.SHAPES[sheet.shape]
    made = []
    for number, well in enumerate(sheet.wells, start=1):
        if well.diluent_ul:
            source = Source(
                line=number,
                barcode=DILUENT,
                labware="Diluent",
                shape=_TROUGH,
                position=Position(1, 1),
                available_ul=None,
            )
            made.append(_transfer(sheet, well, shape, source, well.diluent_ul))
    for number, well in enumerate(sheet.wells, start=1):
        if well.volume_ul and well.barcode is not None:
            source = Source(
                line=number,
                barcode=well.barcode,
                labware=f"{sheet.code} tubes",
                shape=shape,
                position=rules.well_of(well.place, sheet.shape),
                available_ul=None,
            )
            made.append(_transfer(sheet, well, shape, source, well.volume_ul))
    return made


def as_xlsx(sheet: WorksheetView) -> bytes:
    """Return a workbook: the wells, the lots that the plate takes, and its standard curves."""
    book = SheetWriter()
    read = [f"{qc_rules.NAMES[metric]} ({qc_rules.UNITS[metric]})" for metric in _READ]
    book.add_sheet(
        sheet.code, (*_HEADS, *read), [_cells(well) for well in sheet.wells], frozen_columns=1
    )
    heads = ("Kit", "Catalogue number", "Lot", "Expires", "Reactions left")
    lots: list[list[Cell]] = [
        [lot.kit, lot.catalogue_number, lot.lot, f"{lot.expires_on}", lot.reactions_left]
        for lot in sheet.lots
    ]
    book.add_sheet("Lots", heads, lots)
    curves = [line for file in sheet.files if file.curve for line in _curve(file, file.curve)]
    if curves:
        book.add_sheet("Standard curves", _CURVE_HEADS, curves)
    return book.content()


def _curve(file: KeptFile, curve: Curve) -> list[Sequence[Cell]]:
    said = in_words(curve)
    return [
        [
            file.file_name,
            said,
            each.well,
            each.concentration,
            curve.unit,
            each.signal,
            each.residual,
            each.read_back,
            "used" if each.is_kept else "left out",
        ]
        for each in curve.standards
    ]


def _transfer(
    sheet: WorksheetView, well: WellView, shape: BoxShape, source: Source, volume_ul: Decimal
) -> Transfer:
    return Transfer(
        source=source,
        plate=sheet.code,
        plate_shape=shape,
        well=rules.well_of(well.place, sheet.shape),
        volume_ul=volume_ul,
    )


def _cells(well: WellView) -> Sequence[Cell]:
    read = {each.metric: each.value for each in well.readings}
    return [
        well.well,
        well.kind.value.replace("_", " "),
        well.barcode,
        well.name,
        well.project_code,
        well.concentration_ng_per_ul,
        well.volume_ul,
        well.diluent_ul,
        well.mass_ng,
        well.flag.value.replace("_", " ") if well.kind is WellKind.SAMPLE else None,
        well.index_name,
        well.index_i7,
        well.index_i5,
        well.library_barcode,
        *(read.get(metric) for metric in _READ),
    ]
