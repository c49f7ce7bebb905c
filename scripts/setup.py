"""Gets everything ready, and does only what is not done yet.

python -m scripts.setup run    what `make run` needs
python -m scripts.setup dev    that, and what tests, linters and type checks need
"""

import fcntl
import shutil
import sys

from scripts import frontend, packages, stamps
from scripts.trouble import ROOT, STAMPS, Trouble

COLD_BYTES = 1_500_000_000


def main(level: str) -> None:
    try:
        STAMPS.mkdir(exist_ok=True)
        with (STAMPS / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` and `make test` at the same time take turns
            _check_room()
            packages.ensure(level)
            frontend.ensure(level)
    except Trouble as trouble:
        sys.exit(str(trouble))
    except OSError as error:
        sys.exit(f"Set-up failed: {error.strerror} ({error.filename or ROOT}).")
    except KeyboardInterrupt:
        sys.exit(130)


def _check_room() -> None:
    free, needed = (number // 10**6 for number in (shutil.disk_usage(ROOT).free, COLD_BYTES))
    if not packages.PYTHON.exists() and free < needed:
        raise Trouble(f"The disk has {free} MB free, and the first set-up needs about {needed} MB: make room first.")


if __name__ == "__main__":
    if sys.argv[1:] not in ([level] for level in stamps.LEVELS):
        sys.exit(__doc__)
    main(sys.argv[1])
