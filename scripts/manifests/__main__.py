"""`python -m scripts.manifests [FOLDER]`: names everything that is wrong, and ends with 1 if there is something."""

import sys
from pathlib import Path

from scripts.manifests.check import FOLDER, OVERLAYS, problems


def main(folder: Path) -> int:
    found = problems(folder)
    for sentence in found:
        print(sentence)
    if not found:
        print(f"{folder}: {' and '.join(OVERLAYS)} fit together.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
