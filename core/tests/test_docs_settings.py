"""docs/settings.md names every setting, and no other."""

import ast
import re

from core.lib.env import BASE_DIR


def settings_that_are_read() -> set[str]:
    """The first arguments of `env.str("NAME", ...)` and its like, and what Docker Compose puts in for itself."""
    names = {
        "ENV_FILE",
        "COMPOSE_PROFILES",
        *re.findall(r"\$\{([A-Z_]+)", (BASE_DIR / "docker-compose.yml").read_text()),
    }
    for node in ast.walk(ast.parse((BASE_DIR / "core" / "settings.py").read_text())):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="env")), args=[ast.Constant(value=str() as name), *_]):
                names.add(name)
            case ast.Call(func=ast.Name(id="held_by"), args=[ast.Constant(value=str() as name)]):
                names.add(name)
    return names


def settings_that_are_documented() -> list[str]:
    return re.findall(r"^\| `([A-Z_]+)` \|", (BASE_DIR / "docs" / "settings.md").read_text(), re.MULTILINE)


def test_every_setting_is_documented_once() -> None:
    documented = settings_that_are_documented()
    assert sorted(documented) == sorted(set(documented))
    assert set(documented) == settings_that_are_read()


def test_the_example_of_an_environment_names_real_settings() -> None:
    example = (BASE_DIR / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert named
    assert named <= settings_that_are_read()
