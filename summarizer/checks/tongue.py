"""Whether a text is in the language that was asked for (F22)."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import summarizer.checks.tables
from bot.domain.summary import Language

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# A text of fewer words may be all names ("LLaMA, GPT-4"); it is judged only with its part.
ENOUGH_WORDS = 12
_COMMON_FROM = 20
_FOREIGN = 0.05
_SCRIPTS = {
    "han": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"),
    "kana": re.compile(r"[\u3040-\u30ff\uff66-\uff9d]"),
    "hangul": re.compile(r"[\uac00-\ud7af\u1100-\u11ff\u3130-\u318f]"),
    "cyrillic": re.compile(r"[\u0400-\u052f]+"),
    "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]+"),
    "greek": re.compile(r"[\u0370-\u03ff]{3,}"),
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’-][A-Za-z\u00c0-\u024f]+)*"),
}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language's entry in ``tongues.toml``; lengths are in characters, inclusive."""

    scripts: tuple[str, ...]
    least: float
    foreign: tuple[str, ...]
    common: frozenset[str]
    common_share: float
    stops: str
    list_stops: str
    point_after_digit: bool
    main_work: tuple[int, int]
    highlight: tuple[int, int]
    reason: tuple[int, int]
    keyword: tuple[int, int]


@cache
def tongue_of(language: Language) -> Tongue | None:
    """What is known of a language, ``None`` where it has no entry."""
    text = files(summarizer.checks.tables).joinpath("tongues.toml").read_text("utf-8")
    table = tomllib.loads(text).get(language)
    return None if table is None else _tongue(table)


def _tongue(table: Mapping[str, Any]) -> Tongue:
    return Tongue(
        scripts=tuple(table["scripts"]),
        least=table["least"],
        foreign=tuple(table["foreign"]),
        common=frozenset(table.get("common", "").split()),
        common_share=table.get("common_share", 0.0),
        stops=table["stops"],
        list_stops=table["list_stops"],
        point_after_digit=table["point_after_digit"],
        main_work=tuple(table["main_work"]),
        highlight=tuple(table["highlight"]),
        reason=tuple(table["reason"]),
        keyword=tuple(table["keyword"]),
    )


def in_tongue(texts: Iterable[str], tongue: Tongue) -> bool:
    """Whether texts are in a language: together, and each that is long enough to tell."""
    listed = [text for text in texts if text]
    long = (text for text in listed if _words(text).total() >= ENOUGH_WORDS)
    return all(_speaks(text, tongue) for text in ("\n".join(listed), *long))


def _speaks(text: str, tongue: Tongue) -> bool:
    words = _words(text)
    total = words.total()
    if not total:
        return True
    own = sum(words[script] for script in tongue.scripts)
    if own < tongue.least * total:
        return False
    if any(words[script] > _FOREIGN * total for script in tongue.foreign):
        return False
    return not tongue.common or _sounds(text, tongue)


def _words(text: str) -> Counter[str]:
    """How many words (letters, in scripts without spaces) a text has of each script."""
    counted = Counter({name: len(script.findall(text)) for name, script in _SCRIPTS.items()})
    return +counted


def _sounds(text: str, tongue: Tongue) -> bool:
    spoken = [word.lower() for word in _WORD.findall(text)]
    if len(spoken) < _COMMON_FROM:
        return True
    return sum(word in tongue.common for word in spoken) >= tongue.common_share * len(spoken)


def has_script(text: str, tongue: Tongue) -> bool:
    """Whether a text has any letter of the language's script."""
    return any(_SCRIPTS[script].search(text) for script in tongue.scripts)
