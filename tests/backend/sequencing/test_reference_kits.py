"""Index kits out of files."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.reference.kit_files import KitFile, KitReading, read_kit, said
from backend.sequencing.reference.usual_kits import KITS
from backend.sequencing.sheets.masking import masks_of
from backend.sequencing.sheets.model import Bases, Cycles, SheetSample
from backend.templates.reading.values import Severity

REAL = Path(__file__).parents[4] / "shared" / "data" / "index_kits"
needs_real_files = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the folder of real files is not here ({os.path.relpath(REAL)})"
)

TABLE = "Well,Name,i7,i5\nA1,UDI1,ACGTACGT,TTGGAACC\nB01,UDI2,GGTTCCAA,CCAAGGTT\n"


def read(*files: tuple[str, str | bytes], i5_is_reversed: bool = False) -> KitReading:
    given = [
        KitFile(name, content if isinstance(content, bytes) else content.encode())
        for name, content in files
    ]
    return read_kit(given, maker="Us", i5_is_reversed=i5_is_reversed)


def real(name: str) -> KitReading:
    return read(
        *(
            (f"{name}-{side}.txt", (REAL / f"{name}-{side}.txt").read_bytes())
            for side in ("i7", "i5")
        )
    )


def test_a_table_is_read_by_its_headings() -> None:
    reading = read(("kit.csv", TABLE))

    assert reading.content is not None
    assert [(each.well, each.name, each.i7, each.i5) for each in reading.content.wells] == [
        ("A01", "UDI1", "ACGTACGT", "TTGGAACC"),
        ("B01", "UDI2", "GGTTCCAA", "CCAAGGTT"),
    ]
    assert reading.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "UDI\tIndex 1\ti5\tWell\nUDI1\tacgtacgt\tTTGG AACC\ta1\nUDI2\tGGTTCCAA\tCCAAGGTT\tB1",
        "position;id;index1;index2\nA01;UDI1;ACGTACGT;TTGGAACC\nB01;UDI2;GGTTCCAA;CCAAGGTT\n",
        "\ufeffWell,Name,i7,i5\r\nA01,UDI1,ACGTACGT,TTGGAACC\r\n\r\nB01,UDI2,GGTTCCAA,CCAAGGTT\r\n",
    ],
)
def test_headings_separators_and_letters_may_differ(text: str) -> None:
    assert read(("kit.txt", text)).content == read(("kit.csv", TABLE)).content


def test_a_workbook_is_read_like_a_text() -> None:
    book, file = Workbook(), BytesIO()
    for row in TABLE.strip().split("\n"):
        book.active.append(row.split(","))
    book.save(file)

    assert read(("kit.xlsx", file.getvalue())).content == read(("kit.csv", TABLE)).content


def test_an_i5_listed_as_read_is_turned_round() -> None:
    reading = read(("kit.csv", TABLE), i5_is_reversed=True)

    assert reading.content is not None
    assert [each.i5 for each in reading.content.wells] == ["GGTTCCAA", "AACCTTGG"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Well,Name,bases\nA01,a,ACGT\n", "kit.csv, line 1: There is no column i7 among"),
        ("Name,i7\na,ACGN\n", "kit.csv, line 2: a, i7: “ACGN” is no index. Write 4 to 24"),
        ("Name,i7\nb,ACGT\na,\n", "kit.csv, line 3: a, i7: there is no index."),
        ("Well,Name,i7\nZ9,a,ACGT\n", "kit.csv, line 2: “Z9” is no well. Write A01 to P24."),
        ("Well,Name,i7\nA1,a,ACGT\nA01,b,TGCA\n", "The well A01 stands there 2 times."),
        ("Name,i7\na,ACGT\na,TGCA\n", "The name a stands there 2 times. Keep it once."),
        ("Name,i7\na,ACGT\nb,ACGT\n", "The index pair ACGT+ stands there 2 times."),
        ("Name,i7\na,ACGT\nb,ACGTA\n", "i7 has 4 and 5 bases. A kit has one length on each side."),
        ("Name,i7,i5\na,ACGT,AAAA\nb,TGCA,\n", "i5 has 0 and 4 bases."),
        ("Name,i7\n", "The file names no index."),
        ("%PDF-1.7", "The file is a PDF."),
    ],
)
def test_what_cannot_be_kept_is_told_with_its_line(text: str, told: str) -> None:
    reading = read(("kit.csv", text))

    assert reading.content is None
    assert any(told in each for each in reading.errors)


def test_indexes_too_close_and_columns_left_out_are_told_and_kept() -> None:
    reading = read(("kit.csv", "Name,i7,Price\na,ACGT,3\nb,ACGA,4\n"))

    assert reading.content is not None
    assert reading.least_i7 == 1
    assert [(each.severity, said(each)) for each in reading.findings] == [
        (Severity.INFO, "kit.csv, line 1: Not taken over: “Price”."),
        (
            Severity.WARNING,
            "Two i7 differ in 1 base only: with one mismatch allowed they are not told apart.",
        ),
        (Severity.INFO, "The file names no wells."),
    ]


def test_lists_with_the_same_names_are_pairs() -> None:
    reading = read(
        ("own-i5.txt", "U1\tTTGGAACC\nU2\tCCAAGGTT\n"),
        ("own-i7.txt", "U1\tACGTACGT\nU2\tGGTTCCAA\n"),
    )

    assert reading.content is not None
    assert [(each.name, each.i7, each.i5) for each in reading.content.wells] == [
        ("U1", "ACGTACGT", "TTGGAACC"),
        ("U2", "GGTTCCAA", "CCAAGGTT"),
    ]


@pytest.mark.parametrize(
    ("i7", "i5", "told"),
    [
        ("U1\tACGT\nU2\tTGCA\n", "U1\tTTTT\n", "U2 stands in one of the two lists only."),
        ("U1\tACGT\nU1\tTGCA\n", "U1\tTTTT\n", "own-i7.txt, line 2: U1 stands there twice."),
        ("U1\tACGT\tTGCA\n", "U1\tTTTT\n", "own-i7.txt, line 1: Write a name and a sequence."),
    ],
)
def test_lists_that_do_not_fit_are_told(i7: str, i5: str, told: str) -> None:
    reading = read(("own-i7.txt", i7), ("own-i5.txt", i5))

    assert reading.content is None
    assert any(told in each for each in reading.errors)


def test_two_files_must_say_which_is_which() -> None:
    assert read(("a.txt", "U1\tACGT\n"), ("b.txt", "U1\tTTTT\n")).errors == [
        "a.txt: Name the two files so that one says i7 and the other i5."
    ]


@needs_real_files
def test_the_list_of_96_pairs_is_read_whole_and_far_apart() -> None:
    reading = real("checkMyIndex_index96_UDI")

    assert reading.content is not None
    assert reading.content.is_unique_dual
    assert len(reading.content.wells) == 96
    assert (reading.least_i7, reading.least_i5) == (4, 4)


@needs_real_files
def test_our_own_96_pairs_are_those_of_another_list() -> None:
    reading, (_, own, _) = real("checkMyIndex_index96_UDI"), KITS["idt_truseq_ud_96"]

    assert reading.content is not None
    assert [(each.name, each.i7, each.i5) for each in reading.content.wells] == [
        (each.name, each.i7, each.i5) for each in own.wells
    ]


_AS_REVERSED = """
CGCTCCACGA TATCTTGTAG AGCTACTATA CCACCAGGCA AGGATAATGT ACAAGTGGAC TACTGTTCCA ATTAACAAGG
CACTATCAAC TGTCGCTGGT ACAGTGTATG AGCGCCACAC CCTTCGTGAT AGTAGAGCCG TCGTGCATTC CTATAGTCTT
TTGCTGCCGA CCATCATTAG AGAGGCAACC GCCATGTGCG AGGACAGGCC CCTAACACAG ACGTTCCTTA TTACAGTTAG
CCATCTCGCC TTGCTCTATT AATGGATTGA CCGCATACGA CGAGGTCGGA ATTCCATAAG GTCCGTAAGC CCGTATGTTC
TGTAATCGAC CACGGCTAGT TCACCAACTT AATATTGCCA CGCGGTGATC ACGGATGGTA TTCCTACAGC CATTAGTGCG
TTCAGTTGTC CCTGACCACT AACCATAGAA TGGCCGGATT AACCTTATGG TGGTAGAGAT TTCGCCACCG CCTATTGTTA
CGTGTACCAG TACACGTTGA TCACAACAGT AAGGACGCAC AGGATGTGCT TGCGACGGAA AGTGGTTAAG TATCCGAGGC
CCAGTCGACG TTGACTAGTA AACGGTCTAT CTGGAACTGT CTACATGCCT TGAGACTTGC GCGGAGCCAA AGTATCAGTT
TATGCCTTAC CGCAGCAATT GGAATTGTAA GTGCTAGGTT TCCACACAGA TTGGAATTCC AAGCGCGCTT ACAACGCTCA
AGCCTATGAT CCTTCTAACA TACATCCATC TGACGGCCGT GTAAGCAACG TATGTAGTCA AACGAGGCCG CGGATGCTTG
AGTCAGACGA TCGCTATGAG
"""
"""i5 of UDP0001 to UDP0082 as workflow B lists them (biosails/pheniqs, plate A workflow B)."""
_LAST = """
TTCATAAGGT-TGTTAGAAGG CTCTGCAGCG-GATGGATGTA CTGACTCTAC-ACGGCCGTCA TCTGGTATCC-CGTTGCTTAC
CATTAGTGCG-TGACTACATA ACGGTCAGGA-CGGCCTCGTT GGCAAGCCAG-CAAGCATCCG TGTCGCTGGT-TCGTCTGACT
ACCGTTACAA-CTCATAGCGA TATGCCTTAC-AGACACATTA ACAAGTGGAC-GCGCGATGTT TGGTACCTAA-CATGAGTACT
TTGGAATTCC-ACGTCAATAC CCTCTACATG-GATACCTCCT GGAGCGTGTA-ATCCGTAAGT GTCCGTAAGC-CGTGTATCTT
ACTTCAAGCG-GAACCATGAA TCAGAAGGCG-GGCCATCATA GCGTTGGTAT-ACATACTTCC ACATATCCAG-TATGTGCAAT
TCATAGATTG-GATTAAGGTG GTATTCCACC-ATGTAGACAA CCTCCGTCCA-CACATCGGTG
"""
"""i7 and i5 of UDP0074 to UDP0096 as a laboratory lists them for the maker's diagnostic kit."""


