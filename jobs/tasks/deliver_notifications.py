"""Send one notification by mail."""

from uuid import UUID

from backend.core.errors import AppError, Unavailable
from backend.core.transaction import reading, writing
from backend.notifications import queries, service
from backend.notifications.adapters.mail import (
    MailDeferred,
    MailRefused,
    SmtpSender,
    compose,
)
from backend.notifications.ids import DeliveryId, DeliveryState
from backend.notifications.views import Letter
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Send the delivery of the arguments, once; a server that is busy is tried again later.

    Raises:
        Unavailable: not now; the job comes back with a growing pause.
    """
    delivery_id = DeliveryId(UUID(str(context.arguments["delivery_id"])))
    with reading() as session:
        letter = queries.find_letter(session, delivery_id)
    if letter is None or letter.state is not DeliveryState.PENDING:
        return
    state, detail = _send(context, letter)
    with context.finishing() as session:
        service.settle_delivery(session, delivery_id, state, detail)


def _send(context: JobContext, letter: Letter) -> tuple[DeliveryState, str]:
    settings = context.settings
    if settings.smtp_url is None:
        return DeliveryState.NOT_CONFIGURED, "No mail server is set up (TRACSEQ_SMTP_URL)."
    if not letter.is_active:
        return DeliveryState.FAILED, "The person may no longer sign in."
    try:
        message = compose(letter, mail_from=settings.mail_from, site_name=settings.site_name)
        SmtpSender(settings.smtp_url).send(message)
    except MailRefused as refused:
        return DeliveryState.FAILED, str(refused)
    except AppError as refused:
        return DeliveryState.FAILED, refused.message
    except MailDeferred as deferred:
        return _later(context, letter, str(deferred))
    return DeliveryState.SENT, ""


def _later(context: JobContext, letter: Letter, why: str) -> tuple[DeliveryState, str]:
    if context.claim.attempt >= context.claim.max_attempts:
        return DeliveryState.FAILED, f"{why} Given up after {context.claim.attempt} attempts."
    with writing() as session:
        service.settle_delivery(session, letter.delivery_id, DeliveryState.PENDING, why)
    raise Unavailable(why)
