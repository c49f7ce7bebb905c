"""Asks for pages with each cache empty and full, turn by turn, and for what might be kept and is not.

The fastest of some rounds counts: what else the machine does only adds to it.

Run by benchmarks/caches.py in a process of its own; prints JSON.
"""

import json
import time
from collections.abc import Callable
from io import StringIO

import django
from django.conf import settings

# Pages are asked for here without a build of the front end.
settings.STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
django.setup()

from django.core.cache import cache  # noqa: E402  # Django comes first
from django.core.cache.backends.redis import RedisCache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Max  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from core.accounts.models import User  # noqa: E402
from core.lib.caching import digest  # noqa: E402
from notes import caching  # noqa: E402
from notes.access import abilities  # noqa: E402
from notes.models import Activity, Membership, Note, Role, Verb  # noqa: E402
from notes.services import notebooks, notes  # noqa: E402
from notes.services.activity import record  # noqa: E402
from notes.views.lines import feed_html  # noqa: E402
from notes.views.reading import feed_page  # noqa: E402

ROUNDS = 11
IN_A_ROW = 10  # answers, of which the mean is one measurement
PEOPLE, COURSES, NOTES = 8, 4, 6
PARAGRAPH = "The *handshake* takes three segments, see `connect()` and [the text](https://example.org/tcp).\n\n"
LISTING = "```python\nwhile not enough():\n    give(way, to='others')  # politely\n```\n\n"


def main() -> None:
    call_command("prepare", stdout=StringIO())
    ada, note = write()
    client = Client()
    client.force_login(ada)
    pages = {
        "home: the lines of its feed": ("/", caching.lines.clear),
        "a notebook: the lines of its feed": (note.notebook.get_absolute_url(), caching.lines.clear),
        "a note of 10,000 characters: its Markdown": (note.get_absolute_url(), cache.clear),
    }
    print(
        json.dumps(
            {
                "pages": {name: kept_or_not(client, *asked) for name, asked in pages.items()},
                "answers": answers(ada, note),
            }
        )
    )


def write() -> tuple[User, Note]:
    """Four courses with a notebook in each, and what nine people did there."""
    ada = User.objects.create_user("ada@example.org", display_name="Ada Lovelace")
    people = [
        User.objects.create_user(f"{number}@example.org", display_name=f"Person {number}") for number in range(PEOPLE)
    ]
    for course in range(COURSES):
        around = notebooks.create(ada, title=f"Course {course}")
        Membership.objects.bulk_create(Membership(notebook=around, user=user, role=Role.EDITOR) for user in people)
        notebook = notebooks.create(ada, title=f"Part {course}", parent=around)
        for number in range(NOTES):
            text = (PARAGRAPH * 6 + LISTING) * 16
            note = notes.create(ada, notebook=notebook, title=f"Note {number}", text=text[:10_000])
            for person in people[:4]:
                record(person, Verb.NOTE_EDITED, notebook=notebook, note=note, data={"added": 120, "removed": 4})
    return ada, note


def kept_or_not(client: Client, path: str, empty: Callable[[], None]) -> list[str]:
    """Queries, ms with the cache empty, ms with what the page before left in it."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    queries = len(asked)  # before the next request empties the list
    without, with_ = [], []
    for _ in range(ROUNDS):
        empty()
        without.append(milliseconds(lambda: client.get(path)))
        with_.append(milliseconds(lambda: client.get(path)))
    return [str(queries), f"{min(without):.1f}", f"{min(with_):.1f}"]


def answers(ada: User, note: Note) -> dict[str, list[str]]:
    """Milliseconds to find something out, and to fetch it from where it might be kept."""
    visible = Activity.objects.visible_to(ada)
    lines = feed_page(visible)["activities"]
    pieces = {f"line-{number}": str(digest(number)) * 25 for number in range(len(lines))}

    def made_anew() -> None:
        caching.lines.clear()
        feed_html(lines, ada)

    cache.set("rights", 40, 600)
    redis = RedisCache(settings.REDIS_URL, {}) if settings.REDIS_URL else None
    if redis:
        redis.set_many(pieces, 600)
    fetched = often(lambda: cache.get("rights"))
    thirty = often(lambda: redis.get_many(pieces)) if redis else often(lambda: feed_html(lines, ada))
    return {
        "who may do what with a note": [often(lambda: abilities(ada, note)), fetched],
        "the newest line that somebody may see": [often(lambda: visible.aggregate(Max("cursor"))), fetched],
        "the thirty newest lines that somebody may see": [often(lambda: feed_page(visible)), "-"],
        "thirty lines as HTML": [often(made_anew), thirty],
    }


def often(work: Callable[[], object]) -> str:
    def many() -> None:
        for _ in range(IN_A_ROW):
            work()

    return f"{min(milliseconds(many) for _ in range(ROUNDS)) / (IN_A_ROW):.2f}"


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1_000


if __name__ == "__main__":
    main()