def test_the_96_pairs_of_ten_bases_are_those_of_other_lists() -> None:
    _, kit, _ = KITS["idt_dna_rna_ud_a"]

    reversed_i5 = [reverse_complement(each.i5 or "") for each in kit.wells]
    assert reversed_i5[:82] == _AS_REVERSED.split()
    assert [f"{each.i7}-{each.i5}" for each in kit.wells[73:]] == _LAST.split()
    assert (kit.is_unique_dual, kit.wells[8].well, kit.wells[8].name) == (True, "A02", "UDP0009")


_LATER_I7_IN_ADAPTER = """
TAGCGAGT GTAGCTCC TACTACGC AGGCTCCG GCAGCGTA CTGCGCAT
GAGCGCTA CGCTCAGT GTCTTAGG ACTGATCG TAGCTGCA GACGTCGA
"""
"""N716 to N729 as the adapter's strand has them: a laboratory's own program lists them so."""
_SEQUENCED = """
AAGAGGCA-TCGACTAG GTAGAGGA-TTCTAGCT GCTCATGA-CCTAGAGT ATCTCAGG-GCGTAAGA
ACTCGCTA-CTATTAAG GGAGCTAC-AAGGCTAT GCGTAGTA-GAGCCTTA CGGAGCCT-TTATGCGA
"""
"""Pairs of another laboratory's published run: four of set C, then four of set D."""


