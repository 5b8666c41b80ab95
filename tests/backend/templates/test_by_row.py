"""What is said of rows comes back as it was put in, however it was packed away."""

from collections import defaultdict
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from backend.templates.reading import column
from backend.templates.reading.by_row import ByRow
from backend.templates.reading.values import Problem, Severity

_SAID = st.builds(
    Problem,
    code=st.sampled_from(["zone_unknown", "unit_in_cell"]),
    severity=st.sampled_from(Severity),
    message=st.text(max_size=5),
    fix=st.none() | st.just("1"),
)
_ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "replace", "get"]), st.integers(0, 12), st.lists(_SAID)),
    max_size=30,
)


@given(acts=_ACTS, stretch=st.integers(1, 5))
def test_it_says_what_a_dictionary_of_lists_says(
    acts: list[tuple[str, int, list[Problem]]], stretch: int
) -> None:
    with mock.patch.object(column, "STRETCH", stretch):
        said: ByRow[Problem] = ByRow(Problem)
    known: defaultdict[int, list[Problem]] = defaultdict(list)

    for act, index, problems in acts:
        if act == "add":
            for each in problems:
                said.add(index, each)
            known[index] += problems
        elif act == "replace":
            said.replace(index, problems)
            known[index] = problems
        assert act != "get" or list(said.get(index)) == known[index]

    whole = {index: listed for index, listed in sorted(known.items()) if listed}
    assert {index: list(listed) for index, listed in said.rows()} == whole
    assert list(said.every()) == [each for listed in whole.values() for each in listed]
    assert len(said) == sum(map(len, whole.values()))


def test_a_row_may_be_told_otherwise_while_all_are_gone_through() -> None:
    said: ByRow[Problem] = ByRow(Problem)
    for index in range(3 * column.STRETCH):
        said.add(index, Problem("a", Severity.WARNING, "Odd."))

    for index, listed in said.rows():
        if index % 2:
            said.replace(index, [])
        else:
            said.add(index, listed[0])

    assert len(said) == 3 * column.STRETCH
    assert [len(listed) for _, listed in said.rows()] == [2] * len(list(said.rows()))
