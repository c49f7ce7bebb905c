"""The members of a room and what they see of each other."""

import time
from collections.abc import Iterable

from realtime import protocol
from realtime.closing import Close, Closing
from realtime.laggards import Laggards
from realtime.member import Member
from realtime.presence import LEFT, Presence, Presences, cursor_of
from realtime.protocol import AwarenessEntry


class Gathering:
    """Members are connections to this process; presences are client ids, here and in other processes."""

    def __init__(self) -> None:
        self.members: dict[Member, None] = {}
        self.laggards = Laggards()
        self.presences = Presences()
        self._moved: dict[int, AwarenessEntry] = {}  # of our own members, not shown yet

    def show(self, frame: bytes, *, but: Member | None = None) -> None:
        """An update. Who lags is given it later, with everything else."""
        for member in list(self.members):
            if member is not but and member not in self.laggards:
                member.send(frame)

    def announce(self, frame: bytes) -> None:
        """A message that only clients of the subprotocol understand."""
        for member in list(self.members):
            if member.verbose:
                member.send(frame)

    # --- Client ids ----------------------------------------------------------------------------------------------

    def speak_for(self, member: Member, client_id: int) -> None:
        """The connection speaks for this client id from now on."""
        # A client that reconnects may come before its old connection is known to be dead.
        for other in self.members:
            if other is not member and other.client_id == client_id:
                other.client_id = None
        member.client_id = client_id

    def is_spoken_for(self, client_id: int) -> bool:
        return any(member.client_id == client_id for member in self.members)

    # --- Our own -------------------------------------------------------------------------------------------------

    def hear(self, member: Member, entry: AwarenessEntry) -> bool:
        """A member says where its cursor is. Whether there is something to show. Raises Closing."""
        if entry.client_id != member.client_id:
            return False  # stock clients echo what they heard of others
        if entry.state == LEFT:
            return self._note(self.presences.remove(entry.client_id))
        try:
            cursor = cursor_of(entry.state)
        except protocol.MalformedError as error:
            raise Closing(Close.BAD_FRAME, str(error)) from None
        return self._note(self.presences.put(member.person, entry.client_id, cursor))

    def restamp(self, member: Member) -> bool:
        """The member's name or colour changed."""
        presence = self.presences.get(member.client_id) if member.client_id is not None else None
        return presence is not None and self._note(
            self.presences.put(member.person, presence.client_id, presence.cursor)
        )

    def hold(self, member: Member) -> bool:
        """The member spoke here, after it may have spoken elsewhere. Whether there is something to show."""
        presence = self.presences.get(member.client_id) if member.client_id is not None else None
        if presence is None or presence.here:
            return False
        # Just newer than what is known: where they went elsewhere meanwhile, which is on its way here, is news.
        return self._note(
            self.presences.put(member.person, presence.client_id, presence.cursor, clock=presence.clock + 1)
        )

    def depart(self, member: Member) -> bool:
        """Takes the member out. Whether there is something to show."""
        del self.members[member]
        self.laggards.forget(member)
        if member.client_id is None or not self.presences.is_here(member.client_id):
            return False
        return self._note(self.presences.remove(member.client_id))

    def show_moves(self) -> list[int]:
        """Sends who moved, and returns their client ids."""
        moved, self._moved = self._moved, {}
        self._tell({client_id: protocol.awareness_entry(entry) for client_id, entry in moved.items()})
        return list(moved)

    def _tell(self, moved: dict[int, bytes]) -> None:
        """Sends these entries, by client id."""
        if not moved:
            return
        frame = protocol.awareness_of(list(moved.values()))
        for member in list(self.members):
            if member.client_id not in moved:
                member.send(frame)
            elif len(moved) > 1:
                # Nobody hears of themselves: stock clients would take it over as their own, and say it again.
                others = [entry for client_id, entry in moved.items() if client_id != member.client_id]
                member.send(protocol.awareness_of(others))

    def _note(self, entry: AwarenessEntry | None) -> bool:
        if entry is not None:
            self._moved[entry.client_id] = entry
        return entry is not None

    # --- Of other processes --------------------------------------------------------------------------------------

    def hear_presences(self, heard: Iterable[Presence]) -> None:
        """Client ids of another process came, moved, or were renewed."""
        entries = []
        for presence in heard:
            known = self.presences.get(presence.client_id)
            if known is not None and known.clock >= presence.clock:
                self.presences.renew(presence.client_id)
                continue
            # Also one of our own: it has spoken there since.
            person, client_id = presence.person, presence.client_id
            entries.append(self.presences.put(person, client_id, presence.cursor, here=False, clock=presence.clock))
        self._tell({entry.client_id: protocol.awareness_entry(entry) for entry in entries})

    def hear_departures(self, client_ids: Iterable[int]) -> bool:
        """Client ids left another process. Whether that must be contradicted, since they are here now."""
        gone, stayed = [], False
        for client_id in client_ids:
            presence = self.presences.get(client_id)
            if presence is not None and (presence.here or self.is_spoken_for(client_id)):
                # The other process just told its members that they left; newer news only will undo that.
                stayed = self._note(self.presences.put(presence.person, client_id, presence.cursor)) or stayed
            elif entry := self.presences.remove(client_id):
                gone.append(entry)
        self._spread(gone)
        return stayed

    def expire(self) -> None:
        self._spread(self.presences.expire(time.monotonic()))

    def _spread(self, gone: list[AwarenessEntry]) -> None:
        """Who is here and was taken for gone must hear it too, and will say otherwise."""
        if gone:
            frame = protocol.awareness(gone)
            for member in list(self.members):
                member.send(frame)
