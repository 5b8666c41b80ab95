"""Barcodes of Oxford Nanopore's native barcoding kits, by which its sheets name a library.

Sequences of NB01 to NB24 as Porechop lists them ("adapters.py", repBC01_rev to repBC24_rev), which
are those of SQK-NBD114-24 (Oxford Nanopore, "Chemistry technical document").
"""

from backend.sequencing.indexing.orientation import reverse_complement

_IN_ORDER = (
    "CACAAAGACACCGACAACTTTCTT",
    "ACAGACGACTACAAACGGAATCGA",
    "CCTGGTAACTGGGACACAAGACTC",
    "TAGGGAAACACGATAGAATCCGAA",
    "AAGGTTACACAAACCCTGGACAAG",
    "GACTACTTTCTGCCTTTGCGAGAA",
    "AAGGATTCATTCCCACGGTAACAC",
    "ACGTAACTTGGTTTGTTCCCTGAA",
    "AACCAAGACTCGCTGTGCCTAGTT",
    "GAGAGGACAAAGGTTTCAACGCTT",
    "TCCATTCCCTCCGATAGATGAAAC",
    "TCCGATTCTGCTTCTTTCTACCTG",
    "AGAACGACTTCCATACTCGTGTGA",
    "AACGAGTCTCTTGGGACCCATAGA",
    "AGGTCTACCTCGCTAACACCACTG",
    "CGTCAACTGACAGTGGTTCGTACT",
    "ACCCTCCAGGAAAGTACCTCTGAT",
    "CCAAACCCAACAACCTAGATAGGC",
    "GTTCCTCGTGCAGTGTCAAGAGAT",
    "TTGCGTCCTGTTACGAGAACTCAT",
    "GAGCCTCTCATTGTCCGTTCTCTA",
    "ACCACTGCCATGTATCAAAGTACG",
    "CTTACTACCCAGTGAACCTCCTCG",
    "GCATAGTTCTGCATGATGGGTTAG",
)
_NUMBERS = {bases: number for number, bases in enumerate(_IN_ORDER, start=1)}


def native_barcode(index: str) -> str | None:
    """Return how a sheet names the barcode that a library carries, in either direction, or None."""
    number = _NUMBERS.get(index) or _NUMBERS.get(reverse_complement(index))
    return None if number is None else f"barcode{number:02}"
