"""What storage may refuse.

NotFound       NodeNotFound · PlanNotFound · ScanNotFound · NothingToUndo · PickListNotFound
               InventoryNotFound · UnitTypeNotFound · ScannerNotFound
InvalidInput   PositionOutside · NotABox · NodeMisplaced · ScanRefused · PickListRefused
               WorklistRefused · InventoryRefused · UnitTypeRefused
               StatusRefused · BlockRefused · BlockingRefused · RestrictionRefused · PlacesRefused
Conflict       BoxFull · PositionTaken · PlacementRefused · AlreadyPlaced · NotPlaced
               LabelTaken · PlanNotOpen · UndoTooLate · RackFull
               ScanNotOpen · ScanOutdated · BoxNotAllSeen · NotOfThisBox
               PickListNotOpen · NotOnTheList · AlreadyPicked · ElsewhereNow · NotToBePicked
               NothingInHand · WrongDestination · StillInHand · InventoryNotOpen
               UnitNotEmpty · NotBlocked · InAnothersHand · NotToBeTaken · NotToBeSpilled
               PlaceInUse · ScannerNameTaken
Unavailable    ScannerAway
"""

from backend.core.errors import Conflict, InvalidInput, NotFound, Unavailable


class NodeNotFound(NotFound):
    """No such place."""


class PlanNotFound(NotFound):
    """No such plan, or not one that the principal may see."""


class BlockRefused(InvalidInput):
    """No tubes, or more than fit into the largest plate, were to be moved or taken together."""


class ScanNotFound(NotFound):
    """No such rack scan, or somebody else's."""


class ScannerNotFound(NotFound):
    """No rack scanner of this name is set up."""


class ScannerNameTaken(Conflict):
    """Two rack scanners cannot have one name."""


class ScannerAway(Unavailable):
    """The rack scanner cannot be reached, or does not come to an end."""


class NothingToUndo(NotFound):
    """The step is not there, or something has happened to the sample since."""


class PositionOutside(InvalidInput):
    """The box has no such position."""


class NotABox(InvalidInput):
    """Samples stand in boxes only."""


class NodeMisplaced(InvalidInput):
    """A place of this kind does not belong there, or lacks what its kind needs."""


class ScanRefused(InvalidInput):
    """A rack scanner's file cannot be read, or says nothing of one box; the sentence says where."""


class PickListNotFound(NotFound):
    """No such pick list or line, or the list holds samples that the person may not see."""


class PickListRefused(InvalidInput):
    """A pick list cannot be made of this; the sentence says of what."""


class WorklistRefused(InvalidInput):
    """A robot cannot be given this; the sentence names the line."""


class StatusRefused(InvalidInput):
    """A unit's status lacks its reason or its day; a sentence for each field."""


class BlockingRefused(InvalidInput):
    """A position is not blocked without a reason, or until a day that has passed."""


class RestrictionRefused(InvalidInput):
    """A place cannot be restricted like that; a sentence for each field."""


class PlacesRefused(InvalidInput):
    """A file of places that cannot be taken, or a place that is too large for one file."""


class NotBlocked(Conflict):
    """The position is free for samples already."""


class NotToBeSpilled(Conflict):
    """Tubes of a loose place are not put back by their positions."""


class PlaceInUse(Conflict):
    """A place with something in it or planned for it is not removed; every reason is named."""


class UnitNotEmpty(Conflict):
    """A unit in which samples stand is not retired."""


class BoxFull(Conflict):
    """Every usable position is taken."""


class PositionTaken(Conflict):
    """Somebody else's tube stands there, or the position is blocked."""


class PlacementRefused(Conflict):
    """Rules keep the sample out of the box; the message names every one of them."""


class AlreadyPlaced(Conflict):
    """The sample stands somewhere: move it instead."""


class NotPlaced(Conflict):
    """The sample stands nowhere."""


class LabelTaken(Conflict):
    """A neighbour, or another place, has this label or barcode."""


class PlanNotOpen(Conflict):
    """The plan is not ready for an answer, or has had one."""


class PlanBeingAnswered(Conflict):
    """A worker carries out an answer to the plan, so that there can be no second one."""


class RackFull(Conflict):
    """No slot of the rack is free, or nobody has said how many it has."""


class UndoTooLate(Conflict):
    """Steps are undone within ten minutes; later ones are moved by hand."""


class ScanNotOpen(Conflict):
    """The rack scan was committed or discarded already, or is not committed."""


class ScanOutdated(Conflict):
    """The box has changed since the scan was compared with it."""


class BoxNotAllSeen(Conflict):
    """The box holds samples of projects that the person is not in."""


class NotOfThisBox(Conflict):
    """The tube stands in another box, or nowhere."""


class PickListNotOpen(Conflict):
    """The pick list is done or closed."""


class NotOnTheList(Conflict):
    """The tube that was scanned is not to be picked."""


class AlreadyPicked(Conflict):
    """Somebody has picked the tube already."""


class ElsewhereNow(Conflict):
    """The tube does not stand where it stood when the pick list was made."""


class NotToBePicked(Conflict):
    """The tube is on hold, or is no longer there."""


class NothingInHand(Conflict):
    """A destination was scanned before a tube."""


class WrongDestination(Conflict):
    """What the person has in hand goes elsewhere."""


class InAnothersHand(Conflict):
    """Somebody else has taken the tube in hand."""


class NotToBeTaken(Conflict):
    """The tube is in no position and not waiting for one, so there is nothing to take in hand."""


class StillInHand(Conflict):
    """A pick list cannot be closed while somebody carries one of its tubes."""


class UnitTypeNotFound(NotFound):
    """No such type of unit, or no longer in use."""


class UnitTypeRefused(InvalidInput):
    """A type of unit that cannot be built like that; a sentence for each field."""


class InventoryNotFound(NotFound):
    """No such physical audit, or no such box in it."""


class InventoryRefused(InvalidInput):
    """A physical audit cannot begin, or a check cannot end, like that; the sentence says why."""


class InventoryNotOpen(Conflict):
    """The physical audit is closed, or the box has been looked at already."""
