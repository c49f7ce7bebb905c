"""Node.js for tests: the peers' packages, scripts that run to their end, and peers that a test drives."""

import base64
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core.tests.leftout import leave_out
from core.tests.servers import Server
from core.tests.services import wait_until
from realtime.tests.peers.lines import HERE, Child
from realtime.tests.peers.stage import Person
from scripts import frontend, stamps
from scripts.trouble import Trouble, run

JS = HERE / "js"


def environment() -> dict[str, str]:
    return {**os.environ, **frontend.environment()}


def ensure_packages() -> None:
    """Installs what the peers are made of, once."""
    wanted = stamps.digest([HERE / "package.json", HERE / "package-lock.json"])
    if (HERE / "node_modules").is_dir() and stamps.read("peers") == ("dev", wanted):
        return
    try:
        run(["npm", "ci"], doing="Installing the peers", registry=frontend.REGISTRY, cwd=HERE, env=environment())
    except Trouble as trouble:
        leave_out(f"the Yjs peers could not be installed ({trouble})")
    stamps.write("peers", "dev", wanted)


def stream(script: str, plan: Mapping[str, Any]) -> Iterator[Any]:
    """Runs a script with a plan; yields what it prints, line by line. Raises when it fails."""
    process = subprocess.Popen(
        ["node", str(JS / script)], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with process.stdin:
            process.stdin.write(json.dumps(plan))
        for line in process.stdout:
            yield json.loads(line)
        assert process.wait(timeout=10) == 0, f"{script} ended with {process.returncode}"
    finally:
        process.kill()
        process.wait()


def replay(logs: Mapping[str, Iterable[str]]) -> dict[str, dict[str, Any]]:
    """What a Yjs document holds that took every row of each log in order."""
    said = "".join(json.dumps({"note": note, "rows": list(rows)}) + "\n" for note, rows in logs.items())
    done = subprocess.run(
        ["node", str(JS / "replay.js")], env=environment(), input=said, capture_output=True, text=True, check=True
    )
    return {found["note"]: found for found in map(json.loads, done.stdout.splitlines())}


def where(server: Server) -> dict[str, str]:
    return {"url": f"ws://127.0.0.1:{server.port}", "origin": server.url}


class Host:
    """A process of Node.js with the peers of one test."""

    def __init__(self) -> None:
        self._child = Child(["node", str(JS / "host.js")], environment(), Path.cwd())
        self._count = 0

    def ask(self, do: str, **arguments: Any) -> Any:
        return self._child.ask({"do": do, **arguments})

    def peer(
        self, person: Person, server: Server, note: str, *, stock: bool = False, connect: bool = True, **options: Any
    ) -> "Peer":
        """Somebody with the note open."""
        self._count += 1
        peer = Peer(self, f"{person.name} {self._count}")
        where = {"url": f"ws://127.0.0.1:{server.port}", "origin": server.url}
        self.ask(
            "make", peer=peer.name, stock=stock, options={**where, "note": note, "cookie": person.cookie, **options}
        )
        if connect:
            peer.connect()
        return peer

    def states(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.ask("states")
        return found

    def close(self) -> None:
        self._child.close()


class Peer:
    """A client of a note, real Yjs under Node.js."""

    def __init__(self, host: Host, name: str) -> None:
        self.name = name
        self._host = host

    def _ask(self, do: str, **arguments: Any) -> Any:
        return self._host.ask(do, peer=self.name, **arguments)

    def connect(self) -> None:
        self._ask("connect")

    def act(self, act: str, **details: Any) -> None:
        self._ask("act", act={"act": act, **details})

    def type(self, text: str, at: float = 1) -> None:
        self.act("type", text=text, at=at)

    def leave(self) -> None:
        self._ask("act", act={"act": "cut"})

    def move_to(self, server: Server) -> None:
        """Comes back at another server."""
        self.leave()
        self._ask("move", options=where(server))
        self.connect()

    def route(self, first: Server, *others: Server) -> None:
        """From now on its plain requests go to these servers, in turn."""
        self._ask("move", options={**where(first), "others": [where(server) for server in others]})

    def cursor(self, index: int) -> None:
        self._ask("cursor", index=index)

    def say(self, state: Any) -> None:
        """Says anything of itself as presence."""
        self._ask("say", state=state)

    def start_typing(self, every: float) -> None:
        """A piece every so many milliseconds, online or not."""
        self._ask("type", every=every)

    def stop_typing(self) -> list[str]:
        """Returns the pieces, each unlike any other."""
        pieces: list[str] = self._ask("stop")
        return pieces

    def end(self) -> None:
        """Leaves for good."""
        self._ask("end")

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("state")
        return found

    @property
    def text(self) -> str:
        return str(self.state["text"])

    @property
    def people(self) -> list[str]:
        """The names of the others, as the server says them."""
        return sorted(state["user"]["name"] for state in self.state["others"].values() if state.get("user"))

    def waits(self, condition: Callable[[dict[str, Any]], bool], what: str, seconds: float = 10) -> None:
        wait_until(lambda: condition(self.state), f"{self.name}: {what}", seconds)


def converge(*peers: Peer, seconds: float = 10) -> str:
    """Waits until all hold the same and everything is stored; returns the text."""

    def same() -> bool:
        states = [peer.state for peer in peers]
        held = [(state["text"], state["vector"], state["deleted"]) for state in states]
        return all(state.get("settled", state["online"]) for state in states) and held.count(held[0]) == len(held)

    try:
        wait_until(same, f"{', '.join(peer.name for peer in peers)} hold the same", seconds)
    except TimeoutError as error:
        raise TimeoutError("\n".join([str(error), *map(_standing, peers)])) from None
    return peers[0].text


def crossing(writer: Peer, reader: Peer) -> float:
    """Seconds that an edit takes from one to the other."""
    begun = time.monotonic()
    writer.type("~")
    wanted = len(writer.text)
    reader.waits(lambda state: len(state["text"]) >= wanted, "sees the edit")
    return time.monotonic() - begun


def _standing(peer: Peer) -> str:
    """All that is known of a peer but its text."""
    state = peer.state
    return f"{peer.name}: {len(state.pop('text'))} units, {state}"


def unpacked(row: str) -> bytes:
    return base64.b64decode(row)
