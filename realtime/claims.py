"""Which connection speaks for which client id of a note."""

from realtime.admission import Admission
from realtime.closing import Close, Closing
from realtime.gathering import Gathering
from realtime.member import Member


class Claims:
    """A client id is its first user's for ever, from the first update on; until then it is reserved while connected."""

    def __init__(self, admission: Admission, gathering: Gathering) -> None:
        self._admission = admission
        self._gathering = gathering

    def claim(self, member: Member, client_id: int) -> None:
        """The connection speaks for this client id from now on. Raises Closing if it is somebody else's."""
        if not self._may_claim(member, client_id):
            raise Closing(Close.BAD_FRAME, "this client id belongs to somebody else")
        self._gathering.speak_for(member, client_id)
        self._admission.reserved[client_id] = member.person.user_id

    def release(self, member: Member) -> None:
        if member.client_id is not None:
            self._admission.reserved.pop(member.client_id, None)

    def is_free(self, member: Member, client_id: int) -> bool:
        """The member may claim it, and no connection speaks for it."""
        return self._may_claim(member, client_id) and not self._gathering.is_spoken_for(client_id)

    def _may_claim(self, member: Member, client_id: int) -> bool:
        owner = self._admission.owners.get(client_id, self._admission.reserved.get(client_id))
        if owner is None and (presence := self._gathering.presences.get(client_id)):
            owner = presence.person.user_id  # in another process
        return owner in (None, member.person.user_id)
