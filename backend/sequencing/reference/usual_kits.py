"""Index kits that are published by their maker: what a laboratory's list begins with.

Illumina, "Illumina Adapter Sequences", document 1000000002694: oligonucleotide sequences
© Illumina, Inc., public for use with Illumina instruments. The first was read out of
biosails/pheniqs (example/illumina, workflow A), the others out of broadinstitute/viral-ngs
(illumina_indices.py); the tests hold the first against a third list. i5 is forward. A kit without
a public list is not here: laboratories import its file.
"""

from collections.abc import Mapping
from itertools import product
from typing import Final

from backend.sequencing.reference.content import IndexKitContent, KitWell

_MAKER: Final = "Illumina"
_DOCUMENT: Final = "Illumina Adapter Sequences, document 1000000002694, © Illumina, Inc."
_ROWS: Final = "ABCDEFGH"

_UDI_TEXT: Final = """
CCGCGGTT AGCGCTAG TTATAACC GATATCGA GGACTTGG CGCAGACG AAGTCCAA TATGAGTA
ATCCACTG AGGTGCGT GCTTGTCA GAACATAC CAAGCTAG ACATAGCG TGGATCGA GTGCGATA
AGTTCAGG CCAACAGA GACCTGAA TTGGTGAG TCTCTACT CGCGGTTC CTCTCGTC TATAACCT
CCAAGTCT AAGGATGA TTGGACTC GGAAGCAG GGCTTAAG TCGTGACC AATCCGGA CTACAGTT
TAATACAG ATATTCAC CGGCGTGA GCGCCTGT ATGTAAGT ACTCTATG GCACGGAC GTCTCGCA
GGTACCTT AAGACGTC AACGTTCC GGAGTACT GCAGAATT ACCGGCCA ATGAGGCC GTTAATTG
ACTAAGAT AACCGCGG GTCGGAGC GGTTATAA CTTGGTAT CCAAGTCC TCCAACGC TTGGACTT
CCGTGAAG CAGTGGAT TTACAGGA TGACAAGC GGCATTCT CTAGCTTG AATGCCTC TCGATCCA
TACCGAGG CCTGAACT CGTTAGAA TTCAGGTC AGCCTCAT AGTAGAGA GATTCTGC GACGAGAG
TCGTAGTG AGACTTGG CTACGACA GAGTCCAA TAAGTGGT CTTAAGCC CGGACAAC TCCGGATT
ATATGGAT CTGTATTA GCGCAAGC TCACGCCG AAGATACT ACTTACAT GGAGCGTC GTCCGTGC
ATGGCATG AAGGTACC GCAATGCA GGAACGTT GTTCCAAT AATTCTGC ACCTTGGC GGCCTCAT
ATATCTCG ATCTTAGT GCGCTCTA GCTCCGAC AACAGGTT ATACCAAG GGTGAACC GCGTTGGA
CAACAATG CTTCACGG TGGTGGCA TCCTGTAA AGGCAGAG AGAATGCC GAATGAGA GAGGCATT
TGCGGCGT CCTCGGTA CATAATAC TTCTAACG GATCTATC ATGAGGCT AGCTCGCT GCAGAATC
CGGAACTG CACTACGA TAAGGTCA TGTCGTAG TTGCCTAG ACCACTTA CCATTCGA GTTGTCCG
ACACTAAG ATCCATAT GTGTCGGA GCTTGCGC TTCCTGTT AGTATCTT CCTTCACC GACGCTCC
GCCACAGG CATGCCAT ATTGTGAA TGCATTGC ACTCGTGT ATTGGAAC GTCTACAC GCCAAGGT
CAATTAAC CGAGATAT TGGCCGGT TAGAGCGC AGTACTCC AACCTGTT GACGTCTT GGTTCACC
TGCGAGAC CATTGTTG CATAGAGT TGCCACCA ACAGGCGC CTCTGCCT GTGAATAT TCTCATTC
AACTGTAG ACGCCGCA GGTCACGA GTATTATG CTGCTTCC GATAGATC TCATCCTT AGCGAGCT
AGGTTATA CAGTTCCG GAACCGCG TGACCTTA CTCACCAA CTAGGCAA TCTGTTGG TCGAATGG
TATCGCAC CTTAGTGT CGCTATGT TCCGACAC GTATGTTC AACAGGAA ACGCACCT GGTGAAGG
TACTCATA CCTGTGGC CGTCTGCG TTCACAAT TCGATATC ACACGAGT CTAGCGCT GTGTAGAC
"""
"""i7 and i5 in turn, UDI0001 to UDI0096."""
_UDI: Final = _UDI_TEXT.split()

