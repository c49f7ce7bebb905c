# Thin on purpose: what is done, and in which order, is in scripts/.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test lint types e2e faults bench up down smoke lock

SETUP := python=$$(scripts/find-python) && "$$python" -m scripts.setup
BIN := .venv/bin
# Linters and type checks import the settings: those of the tests leave ./data alone.
TESTED := DJANGO_SETTINGS_MODULE=core.tests.settings

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile

run: ## set up what is missing, then serve (PORT, DATA_DIR)
	@$(SETUP) run && exec $(BIN)/python manage.py serve --demo

test: ## every test; names what had to be left out (REQUIRE_SERVICES=1: nothing may be)
	@$(SETUP) dev && exec $(BIN)/python -m scripts.test

e2e: ## the browser tests alone
	@$(SETUP) dev && exec $(BIN)/pytest -m browser core/tests/browser

faults: ## what must hold when things break: kills, cuts, full disks (CYCLES=200 SEED=7)
	@$(SETUP) dev && exec $(BIN)/pytest -m faults -rP realtime/tests/faults

lint: ## style, imports, migrations, front end, shell scripts
	@$(SETUP) dev && exec $(BIN)/python -m scripts.checks lint

types: ## mypy --strict and tsc
	@$(SETUP) dev && exec $(BIN)/python -m scripts.checks types

bench: ## how fast it is, on this machine
	@$(SETUP) dev && exec $(BIN)/python -m benchmarks

up: ## PostgreSQL, Redis, workers and the app with Docker Compose, on port 8000
	@docker compose up --build --detach --wait && echo "Commonplace is ready: $$(docker compose exec -T web printenv SITE_URL)"

down: ## stop what `make up` started; the data stays
	@docker compose down

smoke: ## a whole installation of Docker Compose, beside any other: written in, killed, and held together
	@$(SETUP) dev && DJANGO_SETTINGS_MODULE=core.tests.settings exec $(BIN)/python -m scripts.smoke

lock: ## compile requirements/*.in into hashed lock files
	@$(SETUP) run && exec $(BIN)/python -m scripts.lock
