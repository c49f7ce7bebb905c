"""What is asked all day looks at few rows, however many there are."""

from typing import Any
from core.tests.database.work import watched
from core.tests.database import crowd
from notes.models import *
from core.accounts.models import User

def test_it() -> None:
    with watched() as work:
        u = User.objects.get(pk=1)
        list(Notebook.objects.visible_to(u))
    print(work)
    assert 0
