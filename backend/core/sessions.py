"""Kinds of session that services take. Opening one is the edge's business (core.transaction)."""

from typing import NewType

from sqlalchemy.orm import Session

ReadSession = NewType("ReadSession", Session)
"""A session that PostgreSQL holds to reading."""

WriteSession = NewType("WriteSession", ReadSession)
"""A session inside ``writing()``; whatever reads may use it too."""
