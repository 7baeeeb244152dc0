"""Numerals in words: English-like ones that add and multiply, and Chinese positional ones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from summarizer.checks.lexicon import any_of, load_lexicon
from summarizer.checks.numerals import Numeral

_GAP = re.compile(r"[ -]| and |-and-")
# A rough size reaches from itself to ten times itself.
_ROUGH_FROM = 100


@dataclass(frozen=True, slots=True)
class _Patterns:
    word: re.Pattern[str]
    fraction: re.Pattern[str]
    magnitude: re.Pattern[str]
    characters: re.Pattern[str]
    parts_of: re.Pattern[str]
    ratio: re.Pattern[str]
    tenths: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    lexicon = load_lexicon()
    worded = [scale for scale in lexicon.scales if len(scale) > 2 and scale.isascii()]
    rough = "|".join(re.escape(word) for word in sorted(lexicon.rough, key=len, reverse=True))
    character = "".join(lexicon.characters) + "".join(lexicon.places) + "".join(lexicon.myriads)
    digit = "".join(lexicon.characters)
    not_after = "".join(lexicon.not_after_tenths)
    rough_character = "".join(word for word in lexicon.rough if not word.isascii())
    return _Patterns(
        word=re.compile(rf"(?<![A-Za-z\d])(?:{any_of([*lexicon.words, *worded])})", re.IGNORECASE),
        fraction=re.compile(rf"[ -](?:{any_of(lexicon.fractions)})", re.IGNORECASE),
        magnitude=re.compile(
            rf"(?<![A-Za-z\d])(?:{any_of(lexicon.magnitudes)}"
            rf"|(?:{rough}) (?:{any_of(worded)}))",
            re.IGNORECASE,
        ),
        characters=re.compile(
            rf"(?P<rough>[{rough_character}])?(?P<run>[{character}]+(?:点[{digit}]+)?)"
        ),
        parts_of=re.compile(
            rf"(?P<whole>\d{{1,6}}|[{character}]{{1,12}}) ?分之 ?"
            rf"(?P<part>\d{{1,12}}(?:\.\d{{1,12}})?|[{character}]{{1,12}}(?:点[{digit}]{{1,12}})?)"
        ),
        ratio=re.compile(any_of(lexicon.ratios)),
        tenths=re.compile(rf"[{digit}](?:{any_of(lexicon.tenths)})(?![{not_after}])"),
    )


def spelled_numerals(text: str) -> Iterator[Numeral]:
    """Every numeral in words; they may overlap, and those that begin earlier and are longer win."""
    yield from _parts_of(text)
    yield from _ratios(text)
    yield from _magnitudes(text)
    yield from _worded(text)
    yield from _positional(text)


def _ratios(text: str) -> Iterator[Numeral]:
    ratios = load_lexicon().ratios
    for match in _patterns().ratio.finditer(text):
        value, unit = ratios[match[0]]
        yield Numeral(match.start(), match.end(), (value,), spelled=True, unit=unit)


def _parts_of(text: str) -> Iterator[Numeral]:
    """百分之 86.3, 三分之二."""
    for match in _patterns().parts_of.finditer(text):
        whole, part = _number(match["whole"]), _number(match["part"])
        if whole == 100:
            yield Numeral(match.start(), match.end(), (part,), spelled=True, unit="percent")
        elif whole:
            yield Numeral(
                match.start(), match.end(), (part / whole,), spelled=True, unit="fraction"
            )


def _number(text: str) -> Fraction:
    return Fraction(text) if text[0].isdigit() and text.isascii() else positional_value(text)


def _magnitudes(text: str) -> Iterator[Numeral]:
    lexicon = load_lexicon()
    for match in _patterns().magnitude.finditer(text):
        phrase = " ".join(match[0].lower().replace("-", " ").split())
        value = lexicon.magnitudes.get(phrase)
        if value is None:
            value = lexicon.scales[phrase.split()[-1]][0]
        yield Numeral(match.start(), match.end(), (value,), spelled=True, rough=True)


def _worded(text: str) -> Iterator[Numeral]:
    """Runs of number words that compose: thirty-two, one hundred and five, two thirds."""
    run: list[re.Match[str]] = []
    for match in _patterns().word.finditer(text):
        if run and not _composes(text, run[-1], match):
            yield _worded_numeral(text, run)
            run = []
        run.append(match)
    if run:
        yield _worded_numeral(text, run)


def _composes(text: str, left: re.Match[str], right: re.Match[str]) -> bool:
    gap = text[left.end() : right.start()]
    if not _GAP.fullmatch(gap):
        return False
    lexicon = load_lexicon()
    before, after = lexicon.words.get(left[0].lower()), lexicon.words.get(right[0].lower())
    if after is None:
        return "and" not in gap
    if before is None:
        return True
    return before >= 20 and after < 10 and "and" not in gap


def _worded_numeral(text: str, run: list[re.Match[str]]) -> Numeral:
    lexicon = load_lexicon()
    total = current = Fraction(0)
    for match in run:
        word = match[0].lower()
        if word in lexicon.words:
            current += lexicon.words[word]
            continue
        scale = lexicon.scales[word][0]
        current = (current or Fraction(1)) * scale
        if scale > 100:
            total, current = total + current, Fraction(0)
    value, end, unit = total + current, run[-1].end(), ""
    if found := _patterns().fraction.match(text, end):
        value, unit = value / lexicon.fractions[found[0][1:].lower()], "fraction"
        end = found.end()
    return Numeral(run[0].start(), end, (value,), spelled=True, unit=unit)


def _positional(text: str) -> Iterator[Numeral]:
    lexicon = load_lexicon()
    for match in _patterns().characters.finditer(text):
        run = match["run"]
        start = match.start("run")
        implied = run[0] in lexicon.places or run[0] in lexicon.myriads
        if match["rough"] and implied:
            yield Numeral(
                match.start(), match.end(), (positional_value(run),), spelled=True, rough=True
            )
        elif _says_no_number(run):
            continue
        elif tenths := _patterns().tenths.match(text, start):
            value = positional_value(run) * 10
            yield Numeral(start, tenths.end(), (value,), spelled=True, unit="percent")
        else:
            value = positional_value(run)
            rough = implied and value >= _ROUGH_FROM
            yield Numeral(start, match.end(), (value,), spelled=True, rough=rough)


def _says_no_number(run: str) -> bool:
    """一 is an article, a scale alone is part of a word, and 三四 means three or four."""
    lexicon = load_lexicon()
    if len(run) == 1:
        return run == "一" or lexicon.places.get(run, 0) > 10 or run in lexicon.myriads
    return len(run) == 2 and all(character in lexicon.characters for character in run)


def positional_value(run: str) -> Fraction:
    """The value of Chinese numerals such as 一千二百万, 三点五 or 二〇二三."""
    whole, _, decimals = run.partition("点")
    lexicon = load_lexicon()
    total = section = digit = 0
    for character in whole:
        if character in lexicon.characters:
            digit = digit * 10 + lexicon.characters[character]
        elif character in lexicon.places:
            section += (digit or 1) * lexicon.places[character]
            digit = 0
        else:
            scale = lexicon.myriads[character]
            amount = section + digit
            if 0 < total < scale:
                total = (total + amount) * scale
            else:
                total += (amount or 1) * scale
            section = digit = 0
    value = Fraction(total + section + digit)
    for place, character in enumerate(decimals, start=1):
        value += Fraction(lexicon.characters[character], 10**place)
    return value
