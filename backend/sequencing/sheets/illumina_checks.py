"""What BCL Convert and bcl2fastq refuse, or read otherwise than meant (DOMAIN 2d)."""

from dataclasses import replace
from difflib import get_close_matches

from backend.sequencing.sheets import vocabulary
from backend.sequencing.sheets.headings import INDEX2, NAME, SAMPLE_ID, SPELLINGS
from backend.sequencing.sheets.mask_checks import check_masks
from backend.sequencing.sheets.model import Cycles, Entry, SampleSheet, SheetSample
from backend.sequencing.sheets.noting import of_entry, of_sheet
from backend.sequencing.sheets.reading import RawLine, RawSheet, fold
from backend.sequencing.sheets.sample_checks import (
    Allowance,
    NameRule,
    check_cells,
    check_lanes,
    check_names,
    check_repeats,
)
from backend.sequencing.sheets.section_checks import check_spellings
from backend.sequencing.sheets.setting_checks import (
    bases_written_right,
    check_adapters,
    check_settings_of_samples,
)
from backend.sequencing.sheets.values import Dialect, Edit, Finding, Fix
from backend.templates.reading.values import Severity

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_FORGIVEN = ("0", "1", "2")
_LANES = "12345678"
_ADAPTERS = ("AdapterRead1", "AdapterRead2")


def check_v2(raw: RawSheet, sheet: SampleSheet, run: Cycles | None) -> list[Finding]:
    """Return findings on a sheet of the second format; ``run`` is what RunInfo says, if known."""
    cycles = run or sheet.cycles
    return [
        *check_spellings(raw),
        *_v2_header(raw, sheet),
        *_v2_reads(sheet, run),
        *_v2_settings(raw, sheet),
        *check_settings_of_samples(sheet),
        *check_adapters(sheet, cycles),
        *_v2_columns(raw, sheet),
        *check_names(
            sheet,
            NameRule(sample_id=vocabulary.MOST_SAMPLE_ID, project=vocabulary.MOST_PROJECT),
        ),
        *check_cells(sheet, most_lanes=vocabulary.MOST_LANES),
        *check_repeats(sheet),
        *check_masks(sheet, cycles),
        *check_lanes(sheet, _allowance(sheet), independent=_independent(sheet)),
    ]


def check_v1(raw: RawSheet, sheet: SampleSheet, run: Cycles | None) -> list[Finding]:
    """Return findings on a sheet of the first format, or on a bare table."""
    found: list[Finding] = []
    if sheet.dialect is Dialect.ILLUMINA_V1:
        found += _v1_sections(raw, sheet)
    return [
        *found,
        *_heading_names(raw, sheet, _WARNING),
        *check_names(sheet, NameRule(sample_id=vocabulary.MOST_SAMPLE_ID, project=None)),
        *check_cells(sheet, most_lanes=vocabulary.MOST_LANES),
        *check_repeats(sheet),
        *check_masks(sheet, _v1_cycles(sheet, run)),
        *check_lanes(sheet, _allowance(sheet), cut_to=run),
    ]


def _v2_header(raw: RawSheet, sheet: SampleSheet) -> list[Finding]:
    found = []
    held = {each.key: each for each in sheet.header}
    version = held.get("FileFormatVersion")
    section = raw.section("header")
    if section is None:
        found.append(_no_section("Header"))
    elif version is None:
        line = "[Header]\nFileFormatVersion,2"
        fix = Fix("Add FileFormatVersion,2", (Edit(section.line, None, line),))
        message = "[Header] does not say FileFormatVersion,2, by which the format is known."
        found.append(
            Finding(
                code="version_missing", severity=_ERROR, message=message, line=section.line, fix=fix
            )
        )
    elif version.value != "2":
        message = "FileFormatVersion must be 2."
        found.append(of_entry("version_other", _ERROR, message, version, write="2"))
    name = held.get("RunName")
    if name and name.value and vocabulary.RUN_NAME.fullmatch(name.value) is None:
        message = "RunName may hold letters of English, digits, dot, - and _ only."
        found.append(of_entry("run_name_letters", _ERROR, message, name))
    turned = held.get("IndexOrientation")
    if turned and turned.value != "Forward":
        message = "IndexOrientation must be Forward: a sheet of this format has i5 forward."
        found.append(of_entry("index_orientation", _ERROR, message, turned))
    return found


