"""Barcodes that people scan: TYPE-YYMMDD-XXXX in Crockford base 32, check character last.

Crockford's alphabet leaves out I, L, O and U, so a code read aloud or typed is not confused
(https://www.crockford.com/base32.html). The check character is the weighted sum of the characters
before it modulo 31, a prime: a wrong digit or two swapped digits are always found, and of other
slips about one in thirty is missed.
"""

import secrets
from datetime import date

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PRIME = 31
_CONFUSED = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_barcode(prefix: str, on: date) -> str:
    """Return a fresh code such as ``DNA-251118-K7F3``; uniqueness is the database's to refuse."""
    return barcode_of(prefix, on, new_serial(3))


def new_serial(length: int) -> str:
    """Return ``length`` random characters of the alphabet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def barcode_of(prefix: str, on: date, serial: str) -> str:
    """Return the code of a serial, its check character added. Longer serials make room at scale."""
    body = f"{prefix}-{on:%y%m%d}-{serial}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the character that closes ``body``."""
    total = sum(weight * _value(character) for weight, character in enumerate(body, start=1))
    return ALPHABET[total % _PRIME]


def is_ours(code: str) -> bool:
    """Say whether a code has our shape and its check character agrees.

    Pre-printed and legacy codes do not, and are accepted all the same.
    """
    parts = code.split("-")
    shaped = len(parts) == 3 and len(parts[1]) == 6 and parts[1].isdigit() and len(parts[2]) >= 4  # noqa: PLR2004 TYPE-YYMMDD-XXXX
    return shaped and check_character(code[:-1]) == code[-1]


def tidy(typed: str) -> str:
    """Return what a person meant by a typed or scanned code: trimmed and in capitals."""
    return typed.strip().upper()


def read_aloud(code: str) -> str:
    """Return the code with I, L and O read as the digits they were taken for."""
    return tidy(code).translate(_CONFUSED)


def _value(character: str) -> int:
    # Prefixes may use I, L, O and U, and the hyphen has a weight too; they count by their code.
    return ALPHABET.index(character) if character in ALPHABET else ord(character)
