"""Keys and forms that demultiplexers accept, as DOMAIN 2d gathers them, and where each was read.

- BCL Convert: support-docs.illumina.com, "BCL Convert", page "Sample Sheet" (settings, adapters of
  A, C, G and T parted by +, AdapterBehavior not without an adapter, an unknown key ends the
  conversion in the second format and is passed over in the first). Lengths and letters of
  Sample_ID and Sample_Project, and the mismatches, also in samshee 0.2.14's schema, which was
  written from Illumina's "Sample Sheet v2" pages.
- bcl2fastq 2.20: one project to a Sample_ID, by its own message in auto_process_ngs issue 37.
- MinKNOW: nanoporetech.github.io/ont-output-specifications, "Sample sheet", input columns.
- Bases2Fastq: docs.elembio.io, "Run manifest", page "Settings" (masks, true and false); thresholds
  of 0 to 2 for a lane, 1 without one. Adapter settings besides the adapters, and that a mask may
  leave out the 1 (its default for a read is R1:Y*N): RunManifest.json in the tests of TACA.

Not verified, from memory: `RESERVED_IDS`, ``Stats`` and ``Reports`` among `RESERVED_PROJECTS`,
`MOST_ONT_FIELD`, and that BCL Convert stops at BarcodeMismatchesIndex2 where no sample has a second
index (Clinical-Genomics' cg writes ``na`` there, samshee says only that it is not required).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MOST_SAMPLE_ID = 100
MOST_PROJECT = 20
"""Longest names: of BCL Convert's guide for sheets of the second format."""
MOST_AVITI_NAME = 64
MOST_ONT_FIELD = 40
"""Not verified: the public specification names no length, so a longer text is a warning."""
MOST_LANES = 8

NAME = re.compile(r"[A-Za-z0-9_-]+")
RUN_NAME = re.compile(r"[A-Za-z0-9_.-]+")
ONT_NAME = RUN_NAME
"""Of sample_id, experiment_id and alias; the specification has the same pattern for all three."""
ONT_KIT = re.compile(r"[A-Z0-9-]+( [A-Z0-9-]+)*")
"""A sequencing kit, then expansion kits, parted by single spaces."""
RESERVED_IDS = frozenset({"undetermined", "all", "default"})
RESERVED_PROJECTS = frozenset({"logs", "reports", "stats"})


@dataclass(frozen=True, slots=True)
class Form:
    """What a setting's value looks like, and how that is said."""

    pattern: re.Pattern[str]
    words: str


def _form(pattern: str, words: str) -> Form:
    return Form(re.compile(pattern, re.IGNORECASE), words)


_ANY = _form(r".+", "a value")
_YES_NO = _form(r"0|1|true|false", "true or false")
_ADAPTER = Form(re.compile(r"[ACGT]+(\+[ACGT]+)*|na"), "A, C, G and T, several parted by +")
_MISMATCHES = _form(r"[0-2]|na", "0, 1 or 2")
_COUNT = _form(r"[0-9]{1,4}", "a whole number")

V2_SETTINGS: Mapping[str, Form] = MappingProxyType(
    {
        "SoftwareVersion": _form(r"[0-9]+(\.[0-9A-Za-z]+)*|x\.y\.z", "a version such as 4.3.13"),
        "AdapterRead1": _ADAPTER,
        "AdapterRead2": _ADAPTER,
        "AdapterBehavior": _form(r"trim|mask", "trim or mask"),
        "AdapterStringency": _form(r"0?\.[5-9][0-9]*|1(\.0+)?", "0.5 to 1.0"),
        "MinimumAdapterOverlap": _form(r"[1-3]", "1, 2 or 3"),
        "BarcodeMismatchesIndex1": _MISMATCHES,
        "BarcodeMismatchesIndex2": _MISMATCHES,
        "MinimumTrimmedReadLength": _COUNT,
        "MaskShortReads": _COUNT,
        "OverrideCycles": _ANY,
        "OverrideReads": _ANY,
        "Index2ColumnReverseComplement": _YES_NO,
        "TrimUMI": _YES_NO,
        "CreateFastqForIndexReads": _YES_NO,
        "NoLaneSplitting": _YES_NO,
        "FastqCompressionFormat": _form(
            r"gzip|dragen|dragen-interleaved", "gzip, dragen or dragen-interleaved"
        ),
        "FindAdaptersWithIndels": _YES_NO,
        "IndependentIndexCollisionCheck": _form(
            r"[1-8]([;+][1-8])*", "lanes with semicolons between, such as 1;3"
        ),
        "LibraryInputVolume": _ANY,
    }
)
"""Settings of [BCLConvert_Settings]; any other key ends the conversion."""

PER_SAMPLE = (
    "OverrideCycles",
    "BarcodeMismatchesIndex1",
    "BarcodeMismatchesIndex2",
    "AdapterRead1",
    "AdapterRead2",
    "AdapterBehavior",
    "AdapterStringency",
)
"""Settings that may stand in a column of the samples instead (BCL Convert 4.1 and later)."""