def _v2_reads(sheet: SampleSheet, run: Cycles | None) -> list[Finding]:
    if sheet.cycles is None:
        return [_no_section("Reads")]
    found = []
    if not sheet.cycles.read1:
        found.append(of_sheet("reads_missing", _ERROR, "[Reads] needs Read1Cycles."))
    said, read = dict(sheet.cycles.in_order), dict(run.in_order) if run else {}
    found += [
        of_sheet(
            "reads_differ",
            _ERROR,
            f"The sheet says {said.get(name, 0)} cycles for {name}; the run reads "
            f"{read.get(name, 0)}.",
        )
        for name in sorted({*said, *read})
        if run and said.get(name, 0) != read.get(name, 0)
    ]
    return found


def _v2_settings(raw: RawSheet, sheet: SampleSheet) -> list[Finding]:
    found = []
    section = raw.section("bclconvertsettings", "settings")
    if section is None:
        found.append(_no_section("BCLConvert_Settings"))
    elif not sheet.setting("SoftwareVersion"):
        message = "SoftwareVersion is missing, without which an instrument starts no conversion."
        found.append(of_sheet("software_version", _INFO, message, line=section.line))
    single = bool(sheet.samples) and not any(
        each.index2 or dict(each.unreadable).get(INDEX2) for each in sheet.samples
    )
    for entry in sheet.settings:
        form = vocabulary.V2_SETTINGS.get(entry.key)
        if form is None:
            found.append(_unknown_setting(entry))
            continue
        if form.pattern.fullmatch(entry.value) is None:
            message = f"{entry.key}: “{entry.value}” is not {form.words}."
            write = bases_written_right(entry.value) if entry.key in _ADAPTERS else None
            found.append(of_entry("setting_value", _ERROR, message, entry, write=write))
        if entry.key == "BarcodeMismatchesIndex2" and single:
            message = "BarcodeMismatchesIndex2 stands here, and no sample has a second index."
            fix = Fix("Leave this line out", (Edit(entry.line, None, ""),))
            found.append(
                Finding(
                    code="setting_without_index2",
                    severity=_ERROR,
                    message=message,
                    line=entry.line,
                    column=1,
                    fix=fix,
                )
            )
        if entry.key in sheet.columns:
            message = f"{entry.key} stands in the settings and in a column. Keep one of them."
            found.append(of_entry("setting_twice", _ERROR, message, entry, key=True))
    return [*found, *_adapter_settings(sheet)]


def _adapter_settings(sheet: SampleSheet) -> list[Finding]:
    if any(sheet.setting(key) or key in sheet.columns for key in _ADAPTERS):
        return []
    return [
        of_entry(
            "setting_without_adapter",
            _ERROR,
            f"{entry.key} needs AdapterRead1 or AdapterRead2 beside it.",
            entry,
            key=True,
        )
        for entry in sheet.settings
        if entry.key == "AdapterBehavior"
    ]


def _unknown_setting(entry: Entry) -> Finding:
    known = vocabulary.V2_SETTINGS
    same = next((key for key in known if fold(key) == fold(entry.key)), None)
    close = get_close_matches(entry.key, known, n=1, cutoff=0.8)
    hint = f" Did you mean {same or close[0]}?" if same or close else ""
    message = f"{entry.key} is no setting of BCL Convert, which stops at it.{hint}"
    return of_entry("setting_unknown", _ERROR, message, entry, key=True, write=same)


def _v2_columns(raw: RawSheet, sheet: SampleSheet) -> list[Finding]:
    if raw.section("bclconvertdata", "data") is None:
        return [_no_section("BCLConvert_Data")]
    found = _heading_names(raw, sheet, _ERROR)
    if NAME in sheet.columns:
        message = "Sample_Name is read only when --sample-name-column-enabled is set."
        found.append(of_sheet("sample_name_column", _INFO, message, line=_head(raw).number))
    own = {NAME, *SPELLINGS[Dialect.ILLUMINA_V2]}
    found += [
        _unknown_column(_head(raw), heading, place)
        for heading, place in sheet.columns.items()
        if heading not in own and not vocabulary.is_v2_column(heading)
    ]
    return found


