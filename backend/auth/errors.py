"""What auth refuses."""

from backend.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied


class PasswordRefused(InvalidInput):
    """The password breaks a rule; the sentence says which."""

    def __init__(self, sentence: str, *, field: str = "password") -> None:
        super().__init__(sentence, fields={field: sentence})


class EmailTaken(Conflict):
    """Two spellings of one address are one person."""

    def __init__(self, email: str) -> None:
        super().__init__(
            f"{email} already belongs to a person of this laboratory. Use another address.",
            fields={"email": "This address is taken."},
        )


class LastAdministrator(Conflict):
    """Without an administrator nobody could let anybody in."""

    def __init__(self) -> None:
        super().__init__(
            "This is the laboratory's last active administrator. "
            "Make another person administrator first."
        )


class OwnAccount(Conflict):
    """Nobody changes their own rights."""

    def __init__(self, change: str) -> None:
        super().__init__(f"You cannot {change} yourself. Ask another administrator.")


class UserNotFound(NotFound):
    """No such person."""

    def __init__(self, email: str = "") -> None:
        whom = f"Nobody here has the address {email}" if email else "There is no such person"
        super().__init__(f"{whom}. Look at the list of people again.")


class SetupTokenRefused(PermissionDenied):
    """Used, run out, or never given."""

    def __init__(self) -> None:
        super().__init__(
            "This set-up token is used, run out or not of this laboratory. "
            "Run “tracseq init --setup-token” for a new one."
        )


class LinkRefused(PermissionDenied):
    """A password link that was used, has run out, or was never given."""

    def __init__(self) -> None:
        super().__init__(
            "This link is used, has run out or was replaced by a newer one. "
            "Ask an administrator for a new link."
        )


class LaboratoryMissing(Conflict):
    """Nobody has said yet whose laboratory this is."""

    def __init__(self) -> None:
        super().__init__("No laboratory is set up here yet. Run “tracseq init”.")


class SessionNotFound(NotFound):
    """No open session or token of this key, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("This sign-in is over already. Look at the list again.")


class TokenNameTaken(Conflict):
    """Two tokens of one name could not be told apart when one has to go."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"You have a token named “{name}”. Choose another name, or revoke that one first.",
            fields={"name": "You have a token of this name. Choose another."},
        )


class TokenNotFound(NotFound):
    """No token of this key that holds, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("This token is revoked or has run out already. Look at the list again.")


class TokenRefused(PermissionDenied):
    """An API token that does not hold; what exactly is wrong is told in the log only."""

    code = "token_refused"
    status = 401

    def __init__(self) -> None:
        super().__init__("The token does not hold or has run out. Sign in again for a new one.")


class SignatureImpossible(PermissionDenied):
    """Only a person can sign."""

    def __init__(self) -> None:
        super().__init__("Only a person can sign. Sign in and do it under your own name.")
