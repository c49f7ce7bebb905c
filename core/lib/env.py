"""Reads settings from the environment, and from the file `.env` (or ENV_FILE) what the environment does not say."""

import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
_file = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
if _file.is_file():
    env.read_env(str(_file))
