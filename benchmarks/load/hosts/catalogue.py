"""The servers by the names of the command line."""

from collections.abc import Callable

from benchmarks.load.hosts.host import Host
from benchmarks.load.hosts.ours import Ours
from benchmarks.load.hosts.peers import Hocuspocus, YWebsocket

OURS = ("ours", "ours-x2")
HOSTS: dict[str, Callable[[bool], Host]] = {
    "ours": lambda postgres: Ours(postgres=postgres),
    "hocuspocus": lambda _: Hocuspocus(),
    "y-websocket": lambda _: YWebsocket(),
    "hocuspocus-5": lambda _: Hocuspocus(flush_delay=5),
    "hocuspocus-20": lambda _: Hocuspocus(flush_delay=20),
    "ours-x2": lambda _: Ours(processes=2),
    "hocuspocus-x2": lambda _: Hocuspocus(processes=2),
}
DEFAULT = ("ours", "hocuspocus", "y-websocket")