def test_the_later_sets_of_nextera_xt_are_those_of_other_lists() -> None:
    kits = {letter: KITS[f"nextera_xt_v2_{letter}"][1] for letter in "bcd"}
    i7 = {letter: list(dict.fromkeys(w.i7 for w in kit.wells)) for letter, kit in kits.items()}
    pairs = {letter: [f"{w.i7}-{w.i5}" for w in kit.wells] for letter, kit in kits.items()}

    assert [reverse_complement(each) for each in i7["b"]] == _LATER_I7_IN_ADAPTER.split()
    assert i7["d"] == i7["b"]
    assert set(_SEQUENCED.split()[:4]) <= set(pairs["c"])
    assert set(_SEQUENCED.split()[4:]) <= set(pairs["d"])
    assert {w.i5 for w in kits["c"].wells} == {each[9:] for each in _SEQUENCED.split()}


@needs_real_files
def test_the_pairs_of_tso_500_that_are_of_truseq_ht_are_as_its_maker_lists_them() -> None:
    ours, ht = KITS["tso_500_up"][1], KITS["truseq_ht"][1]
    i7, i5 = {each.i7 for each in ht.wells}, {each.i5 for each in ht.wells}

    assert len(ours.wells) == 16
    assert ours.is_unique_dual
    assert {each.name for each in ours.wells if each.i7 in i7} == {
        f"UP{number:02}" for number in (1, 2, 4, 5, 7, 10, 11, 12)
    }
    assert {each.name for each in ours.wells if each.i5 in i5} == {
        f"UP{number:02}" for number in (1, 2, 7, 8, 9, 10)
    }


def test_tso_500_reads_its_umis_as_public_sheets_have_it() -> None:
    sample = SheetSample(
        line=1, sample_id="UP02", index1=(Bases("CTGAAGCT"),), index2=(Bases("GGCTCTGA"),)
    )
    cycles = Cycles(read1=151, read2=151, index1=8, index2=8)
    layout = KITS["tso_500_up"][1].layout

    (mask,) = masks_of([sample], cycles, I5Orientation.REVERSE_COMPLEMENT, [layout])

    assert mask == "U7N1Y143;I8;I8;U7N1Y143"


def test_the_list_of_24_is_every_i7_with_every_i5() -> None:
    reading = real("checkMyIndex_index24")

    assert reading.content is not None
    assert len(reading.content.wells) == 24
    assert reading.content.wells[0].name == "N701-S502"
    assert not reading.content.is_unique_dual
