"""Papers for as long as a run wants them: real days first, and then the same under other ids."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Item = dict[str, Any]


def paper_id(item: Item) -> str:
    """The arXiv id of an item of Hugging Face's list."""
    return item["paper"]["id"]


def title_of(item: Item) -> str:
    """Its title on one line."""
    return " ".join(str(item["paper"]["title"]).split())


def papers(folder: Path) -> Iterator[Item]:
    """Items as Hugging Face lists them, each title and id once; some 2,200, which is all.

    The days in ``folder`` come newest first. After the last one they come again with other ids and
    another title, which is how the model's endpoint tells papers apart.
    """
    days = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("20*.json"))]
    known: set[str] = set()
    items = [item for day in reversed(days) for item in day if _is_new(item, known)]
    yield from items
    for lap, words in enumerate(_LAPS, start=1):
        yield from (_again(item, lap, words) for item in items)


def _is_new(item: Item, known: set[str]) -> bool:
    names = {paper_id(item), title_of(item)}
    is_new = not names & known
    known |= names
    return is_new


def _again(item: Item, lap: int, words: str) -> Item:
    month, number = paper_id(item).split(".")
    # The real ones are of 24 to 26, and ids have five digits since 15.
    other = f"{int(month) - 300 * lap:04d}.{number}"
    title = f"{title_of(item)}: {words}"
    return item | {"title": title, "paper": item["paper"] | {"id": other, "title": title}}


_LAPS = ("A First Look", "A Second Look", "A Third Look")
