"""Every title and abstract that upstreams really sent."""

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bot.sources.plaintext import plain

_TEXT_TAGS = {"title", "summary", "description"}
# What may be left, each seen and judged: money, Hugging Face's own damage, names of programs.
_RESIDUE_LEFT = 34


@pytest.fixture(scope="session")
def texts(shared: Path) -> list[str]:
    found = [*_of_hugging_face(shared), *_of_arxiv(shared), *_of_abstracts(shared)]
    return list(dict.fromkeys(" ".join(text.split()) for text in found if text))


def _of_hugging_face(shared: Path) -> Iterator[str]:
    for path in sorted((shared / "data/hf_daily").glob("*.json")):
        items: list[dict[str, Any]] = json.loads(path.read_bytes())
        for item in items:
            paper = item["paper"]
            yield from (item["title"], paper["title"], paper["summary"])
            yield from (paper.get("ai_summary", ""), *paper.get("ai_keywords", ()))


def _of_arxiv(shared: Path) -> Iterator[str]:
    for folder in ("arxiv_atom", "arxiv_rss", "constructed"):
        for path in sorted((shared / "data" / folder).glob("*.xml")):
            for element in ET.fromstring(path.read_bytes()).iter():
                if element.tag.rpartition("}")[2] in _TEXT_TAGS:
                    yield element.text or ""


def _of_abstracts(shared: Path) -> Iterator[str]:
    for path in sorted((shared / "data/abstracts").glob("*.json")):
        fields: dict[str, object] = json.loads(path.read_bytes())
        yield from (value for value in fields.values() if isinstance(value, str))


def _words(text: str) -> list[str]:
    """Runs of letters and digits, accents and styles folded, commands' names left out."""
    bare = re.sub(r"\\[A-Za-z]+|\^\{?circ", " ", text)
    folded = unicodedata.normalize("NFKD", bare)
    return re.findall(r"[^\W_]+", "".join(c for c in folded if not unicodedata.combining(c)))


def test_no_run_of_letters_or_digits_is_ever_lost(texts: list[str]) -> None:
    assert len(texts) > 5900
    for text in texts:
        after = "".join(_words(plain(text)))
        place = 0
        for word in _words(text):
            found = after.find(word, place)
            assert found >= 0, f"{word!r} is lost from {text!r}"
            place = found + len(word)


def test_cleaning_twice_changes_nothing_more(texts: list[str]) -> None:
    assert [text for text in texts if plain(plain(text)) != plain(text)] == []


def test_text_without_any_sign_of_tex_is_untouched(texts: list[str]) -> None:
    ordinary = [t for t in texts if not re.search(r"[\\^${}~`]|--", t)]
    assert len(ordinary) > 5700
    assert [text for text in ordinary if plain(text) != text] == []


def test_no_command_and_no_formula_is_left(texts: list[str]) -> None:
    left = [plain(text) for text in texts]
    assert [t for t in left if re.search(r"\\(?!method|ours)", t)] == []
    assert [t for t in left if re.search(r"\$[^$ ]*[\\^_][^$ ]*\$|[\^_]\{", t)] == []
    assert sum(bool(re.search(r"[\\$^{}~]|``", t)) for t in left) == _RESIDUE_LEFT
