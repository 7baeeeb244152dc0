"""Whether all four packages are ours.

``adapters``, ``config`` and ``summarizer`` are also names on the package index, and pip overwrites
one package with another without a word. Sulan belongs into an environment of its own.
"""

from importlib.util import find_spec
from pathlib import Path

from bot.domain.errors import SulanError

_PACKAGES = ("bot", "adapters", "summarizer", "config")


def require_one_root() -> None:
    """Raises ``SulanError`` when the four packages were not loaded from one place."""
    roots = {name: _root(name) for name in _PACKAGES}
    if len(set(roots.values())) != 1:
        found = ", ".join(f"{name} in {root}" for name, root in roots.items())
        raise SulanError(
            f"Another package stands in Sulan's place: {found}. "
            "Install Sulan into a virtual environment of its own."
        )


def _root(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent.parent if spec is not None and spec.origin else None
