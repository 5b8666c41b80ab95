"""The templates that every laboratory starts with; it changes them as any other.

Columns as laboratories ask for them: DOMAIN 2b (fields at registration), the heads of real
submission forms (../shared/data/submissions, manifests), and what an index pair needs to be told
apart (DOMAIN 2c).
"""

from decimal import Decimal

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.templates.definition import (
    AtLeastOne,
    ColumnKind,
    Definition,
    InOrder,
    RequiredIf,
    TemplateColumn,
)
from backend.templates.ids import TemplateKind
from backend.templates.reading.fields import FieldKey
from backend.templates.service import defining

_ID = TemplateColumn(
    heading="Sample ID",
    field=FieldKey.EXTERNAL_ID,
    kind=ColumnKind.CODE,
    required=True,
    unique=True,
    help="Your own name of the sample; it stands once in your project.",
    example="S-001",
)
_BARCODE = TemplateColumn(
    heading="Barcode",
    field=FieldKey.BARCODE,
    kind=ColumnKind.CODE,
    unique=True,
    help="As printed on the tube. Leave it empty and the laboratory prints a label.",
)
_SUBJECT = TemplateColumn(
    heading="Subject",
    field=FieldKey.SUBJECT,
    kind=ColumnKind.CODE,
    help="The donor's pseudonym, never a name.",
    example="P-0417",
)
_COLLECTED = TemplateColumn(
    heading="Collected",
    field=FieldKey.COLLECTED_ON,
    kind=ColumnKind.DATE,
    help="Day of collection as year-month-day.",
    example="2026-11-20",
)
_CONSENT = TemplateColumn(
    heading="Consent reference",
    field=FieldKey.CONSENT,
    kind=ColumnKind.CODE,
    help="As the laboratory recorded it; leave it empty where there is none.",
)
_NOTES = TemplateColumn(heading="Notes", field=FieldKey.NOTES)


def _zone(default: str) -> TemplateColumn:
    return TemplateColumn(
        heading="Storage zone",
        field=FieldKey.ZONE,
        kind=ColumnKind.CHOICE,
        choices=("-80", "-20", "4", "RT"),
        default=default,
        help="Where it is kept, in °C.",
    )


def _volume(most: int) -> TemplateColumn:
    return TemplateColumn(
        heading="Volume",
        field=FieldKey.VOLUME,
        kind=ColumnKind.NUMBER,
        unit="µL",
        minimum=Decimal(0),
        maximum=Decimal(most),
        example="50",
    )


def _type(*choices: str) -> TemplateColumn:
    return TemplateColumn(
        heading="Type",
        field=FieldKey.SAMPLE_TYPE,
        kind=ColumnKind.CHOICE,
        choices=choices,
        required=True,
        help="What is in the tube.",
        example=choices[0],
    )


def _index(heading: str, field: FieldKey) -> TemplateColumn:
    return TemplateColumn(
        heading=heading,
        field=field,
        kind=ColumnKind.CODE,
        help="Bases as sequenced, A C G T only.",
        example="ATTACTCG",
    )


_CONCENTRATION = TemplateColumn(
    heading="Concentration",
    field=FieldKey.CONCENTRATION,
    kind=ColumnKind.NUMBER,
    unit="ng/µL",
    minimum=Decimal(0),
    example="42.5",
)

