"""Every second index of a sheet written the other way round, all else as it is written."""

from backend.sequencing.errors import SheetRefused
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.sheets.headings import INDEX2
from backend.sequencing.sheets.model import SampleSheet
from backend.sequencing.sheets.values import Edit, Fix


def turned_i5(sheet: SampleSheet) -> Fix:
    """Return the change that writes every i5 of a sheet as its reverse complement.

    Raises:
        SheetRefused: there is no i5, or one that cannot be read: half a sheet is never turned.
    """
    column = sheet.columns.get(INDEX2)
    unread = [each for each in sheet.samples if INDEX2 in dict(each.unreadable)]
    if unread:
        raise SheetRefused(
            f"The second index of {unread[0].sample_id} on line {unread[0].line} cannot be read. "
            "Correct it first."
        )
    edits = tuple(
        Edit(each.line, column, "+".join(reverse_complement(one) for one in each.index2))
        for each in sheet.samples
        if each.index2 and column is not None
    )
    if not edits:
        raise SheetRefused("The sheet has no second index to turn round.")
    return Fix("Write every i5 as its reverse complement", edits)
