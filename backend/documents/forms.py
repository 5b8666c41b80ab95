"""Plain-text submission forms: every labelled value with the line it stands in.

A form is read by its shape alone: headings between rules, groups that end in a colon, ``label:
value`` lines with or without a bullet. What the labels mean is for the reader to decide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RULE = re.compile(r"^\s*([=\-_*#~])\1{4,}\s*$")
_FIELD = re.compile(r"^(\s*)(?:[-*•]\s+)?([^:]{1,60}?)\s*:\s+(\S.*)$")
_GROUP = re.compile(r"^\s*(?:[-*•]\s+)?([^:]{1,60}?)\s*:\s*$")
_NUMBERED = re.compile(r"^(?:sample|specimen|tube)\s*(?:no\.?|#)?\s*(\d{1,4})$", re.IGNORECASE)
_LONGEST_FORM = 20_000  # lines; more is no form a person filled in
_FEWEST_FIELDS = 3


@dataclass(frozen=True, slots=True)
class FormField:
    """One labelled value. ``under`` is the label of the line it is indented below, if any."""

    section: str
    group: str
    label: str
    value: str
    line: int
    under: str = ""


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """The fields of one numbered sample, and the line its heading stands in."""

    number: int
    line: int
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class FormReading:
    """A form: its title, the fields said once, and the samples numbered in it."""

    title: str
    fields: tuple[FormField, ...]
    samples: tuple[SampleBlock, ...]

    def in_group(self, *words: str) -> tuple[FormField, ...]:
        """Return the fields whose group's name holds one of the words (small letters)."""
        return tuple(f for f in self.fields if any(word in f.group.lower() for word in words))


def looks_like_form(text: str) -> bool:
    """Tell whether most filled lines are headings, rules or labelled values."""
    lines = [line for line in text.split("\n")[:_LONGEST_FORM] if line.strip()]
    labelled = sum(1 for line in lines if _FIELD.match(line))
    shaped = sum(
        1 for line in lines if _FIELD.match(line) or _GROUP.match(line) or _RULE.match(line)
    )
    return labelled >= _FEWEST_FIELDS and shaped * 2 >= len(lines)


def read_form(text: str) -> FormReading:
    """Return the form's fields, in order. Other lines are free text."""
    lines = text.split("\n")[:_LONGEST_FORM]
    title = next((line.strip() for line in lines if line.strip()), "")
    shared: list[FormField] = []
    blocks: list[tuple[int, int, list[FormField]]] = []
    for field, block in _fields(lines):
        if block is None:
            shared.append(field)
        else:
            if not blocks or blocks[-1][:2] != block:
                blocks.append((*block, []))
            blocks[-1][2].append(field)
    samples = tuple(SampleBlock(number, line, tuple(found)) for number, line, found in blocks)
    return FormReading(title, tuple(shared), samples)


def _fields(lines: list[str]) -> Iterator[tuple[FormField, tuple[int, int] | None]]:
    """Yield each field with the (number, line) of its sample's heading, None outside one."""
    section, group, under = "", "", ""
    block: tuple[int, int] | None = None
    for at, raw in enumerate(lines):
        if _is_section(lines, at):
            section, group, under, block = raw.strip(), "", "", None
            continue
        heading = _GROUP.match(raw)
        if heading and _is_bullet(raw):
            under = heading.group(1)
            continue
        if heading:
            group, under = heading.group(1), ""
            numbered = _NUMBERED.match(group)
            block = (int(numbered.group(1)), at + 1) if numbered else None
            continue
        match = _FIELD.match(raw)
        if match is None:
            continue
        below = under if under and len(match.group(1)) > 0 else ""
        under = below
        yield (
            FormField(section, group, match.group(2), match.group(3).strip(), at + 1, below),
            block,
        )


def _is_section(lines: list[str], at: int) -> bool:
    above = at > 0 and _RULE.match(lines[at - 1])
    below = at + 1 < len(lines) and _RULE.match(lines[at + 1])
    return bool(above and below) and bool(lines[at].strip())


def _is_bullet(line: str) -> bool:
    return line.lstrip()[:2] in {"- ", "* ", "• "}
