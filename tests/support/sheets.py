"""Sample sheets made for the tests, with the traits of real ones."""

from backend.sequencing.sheets.checking import Examined, examine
from backend.sequencing.sheets.values import Finding

V2 = """[Header]
FileFormatVersion,2
RunName,260105_LH00336_0025
InstrumentPlatform,NovaSeqXSeries
IndexOrientation,Forward

[Reads]
Read1Cycles,151
Read2Cycles,151
Index1Cycles,10
Index2Cycles,10

[BCLConvert_Settings]
SoftwareVersion,4.3.13
AdapterRead1,CTGTCTCTTATACACATCT
OverrideCycles,Y151;I8N2;N2I8;Y151

[BCLConvert_Data]
Lane,Sample_ID,Index,Index2,Sample_Project
1,S1,CCGCGGTT,AGCGCTAG,Alpha
1,S2,TTATAACC,GATATCGA,Alpha
2,S3,GGACTTGG,CGCAGACG,Beta
"""

V1 = """[Header],,,
IEMFileVersion,5,,
Experiment Name,exp 001,,
Instrument Type,NextSeq 550,,
,,,
[Reads],,,
151,,,
151,,,
,,,
[Settings],,,
Adapter,AGATCGGAAGAGC,,
,,,
[Data],,,
Sample_ID,index,index2,Sample_Project
S1,CCGCGGTT,AGCGCTAA,Alpha
S2,TTATAACC,GATATCGC,Alpha
"""

AVITI = """# written by hand
[RunValues]
KeyName, Value
Operator, Ada
[Settings]
SettingName,Value,Lane
R1Adapter,AGATCGGAAGAGC,1+2
I1MismatchThreshold,1,1
[Samples]
SampleName,Index1,Index2,Lane,Project
S1,CCGCGGTT+AAGTCCAA,AGCGCTAG,1,Alpha
S2,TTATAACC,GATATCGA,1+2,Alpha
"""

ONT = """flow_cell_id,kit,sample_id,experiment_id,barcode,alias,type
FAK54854,SQK-NBD114-24,pool_1,exp_1,barcode01,patient_a,test_sample
FAK54854,SQK-NBD114-24,pool_1,exp_1,barcode02,patient_b,negative_control
"""

TABLE = """Sample_ID,Index,Index2
S1,CCGCGGTT,AGCGCTAG
S2,TTATAACC,GATATCGA
"""

ALL = {"v1": V1, "v2": V2, "aviti": AVITI, "ont": ONT, "table": TABLE}


def seen(text: str) -> Examined:
    """Return a sheet of a text, read and checked."""
    return examine(text.encode())


def only(text: str, code: str) -> Finding:
    """Return the one finding of a kind; fail with all that were found otherwise."""
    findings = seen(text).findings
    found = [each for each in findings if each.code == code]
    assert len(found) == 1, [(each.code, each.line, each.message) for each in findings]
    return found[0]
