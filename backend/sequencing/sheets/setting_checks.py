"""Settings that stand beside a sample, and adapters against their reads (DOMAIN 2d).

BCL Convert 4.1 and later take some settings in a column of the samples, with ``na`` where a sample
has none. An adapter is at most as long as its read.
"""

from collections.abc import Iterator

from backend.sequencing.sheets import vocabulary
from backend.sequencing.sheets.headings import INDEX2
from backend.sequencing.sheets.model import Cycles, SampleSheet, SheetSample, bases_of
from backend.sequencing.sheets.noting import of_entry, of_sample
from backend.sequencing.sheets.values import Finding
from backend.templates.reading.values import Severity

_ABSENT = "na"
_MASKS = "OverrideCycles"
"""Held against the run's reads elsewhere."""
_ADAPTERS = (("AdapterRead1", "read1"), ("AdapterRead2", "read2"))
_SECOND = "BarcodeMismatchesIndex2"


def check_settings_of_samples(sheet: SampleSheet) -> list[Finding]:
    """Find cells of settings that BCL Convert refuses, or that have nothing to act on."""
    keys = [key for key in vocabulary.PER_SAMPLE if key != _MASKS and key in sheet.columns]
    return [
        finding
        for sample in sheet.samples
        for key in keys
        if (text := sample.own(key)) and text != _ABSENT
        for finding in _of_cell(sheet, sample, key, text)
    ]


def check_adapters(sheet: SampleSheet, cycles: Cycles | None) -> list[Finding]:
    """Find adapters that are longer than their read, of the whole sheet or of a sample."""
    found = []
    for key, read in _ADAPTERS:
        length = getattr(cycles, read) if cycles else None
        if not length:
            continue
        for entry in (each for each in sheet.settings if each.key == key):
            found += [
                of_entry("adapter_long", Severity.ERROR, message, entry)
                for message in _too_long(key, entry.value, length)
            ]
        for sample in sheet.samples:
            text = sample.own(key)
            found += [
                of_sample(
                    "adapter_long", Severity.ERROR, message, sheet, sample, field=key, value=text
                )
                for message in _too_long(key, text, length)
            ]
    return found


def bases_written_right(text: str) -> str | None:
    """Return adapters in capitals and without spaces, None where that makes no bases of them."""
    plain = "".join(text.split()).upper()
    return plain if all(bases_of(part) for part in plain.split("+")) else None


def _of_cell(sheet: SampleSheet, sample: SheetSample, key: str, text: str) -> Iterator[Finding]:
    form = vocabulary.V2_SETTINGS[key]
    if form.pattern.fullmatch(text) is None:
        yield of_sample(
            "setting_value",
            Severity.ERROR,
            f"{key}: “{text}” is not {form.words}. Correct it, or write na for none.",
            sheet,
            sample,
            field=key,
            value=text,
            write=bases_written_right(text) if key.startswith("AdapterRead") else None,
        )
    elif key == _SECOND and not sample.index2 and INDEX2 not in dict(sample.unreadable):
        yield of_sample(
            "setting_without_index2",
            Severity.WARNING,
            f"{sample.sample_id} has no second index whose mismatches could be forgiven.",
            sheet,
            sample,
            field=key,
            value=text,
            write=_ABSENT,
        )


def _too_long(key: str, text: str, cycles: int) -> Iterator[str]:
    """Yield a sentence for each adapter of a text (parted by +) that its read cannot hold."""
    for part in text.split("+"):
        if bases_of(part) and len(part) > cycles:
            yield (
                f"{key} has {len(part)} bases and its read {cycles} cycles. Shorten it to the "
                "first ones, or leave it out."
            )
