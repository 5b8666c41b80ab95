"""The columns of a template as rows of a grid, and back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from backend.templates.definition import ColumnKind, Definition
from backend.templates.definition_rules import RuleUnreadable, rule_in_words, rule_of
from backend.templates.errors import TemplateRefused
from backend.templates.reading.fields import BY_KEY, FIELDS
from dashboard.components.data_grid import column

OWN = "Kept as written"
_FIELD_OF = {spec.label: spec.key.value for spec in FIELDS} | {OWN: None}
_YES = "yes"
Row = Mapping[str, Any]


def definitions(*, may_edit: bool) -> list[dict[str, Any]]:
    """Return the grid's columns; with ``may_edit`` each cell can be typed in."""
    kinds = [kind.value for kind in ColumnKind]
    made = [
        column("heading", "Heading", width=150, pinned=True),
        column("field", "Fills", width=140, **_choice([OWN, *(spec.label for spec in FIELDS)])),
        column("kind", "Kind", width=90, **_choice(kinds)),
        column("unit", "Unit", width=70),
        column("required", "Required", width=90, **_choice([_YES, ""])),
        column("unique", "Once only", width=95, **_choice([_YES, ""])),
        column("default", "If empty", width=90),
        column("choices", "Values, parted by ;", width=190),
        column("minimum", "At least", width=85),
        column("maximum", "At most", width=85),
        column("pattern", "Form", width=90),
        column("help", "Help", width=220),
        column("example", "Example", width=110),
    ]
    return [each | {"sortable": False, "editable": may_edit} for each in made]


def rows_of(definition: Definition) -> list[dict[str, Any]]:
    """Return a row per column."""
    return [
        {
            "id": str(number),
            "heading": each.heading,
            "field": BY_KEY[each.field].label if each.field else OWN,
            "kind": each.kind.value,
            "unit": each.unit,
            "required": _YES if each.required else "",
            "unique": _YES if each.unique else "",
            "default": each.default,
            "choices": "; ".join(each.choices),
            "minimum": _plain(each.minimum),
            "maximum": _plain(each.maximum),
            "pattern": each.pattern,
            "help": each.help,
            "example": each.example,
        }
        for number, each in enumerate(definition.columns, start=1)
    ]


def rules_text(definition: Definition) -> str:
    """Return the rules, a line each."""
    return "\n".join(rule_in_words(rule) for rule in definition.rules)


def given(rows: Sequence[Row], rules: str) -> dict[str, object]:
    """Return what was typed as plain values of a definition.

    Raises:
        TemplateRefused: a bound that is no number, or a rule that cannot be read.
    """
    return {
        "columns": [_column(number, row) for number, row in enumerate(rows, start=1)],
        "rules": [_rule(line) for line in rules.splitlines() if line.strip()],
    }


def _column(number: int, row: Row) -> dict[str, object]:
    texts = {name: str(row.get(name) or "").strip() for name in _TEXTS}
    return {
        **{name: texts[name] for name in ("heading", "unit", "default", "pattern", "help")},
        "example": texts["example"],
        "field": _FIELD_OF.get(texts["field"]),
        "kind": texts["kind"] or ColumnKind.TEXT.value,
        "required": texts["required"] == _YES,
        "unique": texts["unique"] == _YES,
        "choices": [part.strip() for part in texts["choices"].split(";") if part.strip()],
        "minimum": _bound(number, "At least", texts["minimum"]),
        "maximum": _bound(number, "At most", texts["maximum"]),
    }


_TEXTS = (
    "heading",
    "field",
    "kind",
    "unit",
    "required",
    "unique",
    "default",
    "choices",
    "minimum",
    "maximum",
    "pattern",
    "help",
    "example",
)


def _bound(number: int, name: str, text: str) -> str | None:
    if not text:
        return None
    try:
        Decimal(text)
    except InvalidOperation as error:
        said = f"Column {number}: {name} is a number such as 2.5; “{text}” is not."
        raise TemplateRefused(said, fields={"definition": said}) from error
    return text


def _rule(line: str) -> dict[str, object]:
    try:
        return rule_of(line).model_dump()
    except RuleUnreadable as error:
        raise TemplateRefused(str(error), fields={"rules": str(error)}) from error


def _plain(bound: Decimal | None) -> str:
    return "" if bound is None else format(bound, "f")


def _choice(values: Sequence[str]) -> dict[str, Any]:
    return {"cellEditor": "agSelectCellEditor", "cellEditorParams": {"values": list(values)}}
