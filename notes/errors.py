"""What a service of the domain says when it will not do something. Views turn these into 404, 403 and 422."""

from core.lib.errors import Invalid, NotAllowed, NotFound, Refused
from notes.models import Invitation

__all__ = [
    "Invalid",
    "InvitationError",
    "InvitationExpired",
    "InvitationRevoked",
    "InvitationUsed",
    "NotAllowed",
    "NotFound",
    "Refused",
]


class InvitationError(Invalid):
    """This invitation is good no more. `invitation` tells the view which notebook it was for."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__()
        self.invitation = invitation


class InvitationExpired(InvitationError):  # as NotFound: an answer
    message = "This invitation has expired. Ask for a new one."


class InvitationUsed(InvitationError):  # as NotFound: an answer
    message = "This invitation has been used already. Ask for a new one."


class InvitationRevoked(InvitationError):  # as NotFound: an answer
    message = "This invitation was withdrawn."
