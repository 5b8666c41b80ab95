"""Templates: what they may say, what their rules find, and that what is published stays."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core.errors import PermissionDenied
from backend.core.principal import Origin, Principal
from backend.core.sessions import WriteSession
from backend.templates import definition_queries
from backend.templates.definition import (
    AtLeastOne,
    ColumnKind,
    Definition,
    EmptyIf,
    InOrder,
    RequiredIf,
    TemplateColumn,
    pattern_of,
)
from backend.templates.definition_rules import RuleUnreadable, check_rows, rule_in_words, rule_of
from backend.templates.errors import TemplateNotFound, TemplateRefused, TemplateTaken
from backend.templates.ids import TemplateKind, VersionState
from backend.templates.reading.fields import FieldKey
from backend.templates.service import defining
from tests.factories.samples import EVERYBODY

WARD = TemplateColumn(heading="Ward", kind=ColumnKind.CHOICE, choices=("A1", "B2"))
INTAKE = Definition(
    columns=(
        TemplateColumn(heading="Sample ID", field=FieldKey.EXTERNAL_ID, required=True, unique=True),
        TemplateColumn(heading="Type", field=FieldKey.SAMPLE_TYPE, required=True),
        TemplateColumn(heading="Volume", field=FieldKey.VOLUME, kind=ColumnKind.NUMBER, unit="µL"),
        WARD,
    ),
    rules=(RequiredIf(column="Type", values=("blood",), then="Ward"),),
)


def _found(
    definition: Definition, cells: Mapping[str, Sequence[str]]
) -> list[tuple[int, str, str]]:
    count = max(len(column) for column in cells.values())
    found = check_rows(definition, cells, count)
    return [(each.index, each.column.heading, each.problem.code) for each in found]


def _person(role: Role) -> Principal:
    return Principal(
        user_id=None, name="Ada", permissions=PERMISSIONS_OF[role], origin=Origin.UI, request_id="t"
    )


def _made(session: WriteSession, key: str = "intake") -> None:
    defining.create_template(
        session,
        EVERYBODY,
        key=key,
        name="Intake",
        kind=TemplateKind.SAMPLE_INTAKE,
        definition=INTAKE,
    )


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ({"heading": "Type", "kind": "choice"}, "a choice needs its list"),
        ({"heading": "Type", "choices": ("a",)}, "only a choice has one"),
        ({"heading": "Age", "minimum": 1}, "only a number has a minimum"),
        ({"heading": "Age", "kind": "number", "minimum": 5, "maximum": 1}, "above the maximum"),
        ({"heading": "Code", "pattern": "+9"}, "after the sign that may repeat"),
        ({"heading": "Code", "pattern": "X+X+X+"}, "At most 2 signs"),
        ({"heading": "Code", "pattern": "A9", "example": "99"}, "does not have the form"),
        ({"heading": "Vol", "field": "volume_ul", "kind": "number"}, "give its unit"),
        ({"heading": "Vol (µL)"}, "without commas and brackets"),
    ],
)
def test_a_column_that_cannot_be_is_refused_with_why(column: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TemplateColumn.model_validate(column)


def test_headings_and_fields_stand_once_and_rules_name_columns_that_are_there() -> None:
    twice = (TemplateColumn(heading="Ward no"), TemplateColumn(heading="ward_no"))
    field = FieldKey.NAME
    same = tuple(TemplateColumn(heading=name, field=field) for name in ("Name", "Sample"))

    for given_ in ({"columns": twice}, {"columns": same}):
        with pytest.raises(ValidationError):
            Definition.model_validate(given_)
    with pytest.raises(ValidationError, match="no column is headed so"):
        Definition(columns=(WARD,), rules=(InOrder(first="Ward", second="Day"),))


def test_each_kind_of_cell_is_checked() -> None:
    definition = Definition(
        columns=(
            TemplateColumn(heading="Code", pattern="AA-99+", required=True, unique=True),
            WARD,
            TemplateColumn(
                heading="Dose",
                kind=ColumnKind.NUMBER,
                minimum=Decimal(1),
                maximum=Decimal(5),
            ),
            TemplateColumn(heading="Day", kind=ColumnKind.DATE),
            TemplateColumn(heading="Fasting", kind=ColumnKind.YES_NO),
        )
    )
    cells = {
        "Code": ["AB-123", "ab-1", "", "AB-123", "AB-12"],
        "Ward": ["A1", "a1", "C3", "", "B2"],
        "Dose": ["1", "5.01", "0.99", "many", ""],
        "Day": ["2026-11-28", "28.11.2026", "", "2026-02-30", ""],
        "Fasting": ["yes", "perhaps", "No", "", "y"],
    }

    found = _found(definition, cells)

    assert found == [
        (1, "Code", "pattern_missed"),
        (2, "Code", "required_empty"),
        (3, "Code", "stands_twice"),
        (1, "Ward", "not_in_list"),
        (2, "Ward", "not_in_list"),
        (1, "Dose", "above_maximum"),
        (2, "Dose", "below_minimum"),
        (3, "Dose", "number_unreadable"),
        (1, "Day", "date_unreadable"),
        (3, "Day", "date_unreadable"),
        (1, "Fasting", "not_yes_or_no"),
    ]


def test_rules_between_columns_find_each_row_that_breaks_them() -> None:
    columns = tuple(TemplateColumn(heading=name) for name in ("Type", "RIN", "Taken", "Spun"))
    definition = Definition(
        columns=columns,
        rules=(
            RequiredIf(column="Type", values=("RNA", "cfRNA"), then="RIN"),
            EmptyIf(column="Type", values=("blood",), then="RIN"),
            InOrder(first="Taken", second="Spun"),
            AtLeastOne(columns=("Taken", "Spun")),
        ),
    )
    cells = {
        "Type": ["rna", "blood", "RNA", "DNA"],
        "RIN": ["", "7", "8", ""],
        "Taken": ["2026-01-02", "2026-01-02", "", "2"],
        "Spun": ["2026-01-01", "2026-01-02", "", "10"],
    }

    found = _found(definition, cells)

    assert found == [
        (0, "RIN", "required_empty"),
        (1, "RIN", "must_be_empty"),
        (0, "Taken", "out_of_order"),
        (2, "Taken", "none_filled"),
    ]


_NAMES = st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True)


@given(
    rule=st.one_of(
        st.builds(RequiredIf, column=_NAMES, values=st.tuples(_NAMES, _NAMES), then=_NAMES),
        st.builds(EmptyIf, column=_NAMES, values=st.tuples(_NAMES), then=_NAMES),
        st.builds(InOrder, first=_NAMES, second=_NAMES),
        st.builds(AtLeastOne, columns=st.tuples(_NAMES, _NAMES, _NAMES)),
    )
)
def test_a_rule_in_words_is_read_back_as_it_was(rule: object) -> None:
    assert rule_of(rule_in_words(rule)) == rule  # type: ignore[arg-type] # one of the four kinds


def test_a_line_that_is_no_rule_is_answered_with_the_forms() -> None:
    with pytest.raises(RuleUnreadable, match="at least one of Barcode, Sample ID"):
        rule_of("RIN should be good")


@given(st.lists(st.tuples(st.sampled_from("A9X-."), st.booleans()), min_size=1, max_size=8))
def test_a_pattern_matches_what_is_made_by_it(signs: list[tuple[str, bool]]) -> None:
    made = {"A": "q", "9": "7", "X": "w"}
    pattern, cell, repeating = "", "", 0
    for sign, may_repeat in signs:
        repeats = may_repeat and repeating < 2
        repeating += repeats
        pattern += sign + ("+" if repeats else "")
        cell += made.get(sign, sign) * (3 if repeats else 1)

    assert pattern_of(pattern).fullmatch(cell)
    assert not pattern_of(pattern).fullmatch(cell + "!")


def test_a_draft_is_published_and_the_next_begins_where_it_ended(session: WriteSession) -> None:
    _made(session)
    published = defining.publish(session, EVERYBODY, key="intake", note="The first.")

    draft = defining.open_draft(session, EVERYBODY, key="intake")
    again = defining.open_draft(session, EVERYBODY, key="intake")
    view = definition_queries.get_template(session, EVERYBODY, "intake")

    assert (published.state, published.number) == (VersionState.PUBLISHED, 1)
    assert (draft.state, draft.number, draft.definition) == (VersionState.DRAFT, 2, INTAKE)
    assert again.id == draft.id
    assert view.published is not None
    assert view.published.number == 1


def test_only_a_draft_is_changed(session: WriteSession) -> None:
    _made(session)
    less = Definition(columns=INTAKE.columns[:2])
    saved = defining.save_draft(session, EVERYBODY, key="intake", definition=less)
    defining.publish(session, EVERYBODY, key="intake", note="The first.")

    with pytest.raises(TemplateNotFound):
        defining.save_draft(session, EVERYBODY, key="intake", definition=INTAKE)

    assert saved.definition == less
    assert saved.schema_hash == less.schema_hash != INTAKE.schema_hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE template_version SET definition = '{}'",
        "UPDATE template_version SET schema_hash = 'x'",
        "UPDATE template_version SET state = 'draft', published_at = NULL",
        "DELETE FROM template_version",
    ],
)
def test_the_database_keeps_what_is_published(session: WriteSession, statement: str) -> None:
    _made(session)
    defining.publish(session, EVERYBODY, key="intake", note="The first.")

    with pytest.raises(DBAPIError, match=r"published|stays as it was"):
        session.execute(text(statement))


def test_a_deprecated_version_is_handed_out_no_more_and_still_known(session: WriteSession) -> None:
    _made(session)
    defining.publish(session, EVERYBODY, key="intake", note="The first.")

    defining.deprecate(session, EVERYBODY, key="intake", number=1, reason="Wards have new names.")

    assert definition_queries.newest_published(session, "intake") is None
    assert definition_queries.find_version(session, "intake", 1) is not None


def test_a_clone_says_the_same_under_another_key(session: WriteSession) -> None:
    _made(session)

    clone = defining.clone_template(
        session, EVERYBODY, key="intake", new_key="intake-2", name="Intake of building 2"
    )

    assert (clone.template_key, clone.definition, clone.number) == ("intake-2", INTAKE, 1)


def test_refusals_name_what_to_do(session: WriteSession) -> None:
    _made(session)

    with pytest.raises(TemplateTaken):
        _made(session)
    with pytest.raises(TemplateRefused, match="small letters"):
        _made(session, "Blood Intake")
    with pytest.raises(TemplateRefused, match="what is new"):
        defining.publish(session, EVERYBODY, key="intake", note=" ")
    with pytest.raises(TemplateRefused, match="Column 1: Ward: a choice needs"):
        defining.definition_of({"columns": [{"heading": "Ward", "kind": "choice"}]})


@pytest.mark.parametrize("role", [Role.GUEST, Role.ANALYST, Role.SCIENTIST])
def test_who_may_not_manage_templates_changes_none(session: WriteSession, role: Role) -> None:
    _made(session)

    with pytest.raises(PermissionDenied):
        defining.publish(session, _person(role), key="intake", note="Mine.")

    assert definition_queries.get_template(session, EVERYBODY, "intake").draft is not None
