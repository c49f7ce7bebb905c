"""Everybody who is connected to one server: rooms, and the people in them."""

import asyncio
import random

from benchmarks.load.hosts.host import Host
from benchmarks.load.keys import SEEDER, Typist, seed_text, seed_update
from benchmarks.load.visitor import Visitor
from realtime import protocol

PATIENCE = 20.0  # seconds for a handshake, and for being in step after it
AT_ONCE = 20  # handshakes under way, except where it is the crowd that is measured


class Room:
    def __init__(self, crowd: "Crowd", number: int) -> None:
        self.crowd, self.number = crowd, number
        self.visitors: list[Visitor] = []
        self.typists: dict[int, Typist] = {}
        self.read: dict[bytes, list[tuple[int, int, int]]] = {}
        self.arrivals: list[tuple[Typist, int, int, float]] = []  # worked out when the window is over
        self.seeded = 0

    def everything(self) -> dict[int, int]:
        """What somebody who holds it all holds."""
        sent = {client_id: len(typist.sent) for client_id, typist in self.typists.items()}
        return {**sent, SEEDER: self.seeded} if self.seeded else sent

    async def join(self, wanted: dict[int, int] | None = None, patience: float = PATIENCE) -> Visitor:
        """A new client that is in step: it holds `wanted`, by default everything. Raises TimeoutError, OSError."""
        visitor = await self.knock(wanted, patience)
        await asyncio.wait_for(asyncio.shield(visitor.synced), patience)
        return visitor

    async def knock(self, wanted: dict[int, int] | None = None, patience: float = PATIENCE) -> Visitor:
        """A new client that is connected, in step or not."""
        client_id = self.crowd.chance.randrange(1 << 28, 1 << 32)
        door = self.crowd.host.door(self.number, self.crowd.turn(), client_id)
        visitor = Visitor(self, door, client_id, self.everything() if wanted is None else wanted)
        await visitor.come(patience)
        self.visitors.append(visitor)
        return visitor

    async def open(self, people: int, typists: int, characters: int) -> None:
        """The first client brings the text and leaves; then `people` come, of whom `typists` are going to type."""
        first = await self.join({})
        first.send(first.door.framed(protocol.update(seed_update(seed_text(characters)))))
        self.seeded = characters
        for start in range(0, people, AT_ONCE):
            await asyncio.gather(*(self.join() for _ in range(min(AT_ONCE, people - start))))
        self.visitors.remove(first)
        first.leave()
        places = self.crowd.chance.sample(range(1, characters), typists)
        for visitor, place in zip(self.visitors, places, strict=False):
            self.typists[visitor.client_id] = Typist(visitor.client_id, place, visitor.door.framed)

    def typing(self) -> list[tuple[Visitor, Typist]]:
        return [(who, self.typists[who.client_id]) for who in self.visitors if who.client_id in self.typists]


class Crowd:
    def __init__(self, host: Host) -> None:
        self.host = host
        self.rooms: list[Room] = []
        self.chance = random.Random(11)  # the same keys and places each time
        self.frames = self.complaints = self.disconnects = 0
        self._turns = 0

    def turn(self) -> int:
        """Another person each time; the server decides how many there are."""
        self._turns += 1
        return self._turns

    async def open(self, rooms: int, people: int, typists: int = 0, characters: int = 2_000) -> None:
        new = [Room(self, len(self.rooms) + number) for number in range(rooms)]
        self.rooms += new
        at_once = max(1, AT_ONCE // people)
        for start in range(0, rooms, at_once):
            await asyncio.gather(*(room.open(people, typists, characters) for room in new[start : start + at_once]))
        self.disconnects = 0

    async def leave(self) -> None:
        everybody = [visitor for room in self.rooms for visitor in room.visitors]
        for visitor in everybody:
            visitor.leave()
        if everybody:
            await asyncio.wait([visitor.gone for visitor in everybody], timeout=5)
        for room in self.rooms:
            room.visitors.clear()
