"""The fields a sample list can fill, and the words laboratories head them with."""

from dataclasses import dataclass
from enum import StrEnum


class FieldKey(StrEnum):
    BARCODE = "barcode"
    EXTERNAL_ID = "external_id"
    NAME = "name"
    SUBJECT = "subject"
    SAMPLE_TYPE = "sample_type"
    COLLECTED_ON = "collected_on"
    PROCESSED_ON = "processed_on"
    VOLUME = "volume_ul"
    CONCENTRATION = "concentration_ng_per_ul"
    CONCENTRATION_METHOD = "concentration_method"
    RIN = "rin"
    DIN = "din"
    DV200 = "dv200_percent"
    RATIO_260_280 = "ratio_260_280"
    RATIO_260_230 = "ratio_260_230"
    BUFFER = "buffer"
    ZONE = "zone"
    CONTAINER = "container"
    LOCATION = "location"
    POSITION = "position"
    PLATE = "plate"
    INDEX_I7 = "index_i7"
    INDEX_I5 = "index_i5"
    ORGANISM = "organism"
    TAXON_ID = "taxon_id"
    SEX = "sex"
    PRIORITY = "priority"
    ANALYSIS = "analysis"
    ALIAS = "alias"
    SUBMITTER = "submitter"
    DEPARTMENT = "department"
    HAZARD = "hazard"
    CONSENT = "consent_reference"
    RETENTION = "retention"
    STORAGE_REQUEST = "storage_request"
    NOTES = "notes"


