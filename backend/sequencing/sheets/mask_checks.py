"""Whether OverrideCycles fits the reads of the run, and each index its cycles (DOMAIN 2d)."""

from backend.sequencing.sheets import override_cycles
from backend.sequencing.sheets.headings import INDEX1, INDEX2
from backend.sequencing.sheets.model import Cycles, SampleSheet, SheetSample
from backend.sequencing.sheets.noting import of_entry, of_sample
from backend.sequencing.sheets.override_cycles import OverrideCycles
from backend.sequencing.sheets.values import Dialect, Finding
from backend.templates.reading.values import Severity

_ABSENT = "na"


def check_masks(sheet: SampleSheet, cycles: Cycles | None) -> list[Finding]:
    """Find OverrideCycles that do not fit the run, and indexes that do not fit OverrideCycles."""
    found: list[Finding] = []
    whole: OverrideCycles | None = None
    text = sheet.setting("OverrideCycles")
    entry = next((each for each in sheet.settings if each.key == "OverrideCycles"), None)
    if entry is not None and text:
        whole, wrong = _parsed(text, cycles)
        found += [of_entry("override_cycles", Severity.ERROR, message, entry) for message in wrong]
    for sample in sheet.samples:
        own = sample.own("OverrideCycles")
        masks = whole
        if own and own != _ABSENT:
            masks, wrong = _parsed(own, cycles)
            found += [
                of_sample(
                    "override_cycles",
                    Severity.ERROR,
                    message,
                    sheet,
                    sample,
                    field="OverrideCycles",
                )
                for message in wrong
            ]
        elif own != _ABSENT and entry is not None and not text:
            masks = None
        found += _index_lengths(sheet, sample, masks, cycles)
    umis = [each for each in sheet.settings if each.key == "TrimUMI"]
    if umis and whole is not None and not whole.umi_cycles:
        message = "TrimUMI stands here, and OverrideCycles reads no UMI (U)."
        found.append(of_entry("umi_without_cycles", Severity.WARNING, message, umis[0], key=True))
    return found


def _parsed(text: str, cycles: Cycles | None) -> tuple[OverrideCycles | None, list[str]]:
    parsed = override_cycles.parse(text)
    if isinstance(parsed, str):
        return None, [parsed]
    return parsed, override_cycles.problems(parsed, cycles)


def _index_lengths(
    sheet: SampleSheet,
    sample: SheetSample,
    masks: OverrideCycles | None,
    cycles: Cycles | None,
) -> list[Finding]:
    found = []
    by_read = masks.by_read(cycles) if masks else {}
    known = dict(cycles.in_order) if cycles else {}
    for field, read, indexes in (
        (INDEX1, "I1", sample.index1),
        (INDEX2, "I2", sample.index2),
    ):
        expected = by_read[read].of("I") if read in by_read else known.get(read)
        if masks is None and sheet.dialect is not Dialect.ILLUMINA_V2:
            continue  # the first format's tools cut the cycles to each index themselves
        for index in indexes:
            if expected is None and known:
                message = f"{index} is given, and the run has no {read} read."
            elif expected is not None and len(index) != expected:
                message = (
                    f"{index} has {len(index)} bases, and {read} is used for {expected} cycles. "
                    "Mask the others in OverrideCycles, or correct the index."
                )
            else:
                continue
            found.append(
                of_sample(
                    "index_length", Severity.ERROR, message, sheet, sample, field=field, value=index
                )
            )
    return found
