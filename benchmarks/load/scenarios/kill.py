"""Five people type and somebody reads, and the server is killed in the midst: is all there that the reader had seen?"""

import asyncio
from contextlib import suppress

from benchmarks.load.crowd import Crowd
from benchmarks.load.figure import LOST, LOST_SECONDS, Figure, Figures
from benchmarks.load.hosts.host import Host
from benchmarks.load.scenarios.wishes import Wishes
from benchmarks.load.window import type_for

PEOPLE, TYPISTS = 6, 5
# Half a period behind the first of Hocuspocus, which stores every ten seconds while somebody types: neither its best
# moment nor its worst.
RATE, SECONDS = 50.0, 15.0
AFTER_SECONDS = 5.0  # in which whoever comes after the restart may wait for the rest


async def kill(host: Host, wishes: Wishes) -> Figures:
    crowd = Crowd(host)
    await crowd.open(1, PEOPLE, TYPISTS)
    (room,) = crowd.rooms
    reader = next(who for who in room.visitors if who.client_id not in room.typists)
    rate, seconds = wishes.rate or RATE, wishes.seconds or SECONDS
    typing = asyncio.create_task(type_for(crowd, rate, seconds + 30, warm=0, drain=0))
    await asyncio.sleep(seconds)
    host.kill()
    await reader.gone
    seen = {client: end for client, end in reader.held.items() if client in room.typists}
    typing.cancel()
    host.start()
    fresh = await room.knock(seen)
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(fresh.synced), AFTER_SECONDS)
    missing = sum(max(0, end - fresh.held.get(client, 0)) for client, end in seen.items())
    fresh.leave()
    return {LOST: Figure(100 * missing / max(1, sum(seen.values()))), LOST_SECONDS: Figure(missing / rate)}
