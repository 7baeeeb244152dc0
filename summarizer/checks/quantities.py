"""Every quantity in a text: its numeral with scale, unit and the name that it is part of."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from summarizer.checks.folding import fold
from summarizer.checks.lexicon import Unit, any_of, load_lexicon
from summarizer.checks.lists import share_in_lists
from summarizer.checks.numerals import Numeral, digit_numerals
from summarizer.checks.quantity import COUNT, Quantity, Reading
from summarizer.checks.spelled import spelled_numerals

_NO_UNIT = Unit("", Fraction(1))
# From here on an "s" makes a decade (the 1990s), below it seconds.
_FIRST_DECADE = 1000
_NAME = re.compile(r"([A-Za-z]+)[-_@'^/+]?\Z")
_WORD_BEFORE = re.compile(r"([A-Za-z]+)[ _@'^/+.:,=#(-]{0,2}\Z")
_WORD_AFTER = re.compile(r"[ -]?([A-Za-z]+)")
_TIMES_BEFORE = re.compile(r"(?:^|[^A-Za-z\d ]|[^\d] )[x×] ?\Z")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)(?![A-Za-z0-9])")


def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a text, in order, without overlap."""
    folded = fold(text)
    found = share_in_lists(folded.text, tuple(_found(folded.text)))
    return tuple(
        replace(q, start=original.start, end=original.stop)
        for q in found
        for original in (folded.origin(q.start, q.end),)
    )


def _found(text: str) -> Iterator[Quantity]:
    taken = 0
    for numeral in _in_order((*spelled_numerals(text), *digit_numerals(text)), _idioms(text)):
        if numeral.start >= taken:
            quantity = _quantity(text, numeral)
            taken = quantity.end
            yield quantity


def _in_order(numerals: Iterable[Numeral], idioms: frozenset[int]) -> list[Numeral]:
    kept = (n for n in numerals if not (n.spelled and n.start in idioms))
    return sorted(kept, key=lambda n: (n.start, -n.end))


def _idioms(text: str) -> frozenset[int]:
    found = _patterns().idiom.finditer(text)
    return frozenset(place for match in found for place in range(*match.span()))


@dataclass(frozen=True, slots=True)
class _Patterns:
    idiom: re.Pattern[str]
    tight_scale: re.Pattern[str]
    spaced_scale: re.Pattern[str]
    tight_unit: re.Pattern[str]
    unit: re.Pattern[str]
    currency: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    lexicon = load_lexicon()
    letters = [scale for scale in lexicon.scales if len(scale) <= 2 and scale.isascii()]
    words = [scale for scale in lexicon.scales if scale not in letters]
    capitals = [scale for scale in letters if scale[0].isupper()]
    symbols = [unit for unit in lexicon.units if not _is_word(unit)]
    worded = [unit for unit in lexicon.units if _is_word(unit)]
    return _Patterns(
        idiom=re.compile(any_of(lexicon.not_numbers), re.IGNORECASE),
        tight_scale=re.compile(rf"(?:{any_of(letters)})"),
        spaced_scale=re.compile(rf"[ -]?(?i:{any_of(words)})| (?:{any_of(capitals)})"),
        # 8×H100 and 2 x 4 multiply; they are no eight times.
        tight_unit=re.compile(rf"(?:{any_of(symbols)})(?! ?[A-Z]*\d)"),
        unit=re.compile(rf" ?-?(?:(?i:{any_of(worded)})|(?:{any_of(symbols)})(?! ?[A-Z]*\d))"),
        currency=re.compile(rf"(?:{any_of(lexicon.currencies)}) ?\Z"),
    )


def _is_word(unit: str) -> bool:
    """Words are matched whatever their case, symbols (GB, ×) as they are written."""
    return len(unit) > 3 or any(character >= "\u3040" for character in unit)