BLOOD_INTAKE = Definition(
    columns=(
        _ID,
        _BARCODE,
        _SUBJECT,
        _type("blood", "plasma", "serum"),
        _COLLECTED,
        TemplateColumn(
            heading="Processed",
            field=FieldKey.PROCESSED_ON,
            kind=ColumnKind.DATE,
            help="Day on which plasma or serum was taken off.",
        ),
        _volume(20_000),
        TemplateColumn(
            heading="Tube additive",
            kind=ColumnKind.CHOICE,
            choices=("EDTA", "citrate", "heparin", "none", "other"),
            help="What the collection tube holds; heparin and EDTA disturb some assays.",
        ),
        _zone("4"),
        TemplateColumn(heading="Hazard", kind=ColumnKind.YES_NO, default="no"),
        _CONSENT,
        _NOTES,
    ),
    rules=(
        InOrder(first="Collected", second="Processed"),
        RequiredIf(column="Type", values=("plasma", "serum"), then="Processed"),
        AtLeastOne(columns=("Subject", "Notes")),
    ),
)
NUCLEIC_ACID_INTAKE = Definition(
    columns=(
        _ID,
        _BARCODE,
        _SUBJECT,
        _type("gDNA", "RNA", "cDNA", "cfDNA"),
        _COLLECTED,
        _volume(2_000),
        _CONCENTRATION,
        TemplateColumn(
            heading="Measured with",
            field=FieldKey.CONCENTRATION_METHOD,
            kind=ColumnKind.CHOICE,
            choices=("Qubit", "NanoDrop", "PicoGreen", "other"),
            help="NanoDrop reads high where RNA or salts are left.",
        ),
        TemplateColumn(
            heading="260/280", field=FieldKey.RATIO_260_280, kind=ColumnKind.NUMBER, example="1.82"
        ),
        TemplateColumn(
            heading="260/230", field=FieldKey.RATIO_260_230, kind=ColumnKind.NUMBER, example="2.1"
        ),
        TemplateColumn(
            heading="RIN",
            field=FieldKey.RIN,
            kind=ColumnKind.NUMBER,
            minimum=Decimal(1),
            maximum=Decimal(10),
            help="Integrity of RNA, 1 to 10.",
        ),
        TemplateColumn(
            heading="DIN",
            field=FieldKey.DIN,
            kind=ColumnKind.NUMBER,
            minimum=Decimal(1),
            maximum=Decimal(10),
            help="Integrity of genomic DNA, 1 to 10.",
        ),
        TemplateColumn(
            heading="Buffer",
            field=FieldKey.BUFFER,
            help="Such as 10 mM Tris; say so if it holds EDTA.",
        ),
        _zone("-20"),
        _CONSENT,
        _NOTES,
    ),
    rules=(RequiredIf(column="Type", values=("RNA",), then="RIN"),),
)
LIBRARY_SUBMISSION = Definition(
    columns=(
        _ID,
        _BARCODE,
        _type("library", "pool"),
        _volume(500),
        _CONCENTRATION,
        TemplateColumn(
            heading="Mean fragment size",
            kind=ColumnKind.NUMBER,
            unit="bp",
            required=True,
            minimum=Decimal(50),
            maximum=Decimal(20_000),
            help="Molarity is computed with it.",
            example="380",
        ),
        _index("Index i7", FieldKey.INDEX_I7),
        _index("Index i5", FieldKey.INDEX_I5),
        TemplateColumn(heading="Library kit"),
        _zone("-20"),
        _NOTES,
    ),
    rules=(RequiredIf(column="Type", values=("library",), then="Index i7"),),
)
SEQUENCING_REQUEST = Definition(
    columns=(
        _ID,
        _BARCODE,
        _type("library", "pool"),
        TemplateColumn(
            heading="Reads",
            kind=ColumnKind.NUMBER,
            unit="M",
            required=True,
            minimum=Decimal(1),
            maximum=Decimal(100_000),
            help="Read pairs wanted of this library.",
            example="30",
        ),
        TemplateColumn(heading="Read length", kind=ColumnKind.CODE, example="2x150"),
        TemplateColumn(heading="Analysis", field=FieldKey.ANALYSIS),
        TemplateColumn(
            heading="Priority",
            field=FieldKey.PRIORITY,
            kind=ColumnKind.CHOICE,
            choices=("low", "normal", "high"),
            default="normal",
        ),
        _volume(500),
        _CONCENTRATION,
        _index("Index i7", FieldKey.INDEX_I7),
        _index("Index i5", FieldKey.INDEX_I5),
        _zone("-20"),
        _NOTES,
    ),
)
USUAL = (
    ("blood-intake", "Blood intake", TemplateKind.SAMPLE_INTAKE, BLOOD_INTAKE),
    (
        "nucleic-acid-intake",
        "Nucleic acid intake",
        TemplateKind.SAMPLE_INTAKE,
        NUCLEIC_ACID_INTAKE,
    ),
    (
        "library-submission",
        "Library submission",
        TemplateKind.LIBRARY_SUBMISSION,
        LIBRARY_SUBMISSION,
    ),
    (
        "sequencing-request",
        "Sequencing request",
        TemplateKind.SEQUENCING_REQUEST,
        SEQUENCING_REQUEST,
    ),
)


def add_usual_templates(session: WriteSession, principal: Principal) -> int:
    """Publish the usual templates in a laboratory that has none yet; return how many."""
    for key, name, kind, definition in USUAL:
        defining.create_template(
            session, principal, key=key, name=name, kind=kind, definition=definition
        )
        defining.publish(session, principal, key=key, note="As every laboratory starts with it.")
    return len(USUAL)
