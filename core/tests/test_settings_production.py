"""Production refuses what is unsafe, and Django's own check has nothing to add."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.lib.env import BASE_DIR
from core.tests.servers import clean_environment

PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "".join(map(chr, range(48, 112))),
    "SITE_URL": "https://notes.example.org",
    "DATABASE_URL": "postgres://commonplace@127.0.0.1:1/commonplace",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://mail.example.org:587",
}


def python(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env={**clean_environment(), "DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def value(tmp_path: Path, expression: str, **environment: str) -> str:
    done = python(tmp_path, "-c", f"from core import settings as s; print({expression})", **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_production_does_not_start_without_a_secret_key(tmp_path: Path) -> None:
    done = python(tmp_path, "manage.py", "check", **{**PRODUCTION, "SECRET_KEY": ""})
    assert done.returncode != 0
    assert done.stderr.strip() == (
        "SECRET_KEY is not set. In production (DEBUG=false) it must be: 50 random characters."
    )


def test_the_secret_key_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("of-the-file\n")
    production = {**PRODUCTION, "SECRET_KEY": ""}
    assert value(tmp_path, "s.SECRET_KEY", **production, SECRET_KEY_FILE=str(tmp_path / "key")) == "of-the-file"


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    production = {**PRODUCTION, "SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "no-key")}
    done = python(tmp_path, "manage.py", "check", **production)
    assert done.stderr.strip() == f"SECRET_KEY_FILE ({tmp_path}/no-key) cannot be read: No such file or directory."


def test_a_dead_line_to_the_database_is_noticed_and_how_soon_can_be_said(tmp_path: Path) -> None:
    options = 's.DATABASES["default"]["OPTIONS"]["tcp_user_timeout"]'
    assert value(tmp_path, options, **PRODUCTION) == "20000"
    said = {**PRODUCTION, "DATABASE_URL": PRODUCTION["DATABASE_URL"] + "?tcp_user_timeout=5000"}
    assert value(tmp_path, options, **said) == "5000"


def test_the_deployment_check_is_clean(tmp_path: Path) -> None:
    done = python(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_an_origin_with_a_star_is_refused(tmp_path: Path) -> None:
    done = python(tmp_path, "manage.py", "check", **PRODUCTION, ALLOWED_ORIGINS="*")
    assert done.returncode != 0
    assert "core.E001" in done.stderr


def test_a_limit_below_what_the_editor_sends_is_refused(tmp_path: Path) -> None:
    done = python(tmp_path, "manage.py", "check", **PRODUCTION, FRAME_BYTES="100000")
    assert done.returncode != 0
    assert "core.E002" in done.stderr


def test_cookies_travel_over_https_only(tmp_path: Path) -> None:
    shown = "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SECURE_SSL_REDIRECT"
    assert value(tmp_path, shown, **PRODUCTION) == "True True True True"


def test_without_https_it_can_still_be_tried_at_home(tmp_path: Path) -> None:
    shown = "s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS"
    assert value(tmp_path, shown, **PRODUCTION, HTTPS="false") == "False False 0"


def test_passwords_are_hashed_with_argon2(tmp_path: Path) -> None:
    assert value(tmp_path, "s.PASSWORD_HASHERS[0]").endswith("Argon2PasswordHasher")


def test_in_development_the_secret_key_is_made_once_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    first = value(tmp_path, "s.SECRET_KEY")
    assert value(tmp_path, "s.SECRET_KEY") == first
    assert len(first) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_data_folder_that_cannot_be_used_is_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = python(tmp_path, "manage.py", "serve", DATA_DIR=str(tmp_path / "file" / "data"))
    assert done.returncode != 0
    assert "Set DATA_DIR." in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_mail_server_is_described_by_a_url(tmp_path: Path) -> None:
    shown = "s.MAILERS['direct']['OPTIONS']['host'], s.MAILERS['direct']['OPTIONS']['use_tls']"
    assert value(tmp_path, shown, **PRODUCTION) == "mail.example.org True"


def test_the_address_follows_the_port_unless_it_is_given(tmp_path: Path) -> None:
    assert value(tmp_path, "s.SITE_URL", PORT="8123") == "http://localhost:8123"
    assert value(tmp_path, "s.SITE_URL", PORT="8123", SITE_URL="http://notes.local/") == "http://notes.local"


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
def test_an_address_that_cannot_be_read_is_named_without_its_password(tmp_path: Path, name: str) -> None:
    done = python(tmp_path, "manage.py", "check", **{**PRODUCTION, name: "redis://somebody:ferret/piano@h:1/0"})
    assert done.returncode != 0
    assert done.stderr.startswith(f"{name} cannot be read.")
    assert "ferret" not in done.stderr
