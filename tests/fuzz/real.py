"""Seeds out of what upstreams really answer, where that folder stands beside the project."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_SHARED = Path(__file__).resolve().parents[3] / "shared"


def files(pattern: str, most: int = 4) -> list[bytes]:
    """The smallest files that go by a pattern, as they are; none where the folder is not there."""
    found = sorted(_SHARED.glob(pattern), key=lambda path: (path.stat().st_size, path.name))
    return [path.read_bytes() for path in found[:most]]


def papers(most: int = 3) -> list[Any]:
    """Entries of a day's list."""
    days = sorted(_SHARED.glob("data/hf_daily/*.json"))
    if not days:
        return []
    return json.loads(days[-1].read_text("utf-8"))[:most]


def abstracts(most: int = 8) -> list[str]:
    """Abstracts as they were sent."""
    found = (str(entry.get("summary", "")) for entry in map(_inner, papers(most)))
    return [text for text in found if text]


def feed(pattern: str, item: str, most: int = 2) -> Iterable[bytes]:
    """Feeds with their first items only: short enough to be changed all over."""
    opening, closing = f"<{item}>".encode(), f"</{item}>".encode()
    for body in files(pattern):
        first = body.find(opening)
        end = first
        for _ in range(most):
            found = body.find(closing, end)
            end = found + len(closing) if found >= 0 else end
        last = body.rfind(closing)
        yield body if first < 0 else body[:end] + body[last + len(closing) :]


def _inner(entry: dict[str, Any]) -> dict[str, Any]:
    return entry.get("paper", entry)
