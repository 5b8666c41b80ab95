"""The demonstration's own rules: how its materials are handled, and where its codes come from.

Made up for this laboratory, as each laboratory sets its own; they are no recommendation.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples import service as samples_service
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import MaterialType
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.content import (
    FlowCellContent,
    IndexKitContent,
    KitWell,
    RecipeContent,
)
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.usual import add_usual_reference
from backend.sequencing.reference.usual_kits import TRUSEQ_READ1, TRUSEQ_READ2
from backend.storage.usual_unit_types import add_usual_unit_types
from db.seeds.indexes import unique_dual_indexes

_TEN_YEARS_DAYS = 3_650
HANDLING: Mapping[MaterialType, HandlingRules] = MappingProxyType(
    {
        MaterialType.PLASMA: HandlingRules(thaw_limit=3, keep_for_days=_TEN_YEARS_DAYS),
        MaterialType.SERUM: HandlingRules(thaw_limit=3, keep_for_days=_TEN_YEARS_DAYS),
        MaterialType.TISSUE: HandlingRules(keep_for_days=_TEN_YEARS_DAYS, disposal_witnessed=True),
        MaterialType.RNA: HandlingRules(thaw_limit=3, good_for_days=730),
        MaterialType.CFDNA: HandlingRules(thaw_limit=2),
        MaterialType.LIBRARY: HandlingRules(thaw_limit=5, good_for_days=365),
    }
)
SERIES = (("HLXP", 6, (MaterialType.POOL,)), ("HLXC", 7, (MaterialType.CELLS,)))
"""Prefix, digits and the materials whose new tubes take their codes from the series."""
RUN_HOURS: Mapping[str, Decimal] = MappingProxyType(
    {
        "novaseq_x_10b_2x151": Decimal(25),
        "nextseq_500_high_2x151": Decimal(29),
        "miseq_v3_2x301": Decimal(56),
    }
)
"""What the laboratory has found its runs to take, by recipe."""
OWN_KIT = "ud_indexes_set_a"
"""Key of the index kit that the laboratory's libraries are made with."""
PRICES: Mapping[str, Decimal] = MappingProxyType(
    {
        "novaseq_x_1_5b": Decimal(4200),
        "novaseq_x_10b": Decimal(10500),
        "novaseq_x_25b": Decimal(16800),
    }
)
"""What the laboratory has last paid for a run, flow cell and reagents, by flow cell."""
TUBES = ("FD10042001", "FD10042960", "Ten racks of 96 tubes with codes under them")
"""The first and the last of a delivery of tubes, and what it was."""


def set_up(session: WriteSession, principal: Principal) -> None:
    """Put the rules in force, begin the series, register tubes, and keep the types of units."""
    add_usual_unit_types(session, principal)
    add_usual_reference(session, principal)
    _measured_runs(session, principal)
    _own_kit(session, principal)
    _prices(session, principal)
    for material, rules in HANDLING.items():
        samples_service.set_handling(session, principal, material=material, rules=rules)
    for prefix, digits, materials in SERIES:
        samples_service.set_series(
            session, principal, prefix=prefix, digits=digits, material_types=materials
        )
    first, last, note = TUBES
    samples_service.add_tube_range(session, principal, first=first, last=last, note=note)


def _own_kit(session: WriteSession, principal: Principal) -> None:
    """Keep the index kit that the laboratory's libraries are made with."""
    wells = (f"{row}{column:02}" for column in range(1, 13) for row in "ABCDEFGH")
    content = IndexKitContent(
        maker="Own design",
        adapter_read1=TRUSEQ_READ1,
        adapter_read2=TRUSEQ_READ2,
        wells=tuple(
            KitWell(well=well, name=f"UDA{number:02d}", i7=i7, i5=i5)
            for number, (well, (i7, i5)) in enumerate(
                zip(wells, unique_dual_indexes(), strict=True), start=1
            )
        ),
    )
    reference_service.add_entry(
        session,
        principal,
        kind=ReferenceKind.INDEX_KIT,
        key=OWN_KIT,
        name="UD indexes, set A",
        content=content,
        source="Made up for the demonstration, ligated to adapters of TruSeq.",
    )


def _measured_runs(session: WriteSession, principal: Principal) -> None:
    """Put the laboratory's own run times in force."""
    kind = ReferenceKind.RECIPE
    for key, hours in RUN_HOURS.items():
        standing = reference_queries.current_of(session, kind, key)
        measured = RecipeContent.model_validate(
            standing.content.model_dump() | {"run_hours": hours}
        )
        reference_service.revise_entry(
            session,
            principal,
            kind=kind,
            key=key,
            based_on=standing.number,
            content=measured,
            source=f"{standing.source} Hours: our own runs.",
            reason="Mean of our last ten runs.",
        )


def _prices(session: WriteSession, principal: Principal) -> None:
    """Keep what runs cost, by which sizes of flow cell are weighed."""
    kind = ReferenceKind.FLOW_CELL
    for key, price in PRICES.items():
        standing = reference_queries.current_of(session, kind, key)
        paid = FlowCellContent.model_validate(standing.content.model_dump() | {"price": price})
        reference_service.revise_entry(
            session,
            principal,
            kind=kind,
            key=key,
            based_on=standing.number,
            content=paid,
            source=f"{standing.source} Price: our own orders.",
            reason="As of our last order.",
        )
