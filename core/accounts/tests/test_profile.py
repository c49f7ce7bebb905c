"""Name and colour: what others see of somebody."""

from collections.abc import Callable
from typing import Any

import pytest

from core.accounts.events import ProfileChanged
from core.accounts.models import User
from core.accounts.services import update_profile
from core.lib.errors import Invalid


def test_a_name_is_one_clean_line(ada: User) -> None:
    update_profile(ada, display_name="  Ada \n L\x00. ", colour=8)
    ada.refresh_from_db()
    assert (ada.display_name, ada.colour) == ("Ada L.", 8)


@pytest.mark.parametrize("name", ["", "  ", "\x00", "a" * 61])
def test_a_name_that_is_none_is_refused(ada: User, name: str) -> None:
    with pytest.raises(Invalid):
        update_profile(ada, display_name=name, colour=1)
    assert ada.display_name == "Ada Lindqvist"


@pytest.mark.parametrize("colour", [0, 9, -1])
def test_there_are_eight_inks(ada: User, colour: int) -> None:
    with pytest.raises(Invalid):
        update_profile(ada, display_name="Ada", colour=colour)


@pytest.mark.django_db(transaction=True)
def test_a_change_is_told_once(ada: User, heard: Callable[[type], list[Any]]) -> None:
    told = heard(ProfileChanged)
    update_profile(ada, display_name="Ada", colour=3)
    update_profile(ada, display_name="Ada", colour=3)
    assert told == [ProfileChanged(user_id=ada.pk)]
