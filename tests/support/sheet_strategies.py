"""Sample sheets drawn at random, of every dialect, that their demultiplexers take."""

from dataclasses import replace

from hypothesis import strategies as st

from backend.sequencing.sheets.model import (
    Bases,
    Cycles,
    Entry,
    OtherSection,
    SampleSheet,
    SheetSample,
)
from backend.sequencing.sheets.values import Dialect

# Any two differ by five or more bases, so that no sheet made of them collides.
FAR = [
    "AAAAAAAA", "CCCCCCCC", "GGGGGGGG", "TTTTTTTT", "ACACGTGT", "CATGTGCA", "GTGTCACA", "TGCAACGT",
]  # fmt: skip
name = st.text("ABCxyz019_-", min_size=1, max_size=12)
word = st.text("ABC xyz,\"'019._-", min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def sheet_of(draw: st.DrawFn, dialect: Dialect) -> SampleSheet:
    """Return a sheet of a dialect that its demultiplexer takes."""
    count = draw(st.integers(1, 8))
    ids = draw(st.lists(name, min_size=count, max_size=count, unique_by=str.casefold))
    dual, lanes = draw(st.booleans()), draw(st.booleans())
    most = 2 if dialect is Dialect.AVITI else 8
    samples = tuple(
        SheetSample(
            sample_id=f"s{sample_id}",
            lanes=(draw(st.integers(1, most)),) if lanes else (),
            index1=(Bases(FAR[place]),),
            index2=(Bases(FAR[-place]),) if dual else (),
            name=draw(word) if dialect is not Dialect.AVITI else "",
            project=draw(st.sampled_from(["", "alpha", "beta-1"])),
        )
        for place, sample_id in enumerate(ids)
    )
    plain = SampleSheet(dialect=dialect, samples=samples)
    if dialect is Dialect.TABLE:
        return plain
    if dialect is Dialect.AVITI:
        value = (Entry("Note", draw(word)),)
        settings = (Entry("I1MismatchThreshold", "1", draw(st.sampled_from(["", "1", "1+2"]))),)
        return replace(plain, header=value, settings=settings)
    if dialect is Dialect.ILLUMINA_V1:
        header = (Entry("IEMFileVersion", "5"), Entry("Experiment Name", draw(word)))
        settings = (Entry("Adapter", "AGATCGGAAGAGC"),)
        cycles = Cycles(read1=draw(st.integers(26, 301)), read2=draw(st.none() | st.just(151)))
        return replace(plain, header=header, settings=settings, cycles=cycles)
    return replace(
        plain,
        header=(Entry("FileFormatVersion", "2"), Entry("RunDescription", draw(word))),
        cycles=Cycles(read1=151, index1=8, index2=8 if dual else None),
        settings=(Entry("OverrideCycles", "Y151;I8;I8" if dual else "Y151;I8"),),
        others=(OtherSection("App_Settings", (("Key", draw(word)),)),),
    )


ont = st.builds(
    lambda ids, kit: SampleSheet(
        dialect=Dialect.ONT,
        samples=tuple(
            SheetSample(
                sample_id="pool",
                extra=tuple(
                    sorted(
                        {
                            "flow_cell_id": "FAK54854",
                            "kit": kit,
                            "experiment_id": "exp",
                            "barcode": f"barcode{place:02}",
                            "alias": f"a{alias}",
                        }.items()
                    )
                ),
            )
            for place, alias in enumerate(ids, start=1)
        ),
    ),
    st.lists(name, min_size=1, max_size=6, unique=True),
    st.sampled_from(["SQK-NBD114-24", "SQK-RBK114"]),
)
any_sheet = st.one_of(
    sheet_of(Dialect.ILLUMINA_V1),
    sheet_of(Dialect.ILLUMINA_V2),
    sheet_of(Dialect.AVITI),
    sheet_of(Dialect.TABLE),
    ont,
)
