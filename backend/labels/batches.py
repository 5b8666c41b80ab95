"""Labels of many samples at once, as a page asks for them. Exported by service.py."""

from collections.abc import Sequence
from uuid import UUID

from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.labels import contents, printing, queries
from backend.labels.ids import PrintId
from backend.labels.schemas import MOST_COPIES, MOST_LABELS, PrintInput

MOST_AT_ONCE = 5_000


def request_prints(
    session: WriteSession,
    principal: Principal,
    *,
    printer_id: UUID,
    sample_ids: Sequence[UUID],
    template: str,
    copies: int,
    reason: str = "",
) -> list[PrintId]:
    """Put labels into a printer's queue, in parts of MOST_LABELS; all parts or none.

    Raises:
        InvalidInput: no sample, too many, or too many copies.
        Otherwise as `printing.request_print`.
    """
    check_amount(sample_ids, copies, most=MOST_AT_ONCE)
    parts = [
        sample_ids[start : start + MOST_LABELS] for start in range(0, len(sample_ids), MOST_LABELS)
    ]
    return [
        printing.request_print(
            session,
            principal,
            printer_id=printer_id,
            asked=PrintInput(
                sample_ids=tuple(part), template=template, copies=copies, reason=reason
            ),
        )
        for part in parts
    ]


def without_label(
    session: ReadSession, principal: Principal, sample_ids: Sequence[UUID]
) -> list[UUID]:
    """Return those of the samples that have no label yet, in the order given.

    Raises:
        SampleNotFound: one is not visible to the principal.
    """
    labels = contents.of_samples(session, principal, sample_ids)
    done = set(queries.printed_before(session, [label.barcode for label in labels]))
    return [key for key, label in zip(sample_ids, labels, strict=True) if label.barcode not in done]


def check_amount(sample_ids: Sequence[UUID], copies: int, *, most: int) -> None:
    """Refuse nothing, too much, and too many copies.

    Raises:
        InvalidInput: with what to do at the field.
    """
    if not sample_ids:
        raise InvalidInput("There is no label to print. Choose samples first.")
    if len(sample_ids) > most:
        raise InvalidInput(
            f"Print at most {most:,} labels at once; these are {len(sample_ids):,}. "
            "Choose fewer samples."
        )
    if not 1 <= copies <= MOST_COPIES:
        sentence = f"Print 1 to {MOST_COPIES} copies."
        raise InvalidInput(sentence, fields={"copies": sentence})
