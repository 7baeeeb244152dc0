"""The number words, scales and units of ``summarizer.checks.words``, merged and ready to match."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import summarizer.checks.words


@dataclass(frozen=True, slots=True)
class Unit:
    """A kind of thing that is counted or measured, and how many of its base one of it is."""

    name: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every table merged. Keys of word tables are lower case, those of symbols as written."""

    words: dict[str, int] = field(default_factory=dict[str, int])
    fractions: dict[str, int] = field(default_factory=dict[str, int])
    characters: dict[str, int] = field(default_factory=dict[str, int])
    places: dict[str, int] = field(default_factory=dict[str, int])
    myriads: dict[str, int] = field(default_factory=dict[str, int])
    scales: dict[str, tuple[Fraction, ...]] = field(default_factory=dict[str, tuple[Fraction, ...]])
    units: dict[str, Unit] = field(default_factory=dict[str, Unit])
    currencies: dict[str, Unit] = field(default_factory=dict[str, Unit])
    ratios: dict[str, tuple[Fraction, str]] = field(default_factory=dict[str, tuple[Fraction, str]])
    hints: dict[str, int] = field(default_factory=dict[str, int])
    ratio_hints: dict[str, list[tuple[Fraction, str]]] = field(
        default_factory=dict[str, list[tuple[Fraction, str]]]
    )
    magnitudes: dict[str, Fraction] = field(default_factory=dict[str, Fraction])
    rough: set[str] = field(default_factory=set[str])
    tenths: set[str] = field(default_factory=set[str])
    not_after_tenths: set[str] = field(default_factory=set[str])
    joiners: set[str] = field(default_factory=set[str])
    not_numbers: set[str] = field(default_factory=set[str])
    function_words: set[str] = field(default_factory=set[str])


@cache
def load_lexicon() -> Lexicon:
    """All tables, merged once."""
    lexicon = Lexicon()
    for entry in sorted(files(summarizer.checks.words).iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            _merge(lexicon, tomllib.loads(entry.read_text("utf-8")))
    return lexicon


def _merge(lexicon: Lexicon, table: Mapping[str, Any]) -> None:
    for plain in ("words", "fractions", "characters", "places", "myriads", "hints"):
        getattr(lexicon, plain).update({k.lower(): v for k, v in table.get(plain, {}).items()})
    for listed in (
        "rough",
        "tenths",
        "not_after_tenths",
        "joiners",
        "not_numbers",
        "function_words",
    ):
        getattr(lexicon, listed).update(table.get(listed, ()))
    for word, values in table.get("scales", {}).items():
        lexicon.scales[word] = tuple(Fraction(value) for value in values)
    for phrase, value in table.get("magnitudes", {}).items():
        lexicon.magnitudes[phrase] = Fraction(value)
    for sign, name in table.get("currencies", {}).items():
        lexicon.currencies[sign] = Unit(name, Fraction(1))
    for name, spelling, factor in _by_unit(table.get("units", {})):
        lexicon.units[spelling] = Unit(name, factor)
    for name, phrase, value in _by_unit(table.get("ratios", {})):
        lexicon.ratios[phrase] = (value, name)
    for name, phrase, value in _by_unit(table.get("ratio_hints", {})):
        lexicon.ratio_hints.setdefault(phrase, []).append((value, name))


def _by_unit(table: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Fraction]]:
    for unit, spellings in table.items():
        for spelling, value in spellings.items():
            yield unit, spelling, Fraction(value)


def any_of(spellings: Iterable[str]) -> str:
    """A pattern for any of the spellings, the longest first, white space inside them elastic.

    One that ends in a Latin letter must not go on in another letter or digit.
    """
    ordered = sorted(set(spellings), key=lambda spelling: (-len(spelling), spelling))
    return "|".join(_pattern(spelling) for spelling in ordered)


def _pattern(spelling: str) -> str:
    body = re.escape(spelling)
    if len(spelling) > 3 and spelling.isascii():
        body = r"[ -]?".join(re.escape(word) for word in re.split(r"[ -]", spelling))
    return body + (r"(?![A-Za-z0-9])" if spelling[-1].isascii() and spelling[-1].isalpha() else "")
