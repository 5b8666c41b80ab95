"""Letters of SPREC 2.0 for fluids, each with where it is from. Pure; tables of data.

Sources. P: Lehmann et al. 2012, Table 1 (doi 10.1089/bio.2012.0012), read as far as sample types,
containers and the first letters before centrifugation. D: the laboratory's domain notes on SPREC
(bands before centrifugation A to N, long-term storage A and D), which name P but were not held
against it. L: SPRECLib (chrmey/SPRECLib), whose tables are known to have errors.

A letter is derived only where two of them agree. So these are not: the container SED (L alone);
before centrifugation, 48 to 84 h (D says M/N, L says K/L) and O (L alone); the letters of both
centrifugations but N (L alone, and it has F twice); after centrifugation all but N (D and L differ
below 2 h, and the order of temperatures is L's alone); long-term storage but what `STORED` has.
SPREC 3.0 has more options and is not encoded here.

Solid samples are in `solids`, with the sources of their letters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

VERSION = "2.0"
UNKNOWN, OTHER, NONE = "X", "Z", "N"
NOT_DERIVED = "?"
"""Stands where a fact is known and no letter is sure; it is no letter of SPREC."""

# P and L.
SPECIMENS: Mapping[str, str] = MappingProxyType(
    {
        "ASC": "Ascites fluid",
        "AMN": "Amniotic fluid",
        "BAL": "Bronchoalveolar lavage",
        "BLD": "Whole blood",
        "BMA": "Bone marrow aspirate",
        "BMK": "Breast milk",
        "BUC": "Buccal cells",
        "BUF": "Unficolled buffy coat, viable",
        "BFF": "Unficolled buffy coat, non-viable",
        "CEL": "Ficoll mononuclear cells, viable",
        "CEN": "Fresh cells, not of blood",
        "CLN": "Cells not of blood, viable",
        "CRD": "Cord blood",
        "CSF": "Cerebrospinal fluid",
        "DWB": "Dried whole blood",
        "NAS": "Nasal washing",
        "PEL": "Ficoll mononuclear cells, non-viable",
        "PEN": "Cells not of blood, non-viable",
        "PFL": "Pleural fluid",
        "PL1": "Plasma, single spun",
        "PL2": "Plasma, double spun",
        "RBC": "Red blood cells",
        "SAL": "Saliva",
        "SEM": "Semen",
        "SER": "Serum",
        "SPT": "Sputum",
        "STL": "Stool",
        "SYN": "Synovial fluid",
        "TER": "Tears",
        "U24": "24 h urine",
        "URN": "Urine, random",
        "URM": "Urine, first morning",
        "URT": "Urine, timed",
        "ZZZ": "Other",
    }
)

# P and L.
CONTAINERS: Mapping[str, str] = MappingProxyType(
    {
        "ACD": "Acid citrate dextrose",
        "ADD": "Additives",
        "CAT": "Serum tube without clot activator",
        "CPD": "Citrate phosphate dextrose",
        "CPT": "Cell preparation tube",
        "EDG": "EDTA and gel",
        "HEP": "Lithium heparin",
        "HIR": "Hirudin",
        "LHG": "Lithium heparin and gel",
        "ORG": "Oragene or equivalent",
        "PAX": "PAXgene blood RNA",
        "PED": "Potassium EDTA",
        "PET": "Polyethylene tube, sterile",
        "PI1": "S8820 protease inhibitor or equivalent",
        "PIX": "Protease inhibitors",
        "PPS": "Polypropylene tube, sterile",
        "PXD": "PAXgene blood DNA",
        "PXR": "PAXgene bone marrow RNA",
        "SCI": "Sodium citrate",
        "SHP": "Sodium heparin",
        "SPO": "Sodium fluoride, potassium oxalate",
        "SST": "Serum separator tube with clot activator",
        "TEM": "Tempus tube",
        "TRC": "Trace elements tube",
        "XXX": "Unknown",
        "ZZZ": "Other",
    }
)


@dataclass(frozen=True, slots=True)
class DelayBand:
    """From ``start`` on and before ``end``; without letters where the sources disagree."""

    start: timedelta
    end: timedelta | None
    name: str
    at_room: str | None
    cooled: str | None


def _hours(count: int) -> timedelta:
    return timedelta(hours=count)


# A to G: P, D and L; P as we have it breaks off in the row of H. H to N: D and L.
BEFORE_SPIN: Sequence[DelayBand] = (
    DelayBand(_hours(0), _hours(2), "under 2 h", "A", "B"),
    DelayBand(_hours(2), _hours(4), "2 to 4 h", "C", "D"),
    DelayBand(_hours(4), _hours(8), "4 to 8 h", "E", "F"),
    DelayBand(_hours(8), _hours(12), "8 to 12 h", "G", "H"),
    DelayBand(_hours(12), _hours(24), "12 to 24 h", "I", "J"),
    DelayBand(_hours(24), _hours(48), "24 to 48 h", "K", "L"),
    DelayBand(_hours(48), _hours(84), "48 to 84 h", None, None),
    DelayBand(_hours(84), None, "over 84 h", "M", "N"),
)

COOLED_C = (Decimal(2), Decimal(10))
"""P: 2 °C to 10 °C."""
ROOM_C = (Decimal(18), Decimal(28))
"""What counts as room temperature (RT). Ours: the stored part of P names no bounds for it."""
DEEP_FROZEN_C = (Decimal(-85), Decimal(-60))
"""D, L and S."""


class Vessel(StrEnum):
    """What a sample is stored in for long."""

    PP_TUBE = "pp_tube_0.5_2_ml"
    PP_TUBE_LARGE = "pp_tube_5_ml"
    PP_TUBE_SMALL = "pp_tube_40_500_ul"
    CRYOTUBE = "cryotube_1_2_ml"
    MICROPLATE = "microplate"
    PARAFFIN_BLOCK = "paraffin_block"
    ANOTHER = "another"


VESSELS: Mapping[Vessel, str] = MappingProxyType(
    {
        Vessel.PP_TUBE: "Polypropylene tube, 0.5 to 2 mL",
        Vessel.PP_TUBE_LARGE: "Polypropylene tube, 5 mL and more",
        Vessel.PP_TUBE_SMALL: "Polypropylene tube, 40 to 500 µL",
        Vessel.CRYOTUBE: "Cryotube, 1 to 2 mL",
        Vessel.MICROPLATE: "Microplate",
        Vessel.PARAFFIN_BLOCK: "Paraffin block",
        Vessel.ANOTHER: "Another vessel",
    }
)


@dataclass(frozen=True, slots=True)
class StoredBand:
    """Temperatures of a vessel in long-term storage, both ends included."""

    vessel: Vessel
    lowest_c: Decimal
    highest_c: Decimal
    letter: str

    @property
    def said(self) -> str:
        """The temperatures in words."""
        if self.lowest_c == COLDEST_C:
            return "below −135 °C"
        return f"at {self.lowest_c} to {self.highest_c} °C".replace("-", "−")


COLDEST_C = Decimal(-200)
_FROZEN_C = (Decimal(-35), Decimal(-18))
_CRYOGENIC_C = (COLDEST_C, Decimal("-135.1"))
# L and S (`solids`), most of them B, too; A and D: D, too. Not here: cryotubes and straws in the
# cold of liquid nitrogen, whose letter goes by how they were frozen and not by the temperature.
STORED: Sequence[StoredBand] = (
    StoredBand(Vessel.PP_TUBE, *DEEP_FROZEN_C, "A"),
    StoredBand(Vessel.PP_TUBE, *_FROZEN_C, "B"),
    StoredBand(Vessel.PP_TUBE, *_CRYOGENIC_C, "V"),
    StoredBand(Vessel.PP_TUBE_LARGE, *DEEP_FROZEN_C, "J"),
    StoredBand(Vessel.PP_TUBE_LARGE, *_FROZEN_C, "K"),
    StoredBand(Vessel.PP_TUBE_SMALL, *DEEP_FROZEN_C, "S"),
    StoredBand(Vessel.PP_TUBE_SMALL, *_FROZEN_C, "T"),
    StoredBand(Vessel.PP_TUBE_SMALL, *_CRYOGENIC_C, "W"),
    StoredBand(Vessel.CRYOTUBE, *DEEP_FROZEN_C, "D"),
    StoredBand(Vessel.MICROPLATE, *DEEP_FROZEN_C, "L"),
    StoredBand(Vessel.MICROPLATE, *_FROZEN_C, "M"),
    StoredBand(Vessel.PARAFFIN_BLOCK, *COOLED_C, "P"),
    StoredBand(Vessel.PARAFFIN_BLOCK, *ROOM_C, "P"),
)
