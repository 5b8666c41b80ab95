"""The demonstration laboratory's fixed facts: its projects, people and freezers. All invented."""

from dataclasses import dataclass

from backend.auth.ids import Role
from backend.samples.ids import MaterialType, TemperatureClass

LABORATORY_NAME = "Harbour Street Genomics (demonstration)"
TIME_ZONE = "Europe/Berlin"
SITE = "Harbour Street"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in to the demonstration."""

    email: str
    name: str
    role: Role
    projects: tuple[str, ...]
    """Codes of the projects they belong to."""


PEOPLE = (
    Person("admin@demo.example", "Ines Albrecht", Role.ADMINISTRATOR, ()),
    Person(
        "tech@demo.example",
        "Tomasz Nowak",
        Role.TECHNICIAN,
        ("CARDIO-7", "COLON-3", "MICRO-2", "NEURO-5", "RARE-1", "TRIAL-9"),
    ),
    Person("scientist@demo.example", "Salma Haddad", Role.SCIENTIST, ("CARDIO-7", "NEURO-5")),
    Person("pi@demo.example", "Grace Okafor", Role.PRINCIPAL_INVESTIGATOR, ("COLON-3", "TRIAL-9")),
    Person("analyst@demo.example", "Jonas Lindgren", Role.ANALYST, ("CARDIO-7", "COLON-3")),
    Person("guest@demo.example", "Mei Tanaka", Role.GUEST, ("RARE-1",)),
)


@dataclass(frozen=True, slots=True)
class DemoProject:
    """A project, its share of the samples, and what it mostly collects."""

    code: str
    name: str
    share: float
    materials: tuple[tuple[MaterialType, float], ...]
    subjects: int
    """Subjects per 1,000 samples of the project."""


PROJECTS = (
    DemoProject(
        "CARDIO-7",
        "Heart failure cohort",
        0.28,
        (
            (MaterialType.GDNA, 0.5),
            (MaterialType.PLASMA, 0.3),
            (MaterialType.BLOOD, 0.2),
        ),
        210,
    ),
    DemoProject(
        "COLON-3",
        "Colorectal tumour atlas",
        0.22,
        (
            (MaterialType.RNA, 0.4),
            (MaterialType.TISSUE, 0.35),
            (MaterialType.GDNA, 0.25),
        ),
        160,
    ),
    DemoProject(
        "NEURO-5",
        "Cell-free DNA in dementia",
        0.18,
        (
            (MaterialType.CFDNA, 0.6),
            (MaterialType.PLASMA, 0.4),
        ),
        240,
    ),
    DemoProject(
        "MICRO-2",
        "Gut microbiome survey",
        0.14,
        (
            (MaterialType.SALIVA, 0.4),
            (MaterialType.GDNA, 0.6),
        ),
        320,
    ),
    DemoProject(
        "TRIAL-9",
        "Anticoagulant trial, arm B",
        0.12,
        (
            (MaterialType.SERUM, 0.5),
            (MaterialType.RNA, 0.2),
            (MaterialType.URINE, 0.3),
        ),
        180,
    ),
    DemoProject(
        "RARE-1",
        "Rare disease trios",
        0.06,
        (
            (MaterialType.GDNA, 0.7),
            (MaterialType.LIBRARY, 0.3),
        ),
        330,
    ),
)


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A make of storage unit and its geometry before scaling."""

    prefix: str
    room: str
    temperature_class: TemperatureClass
    setpoint_c: float
    warning_high_c: float
    alarm_high_c: float
    per_twelve: int
    """How many of twelve cold units are of this kind."""
    box_rows: int
    box_columns: int
    alarm_low_c: float | None = None
    deadband_c: float = 2.0


# Limits follow DOMAIN 2h: an ultra-low freezer alarms above −70 °C, a −20 °C freezer above
# −15 °C, a refrigerator outside 2–8 °C. There the usual deadband of 2 K would leave 4–6 °C, which a
# refrigerator set to 4 °C hardly ever keeps.
UNIT_KINDS = (
    UnitKind("ULT", "Cold room 1", TemperatureClass.MINUS_80, -80.0, -74.0, -70.0, 7, 9, 9),
    UnitKind("FRZ", "Cold room 2", TemperatureClass.MINUS_20, -20.0, -17.0, -15.0, 3, 8, 12),
    UnitKind("FRG", "Bench hall", TemperatureClass.PLUS_4, 4.0, 7.0, 8.0, 2, 9, 9, 2.0, 0.5),
)

# Where each material is kept; the pairs agree with samples.rules, and loading checks that.
KEPT_AT = {
    MaterialType.BLOOD: TemperatureClass.PLUS_4,
    MaterialType.PLASMA: TemperatureClass.MINUS_80,
    MaterialType.SERUM: TemperatureClass.MINUS_80,
    MaterialType.SALIVA: TemperatureClass.MINUS_20,
    MaterialType.URINE: TemperatureClass.MINUS_80,
    MaterialType.TISSUE: TemperatureClass.MINUS_80,
    MaterialType.GDNA: TemperatureClass.MINUS_20,
    MaterialType.CFDNA: TemperatureClass.MINUS_80,
    MaterialType.RNA: TemperatureClass.MINUS_80,
    MaterialType.LIBRARY: TemperatureClass.MINUS_20,
}

BARCODE_PREFIX = {
    MaterialType.BLOOD: "BLD",
    MaterialType.PLASMA: "PLS",
    MaterialType.SERUM: "SER",
    MaterialType.SALIVA: "SAL",
    MaterialType.URINE: "URN",
    MaterialType.TISSUE: "TIS",
    MaterialType.GDNA: "DNA",
    MaterialType.CFDNA: "CFD",
    MaterialType.RNA: "RNA",
    MaterialType.LIBRARY: "LIB",
}

CONTAINER = {
    MaterialType.BLOOD: "4 mL EDTA",
    MaterialType.PLASMA: "2 mL cryo",
    MaterialType.SERUM: "2 mL cryo",
    MaterialType.SALIVA: "2 mL cryo",
    MaterialType.URINE: "2 mL cryo",
    MaterialType.TISSUE: "2 mL cryo",
    MaterialType.GDNA: "0.5 mL 2D",
    MaterialType.CFDNA: "0.5 mL 2D",
    MaterialType.RNA: "0.5 mL 2D",
    MaterialType.LIBRARY: "0.5 mL 2D",
}
