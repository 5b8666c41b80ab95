"""Random tokens and what is kept of them: their SHA-256, never themselves."""

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token; 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()
