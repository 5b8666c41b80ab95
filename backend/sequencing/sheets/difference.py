"""What differs between two sheets, line order and formatting aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from backend.sequencing.sheets.model import Cycles, Entry, SampleSheet, SheetSample


class Kind(StrEnum):
    """What happened from the first sheet to the second."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One fact that the sheets do not share; texts are "" where a sheet has none.

    Lines are of each sheet, None where it has none or it is not written on one line.
    """

    kind: Kind
    section: str
    what: str
    before: str = ""
    after: str = ""
    line_before: int | None = None
    line_after: int | None = None

    @property
    def sentence(self) -> str:
        """Say it."""
        match self.kind:
            case Kind.ADDED:
                return f"{self.section}: {self.what} is new ({self.after})."
            case Kind.REMOVED:
                return f"{self.section}: {self.what} is gone ({self.before})."
            case Kind.CHANGED:
                return f"{self.section}: {self.what} was {self.before}, is {self.after}."


def compare(first: SampleSheet, second: SampleSheet) -> tuple[Difference, ...]:
    """Return what differs, in the order of a sheet's sections; empty when both say the same."""
    found: list[Difference] = []
    if first.dialect is not second.dialect:
        found.append(_changed("format", "dialect", first.dialect.value, second.dialect.value))
    found += _entries("header", first.header, second.header)
    found += _cycles(first.cycles or Cycles(), second.cycles or Cycles())
    found += _entries("settings", first.settings, second.settings)
    found += _samples(first.samples, second.samples)
    return (*found, *_others(first, second))


def _entries(section: str, first: Iterable[Entry], second: Iterable[Entry]) -> list[Difference]:
    before = {(each.key, each.lane): each for each in first}
    after = {(each.key, each.lane): each for each in second}
    found = []
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if one != other:
            name = key[0] + (f" (lane {key[1]})" if key[1] else "")
            found.append(
                Difference(
                    kind=_kind(one, other),
                    section=section,
                    what=name,
                    before=one.value if one else "",
                    after=other.value if other else "",
                    line_before=one.line if one else None,
                    line_after=other.line if other else None,
                )
            )
    return found


def _cycles(first: Cycles, second: Cycles) -> list[Difference]:
    found = []
    for field in fields(Cycles):
        before, after = getattr(first, field.name), getattr(second, field.name)
        if before != after:
            found.append(
                Difference(
                    kind=_kind(before, after),
                    section="reads",
                    what=field.name,
                    before="" if before is None else str(before),
                    after="" if after is None else str(after),
                )
            )
    return found


def _samples(first: Sequence[SheetSample], second: Sequence[SheetSample]) -> list[Difference]:
    """Pair rows of one identifier and lane: first those alike, the others in their order."""
    before, after = _grouped(first), _grouped(second)
    found = []
    for key in dict.fromkeys((*before, *after)):
        gone, new = list(before.get(key, ())), list(after.get(key, ()))
        for each in tuple(gone):
            if each in new:
                gone.remove(each)
                new.remove(each)
        for one, other in zip(gone, new, strict=False):
            found += _of_sample(one, other)
        found += [
            Difference(
                kind=Kind.REMOVED,
                section="samples",
                what=_named(each),
                before=_indexes(each),
                line_before=each.line,
            )
            for each in gone[len(new) :]
        ]
        found += [
            Difference(
                kind=Kind.ADDED,
                section="samples",
                what=_named(each),
                after=_indexes(each),
                line_after=each.line,
            )
            for each in new[len(gone) :]
        ]
    return found


def _of_sample(one: SheetSample, other: SheetSample) -> list[Difference]:
    before, after = _facts(one), _facts(other)
    return [
        Difference(
            kind=Kind.CHANGED,
            section="samples",
            what=f"{_named(one)}, {name}",
            before=before.get(name, "") or "empty",
            after=after.get(name, "") or "empty",
            line_before=one.line,
            line_after=other.line,
        )
        for name in dict.fromkeys((*before, *after))
        if before.get(name, "") != after.get(name, "")
    ]


def _facts(sample: SheetSample) -> dict[str, str]:
    return {
        "index1": "+".join(sample.index1),
        "index2": "+".join(sample.index2),
        "name": sample.name,
        "project": sample.project,
        **dict(sample.extra),
        **dict(sample.unreadable),
    }


def _others(first: SampleSheet, second: SampleSheet) -> list[Difference]:
    before = {each.name: each for each in first.others}
    after = {each.name: each for each in second.others}
    return [
        Difference(
            kind=_kind(before.get(name), after.get(name)),
            section="sections",
            what=f"[{name}]",
            before=f"{len(before[name].rows)} lines" if name in before else "",
            after=f"{len(after[name].rows)} lines" if name in after else "",
            line_before=before[name].line if name in before else None,
            line_after=after[name].line if name in after else None,
        )
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]


def _grouped(
    samples: Iterable[SheetSample],
) -> dict[tuple[str, tuple[int, ...]], list[SheetSample]]:
    groups: dict[tuple[str, tuple[int, ...]], list[SheetSample]] = {}
    for each in samples:
        groups.setdefault((each.sample_id, each.lanes), []).append(each)
    return groups


def _named(sample: SheetSample) -> str:
    lanes = "+".join(map(str, sample.lanes))
    return f"{sample.sample_id} (lane {lanes})" if lanes else sample.sample_id


def _indexes(sample: SheetSample) -> str:
    parts = ["+".join(each) for each in (sample.index1, sample.index2) if each]
    return "-".join(parts) or "no index"


def _kind(before: object | None, after: object | None) -> Kind:
    if before is None:
        return Kind.ADDED
    return Kind.REMOVED if after is None else Kind.CHANGED


def _changed(section: str, what: str, before: str, after: str) -> Difference:
    return Difference(kind=Kind.CHANGED, section=section, what=what, before=before, after=after)
