"""What a log line leaves out."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError
from django.template import Context, VariableDoesNotExist
from django.template.base import Variable
from django.urls import URLResolver, get_resolver

from core.lib.redaction import mask, masked, told, traceback_of

SECRET = "nVq3-secret_1xGd"
# What a route calls a part of its address that nobody else may know.
NAMES = ("token", "key", "secret", "code", "uidb36", "uidb64")


def routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str, list[str]]]:
    """The name of every route, its address, and which parts of it are filled in."""
    for name, possibilities in resolver.reverse_dict.lists():
        for possible, *_ in possibilities:
            for address, parts in possible:
                yield name if isinstance(name, str) else "", before + address, parts
    for address, inner in resolver.namespace_dict.values():
        yield from routes(inner, before + address)


def test_no_address_is_said_with_the_secret_in_it() -> None:
    found = set()
    for name, address, parts in routes(get_resolver()):
        if not set(parts).isdisjoint(NAMES):
            found.add(name)
            filled = {part: SECRET if part in NAMES else "7" for part in parts}
            assert SECRET not in mask(f"Not Found: {address % filled}"), name
    assert found >= {"invitation", "account_confirm_email", "account_reset_password_from_key"}


@pytest.mark.parametrize(
    "said",
    [
        f"connecting to postgres://app:{SECRET}@db.internal:5432/notes failed",
        f"redis://:{SECRET}@redis:6379/0",
        f"smtp+tls://ada:{SECRET}@mail.example.org:587",
        f"sessionid={SECRET}; theme=ink",
        f"/x?csrfmiddlewaretoken={SECRET}&next=/",
        f"Authorization: Bearer {SECRET}",
        f"SECRET_KEY={SECRET}",
        f"a mail to {SECRET}@example.org",
        f"/accounts/signup/?next=%2Finvitations%2F{SECRET}",
        f"/accounts/login/?next=%2faccounts%2fconfirm-email%2f{SECRET}%2f&theme=ink",
        f"https://notes.example.org/accounts/signup/?next=/accounts/password%2Freset%2Fkey%2F1-{SECRET}%2F",
        f"/accounts/login/?next=%2Faccounts%2Fsignup%2F%3Fnext%3D%252Finvitations%252F{SECRET}",
    ],
)
def test_what_looks_like_a_secret_is_left_out(said: str) -> None:
    assert SECRET not in mask(said)
    assert SECRET not in str(masked({"lines": [said, {"inner": (said, 7)}]}))


@pytest.mark.parametrize(
    "said",
    [
        "note 17 is opened anew at number 4 of its log",
        "GET /notes/abcdefghijkmnpqr/",
        "http://localhost:8000/",
        "a: b=c",
    ],
)
def test_what_is_none_stays(said: str) -> None:
    assert mask(said) == said


@pytest.mark.parametrize(
    "part",
    [
        "session",
        "token_",
        "a.b",
        "@a.b",
        "a@b.",
        "x://u:",
        "\n",
        "\n ",
        "Bearer ",
        "a=",
        "a:",
        "%",
        "%25",
        "25",
        "%2Finvitations",
        "/invitations%2",
    ],
)
def test_a_stranger_cannot_keep_a_server_busy_with_a_path(part: str) -> None:
    """With time that grows as the square of the length this would take the better part of an hour."""
    said = f"/{part * 100_000}"
    assert mask(said).startswith("/")


def caught(call: Any) -> Exception:
    try:
        call()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked at
        return error
    raise AssertionError("nothing was raised")


@pytest.fixture
def refusal(postgres_url: str) -> Exception:
    """PostgreSQL does not take a row, and Django says so."""

    def insert() -> None:
        with psycopg.connect(postgres_url) as connection:
            connection.execute("CREATE TABLE page (text text NOT NULL, words int NOT NULL)")
            try:
                connection.execute("INSERT INTO page VALUES (%s, NULL)", [f"one\n{SECRET}\n\nthree"])
            except psycopg.Error as error:
                raise IntegrityError(*error.args) from error

    return caught(insert)


@pytest.mark.postgres
def test_a_database_error_comes_without_the_row(refusal: Exception) -> None:
    assert SECRET in str(refusal), "PostgreSQL has become discreet; then this test is of no use"
    for said in (traceback_of(refusal), told(refusal), mask(repr(refusal)), mask(str(refusal))):
        assert SECRET not in said
        assert "null value in column" in said


@pytest.mark.postgres
def test_nor_with_the_statement(postgres_url: str) -> None:
    """Django writes values into the text of a statement, and PostgreSQL quotes the line that it does not like."""

    def ask() -> None:
        with psycopg.connect(postgres_url) as connection:
            connection.execute(f"SELECT '{SECRET}' FROM nowhere".encode())

    error = caught(ask)
    assert SECRET in str(error)
    for said in (traceback_of(error), told(error), mask(repr(error))):
        assert SECRET not in said
        assert 'relation "nowhere" does not exist' in said


@pytest.mark.postgres
def test_nor_as_the_cause_of_another(refusal: Exception) -> None:
    def fail() -> None:
        try:
            raise refusal
        except IntegrityError as error:
            raise RuntimeError("the flush failed") from error

    said = traceback_of(ExceptionGroup("two", [caught(fail), ValueError("beside it")]))
    assert SECRET not in said
    assert said.index("NotNullViolation") < said.index("IntegrityError") < said.index("RuntimeError: the flush failed")
    assert "ValueError: beside it" in said


def test_a_template_that_misses_something_shows_nothing_of_the_rest() -> None:
    error = caught(lambda: Variable("note.missing").resolve(Context({"note": {"text": SECRET}})))
    assert isinstance(error, VariableDoesNotExist)
    assert SECRET in str(error)
    assert SECRET not in traceback_of(error) + told(error)


def test_a_traceback_shows_where_and_no_values() -> None:
    def count(text: str) -> int:
        return int(text[:2])

    said = traceback_of(caught(lambda: count(f"no {SECRET}")))
    assert "in count" in said
    assert "return int(text[:2])" in said
    assert SECRET not in said


def test_what_is_long_is_cut() -> None:
    assert len(told(ValueError("word " * 1_000))) < 400
