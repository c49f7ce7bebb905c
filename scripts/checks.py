"""Style, imports and migrations (`lint`), types (`types`): what needs no running program, or starts its own."""

import subprocess
import sys

from scripts import frontend
from scripts.packages import VENV
from scripts.steps import Step, Steps
from scripts.trouble import ROOT

BIN = str(VENV / "bin")
# The tests' settings: a check must not make a data folder.
SETTINGS = {"DJANGO_SETTINGS_MODULE": "core.tests.settings"}
SHELL_SCRIPTS = ("scripts/find-python", ".ci/run", "deploy/entrypoint", "deploy/make-secret", "scripts/release-notes")
FORMS = (
    ("docker-compose.yml", "compose-spec"),
    (".github/workflows/ci.yml", "github-workflows"),
    (".github/workflows/deploy.yml", "github-workflows"),
    (".github/workflows/release.yml", "github-workflows"),
    (".github/dependabot.yml", "dependabot"),
)


def lint() -> list[Step]:
    return [
        Step("ruff", [f"{BIN}/ruff", "check", "."]),
        Step("ruff format", [f"{BIN}/ruff", "format", "--check", "."]),
        Step("imports go one way", [f"{BIN}/lint-imports"], SETTINGS),
        Step("Django's own checks", [f"{BIN}/python", "manage.py", "check"], SETTINGS),
        Step("migrations fit the models", [f"{BIN}/python", "manage.py", "makemigrations", "--check"], SETTINGS),
        Step("migrations stop nobody who writes", [f"{BIN}/python", "-m", "scripts.migrations"], SETTINGS),
        Step("shell scripts", [f"{BIN}/shellcheck", *SHELL_SCRIPTS]),
        Step("Dockerfile", [f"{BIN}/hadolint", "Dockerfile"]),
        Step("YAML", [f"{BIN}/yamllint", "--strict", *_tracked("*.yml", "*.yaml")]),
        *(Step(file, [f"{BIN}/python", "-m", "json.tool", file, "/dev/null"]) for file in _tracked("deploy/*.json")),
        *(_form(file, schema) for file, schema in FORMS),
        Step("Kubernetes manifests", [f"{BIN}/python", "-m", "scripts.manifests"]),
        Step("workflows are safe", [f"{BIN}/zizmor", "--offline", "--quiet", "--no-progress", ".github"]),
        Step("eslint", ["npm", "run", "--silent", "lint"], frontend.environment(), "frontend"),
    ]


def _tracked(*patterns: str) -> list[str]:
    """Also what git does not know yet, but would take: outside of a checkout there is nothing to look at."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    found = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    return [file for file in found.stdout.splitlines() if (ROOT / file).exists()]


def _form(file: str, schema: str) -> Step:
    return Step(file, [f"{BIN}/check-jsonschema", "--builtin-schema", f"vendor.{schema}", file])


def types() -> list[Step]:
    return [
        Step("mypy", [f"{BIN}/mypy", "."]),
        Step("tsc", ["npm", "run", "--silent", "check"], frontend.environment(), "frontend"),
    ]


def main(kind: str) -> int:
    steps = Steps()
    for step in {"lint": lint, "types": types}[kind]():
        steps.run(step)
    return steps.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
