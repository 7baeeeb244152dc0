"""A plugin for pytest: of the tests that were collected only those run that are asked for, which
are named in a file (``fault_table.py``). One that is gone meanwhile stops no other."""

import os
from pathlib import Path

import pytest

ASKED = "FAULT_TABLE_TESTS"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that are asked for, with all of their parameters."""
    asked = frozenset(Path(os.environ[ASKED]).read_text("utf-8").splitlines())
    others = [item for item in items if _name(item) not in asked]
    items[:] = [item for item in items if _name(item) in asked]
    config.hook.pytest_deselected(items=others)


def _name(item: pytest.Item) -> str:
    """By file and function: neither its parameters count nor the class that it may stand in."""
    file, *_, function = item.nodeid.partition("[")[0].split("::")
    return f"{file}::{function}"
