"""An entry in one line, and the light of a base."""

from backend.sequencing.indexing.colours import BASES
from backend.sequencing.reference.content import (
    AssayContent,
    ChemistryContent,
    Content,
    FlowCellContent,
    IndexKitContent,
    PlatformContent,
    PoolingContent,
    QueuePlanningContent,
    RecipeContent,
)
from backend.sequencing.reference.words import DARK, VALUES, written
from dashboard import format as fmt


def light(content: ChemistryContent, base: str) -> str:
    """Return the channels that a base lights, in words."""
    if not content.channels:
        return "not by channels"
    return " and ".join(sorted(content.colours.lit(base))) or DARK


def summary(content: Content) -> str:
    """Return what matters most of an entry."""
    match content:
        case PlatformContent():
            patterned = ", patterned" if content.is_patterned else ""
            said = f"i5 {VALUES[content.i5_orientation]}{patterned}"
        case FlowCellContent():
            said = _flow_cell(content)
        case ChemistryContent():
            said = _colours(content)
        case IndexKitContent():
            said = _kit(content)
        case RecipeContent():
            said = _recipe(content)
        case AssayContent():
            said = _assay(content)
        case PoolingContent() | QueuePlanningContent():
            said = _settings(content)
        case _:
            raise TypeError(f"{type(content).__name__} has no summary")
    return said


def _settings(content: PoolingContent | QueuePlanningContent) -> str:
    if isinstance(content, PoolingContent):
        return (
            f"{written(content.dsdna_g_per_mol_per_bp)} g/mol a base pair, at least "
            f"{written(content.pipette_minimum_hand_ul)} µL by hand"
        )
    apart = fmt.plural(len(content.projects_apart), "project", "projects")
    rules = "" if content.single_with_dual else ", one index not beside two"
    rules += "" if content.unequal_indexes else ", indexes of one length"
    rules += f", {apart} kept apart" if content.projects_apart else ""
    return f"a run is worth {written(content.run_delay_hours)} h of delay{rules}"


def _flow_cell(content: FlowCellContent) -> str:
    lanes = fmt.plural(content.lanes, "lane", "lanes")
    if content.reads_pf_millions_per_lane is None:
        return f"{lanes}, reads not looked up"
    reads = content.reads_pf_millions_per_lane
    places = 0 if reads == reads.to_integral_value() else 1
    return f"{lanes} of {fmt.decimal(reads, places)} M reads"


def _colours(content: ChemistryContent) -> str:
    if not content.channels:
        return VALUES[content.detection]
    return ", ".join(f"{base} {light(content, base)}" for base in BASES)


def _kit(content: IndexKitContent) -> str:
    first = content.wells[0]
    bases = f"{len(first.i7)} + {len(first.i5)}" if first.i5 else str(len(first.i7))
    kind = "unique dual" if content.is_unique_dual else "combined"
    return f"{fmt.plural(len(content.wells), 'pair', 'pairs')}, {bases} bases, {kind}"


def _recipe(content: RecipeContent) -> str:
    hours = f"{written(content.run_hours)} h" if content.run_hours else "hours not known"
    cycles = (
        content.read1_cycles,
        content.index1_cycles,
        content.index2_cycles,
        content.read2_cycles,
    )
    return f"{' + '.join(str(each) for each in cycles if each)} cycles, {hours}"


def _assay(content: AssayContent) -> str:
    ends = f"2 × {content.read1_cycles}" if content.read2_cycles else f"1 × {content.read1_cycles}"
    amount = "reads as ordered"
    if content.reads_millions is not None:
        amount = f"{written(content.reads_millions)} M reads"
    elif content.coverage_x is not None:
        amount = f"{written(content.coverage_x)}×"
    return f"{content.library_type}, {amount}, {ends}"
