"""Index kits that are published by their maker: what a laboratory's list begins with.

Illumina, "Illumina Adapter Sequences", document 1000000002694: oligonucleotide sequences
© Illumina, Inc., public for use with Illumina instruments. The two UD sets were
read out of biosails/pheniqs (example/illumina, workflow A), the others out of
broadinstitute/viral-ngs (illumina_indices.py); the tests hold both UD sets against other lists. i5
is forward. A kit without a public list is not here: laboratories import its file.

Adapters: Illumina Knowledge 7122, sequences for adapter trimming, which names kits of TruSeq CD
indexes, Illumina DNA Prep and Nextera XT; that TruSeq UD kits have the adapters of CD ones is from
memory.

One of these kits has UMIs. TruSight Oncology 500 with indexes of ten bases is not here: its pairs
are those of IDT for Illumina DNA/RNA UD, so that no library of either would be recognised. Nor is
xGen UDI-UMI: no list was found that says for certain in which direction its i5 stands.
"""

from collections.abc import Mapping
from itertools import product
from typing import Final

from backend.sequencing.reference.content import IndexKitContent, KitWell, UmiContent
from backend.sequencing.sheets.layouts import UmiRead

_MAKER: Final = "Illumina"
_DOCUMENT: Final = "Illumina Adapter Sequences, document 1000000002694, © Illumina, Inc."
_ADAPTERS: Final = "Adapters: Illumina Knowledge 7122."
TRUSEQ_READ1: Final = "AGATCGGAAGAGCACACGTCTGAACTCCAGTCA"
TRUSEQ_READ2: Final = "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT"
_TRANSPOSASE: Final = "CTGTCTCTTATACACATCT"
"""Of Nextera and what has come of it, behind both reads."""
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

