"""What accounts tell the rest of the house, after the commit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """A session of this user is gone, the password is another one, or the user was shut out or deleted.

    Each of the user's sockets must be asked again whether its session still holds.
    """

    user_id: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """An account is deleted: whoever keeps something under its addresses throws it away."""

    user_id: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """Name or colour are new: what others see of this user must be stamped anew."""

    user_id: int
