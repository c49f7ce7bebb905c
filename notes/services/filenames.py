"""Names for files that every system takes, made of titles that people chose."""

import re
import unicodedata

LENGTH = 80  # characters: with four bytes each, and a number, it stays below the 255 bytes of most file systems
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows
LONGEST_BYTES = 200


class Names:
    """The names in one folder, each once, whether or not the system tells capitals from small letters."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def one(self, title: str, ending: str = "") -> str:
        stem = _stem(title)
        name, number = f"{stem}{ending}", 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem} ({number}){ending}"
        self._taken.add(name.casefold())
        return name


def _stem(title: str) -> str:
    plain = FORBIDDEN.sub(" ", unicodedata.normalize("NFC", title))
    plain = " ".join(plain.split())[:LENGTH]
    while len(plain.encode()) > LONGEST_BYTES:
        plain = plain[:-1]
    plain = plain.strip(" .")
    return f"_{plain}" if RESERVED.fullmatch(plain) else plain or "Untitled"
