"""Which version of Commonplace this is; pyproject.toml says the same, and a container has no pyproject.toml."""

VERSION = "0.1.0"
