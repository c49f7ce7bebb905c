"""Settings of the tests: core.settings with a data folder of their own, whatever the developer's environment says.

TEST_DATABASE_URL runs the same tests on a real PostgreSQL (scripts/test.py starts a throw-away one).
"""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="commonplace-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

os.environ.update(
    DATA_DIR=_folder,
    ENV_FILE=os.devnull,
    DEBUG="true",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", ""),
    EMBEDDED_TASKS="false",
)
for _name in (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SECRET_KEY_FILE",
    "PORT",
    "BIND",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "ALLOWED_ORIGINS",
    "HTTPS",
    "REDIS_URL",
    "EMAIL_URL",
    "ADMIN_MFA",
    "AUDIT_DAYS",
):
    os.environ.pop(_name, None)

from core.settings import *  # noqa: E402, F403  # the environment comes first
from core.settings import EMBEDDED, SQLITE_OPTIONS  # noqa: E402

# What is asked for is done at once, in the transaction of the test.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True

# Tests make many users; the strength of the hash is not what they are about.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if EMBEDDED:
    # What a power cut would leave behind is not what these tests are about.
    SQLITE_OPTIONS["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;PRAGMA foreign_keys=ON;"