_UDP_TEXT: Final = """
GAACTGAGCG TCGTGGAGCG AGGTCAGATA CTACAAGATA CGTCTCATAT TATAGTAGCT
ATTCCATAAG TGCCTGGTGG GACGAGATTA ACATTATCCT AACATCGCGC GTCCACTTGT
CTAGTGCTCT TGGAACAGTA GATCAAGGCA CCTTGTTAAT GACTGAGTAG GTTGATAGTG
AGTCAGACGA ACCAGCGACA CCGTATGTTC CATACACTGT GAGTCATAGG GTGTGGCGCT
CTTGCCATTA ATCACGAAGG GAAGCGGCAC CGGCTCTACT TCCATTGCCG GAATGCACGA
CGGTTACGGC AAGACTATAG GAGAATGGTT TCGGCAGCAA AGAGGCAACC CTAATGATGG
CCATCATTAG GGTTGCCTCT GATAGGCCGA CGCACATGGC ATGGTTGACT GGCCTGTCCT
TATTGCGCTC CTGTGTTAGG ACGCCTTGTT TAAGGAACGT TTCTACATAC CTAACTGTAA
AACCATAGAA GGCGAGATGG GGTTGCGAGG AATAGAGCAA TAAGCATCCA TCAATCCATT
ACCACGACAT TCGTATGCGG GCCGCACTCT TCCGACCTCG CCACCAGGCA CTTATGGAAT
GTGACACGCA GCTTACGGAC ACAGTGTATG GAACATACGG TGATTATACG GTCGATTACA
CAGCCGCGTA ACTAGCCGTG GGTAACTCGC AAGTTGGTGA ACCGGCCGTA TGGCAATATT
TGTAATCGAC GATCACCGCG GTGCAGACAG TACCATCCGT CAATCGGCTG GCTGTAGGAA
TATGTAGTCA CGCACTAATG ACTCGGCAAT GACAACTGAA GTCTAATGGC AGTGGTCAGG
CCATCTCGCC TTCTATGGTT CTGCGAGCCA AATCCGGCCA CGTTATTCTA CCATAAGGTT
AGATCCATTA ATCTCTACCA GTCCTGGATA CGGTGGCGAA CAGTGGCACT TAACAATAGG
AGTGTTGCAC CTGGTACACG GACACCATGT TCAACGTGTA CCTGTCTGTC ACTGTTGTGA
TGATGTAAGA GTGCGTCCTT GGAATTGTAA AGCACATCCT GCATAAGCTT TTCCGTCGCA
CTGAGGAATA CTTAACCACT AACGCACGAG GCCTCGGATA TCTATCCTAA CGTCGACTGG
CTCGCTTCGG TACTAGTCAA CTGTTGGTCC ATAGACCGTT TTACCTGGAA ACAGTTCCAG
TGGCTAATCA AGGCATGTAG AACACTGTTA GCAAGTCTCA ATTGCGCGGT TTGGCTCCGC
TGGCGCGAAC AACTGATACT TAATGTGTCT GTAAGGCATA ATACCAACGC AATTGCTGCG
AGGATGTGCT TTACAATTCC CACGGAACAA AACCTAGCAC TGGAGTACTT TCTGTGTGGA
GTATTGACGT GGAATTCCAA CTTGTACACC AAGCGCGCTT ACACAGGTGG TGAGCGTTGT
CCTGCGGAAC ATCATAGGCT TTCATAAGGT TGTTAGAAGG CTCTGCAGCG GATGGATGTA
CTGACTCTAC ACGGCCGTCA TCTGGTATCC CGTTGCTTAC CATTAGTGCG TGACTACATA
ACGGTCAGGA CGGCCTCGTT GGCAAGCCAG CAAGCATCCG TGTCGCTGGT TCGTCTGACT
ACCGTTACAA CTCATAGCGA TATGCCTTAC AGACACATTA ACAAGTGGAC GCGCGATGTT
TGGTACCTAA CATGAGTACT TTGGAATTCC ACGTCAATAC CCTCTACATG GATACCTCCT
GGAGCGTGTA ATCCGTAAGT GTCCGTAAGC CGTGTATCTT ACTTCAAGCG GAACCATGAA
TCAGAAGGCG GGCCATCATA GCGTTGGTAT ACATACTTCC ACATATCCAG TATGTGCAAT
TCATAGATTG GATTAAGGTG GTATTCCACC ATGTAGACAA CCTCCGTCCA CACATCGGTG
"""
"""i7 and i5 in turn, UDP0001 to UDP0096, in the maker's first version."""
_UDP: Final = _UDP_TEXT.split()
_UDP_SOURCE: Final = (
    f"{_DOCUMENT}, IDT for Illumina Nextera DNA UD, plate A, workflow A. The maker has changed "
    "single pairs in later versions: hold it against the sheet of your lot, and import that where "
    f"they differ. {_ADAPTERS}"
)

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
_XT_I7_LATER: Final = (
    ("N716", "ACTCGCTA"),
    ("N718", "GGAGCTAC"),
    ("N719", "GCGTAGTA"),
    ("N720", "CGGAGCCT"),
    ("N721", "TACGCTGC"),
    ("N722", "ATGCGCAG"),
    ("N723", "TAGCGCTC"),
    ("N724", "ACTGAGCG"),
    ("N726", "CCTAAGAC"),
    ("N727", "CGATCAGT"),
    ("N728", "TGCAGCTA"),
    ("N729", "TCGACGTC"),
)
_XT_I5_LATER: Final = (
    ("S513", "TCGACTAG"),
    ("S515", "TTCTAGCT"),
    ("S516", "CCTAGAGT"),
    ("S517", "GCGTAAGA"),
    ("S518", "CTATTAAG"),
    ("S520", "AAGGCTAT"),
    ("S521", "GAGCCTTA"),
    ("S522", "TTATGCGA"),
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

_TSO: Final = (
    ("UP01", "TCCGGAGA", "CCTATCCT"),
    ("UP02", "CTGAAGCT", "GGCTCTGA"),
    ("UP03", "CGTAGCTC", "TTCGGATG"),
    ("UP04", "GAATTCGT", "ACTCATAA"),
    ("UP05", "AGCGATAG", "TTATTCGT"),
    ("UP06", "GCGATTAA", "AGCAGATC"),
    ("UP07", "ATTCAGAA", "TATAGCCT"),
    ("UP08", "GAATAATC", "ATAGAGGC"),
    ("UP09", "TTAATCAG", "AGGCGAAG"),
    ("UP10", "CGCTCATT", "TAATCTTA"),
    ("UP11", "TCCGCGAA", "TACTTACT"),
    ("UP12", "ATTACTCG", "AGGAAGTC"),
    ("UP13", "ACTGCTTA", "GCGCCTCT"),
    ("UP14", "ATGCGGCT", "CGCGGCTA"),
    ("UP15", "GCCTCTCT", "CCTACGAA"),
    ("UP16", "GCCGTAGG", "GCGGAGCG"),
)
_TSO_SOURCE: Final = (
    "InPreD/samplesheet_generator, indexes of TSO 500 for NextSeq, i5 turned forward; those of "
    f"TruSeq HT among them are as in {_DOCUMENT} UMIs and adapters: public sample sheets of "
    "TSO 500, of umccr among others. None is the maker's own sheet: hold it against that of your "
    "lot."
)


def _by_columns(number: int) -> str:
    """Return the well of the n-th pair of a plate that is filled column by column, n from 0."""
    return f"{_ROWS[number % 8]}{number // 8 + 1:02}"


def _crossed(
    i7: tuple[tuple[str, str], ...],
    i5: tuple[tuple[str, str], ...],
    *,
    adapters: tuple[str, str] = (_TRANSPOSASE, _TRANSPOSASE),
) -> IndexKitContent:
    """Return a plate with i7 across its columns and i5 down its rows."""
    crossed = product(enumerate(i7, 1), zip(_ROWS, i5, strict=True))
    return IndexKitContent(
        maker=_MAKER,
        adapter_read1=adapters[0],
        adapter_read2=adapters[1],
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
            adapter_read1=TRUSEQ_READ1,
            adapter_read2=TRUSEQ_READ2,
            wells=tuple(
                KitWell(well=_by_columns(place), name=f"UDI{place + 1:04}", i7=i7, i5=i5)
                for place, (i7, i5) in enumerate(zip(_UDI[::2], _UDI[1::2], strict=True))
            ),
        ),
        f"{_DOCUMENT}, IDT for Illumina TruSeq UD Indexes, workflow A. {_ADAPTERS}",
    ),
    "idt_dna_rna_ud_a": (
        "IDT for Illumina DNA/RNA UD, set A, first version",
        IndexKitContent(
            maker=_MAKER,
            adapter_read1=_TRANSPOSASE,
            adapter_read2=_TRANSPOSASE,
            wells=tuple(
                KitWell(well=_by_columns(place), name=f"UDP{place + 1:04}", i7=i7, i5=i5)
                for place, (i7, i5) in enumerate(zip(_UDP[::2], _UDP[1::2], strict=True))
            ),
        ),
        _UDP_SOURCE,
    ),
    "nextera_xt_v2_a": (
        "Nextera XT Index Kit v2, set A",
        _crossed(_XT_I7, _XT_I5),
        f"{_DOCUMENT}, Nextera XT Index Kit v2. {_ADAPTERS}",
    ),
    **{
        f"nextera_xt_v2_{letter.casefold()}": (
            f"Nextera XT Index Kit v2, set {letter}",
            _crossed(i7, i5),
            f"{_DOCUMENT}, Nextera XT Index Kit v2. {_ADAPTERS}",
        )
        for letter, i7, i5 in (
            ("B", _XT_I7_LATER, _XT_I5),
            ("C", _XT_I7, _XT_I5_LATER),
            ("D", _XT_I7_LATER, _XT_I5_LATER),
        )
    },
    "truseq_ht": (
        "TruSeq HT, D7 and D5",
        _crossed(_HT_I7, _HT_I5, adapters=(TRUSEQ_READ1, TRUSEQ_READ2)),
        f"{_DOCUMENT}, TruSeq HT. {_ADAPTERS}",
    ),
    "tso_500_up": (
        "TruSight Oncology 500, UP01 to UP16",
        IndexKitContent(
            maker=_MAKER,
            adapter_read1=TRUSEQ_READ1,
            adapter_read2=TRUSEQ_READ2,
            umis=tuple(
                UmiContent(read=read, length=7, skipped_after=1)
                for read in (UmiRead.READ_1, UmiRead.READ_2)
            ),
            wells=tuple(KitWell(name=name, i7=i7, i5=i5) for name, i7, i5 in _TSO),
        ),
        _TSO_SOURCE,
    ),
}
"""By key: name, content, source."""