def _unknown_column(head: RawLine, heading: str, place: int) -> Finding:
    """Return what is to be said of a column; a setting in other letters is one that is not read."""
    right = next((key for key in vocabulary.PER_SAMPLE if fold(key) == fold(heading)), None)
    if right is None:
        message = f"BCL Convert does not know the column “{heading}”."
        return of_sheet("column_unknown", _WARNING, message, line=head.number)
    return _spelling(head, place, right, _ERROR)


def _heading_names(raw: RawSheet, sheet: SampleSheet, severity: Severity) -> list[Finding]:
    """Find headings in other spellings than a demultiplexer looks for, and those that lack."""
    if not sheet.columns:
        return [of_sheet("no_samples", _ERROR, "The sheet has no table of samples.")]
    head = _head(raw)
    found = []
    if SAMPLE_ID not in sheet.columns:
        message = "No column is headed Sample_ID."
        found.append(of_sheet("sample_id_column", _ERROR, message, line=head.number))
    if not sheet.samples:
        found.append(of_sheet("no_samples", _ERROR, "The sheet names no sample.", line=head.number))
    for field, spellings in SPELLINGS[sheet.dialect].items():
        place = sheet.columns.get(field)
        if place is None or head.cell(place - 1) in spellings:
            continue
        found.append(_spelling(head, place, spellings[0], severity))
    return found


def _spelling(head: RawLine, place: int, right: str, severity: Severity) -> Finding:
    written = head.cell(place - 1)
    return Finding(
        code="heading_spelling",
        severity=severity,
        message=f"“{written}” is written {right}.",
        line=head.number,
        column=place,
        value=written,
        fix=Fix(f"Write {right}", (Edit(head.number, place, right),)),
    )


def _v1_sections(raw: RawSheet, sheet: SampleSheet) -> list[Finding]:
    found = []
    section = raw.section("header")
    if section is None:
        found.append(_no_section("Header", _WARNING))
    elif not sheet.header_value("IEMFileVersion"):
        close = next((each for each in sheet.header if "fileversion" in fold(each.key)), None)
        message = "[Header] does not say IEMFileVersion, by which tools know the format."
        found.append(
            of_entry("version_missing", _WARNING, message, close, key=True, write="IEMFileVersion")
            if close
            else of_sheet("version_missing", _WARNING, message, line=section.line)
        )
    if sheet.cycles is None:
        found.append(of_sheet("reads_missing", _WARNING, "[Reads] says no cycles."))
    found += [
        of_entry(
            "setting_unknown",
            _WARNING,
            f"{entry.key} is no setting of bcl2fastq or BCL Convert, which leave it unread.",
            entry,
            key=True,
        )
        for entry in sheet.settings
        if entry.key not in vocabulary.V1_SETTINGS
    ]
    return found


def _v1_cycles(sheet: SampleSheet, run: Cycles | None) -> Cycles | None:
    """Return the run's reads; without RunInfo, those of the sheet with its longest indexes."""
    if run is not None or sheet.cycles is None:
        return run
    return replace(
        sheet.cycles,
        index1=max((len(index) for each in sheet.samples for index in each.index1), default=0),
        index2=max((len(index) for each in sheet.samples for index in each.index2), default=0),
    )


def _allowance(sheet: SampleSheet) -> Allowance:
    """Return mismatches of a sample: its own cell, else the setting, else 1."""
    keys = ("BarcodeMismatchesIndex1", "BarcodeMismatchesIndex2")
    whole = [sheet.setting(key) for key in keys]

    def of(sample: SheetSample, _lane: int | None) -> tuple[int, int]:
        i7, i5 = (
            next((int(text) for text in (sample.own(key), every) if text in _FORGIVEN), 1)
            for key, every in zip(keys, whole, strict=True)
        )
        return i7, i5

    return of


def _independent(sheet: SampleSheet) -> frozenset[int]:
    text = sheet.setting("IndependentIndexCollisionCheck")
    return frozenset(int(lane) for lane in text if lane in _LANES)


def _head(raw: RawSheet) -> RawLine:
    """Return the line of headings; a sheet without samples never asks."""
    section = raw.section("bclconvertdata", "data")
    return (section.lines if section else raw.top)[0]


def _no_section(name: str, severity: Severity = _ERROR) -> Finding:
    return of_sheet("section_missing", severity, f"The sheet has no section [{name}].")
