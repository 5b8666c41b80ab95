"""Unknown barcodes that are of a kit: a neighbouring well, or a library that the sheet lacks."""

from pathlib import Path

import pytest

from backend.core.sessions import WriteSession
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.content import IndexKitContent, KitWell
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.run_folders.kit_pairs import kits_seen
from backend.sequencing.run_folders.model import UnknownBarcode
from backend.sequencing.run_folders.unknown_barcodes import Expected, Why, diagnose
from backend.sequencing.runs import queries
from tests.factories import run_folders as made
from tests.factories.sequenced_runs import Scene

WELL = ("UDP0097", "AACCTTGGAA", "CCAATTGGCA")
KITS = {"Set B": [WELL, ("UDP0098", "TTGGCCAATT", "GGTTCCAAGG")]}


def unknown(i7: str, i5: str) -> UnknownBarcode:
    return UnknownBarcode(lane=1, index_i7=i7, index_i5=i5, reads=10)


@pytest.mark.parametrize(
    ("i7", "i5", "name"),
    [
        ("AACCTTGGAA", "CCAATTGGCA", "UDP0097"),
        ("AACCTTGG", "CCAATTGG", "UDP0097"),
        ("AACCTTGGAA", reverse_complement("CCAATTGGCA"), "UDP0097, i5 reversed,"),
        # Two cycles more than the index: i7 runs on into P7, a reversed i5 into P5.
        ("AACCTTGGAAAT", f"{reverse_complement('CCAATTGGCA')}GT", "UDP0097, i5 reversed,"),
        ("AACCTTGGAA", "", "UDP0097"),
    ],
)
def test_a_pair_of_a_kit_is_known_on_the_cycles_that_were_read(i7: str, i5: str, name: str) -> None:
    seen = [unknown(i7, i5)]

    (told,) = diagnose(seen, [], kits_seen(KITS, seen)).explanations

    assert told.why is Why.KIT
    assert f"({name} of Set B)" in told.examples[0]


def test_of_two_kits_with_the_pair_the_one_of_the_lane_is_named() -> None:
    kits = {
        "Set B": [WELL, ("UDP0098", "TTGGCCAATT", "GGTTCCAAGG")],
        "Set A": [("A1", WELL[1], WELL[2]), ("A2", "CATGCATGCA", "GTACGTACGT")],
    }
    seen = [unknown(WELL[1], WELL[2])]
    expected = [Expected(1, "LIB-1", "TTGGCCAATT", "GGTTCCAAGG")]

    (told,) = diagnose(seen, expected, kits_seen(kits, seen)).explanations

    assert "(UDP0097 of Set B)" in told.examples[0]


def test_an_index_longer_than_any_is_no_pair_of_a_kit() -> None:
    assert kits_seen(KITS, [unknown("A" * 60, "C" * 60)]) == {"Set B": {}}


def test_a_run_is_held_against_the_kits_in_force(session: WriteSession, tmp_path: Path) -> None:
    scene = Scene(session, tmp_path)
    content = IndexKitContent(
        maker="Illumina", wells=(KitWell(well="A01", name=WELL[0], i7=WELL[1], i5=WELL[2]),)
    )
    reference_service.add_entry(
        session,
        scene.ada,
        kind=ReferenceKind.INDEX_KIT,
        name="Set B",
        content=content,
        source="A test",
    )
    scene.write(
        Top_Unknown_Barcodes=made.UNKNOWN.replace("TTAGCAGCAT,GGTTAATGCC", ",".join(WELL[1:]))
    )

    scene.watch()

    view = queries.get_run(session, scene.ada, scene.code)
    whys = [each["why"] for each in view.unknown["explanations"]]
    assert whys == ["kit", "no_signal"]
