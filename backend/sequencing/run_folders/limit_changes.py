"""One limit of many: put in place, taken out, and what one set of limits changed of another."""

from collections.abc import Mapping, Sequence
from dataclasses import fields

from backend.sequencing.run_folders.limits import MODELS, RunLimit

FIGURES: Mapping[str, tuple[str, str]] = {
    "clusters_pf_warn": ("Clusters passing filter, warn below", "M"),
    "clusters_pf_fail": ("Clusters passing filter, fail below", "M"),
    "q30_warn": ("Q30, warn below", "%"),
    "q30_fail": ("Q30, fail below", "%"),
    "error_warn": ("Error rate, warn above", "%"),
    "error_fail": ("Error rate, fail above", "%"),
    "library_reads_fail": ("Reads of a lane's one library, fail below", "M"),
    "undetermined_warn": ("Undetermined reads, warn above", "%"),
    "undetermined_fail": ("Undetermined reads, fail above", "%"),
}
"""What a limit asks, by the fields of `RunLimit`: words and unit."""


def key_of(limit: RunLimit) -> str:
    """Return what one limit of a set is called in an address."""
    return f"{limit.model} {limit.cycles_from}-{limit.cycles_to}"


def name_of(limit: RunLimit) -> str:
    """Return what people call a limit: its make and its read length."""
    cycles = f"{limit.cycles_from}–{limit.cycles_to}"
    if limit.cycles_from == limit.cycles_to:
        cycles = str(limit.cycles_from)
    return f"{MODELS.get(limit.model, limit.model)}, {cycles} cycles"


def with_limit(limits: Sequence[RunLimit], limit: RunLimit, *, replaces: str) -> list[RunLimit]:
    """Return limits with one put in place of that with a key, "" where it is a new one."""
    kept = [each for each in limits if key_of(each) != replaces]
    return sorted([*kept, limit], key=lambda each: (each.model, each.cycles_from))


def overlaps(limits: Sequence[RunLimit], limit: RunLimit, *, replaces: str) -> list[RunLimit]:
    """Return the limits of a make that hold for some of the same read lengths."""
    return [
        each
        for each in limits
        if each.model == limit.model
        and key_of(each) != replaces
        and each.cycles_from <= limit.cycles_to
        and limit.cycles_from <= each.cycles_to
    ]


def differences(before: Sequence[RunLimit], after: Sequence[RunLimit]) -> list[str]:
    """Say what one set changed of the one before it, a limit a sentence."""
    old = {key_of(each): each for each in before}
    new = {key_of(each): each for each in after}
    said = [f"{name_of(new[key])}: new." for key in new if key not in old]
    said += [f"{name_of(old[key])}: taken out." for key in old if key not in new]
    for key in new.keys() & old.keys():
        changed = [
            f"{FIGURES[each.name][0].lower()} {_shown(getattr(old[key], each.name))} → "
            f"{_shown(getattr(new[key], each.name))}"
            for each in fields(RunLimit)
            if each.name in FIGURES and getattr(old[key], each.name) != getattr(new[key], each.name)
        ]
        if changed:
            said.append(f"{name_of(new[key])}: {', '.join(changed)}.")
    return sorted(said)


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"