def _quantity(text: str, numeral: Numeral) -> Quantity:
    end, scales = _scale(text, numeral)
    end, unit = _unit(text, end, numeral)
    if ordinal := _ORDINAL.match(text, end):
        end = ordinal.end()
    head = text[max(0, numeral.start - 40) : numeral.start]
    before = _WORD_BEFORE.search(head)
    after = _WORD_AFTER.match(text, end)
    following = after[1].lower() if after else ""
    start, unit = _currency(head, numeral.start, unit)
    if not unit.name and following and following not in _plain_words():
        unit = Unit(COUNT, Fraction(1))
    return Quantity(
        start=start,
        end=end,
        readings=tuple(_readings(numeral, scales, unit)),
        numeral=numeral,
        name=_name(text, numeral, scaled=bool(scales), unit=unit),
        before=before[1].lower() if before else "",
        after=following,
        scaled=bool(scales),
        inherited=tuple(_as_factor(numeral, head)),
    )


@cache
def _plain_words() -> frozenset[str]:
    """Words after a number that name nothing counted; the x of 2 x 4 is none either."""
    return frozenset({*load_lexicon().function_words, "x"})


def _as_factor(numeral: Numeral, head: str) -> Iterator[Reading]:
    """×4 is four times."""
    if _TIMES_BEFORE.search(head):
        yield from (Reading(value, value, "times") for value in numeral.values)


def _scale(text: str, numeral: Numeral) -> tuple[int, tuple[Fraction, ...]]:
    """The scale words after a numeral multiplied, and where they end; () without any."""
    lexicon, end = load_lexicon(), numeral.end
    scales: tuple[Fraction, ...] = ()
    tight = None if numeral.spelled else _patterns().tight_scale.match(text, end)
    if tight and (_patterns().tight_unit.match(text, end) is None or len(tight[0]) > 1):
        return tight.end(), lexicon.scales[tight[0]]
    while (spaced := _patterns().spaced_scale.match(text, end)) and len(scales) < 4:
        values = (
            lexicon.scales.get(spaced[0].strip(" -"))
            or lexicon.scales[spaced[0].strip(" -").lower()]
        )
        scales = tuple(a * b for a in scales or (Fraction(1),) for b in values)
        end = spaced.end()
    return end, scales


def _unit(text: str, end: int, numeral: Numeral) -> tuple[int, Unit]:
    if numeral.unit:
        return end, Unit(numeral.unit, Fraction(1))
    found = _patterns().unit.match(text, end)
    if found is None:
        return end, _NO_UNIT
    spelling = found[0].lstrip(" -")
    if spelling == "s" and any(value >= _FIRST_DECADE for value in numeral.values):
        return found.end(), _NO_UNIT
    return found.end(), _unit_named(spelling)


def _unit_named(spelling: str) -> Unit:
    units = load_lexicon().units
    if spelling in units:
        return units[spelling]
    flat = re.sub(r"[ -]", " ", spelling.lower())
    for known, unit in units.items():
        if known.lower().replace("-", " ") == flat or known.lower() == spelling.lower():
            return unit
    return _NO_UNIT


def _currency(head: str, start: int, unit: Unit) -> tuple[int, Unit]:
    found = _patterns().currency.search(head)
    if found is None:
        return start, unit
    sign = load_lexicon().currencies[found[0].strip()]
    return start - len(head) + found.start(), unit if unit.name else sign


def _readings(numeral: Numeral, scales: tuple[Fraction, ...], unit: Unit) -> Iterator[Reading]:
    for value in numeral.values:
        for scale in scales or (Fraction(1),):
            yield Reading(value * scale, value * scale * unit.factor, unit.name)
            if unit.name == "byte" and unit.factor >= 1000:
                binary = unit.factor * Fraction(1024**3, 1000**3)
                yield Reading(value * scale, value * scale * binary, unit.name)


def _name(text: str, numeral: Numeral, *, scaled: bool, unit: Unit) -> str:
    """The word that the numeral is part of: GPT-4, GSM8K, WMT'21; not Llama-7B, Acc-75%."""
    head = text[max(0, numeral.start - 40) : numeral.start]
    found = _NAME.search(head)
    if found is None or numeral.spelled:
        return ""
    word = found[1].lower()
    tight = found[0].isalpha()
    known = scaled or (unit.name not in {"", COUNT} and bool(numeral.values))
    following = text[numeral.end : numeral.end + 1]
    if (word in {"x", "v"} and not following.isalpha()) or (known and not tight):
        return ""
    if scaled and following in {"B", "T"}:
        return ""
    return word