class Kind(StrEnum):
    """How the text of a field is read."""

    BARCODE = "barcode"
    CODE = "code"
    TEXT = "text"
    DATE = "date"
    VOLUME = "volume"
    CONCENTRATION = "concentration"
    NUMBER = "number"
    PERCENT = "percent"
    TYPE = "type"
    ZONE = "zone"
    POSITION = "position"
    INDEX = "index"
    SEX = "sex"
    PRIORITY = "priority"
    TAXON = "taxon"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field: its label in the grid, how it is read, and other headings it goes by (folded).

    ``longest`` is the number of characters a text may have.
    """

    key: FieldKey
    label: str
    kind: Kind
    synonyms: tuple[str, ...] = ()
    longest: int = 2_000


# Synonyms are written folded: small letters, single spaces, no unit, no punctuation.
FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        FieldKey.BARCODE,
        "Barcode",
        Kind.BARCODE,
        ("tube barcode", "sample barcode", "tube id", "container barcode", "2d barcode"),
    ),
    FieldSpec(
        FieldKey.EXTERNAL_ID,
        "Sample ID",
        Kind.CODE,
        (
            "external id",
            "submitter sample id",
            "customer sample id",
            "sanger sample id",
            "sample no",
            "sample number",
            "sampleid",
            "probennummer",
        ),
    ),
    FieldSpec(
        FieldKey.NAME,
        "Sample name",
        Kind.CODE,
        ("sample", "name", "supplier sample name", "samplename", "probe"),
    ),
    FieldSpec(
        FieldKey.SUBJECT,
        "Subject",
        Kind.CODE,
        ("patient id", "patient", "donor", "donor id", "subject id", "participant", "individual"),
    ),
    FieldSpec(
        FieldKey.SAMPLE_TYPE,
        "Type",
        Kind.TYPE,
        ("sample type", "material", "material type", "specimen type", "specimen", "dna source"),
    ),
    FieldSpec(
        FieldKey.COLLECTED_ON,
        "Collected",
        Kind.DATE,
        (
            "collection date",
            "date of collection",
            "date collected",
            "collected on",
            "date of sample collection",
            "sampling date",
        ),
    ),
    FieldSpec(
        FieldKey.PROCESSED_ON,
        "Processed",
        Kind.DATE,
        (
            "processing date",
            "date processed",
            "extraction date",
            "date of dna extraction",
            "date of sample extraction",
        ),
    ),
    FieldSpec(
        FieldKey.VOLUME,
        "Volume",
        Kind.VOLUME,
        ("vol", "sample volume", "volume per sample", "volumen"),
    ),
    FieldSpec(
        FieldKey.CONCENTRATION,
        "Concentration",
        Kind.CONCENTRATION,
        (
            "conc",
            "dna concentration",
            "rna concentration",
            "sample concentration",
            "qubit",
            "konzentration",
        ),
    ),
    FieldSpec(
        FieldKey.CONCENTRATION_METHOD,
        "Concentration by",
        Kind.TEXT,
        (
            "concentration determined by",
            "conc determined by",
            "concentration method",
            "quantification method",
            "quantified by",
            "measured by",
        ),
    ),
    FieldSpec(FieldKey.RIN, "RIN", Kind.NUMBER, ("rin score", "rin value", "rine", "rqn")),
    FieldSpec(FieldKey.DIN, "DIN", Kind.NUMBER, ("din score", "din value", "dna integrity number")),
    FieldSpec(FieldKey.DV200, "DV200, %", Kind.PERCENT, ("dv200", "dv 200", "dv200 percent")),
    FieldSpec(
        FieldKey.RATIO_260_280,
        "260/280",
        Kind.NUMBER,
        ("260 280 ratio", "a260 280", "a260 a280", "260 280", "purity 260 280"),
    ),
    FieldSpec(
        FieldKey.RATIO_260_230,
        "260/230",
        Kind.NUMBER,
        ("260 230 ratio", "a260 230", "a260 a230", "260 230", "purity 260 230"),
    ),
    FieldSpec(FieldKey.BUFFER, "Buffer", Kind.TEXT, ("elution buffer", "suspended in", "diluent")),
    FieldSpec(
        FieldKey.ZONE,
        "Zone",
        Kind.ZONE,
        (
            "storage temp",
            "storage temperature",
            "temperature",
            "storage",
            "storage zone",
            "storage condition",
            "storage conditions",
            "sample storage conditions",
            "dna storage conditions",
            "temperature class",
        ),
    ),
    FieldSpec(
        FieldKey.CONTAINER,
        "Container",
        Kind.TEXT,
        ("container type", "tube type", "labware"),
        longest=60,
    ),
    FieldSpec(FieldKey.LOCATION, "Location", Kind.TEXT, ("storage location", "freezer")),
    FieldSpec(
        FieldKey.POSITION, "Position", Kind.POSITION, ("well", "well position", "box position")
    ),
    FieldSpec(FieldKey.PLATE, "Plate", Kind.CODE, ("plate id", "plate barcode", "sanger plate id")),
    FieldSpec(
        FieldKey.INDEX_I7, "Index i7", Kind.INDEX, ("i7", "index", "index1", "index 1", "i7 index")
    ),
    FieldSpec(FieldKey.INDEX_I5, "Index i5", Kind.INDEX, ("i5", "index2", "index 2", "i5 index")),
    FieldSpec(
        FieldKey.ORGANISM,
        "Organism",
        Kind.TEXT,
        ("species", "source organism", "common name", "organism name"),
    ),
    FieldSpec(FieldKey.TAXON_ID, "Taxon", Kind.TAXON, ("taxon id", "ncbi taxon", "taxonomy id")),
    FieldSpec(FieldKey.SEX, "Sex", Kind.SEX, ("gender",)),
    FieldSpec(FieldKey.PRIORITY, "Priority", Kind.PRIORITY, ("urgency",)),
    FieldSpec(
        FieldKey.ANALYSIS,
        "Analysis",
        Kind.TEXT,
        ("analysis type", "assay", "application", "test"),
        longest=80,
    ),
    FieldSpec(FieldKey.ALIAS, "Also called", Kind.CODE, ("public name", "alias")),
    FieldSpec(
        FieldKey.SUBMITTER,
        "Submitter",
        Kind.TEXT,
        ("submitted by", "requester", "sender"),
        longest=200,
    ),
    FieldSpec(FieldKey.DEPARTMENT, "Department", Kind.TEXT, ("dept", "ward", "unit of the sender")),
    FieldSpec(
        FieldKey.HAZARD, "Hazard class", Kind.TEXT, ("biohazard class", "risk group", "biohazard")
    ),
    # Not “consent” alone, which the key would match too: such a column may say yes or no.
    FieldSpec(
        FieldKey.CONSENT,
        "Consent reference",
        Kind.CODE,
        ("consent ref", "consent id", "consent no", "consent number", "consent form number"),
    ),
    FieldSpec(
        FieldKey.RETENTION,
        "Retention",
        Kind.TEXT,
        ("retention instruction", "retain until", "disposal instruction"),
    ),
    FieldSpec(FieldKey.STORAGE_REQUEST, "Storage request", Kind.TEXT, ("requested storage",)),
    FieldSpec(
        FieldKey.NOTES,
        "Notes",
        Kind.TEXT,
        ("note", "comment", "comments", "remarks", "sample description", "description"),
    ),
)
BY_KEY: dict[str, FieldSpec] = {spec.key.value: spec for spec in FIELDS}
