"""What physical audits say: purposes, levels, ways of looking, and how right the records are."""

from collections.abc import Mapping

from backend.storage.ids import CheckMethod, InventoryLevel, InventoryPurpose
from backend.storage.inventory_rules import SHARES, Tally, accuracy
from backend.storage.inventory_views import AtHand, CheckView, Escalation, Noted
from dashboard import format as fmt

PURPOSES: Mapping[InventoryPurpose, str] = {
    InventoryPurpose.PERIODIC: "Periodic",
    InventoryPurpose.MOVED_UNSEALED: "After a freezer failure, boxes without a seal",
    InventoryPurpose.MOVED_SEALED: "After a freezer failure, sealed boxes",
}
LEVELS: Mapping[InventoryLevel, str] = {
    InventoryLevel.TUBES: "Drawn, some tubes",
    InventoryLevel.BOX: "Drawn, whole box",
    InventoryLevel.RACK: "Errors in its rack",
    InventoryLevel.UNIT: "Errors in its unit",
}
METHODS: Mapping[CheckMethod, str] = {
    CheckMethod.RACK_SCAN: "Rack scan",
    CheckMethod.TUBES: "Tube by tube",
    CheckMethod.SEAL: "Seal is whole",
    CheckMethod.ABSENT: "Box is not there",
}
_GREW: Mapping[InventoryLevel, str] = {
    InventoryLevel.TUBES: "The rest of box",
    InventoryLevel.BOX: "The rest of box",
    InventoryLevel.RACK: "Rack",
    InventoryLevel.UNIT: "Unit",
}


def accuracy_words(counted: Tally) -> str:
    """Say how many of the checked tubes stand where they are recorded: 97.4% (93.6% to 99.0%)."""
    found = accuracy(counted)
    if found is None:
        return "No tube has been checked yet"
    low, high = (fmt.percent(bound) for bound in (found.low, found.high))
    return f"{fmt.percent(found.share)} ({fmt.between(low, high)})"


def counted_words(counted: Tally) -> str:
    """Say the counts behind it."""
    words = f"{fmt.count(counted.correct)} of {fmt.plural(counted.checked, 'tube', 'tubes')} right"
    if counted.unread:
        words += f", {fmt.plural(counted.unread, 'code', 'codes')} not readable"
    return words


def result_words(check: CheckView) -> str:
    """Say what came of a box."""
    if check.method is CheckMethod.SEAL:
        return METHODS[check.method]
    errors = check.tally.errors
    said = fmt.plural(errors, "error", "errors") if errors else "No error"
    return f"{said}, {counted_words(check.tally)}"


def sample_words(share: float, seed: int, tubes: int | None) -> str:
    """Say how the sample was drawn, so that it can be drawn again."""
    some = f", {fmt.plural(tubes, 'tube', 'tubes')} of each" if tubes else ""
    return f"{fmt.percent(share, 0)} of the boxes of each unit{some}, seed {seed}"


def read_words(at: AtHand) -> str:
    """Say how far the box at hand is: 3 of 9 positions read."""
    one, many = ("tube", "tubes") if at.is_loose else ("position", "positions")
    read = len(at.asked) - len(at.left)
    return f"{fmt.count(read)} of {fmt.plural(len(at.asked), one, many)} read"


def noted_words(at: AtHand, noted: Noted, code: str) -> str:
    """Say what was written down just now, and how much is left."""
    one, many = ("tube is", "tubes are") if at.is_loose else ("position is", "positions are")
    what = (code or "One tube") if at.is_loose else noted.position
    return f"{what} is read, {fmt.plural(noted.left, one, many)} left."


def all_read_words(at: AtHand) -> str:
    """Refuse one more reading of a box that is read."""
    if at.is_loose:
        return f"As many tubes as {at.check.path} should hold have been read. Say that it is done."
    return f"Every position of {at.check.path} has been read. Type the one to read again."


def escalation_words(grown: Escalation) -> str:
    """Say what was added."""
    boxes = f", {fmt.plural(grown.added, 'box', 'boxes')} more" if grown.added else ""
    return f"{_GREW[grown.level]} {grown.path}{boxes}"


def share_words() -> str:
    """Say which share each purpose has by itself."""
    periodic, unsealed, sealed = (
        fmt.percent(SHARES[purpose], 0)
        for purpose in (
            InventoryPurpose.PERIODIC,
            InventoryPurpose.MOVED_UNSEALED,
            InventoryPurpose.MOVED_SEALED,
        )
    )
    return (
        f"Empty: {periodic} for a periodic audit; after a failure {unsealed} of what is not "
        f"sealed and {sealed} of what is."
    )
