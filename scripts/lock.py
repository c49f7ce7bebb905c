"""Compiles requirements/*.in into lock files: every version and hash, no word about where packages come from."""

import sys

from scripts import packages
from scripts.trouble import ROOT, Command, Trouble, run

OPTIONS = ("--universal", "--python-version=3.12", "--generate-hashes", "--no-emit-index-url", "--no-header")
NAMES = ("base", "traces", "dev", "uv", "node")


def main(*arguments: str) -> None:
    """`arguments` go to uv: `--upgrade`, `--upgrade-package django`."""
    uv = packages.find_uv()
    for name in NAMES:
        source, target = (f"requirements/{name}.{ending}" for ending in ("in", "txt"))
        command: Command = [uv, "pip", "compile", "--quiet", *OPTIONS, *arguments, source, "-o", target]
        run(command, doing=f"Locking {source}", registry=packages.REGISTRY, env=packages.UV_ENV)
        if "://" in (ROOT / target).read_text():
            raise Trouble(f"{target} names an address: a lock file must work with every registry.")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Trouble as trouble:
        sys.exit(str(trouble))
