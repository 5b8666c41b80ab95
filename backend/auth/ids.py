"""Roles, and the keys of people and sessions."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

UserSessionId = NewType("UserSessionId", UUID)
NamedTokenId = NewType("NamedTokenId", UUID)


class Role(StrEnum):
    """A named set of permissions (auth.rules.PERMISSIONS_OF); sets, not a ladder."""

    GUEST = "guest"
    ANALYST = "analyst"
    SCIENTIST = "scientist"
    TECHNICIAN = "technician"
    PRINCIPAL_INVESTIGATOR = "principal_investigator"
    ADMINISTRATOR = "administrator"
