"""What is typed about pools, as the services' input."""

import re

from pydantic import ValidationError

from backend.core import barcodes
from backend.core.errors import InvalidInput
from backend.sequencing.pooling.schemas import CancelIn, MembersIn, PoolIn, PoolReadyIn
from dashboard.pages.pools import ids

_BETWEEN = re.compile(r"[\s,;]+")
_POOL, _REQUEST = re.compile(r"P-[0-9]+"), re.compile(r"SQ-[0-9]+")


def parse_draft(codes: str | None, name: str | None) -> PoolIn:
    """Return the draft that was typed: what looks like a pool's or request's code is one.

    Raises:
        InvalidInput: too many codes, or too long ones.
    """
    given = [barcodes.tidy(code) for code in _BETWEEN.split(codes or "") if code]
    pools = [code for code in given if _POOL.fullmatch(code)]
    requests = [code for code in given if _REQUEST.fullmatch(code)]
    libraries = [code for code in given if code not in pools and code not in requests]
    try:
        return PoolIn(
            libraries=list(dict.fromkeys(libraries)),
            requests=list(dict.fromkeys(requests)),
            pools=list(dict.fromkeys(pools)),
            name=name or "",
        )
    except ValidationError as error:
        sentence = "Give up to 384 codes of at most 64 letters, and a name of at most 60."
        raise InvalidInput(sentence, fields={ids.CODES: sentence}) from error


def parse_added(codes: str | None) -> MembersIn:
    """Return what is to come into a draft: libraries, and requests by their codes.

    Raises:
        InvalidInput: nothing was typed, or too many codes or too long ones.
    """
    given = list(dict.fromkeys(barcodes.tidy(code) for code in _BETWEEN.split(codes or "") if code))
    requests = [code for code in given if _REQUEST.fullmatch(code)]
    sentence = "Give barcodes of libraries or codes of requests, of at most 64 letters each."
    if not given:
        raise InvalidInput(sentence, fields={ids.ADD_CODES: sentence})
    try:
        return MembersIn(add=[each for each in given if each not in requests], requests=requests)
    except ValidationError as error:
        raise InvalidInput(sentence, fields={ids.ADD_CODES: sentence}) from error


def parse_ready(barcode: str | None, zone: str | None, project: str | None) -> PoolReadyIn:
    """Return the tube that was typed. Raises InvalidInput: a barcode that is too long."""
    given = {
        "barcode": (barcode or "").strip() or None,
        "temperature_class": zone,
        "project_code": project or None,
    }
    try:
        return PoolReadyIn.model_validate(given)
    except ValidationError as error:
        sentence = "Choose a temperature, and a barcode of at most 64 letters."
        raise InvalidInput(sentence, fields={ids.TUBE: sentence}) from error


def parse_cancel(reason: str | None) -> CancelIn:
    """Return why a pool is cancelled. Raises InvalidInput: nothing was written."""
    try:
        return CancelIn(reason=reason or "")
    except ValidationError as error:
        sentence = "Write why the pool is cancelled."
        raise InvalidInput(sentence, fields={ids.CANCEL_REASON: sentence}) from error
