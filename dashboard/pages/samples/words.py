"""What people call the facts of a sample in lists, filters and exports."""

from collections.abc import Mapping

from backend.samples.arrival_rules import CONDITION_NAME
from backend.samples.ids import HoldKind, MaterialType, Priority, QcVerdict
from dashboard.components.status import SAMPLE_LOOKS, Look
from dashboard.components.tones import Tone
from dashboard.zone_names import ZONE_NAMES

MATERIAL_NAMES: Mapping[str, str] = {
    **{each.value: each.value.capitalize() for each in MaterialType},
    MaterialType.GDNA.value: "gDNA",
    MaterialType.CFDNA.value: "cfDNA",
    MaterialType.RNA.value: "RNA",
    MaterialType.CDNA.value: "cDNA",
}
PRIORITY_NAMES: Mapping[str, str] = {each.value: each.value.capitalize() for each in Priority}
STATUS_NAMES: Mapping[str, str] = {state: look.word for state, look in SAMPLE_LOOKS.items()}
ARRIVAL_NAMES: Mapping[str, str] = {each.value: name for each, name in CONDITION_NAME.items()}
ZONES: Mapping[str, str] = {zone.value: name for zone, name in ZONE_NAMES.items()}
HOLD_NAMES: Mapping[str, str] = {
    each.value: each.value.replace("_", " ").replace("qc", "QC").capitalize().replace("Qc", "QC")
    for each in HoldKind
}
QC_LOOKS: Mapping[str, Look] = {
    QcVerdict.NONE.value: Look("Not judged", "dash-circle-dotted", Tone.OFF),
    QcVerdict.PASS.value: Look("Passed", "check-circle-fill", Tone.OK),
    QcVerdict.PASS_WITH_WARNING.value: Look(
        "Passed with warning", "exclamation-triangle-fill", Tone.WARN
    ),
    QcVerdict.FAIL.value: Look("Failed", "x-octagon-fill", Tone.CRIT),
    QcVerdict.FAIL_PROCEED.value: Look("Failed, goes on", "exclamation-triangle-fill", Tone.WARN),
}
QC_NAMES: Mapping[str, str] = {verdict: look.word for verdict, look in QC_LOOKS.items()}
