"""Send one notification by mail.

A message that the server will not take now has its attempts. One that found no server has not been
tried: it waits for the server, as long as mail servers themselves wait for each other.
"""

from datetime import timedelta
from uuid import UUID

from backend.core import clock
from backend.core.errors import InvalidInput, NotNow, Unavailable
from backend.core.transaction import reading, writing
from backend.gateway import outgoing
from backend.gateway.errors import CircuitOpen
from backend.notifications import queries, service
from backend.notifications.adapters.mail import (
    MAIL_SERVER,
    MailBroken,
    MailDeferred,
    MailRefused,
    MailServerAway,
    SmtpSender,
    compose,
)
from backend.notifications.ids import DeliveryId, DeliveryState
from backend.notifications.views import Letter
from jobs.context import JobContext

GIVE_UP_AFTER = timedelta(days=4)
"""RFC 5321, 4.5.4.1: the time after which a sender gives up is at least four to five days."""
_AWAY_RETRY_S = 5.0


def run(context: JobContext) -> None:
    """Send the delivery of the arguments, once; a server that is busy is tried again later.

    Raises:
        Unavailable: not now; the job comes back with a growing pause.
        NotNow: no server was there, or it is left alone; the attempt is given back.
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
        answers = (MailDeferred, MailRefused)
        away = (MailServerAway, MailBroken)
        with outgoing.through(writing, MAIL_SERVER, away=away, answered=answers):
            SmtpSender(settings.smtp_url).send(message)
    except (MailRefused, InvalidInput) as refused:
        return DeliveryState.FAILED, str(refused)
    except (MailServerAway, CircuitOpen) as nobody:
        return _wait_for_server(letter, nobody)
    except MailDeferred as deferred:
        return _later(context, letter, str(deferred))
    return DeliveryState.SENT, ""


def _wait_for_server(
    letter: Letter, away: MailServerAway | CircuitOpen
) -> tuple[DeliveryState, str]:
    if clock.utc_now() - letter.at > GIVE_UP_AFTER:
        days = GIVE_UP_AFTER.days
        return DeliveryState.FAILED, f"{away} Given up after {days} days without a server."
    if isinstance(away, CircuitOpen):
        raise away
    with writing() as session:
        service.settle_delivery(session, letter.delivery_id, DeliveryState.PENDING, str(away))
    raise NotNow(str(away), retry_in_s=_AWAY_RETRY_S) from away


def _later(context: JobContext, letter: Letter, why: str) -> tuple[DeliveryState, str]:
    if context.claim.attempt >= context.claim.max_attempts:
        return DeliveryState.FAILED, f"{why} Given up after {context.claim.attempt} attempts."
    with writing() as session:
        service.settle_delivery(session, letter.delivery_id, DeliveryState.PENDING, why)
    raise Unavailable(why)