V1_SETTINGS = frozenset(
    {
        *V2_SETTINGS,
        "Adapter",
        "AdapterRead2",
        "MaskAdapter",
        "MaskAdapterRead2",
        "ReverseComplement",
        "Read1EndWithCycle",
        "Read2EndWithCycle",
        "Read1StartFromCycle",
        "Read2StartFromCycle",
        "Read1UMILength",
        "Read2UMILength",
        "Read1UMIStartFromCycle",
        "Read2UMIStartFromCycle",
        "ExcludeTiles",
        "ExcludeTilesLaneX",
        "CustomRead1PrimerMix",
        "CustomIndexPrimerMix",
        "CustomRead2PrimerMix",
    }
)

V2_DATA_EXTRA = frozenset({*PER_SAMPLE, "Sample_Name"})
_V2_DATA_FREE = re.compile(r"custom_\w+|RG[A-Z]{2}", re.IGNORECASE)


def is_v2_column(heading: str) -> bool:
    """Say whether BCL Convert takes a further column of [BCLConvert_Data]."""
    return heading in V2_DATA_EXTRA or _V2_DATA_FREE.fullmatch(heading) is not None


_MASK = r"(?:[RI][12]:)?(?:[YN](?:[0-9]+|\*)?)+"
_AVITI_MASK = _form(rf"{_MASK}(?:-{_MASK})*", "a mask such as Y10N*, or I1:Y8-I2:Y8")
_AVITI_YES_NO = _form(r"true|false|t|f|0|1", "true or false")
_AVITI_TRIM = (
    ("Trim", _AVITI_YES_NO),
    ("NMask", _AVITI_YES_NO),
    ("MinimumTrimmedLength", _COUNT),
    ("MinimumStringency", _form(r"0?\.[0-9]+|0|1(?:\.0+)?", "a share from 0 to 1")),
    ("MinimumOverlap", _COUNT),
)
"""What Bases2Fastq does with the adapter of a read, by what follows R1Adapter or R2Adapter."""

AVITI_SETTINGS: Mapping[str, Form] = MappingProxyType(
    {
        **{f"{read}Mask": _AVITI_MASK for read in ("I1", "I2", "Umi")},
        **{f"{read}FastQMask": _AVITI_MASK for read in ("R1", "R2", "I1", "I2")},
        **{f"{read}FastQ": _AVITI_YES_NO for read in ("I1", "I2", "Umi")},
        **{f"{read}MismatchThreshold": _form(r"[0-2]", "0, 1 or 2") for read in ("I1", "I2")},
        **{f"{read}Adapter": _ADAPTER for read in ("R1", "R2")},
        **{f"{read}Adapter{key}": form for read in ("R1", "R2") for key, form in _AVITI_TRIM},
        "SpikeInAsUnassigned": _AVITI_YES_NO,
        "AdapterTrimType": _ANY,
    }
)

_FOLLOWING = frozenset(
    {
        "OverrideCycles",
        "OverrideReads",
        "Adapter",
        "AdapterRead1",
        "AdapterRead2",
        "MaskAdapter",
        "MaskAdapterRead2",
        "Index2ColumnReverseComplement",
        *(f"{read}Adapter" for read in ("R1", "R2")),
        *(key for key in AVITI_SETTINGS if key.endswith("Mask") and "Adapter" not in key),
        *(key for key in V1_SETTINGS if "Cycle" in key or "UMILength" in key),
    }
)
"""Settings that our sheets have from kits, cycles and the instrument."""


def why_no_setting(key: str, value: str) -> str:
    """Say why a recipe cannot set this in the sheets of its runs, "" where it can."""
    if key in _FOLLOWING:
        return f"{key} follows from the kits and the cycles. Leave it out."
    forms = [each[key] for each in (V2_SETTINGS, AVITI_SETTINGS) if key in each]
    if not forms and key not in V1_SETTINGS:
        return f"{key} is no setting of a sample sheet. Write it as its format does."
    if forms and not any(form.pattern.fullmatch(value) for form in forms):
        return f"{key}: “{value}” is not {forms[0].words}."
    return ""


ONT_COLUMNS = (
    "protocol_run_id",
    "flow_cell_id",
    "position_id",
    "sample_id",
    "experiment_id",
    "flow_cell_product_code",
    "kit",
    "barcode",
    "alias",
    "type",
)
"""All columns that MinKNOW and Dorado take, in their order (Oxford Nanopore, "Sample sheet")."""
ONT_TYPES = frozenset(
    {
        "test_sample",
        "positive_control",
        "negative_control",
        "no_template_control",
        "positive_control_1",
        "positive_control_2",
        "na",
    }
)
ONT_BARCODE = re.compile(r"barcode[0-9]{2}")
