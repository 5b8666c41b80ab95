"""Send a print to its printer."""

from uuid import UUID

from backend.core.errors import Unavailable
from backend.core.transaction import writing
from backend.gateway import outgoing
from backend.gateway.errors import CircuitOpen
from backend.labels import printing, service
from backend.labels.adapters import zpl_printer
from backend.labels.adapters.zpl_printer import Address, Broken, NotSent, Unreachable
from backend.labels.rendering import zpl
from backend.labels.views import PrintOrder
from backend.work import leases
from jobs.context import JobContext

_HELD_S = 60.0
_TIMING = zpl_printer.USUAL


def run(context: JobContext) -> None:
    """Send the labels of the arguments, at most once without a person's word.

    Raises:
        Unavailable: nothing left for the printer; the job comes back with a growing pause.
        CircuitOpen: the printer is left alone for a while; the job comes back after that.
    """
    print_id = UUID(str(context.arguments["print_id"]))
    order = _begin(context, print_id)
    if order is None:
        return
    layouts = printing.layouts_of(order.template.key, order.contents, dpi=order.dpi)
    program = zpl.program(layouts, copies=order.copies)
    address = Address(order.host, order.port)
    try:
        with outgoing.through(
            writing, address.target, away=(Unreachable, Broken), answered=NotSent
        ):
            confirmed = zpl_printer.send(address, program, _TIMING, must_answer=order.has_answered)
    except CircuitOpen as left_alone:
        with writing() as session:
            leases.heartbeat(session, context.claim, _HELD_S)
            service.put_off(session, print_id=print_id, why=left_alone.message)
        raise
    except NotSent as refused:
        _put_back(context, print_id, str(refused))
        return
    except Broken as broken:
        with context.finishing() as session:
            service.settle_unsure(
                session,
                context.principal,
                print_id=print_id,
                why=str(broken),
                answered=broken.answered,
            )
        return
    with context.finishing() as session:
        service.settle_sent(session, context.principal, print_id=print_id, confirmed=confirmed)


def _begin(context: JobContext, print_id: UUID) -> PrintOrder | None:
    turn = int(str(context.arguments["turn"]))
    try:
        with writing() as session:
            # Whoever lost the job must not start to send.
            leases.heartbeat(session, context.claim, _HELD_S)
            return service.begin(session, context.principal, print_id=print_id, turn=turn)
    except Unavailable as busy:
        if context.claim.attempt < context.claim.max_attempts:
            raise
        with context.finishing() as session:
            service.give_up(session, context.principal, print_id=print_id, why=busy.message)
        return None


def _put_back(context: JobContext, print_id: UUID, why: str) -> None:
    is_last = context.claim.attempt >= context.claim.max_attempts
    if is_last:
        with context.finishing() as session:
            service.settle_not_sent(
                session, context.principal, print_id=print_id, why=why, is_last=True
            )
        return
    with writing() as session:
        leases.heartbeat(session, context.claim, _HELD_S)
        service.settle_not_sent(
            session, context.principal, print_id=print_id, why=why, is_last=False
        )
    raise Unavailable(why)
