"""What Element's Bases2Fastq refuses in a run manifest (Element, "Run manifest": DOMAIN 2d)."""

from collections.abc import Mapping

from backend.sequencing.sheets import vocabulary
from backend.sequencing.sheets.headings import SAMPLE_ID
from backend.sequencing.sheets.model import SampleSheet, SheetSample
from backend.sequencing.sheets.noting import of_entry, of_sheet
from backend.sequencing.sheets.reading import RawSheet, fold
from backend.sequencing.sheets.sample_checks import (
    Allowance,
    NameRule,
    check_cells,
    check_lanes,
    check_names,
    check_repeats,
)
from backend.sequencing.sheets.values import Finding
from backend.templates.reading.values import Severity

_LANES = 2
_LONGEST_LINE = 2048
_EVERY_LANE = frozenset({"", "1+2"})
_FORGIVEN = frozenset("012")
_THRESHOLDS = ("I1MismatchThreshold", "I2MismatchThreshold")


def check(raw: RawSheet, sheet: SampleSheet) -> list[Finding]:
    """Return findings on a run manifest."""
    found = [
        of_sheet(
            "line_long",
            Severity.ERROR,
            f"The line has {len(line.text):,} characters; {_LONGEST_LINE:,} are the most.",
            line=line.number,
        )
        for line in raw.lines
        if len(line.text) > _LONGEST_LINE
    ]
    section = raw.section("samples")
    if SAMPLE_ID not in sheet.columns:
        line = section.line if section else None
        message = "No column of [Samples] is headed SampleName."
        found.append(of_sheet("sample_id_column", Severity.ERROR, message, line=line))
    elif not sheet.samples:
        found.append(of_sheet("no_samples", Severity.ERROR, "The manifest names no sample."))
    return [
        *found,
        *_settings(sheet),
        *check_names(
            sheet,
            NameRule(sample_id=vocabulary.MOST_AVITI_NAME, project=vocabulary.MOST_AVITI_NAME),
        ),
        *check_cells(sheet, most_lanes=_LANES),
        *check_repeats(sheet),
        *check_lanes(sheet, _allowance(sheet)),
    ]


def _settings(sheet: SampleSheet) -> list[Finding]:
    found = []
    known = {fold(key): form for key, form in vocabulary.AVITI_SETTINGS.items()}
    for entry in sheet.settings:
        form = known.get(fold(entry.key))
        if form is None:
            message = f"{entry.key} is no setting that is known of Bases2Fastq."
            found.append(of_entry("setting_unknown", Severity.WARNING, message, entry, key=True))
        elif form.pattern.fullmatch(entry.value) is None:
            message = f"{entry.key}: “{entry.value}” is not {form.words}."
            found.append(of_entry("setting_value", Severity.ERROR, message, entry))
        if entry.lane not in _EVERY_LANE | {"1", "2"}:
            message = f"{entry.key}: “{entry.lane}” is no lane. Write 1, 2 or 1+2."
            found.append(of_entry("lane_number", Severity.ERROR, message, entry))
    return found


def _allowance(sheet: SampleSheet) -> Allowance:
    """Return mismatches of a lane: its own threshold, else that of both lanes, else 1."""
    held: Mapping[tuple[str, str], int] = {
        (each.key, "" if each.lane in _EVERY_LANE else each.lane): int(each.value)
        for each in sheet.settings
        if each.key in _THRESHOLDS and each.value in _FORGIVEN
    }

    def of(_sample: SheetSample, lane: int | None) -> tuple[int, int]:
        i7, i5 = (held.get((key, str(lane)), held.get((key, ""), 1)) for key in _THRESHOLDS)
        return i7, i5

    return of
