"""Many registrations as columns, each distinct value checked once by its field's own rule.

A hundred thousand rows with twelve types cost twelve checks of a type. The rules are those of
`SampleRegistration`: its fields' types read the columns, its rule for a pair reads the pairs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from backend.samples import rules
from backend.samples.schemas import SampleRegistration, sentence_for

Column = Sequence[Any]
Refusal = tuple[int, str, str]
"""Row from 0, field, sentence."""
FIELDS = tuple(SampleRegistration.model_fields)


@dataclass(frozen=True, slots=True)
class SampleColumns:
    """Checked values by field, all of one length; a field left out has its default in every row.

    ``refused`` holds the first reason of each row that may not be registered; such a row's
    values are not to be used.
    """

    count: int
    values: Mapping[str, Column]
    refused: Sequence[Refusal]

    def column(self, field: str) -> Column:
        """Return a field's values in every row."""
        return self.values.get(field) or [default_of(field)] * self.count


def columns_of(registrations: Sequence[SampleRegistration]) -> SampleColumns:
    """Return registrations, which are checked already, as columns."""
    values = {name: [getattr(each, name) for each in registrations] for name in FIELDS}
    return SampleColumns(len(registrations), values, ())


def check_columns(count: int, given: Mapping[str, Column]) -> SampleColumns:
    """Return columns as `SampleRegistration` would have each of their rows."""
    refused: dict[int, Refusal] = {}
    values: dict[str, Column] = {}
    for field in FIELDS:
        if field in given:
            values[field] = _read(field, given[field], refused)
        elif SampleRegistration.model_fields[field].is_required():
            sentence = sentence_for(field, "missing", "Field required")
            values[field] = [None] * count
            _refuse(refused, range(count), field, sentence)
    _check_zones(values, refused)
    return SampleColumns(count, values, [refused[row] for row in sorted(refused)])


@cache
def default_of(field: str) -> Any:
    """Return what a field holds when nothing was given."""
    return SampleRegistration.model_fields[field].get_default(call_default_factory=True)


@cache
def _rule_of(field: str) -> TypeAdapter[list[Any]]:
    """Return the field's own type as a reader of a list of its values."""
    info = SampleRegistration.model_fields[field]
    kind: Any = info.annotation
    for bound in info.metadata:
        kind = Annotated[kind, bound]
    strips = SampleRegistration.model_config.get("str_strip_whitespace", False)
    return TypeAdapter(list[kind], config=ConfigDict(str_strip_whitespace=strips))


def _read(field: str, column: Column, refused: dict[int, Refusal]) -> Column:
    keys = list(map(id, column))
    distinct = list(dict(zip(keys, column, strict=True)).values())
    if len(distinct) * 2 > len(column):
        # Codes and names, which repeat nothing; only a refusal asks which value it was.
        read, reasons = _by_rule(field, column)
        if not reasons:
            return read
    read, reasons = _by_rule(field, distinct)
    known = dict(zip(map(id, distinct), read, strict=True))
    for at, sentence in reasons.items():
        rows = [row for row, value in enumerate(column) if value is distinct[at]]
        _refuse(refused, rows, field, sentence)
    return list(map(known.__getitem__, keys))


def _by_rule(field: str, distinct: Column) -> tuple[Column, dict[int, str]]:
    """Return the values as the field's rule reads them, None with a sentence for a refused one."""
    try:
        return _rule_of(field).validate_python(distinct), {}
    except ValidationError as error:
        reasons: dict[int, str] = {}
        for problem in error.errors():
            sentence = sentence_for(field, problem["type"], problem["msg"])
            reasons.setdefault(int(problem["loc"][0]), sentence)
    good = [value for at, value in enumerate(distinct) if at not in reasons]
    read = iter(_rule_of(field).validate_python(good))
    return [None if at in reasons else next(read) for at in range(len(distinct))], reasons


def _check_zones(values: Mapping[str, Column], refused: dict[int, Refusal]) -> None:
    materials, zones = values["material_type"], values["temperature_class"]
    # By identity: hashing a member of an enumeration is a call of Python's for every row.
    keys = list(zip(map(id, materials), map(id, zones), strict=True))
    for key, pair in dict(zip(keys, zip(materials, zones, strict=True), strict=True)).items():
        if None in pair:
            continue
        sentence = rules.zone_refusal(*pair)
        if sentence is not None:
            rows = [row for row, other in enumerate(keys) if other == key]
            _refuse(refused, rows, "temperature_class", sentence)


def _refuse(refused: dict[int, Refusal], rows: Iterable[int], field: str, sentence: str) -> None:
    for row in rows:
        refused.setdefault(row, (row, field, sentence))
