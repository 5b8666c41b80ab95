"""What people do about runs that were read: say which they are, confirm, answer proposals."""

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.sequencing_runs import RunOut, run_out
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.sequencing.runs import confirming, queries
from backend.sequencing.runs.errors import RunNotReady
from backend.sequencing.runs.ids import ProposalId


class RunMatchIn(ApiInput):
    """The booked run that a folder is of, by its code."""

    run: str = Field(min_length=1, max_length=40)


class ConfirmRunIn(ApiInput):
    """The version of the reading that was looked at, and a note beside it."""

    version: int = Field(ge=1)
    note: str = Field(default="", max_length=500)


class ProposalAnsweredOut(ApiOutput):
    """Where accepting led: the new request, or the pools whose top-up waits; else ""."""

    led_to: str


def match_run(call: Call) -> RunOut:
    """Say which booked run a folder is of; the same again changes nothing."""
    wanted, folder = call.sent(RunMatchIn).run, call.path["folder"]
    with writing() as session:
        seen = queries.get_run(session, call.caller, folder)
        if seen.line.code != wanted or seen.run_id is None:
            offered = queries.list_candidates(session, call.caller)
            chosen = next((each for each in offered if each.code == wanted), None)
            if chosen is None:
                raise RunNotReady(
                    f"There is no booked run {wanted} without a folder. Look for its code in the "
                    "calendar."
                )
            confirming.match_run(session, call.caller, folder_id=seen.line.id, run_id=chosen.id)
        return run_out(queries.get_run(session, call.caller, str(seen.line.id)))


def confirm_run(call: Call) -> object:
    """Confirm a run as it was looked at; its proposals are in the answer."""
    sent = call.sent(ConfirmRunIn)
    with writing() as session:

        def make() -> RunOut:
            key = queries.get_run(session, call.caller, call.path["folder"]).line.id
            confirming.confirm_run(
                session, call.caller, folder_id=key, version=sent.version, note=sent.note
            )
            return run_out(queries.get_run(session, call.caller, str(key)))

        return once(session, call, make)


def accept_proposal(call: Call) -> object:
    """Ask for a failed library again, or open the top-up of its pools."""
    return _answer(call, accept=True)


def dismiss_proposal(call: Call) -> object:
    """Put a proposal aside."""
    return _answer(call, accept=False)


def _answer(call: Call, *, accept: bool) -> object:
    with writing() as session:

        def make() -> ProposalAnsweredOut:
            led_to = confirming.decide_proposal(
                session,
                call.caller,
                proposal_id=ProposalId(call.key("proposal_id")),
                accept=accept,
            )
            return ProposalAnsweredOut(led_to=led_to)

        return once(session, call, make)


_TAG = "Sequencing"
_PLAN = Permission.SEQUENCING_PLAN
_RUN = "/api/v1/sequencing/runs/{folder}"
_PROPOSAL = "/api/v1/sequencing/run-proposals/{proposal_id}"
ROUTES = (
    Route(
        method="PUT",
        path=f"{_RUN}/booked-run",
        handler=match_run,
        access=_PLAN,
        summary="Say which booked run a folder is of; its libraries are judged by it",
        tag=_TAG,
        body=RunMatchIn,
        answer=RunOut,
    ),
    Route(
        method="POST",
        path=f"{_RUN}/confirm",
        handler=confirm_run,
        access=_PLAN,
        summary="Confirm what came of a run, as its version was shown",
        tag=_TAG,
        body=ConfirmRunIn,
        answer=RunOut,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_PROPOSAL}/accept",
        handler=accept_proposal,
        access=_PLAN,
        summary="Ask for a failed library again, or open a top-up for one that got too little",
        tag=_TAG,
        answer=ProposalAnsweredOut,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_PROPOSAL}/dismiss",
        handler=dismiss_proposal,
        access=_PLAN,
        summary="Put a proposal of a run aside",
        tag=_TAG,
        answer=ProposalAnsweredOut,
        once=True,
    ),
)
