"""Check characters of codes that people scan or type.

ISO/IEC 7064 MOD 37,36, the hybrid system for letters and digits, as GRid and ISAN use it: one
character of the same alphabet, every single wrong character is found and nearly every swap of
neighbours.
"""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MODULUS = len(ALPHABET)


def mod_37_36(body: str) -> str:
    """Return the character that closes ``body``, which holds digits and capitals only.

    Raises:
        ValueError: a character of another alphabet.
    """
    product = _MODULUS
    for character in body:
        total = (product + ALPHABET.index(character)) % _MODULUS or _MODULUS
        product = total * 2 % (_MODULUS + 1)
    return ALPHABET[(_MODULUS + 1 - product) % _MODULUS]
