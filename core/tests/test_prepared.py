"""A query that is written once finds what it would find written anew."""

from typing import Any

import pytest
from django.db.models import Model
from django.forms import model_to_dict
from django.utils import timezone

from core.accounts.models import User
from core.lib.prepared import Prepared
from notes.models import Note

pytestmark = pytest.mark.django_db

BY_KEY = Prepared(lambda key: Note.objects.select_related("notebook").filter(public_id=key), "")


def everything(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_as_django_reads_it(ada: User, handshake: Note) -> None:
    Note.objects.filter(pk=handshake.pk).update(archived_at=timezone.now())
    for _ in range(2):
        found = BY_KEY.find(handshake.public_id)
        assert found is not None
        assert everything(found) == everything(Note.objects.get(pk=handshake.pk))
        assert model_to_dict(found) == model_to_dict(Note.objects.get(pk=handshake.pk))


def test_what_belongs_to_it_comes_along(handshake: Note, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = BY_KEY.find(handshake.public_id)
        assert found is not None
        assert everything(found.notebook) == everything(handshake.notebook)


def test_another_value_finds_another_row(ada: User, handshake: Note) -> None:
    from notes.services import notes

    other = notes.create(ada, notebook=handshake.notebook, title="Another")
    assert [BY_KEY.find(note.public_id) for note in (handshake, other, handshake)] == [handshake, other, handshake]


def test_nothing_is_found_where_there_is_nothing(handshake: Note) -> None:
    assert BY_KEY.find("nowhere") is None


def test_a_query_with_values_of_its_own_is_refused() -> None:
    hidden = Prepared(lambda key: Note.objects.filter(public_id=key, title="hidden"), "")
    with pytest.raises(AssertionError, match="just these parameters"):
        hidden.find("anything")