_XT_I7: Final = (
    ("N701", "TAAGGCGA"),
    ("N702", "CGTACTAG"),
    ("N703", "AGGCAGAA"),
    ("N704", "TCCTGAGC"),
    ("N705", "GGACTCCT"),
    ("N706", "TAGGCATG"),
    ("N707", "CTCTCTAC"),
    ("N710", "CGAGGCTG"),
    ("N711", "AAGAGGCA"),
    ("N712", "GTAGAGGA"),
    ("N714", "GCTCATGA"),
    ("N715", "ATCTCAGG"),
)
_XT_I5: Final = (
    ("S502", "CTCTCTAT"),
    ("S503", "TATCCTCT"),
    ("S505", "GTAAGGAG"),
    ("S506", "ACTGCATA"),
    ("S507", "AAGGAGTA"),
    ("S508", "CTAAGCCT"),
    ("S510", "CGTCTAAT"),
    ("S511", "TCTCTCCG"),
)
_HT_I7: Final = (
    ("D701", "ATTACTCG"),
    ("D702", "TCCGGAGA"),
    ("D703", "CGCTCATT"),
    ("D704", "GAGATTCC"),
    ("D705", "ATTCAGAA"),
    ("D706", "GAATTCGT"),
    ("D707", "CTGAAGCT"),
    ("D708", "TAATGCGC"),
    ("D709", "CGGCTATG"),
    ("D710", "TCCGCGAA"),
    ("D711", "TCTCGCGC"),
    ("D712", "AGCGATAG"),
)
_HT_I5: Final = (
    ("D501", "TATAGCCT"),
    ("D502", "ATAGAGGC"),
    ("D503", "CCTATCCT"),
    ("D504", "GGCTCTGA"),
    ("D505", "AGGCGAAG"),
    ("D506", "TAATCTTA"),
    ("D507", "CAGGACGT"),
    ("D508", "GTACTGAC"),
)


def _by_columns(number: int) -> str:
    """Return the well of the n-th pair of a plate that is filled column by column, n from 0."""
    return f"{_ROWS[number % 8]}{number // 8 + 1:02}"


def _crossed(i7: tuple[tuple[str, str], ...], i5: tuple[tuple[str, str], ...]) -> IndexKitContent:
    """Return a plate with i7 across its columns and i5 down its rows."""
    crossed = product(enumerate(i7, 1), zip(_ROWS, i5, strict=True))
    return IndexKitContent(
        maker=_MAKER,
        wells=tuple(
            KitWell(well=f"{row}{column:02}", name=f"{first}-{second}", i7=bases, i5=others)
            for (column, (first, bases)), (row, (second, others)) in crossed
        ),
    )


KITS: Mapping[str, tuple[str, IndexKitContent, str]] = {
    "idt_truseq_ud_96": (
        "IDT for Illumina TruSeq DNA and RNA UD, 96",
        IndexKitContent(
            maker=_MAKER,
            wells=tuple(
                KitWell(well=_by_columns(place), name=f"UDI{place + 1:04}", i7=i7, i5=i5)
                for place, (i7, i5) in enumerate(zip(_UDI[::2], _UDI[1::2], strict=True))
            ),
        ),
        f"{_DOCUMENT}, IDT for Illumina TruSeq UD Indexes, workflow A.",
    ),
    "nextera_xt_v2_a": (
        "Nextera XT Index Kit v2, set A",
        _crossed(_XT_I7, _XT_I5),
        f"{_DOCUMENT}, Nextera XT Index Kit v2.",
    ),
    "truseq_ht": (
        "TruSeq HT, D7 and D5",
        _crossed(_HT_I7, _HT_I5),
        f"{_DOCUMENT}, TruSeq HT.",
    ),
}
"""By key: name, content, source."""
