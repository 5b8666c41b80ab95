"""What MinKNOW and Dorado refuse in a sample sheet.

By nanoporetech.github.io/ont-output-specifications, "Sample sheet", input columns (DOMAIN 2d): one
experiment_id to a sheet, one sample_id to a position, a kit in every row. Libraries of a position
are told apart by barcode and alias. That a barcode or an alias stands once to a position follows
from that; it is not said there.
"""

import re
from collections.abc import Iterator

from backend.sequencing.sheets import vocabulary
from backend.sequencing.sheets.headings import SAMPLE_ID
from backend.sequencing.sheets.model import SampleSheet, SheetSample
from backend.sequencing.sheets.noting import of_sample, of_sheet
from backend.sequencing.sheets.reading import RawSheet, fold
from backend.sequencing.sheets.values import Edit, Finding, Fix
from backend.templates.reading.values import Severity

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_LIMITED = (SAMPLE_ID, "experiment_id", "alias")
_ALWAYS = ("experiment_id", "kit")


def check(raw: RawSheet, sheet: SampleSheet) -> list[Finding]:
    """Return findings on a sheet of MinKNOW."""
    found = _headings(raw, sheet)
    if not sheet.samples:
        found.append(of_sheet("no_samples", _ERROR, "The sheet names no sample."))
    experiments = {each.own("experiment_id") for each in sheet.samples}
    if len(experiments) > 1:
        message = f"All rows need one experiment_id; the sheet has {len(experiments)}."
        found.append(of_sheet("experiment_differs", _ERROR, message))
    barcodes: dict[tuple[str, str], SheetSample] = {}
    aliases: dict[tuple[str, str], SheetSample] = {}
    named: dict[str, SheetSample] = {}
    for sample in sheet.samples:
        found += _row(sheet, sample)
        where = sample.own("flow_cell_id") or sample.own("position_id")
        first = named.setdefault(where, sample)
        if where and first.sample_id != sample.sample_id:
            message = (
                f"{where} has sample_id “{first.sample_id}” on line {first.line} and "
                f"“{sample.sample_id}” here. A position takes one; aliases name its barcodes."
            )
            found.append(
                of_sample(
                    "sample_id_differs",
                    _ERROR,
                    message,
                    sheet,
                    sample,
                    field=SAMPLE_ID,
                    value=sample.sample_id,
                )
            )
        for seen, field in ((barcodes, "barcode"), (aliases, "alias")):
            text = sample.own(field)
            earlier = seen.setdefault((where, text), sample)
            if text and earlier is not sample:
                message = f"{field} {text} stands on line {earlier.line} already for {where}."
                found.append(
                    of_sample(
                        f"{field}_twice", _ERROR, message, sheet, sample, field=field, value=text
                    )
                )
    return found


def _headings(raw: RawSheet, sheet: SampleSheet) -> list[Finding]:
    head = raw.top[0]
    known = {fold(name): name for name in vocabulary.ONT_COLUMNS}
    found = []
    for place in range(head.width):
        written = head.cell(place)
        right = known.get(fold(written))
        if written in vocabulary.ONT_COLUMNS or not written:
            continue
        fix = Fix(f"Write {right}", (Edit(head.number, place + 1, right),)) if right else None
        found.append(
            Finding(
                code="heading_spelling" if right else "column_unknown",
                severity=_ERROR,
                message=f"“{written}” is written {right}."
                if right
                else f"MinKNOW takes no column “{written}”.",
                line=head.number,
                column=place + 1,
                value=written,
                fix=fix,
            )
        )
    folded = {fold(name) for name in sheet.columns}
    if not {"flowcellid", "positionid"} & folded:
        message = "The sheet needs a column flow_cell_id or position_id."
        found.append(of_sheet("column_missing", _ERROR, message, line=head.number))
    found += [
        of_sheet("column_missing", _ERROR, f"The sheet needs a column {name}.", line=head.number)
        for name in _ALWAYS
        if fold(name) not in folded
    ]
    return found


def _row(sheet: SampleSheet, sample: SheetSample) -> list[Finding]:
    return [
        of_sample(
            code,
            _WARNING if code == "name_long" else _ERROR,
            message,
            sheet,
            sample,
            field=field,
            value=value,
            write=write,
        )
        for code, message, field, value, write in (
            *_missing(sheet, sample),
            *_names(sample),
            *_choices(sample),
        )
    ]


_Said = tuple[str, str, str, str, str | None]
"""Code, message, heading, value seen, and what to write instead."""


def _missing(sheet: SampleSheet, sample: SheetSample) -> Iterator[_Said]:
    if not (sample.own("flow_cell_id") or sample.own("position_id")):
        message = "The row names no flow cell and no position."
        yield "flow_cell_missing", message, "flow_cell_id", "", None
    for field in _ALWAYS:
        if field in sheet.columns and not sample.own(field):
            yield "cell_missing", f"{field} is empty. Fill it in.", field, "", None


def _names(sample: SheetSample) -> Iterator[_Said]:
    most = vocabulary.MOST_ONT_FIELD
    for field in _LIMITED:
        text = sample.sample_id if field == SAMPLE_ID else sample.own(field)
        if text and vocabulary.ONT_NAME.fullmatch(text) is None:
            message = (
                f"{field} “{text}”: only letters of English, digits, dot, - and _ may stand here."
            )
            yield "name_letters", message, field, text, None
        elif len(text) > most:
            message = f"{field} has {len(text)} characters; MinKNOW may take {most} at most."
            yield "name_long", message, field, text, None


def _choices(sample: SheetSample) -> Iterator[_Said]:
    barcode, kind, kit = sample.own("barcode"), sample.own("type"), sample.own("kit")
    if kit and vocabulary.ONT_KIT.fullmatch(kit) is None:
        plain = " ".join(kit.upper().replace(",", " ").replace(";", " ").split())
        write = plain if vocabulary.ONT_KIT.fullmatch(plain) else None
        message = f"“{kit}” is not written as kits are: SQK-NBD114-24, expansions behind a space."
        yield "kit_form", message, "kit", kit, write
    if barcode and vocabulary.ONT_BARCODE.fullmatch(barcode) is None:
        digits = re.search(r"(?<![0-9])[0-9]{1,2}(?![0-9])", barcode)
        write = f"barcode{int(digits.group()):02}" if digits else None
        message = f"“{barcode}” is not written as barcode01 is."
        yield "barcode_form", message, "barcode", barcode, write
    if kind and kind not in vocabulary.ONT_TYPES:
        types = ", ".join(sorted(vocabulary.ONT_TYPES - {"na"}))
        yield "type_unknown", f"“{kind}” is no type. Types are {types}.", "type", kind, None
