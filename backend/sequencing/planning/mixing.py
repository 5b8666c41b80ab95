"""Which libraries may share a lane beyond read length and index distance.

What a library is, is its family; two families share a lane or they do not, whatever the libraries.
"""

from enum import StrEnum
from typing import NamedTuple

from backend.sequencing.planning.problem import Library, Mixing
from backend.sequencing.reference.ids import MixingClass


class Apart(StrEnum):
    """What keeps two libraries in lanes of their own."""

    ASSAY = "assay"
    LIBRARY_TYPE = "library_type"
    PROJECT = "project"
    SECOND_INDEX = "second_index"
    INDEX_LENGTH = "index_length"


class Family(NamedTuple):
    """All that the rules ask of a library."""

    mixing: MixingClass
    assay: str
    library_type: str
    project: str
    """Only of a project that shares no lane; "" for others."""
    i7_bases: int
    i5_bases: int


def family(library: Library, rules: Mixing) -> Family:
    """Return what a library is to the rules: equal ones are kept apart from the same others."""
    i5_bases = len(library.i5) if not rules.unequal_indexes else int(bool(library.i5))
    return Family(
        mixing=library.mixing,
        assay=library.assay,
        library_type=library.library_type,
        project=library.project if library.project in rules.projects_apart else "",
        i7_bases=0 if rules.unequal_indexes else len(library.i7),
        i5_bases=0 if rules.unequal_indexes and rules.single_with_dual else i5_bases,
    )


def why_apart(one: Library, other: Library, rules: Mixing) -> Apart | None:
    """Return what keeps two libraries apart, the first rule that does; None if they may share."""
    classes = {one.mixing, other.mixing}
    if MixingClass.ALONE in classes and one.assay != other.assay:
        return Apart.ASSAY
    if MixingClass.SAME_TYPE in classes and one.library_type != other.library_type:
        return Apart.LIBRARY_TYPE
    if one.project != other.project and {one.project, other.project} & rules.projects_apart:
        return Apart.PROJECT
    if not rules.single_with_dual and bool(one.i5) != bool(other.i5):
        return Apart.SECOND_INDEX
    if rules.unequal_indexes:
        return None
    both_dual = one.i5 and other.i5
    differ = len(one.i7) != len(other.i7) or (both_dual and len(one.i5) != len(other.i5))
    return Apart.INDEX_LENGTH if differ else None
