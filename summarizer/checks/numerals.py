"""Numerals in digits: decimals, thousands, powers, scientific notation, fractions, versions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

# No figure in an abstract comes near; larger ones are cut so that nothing grows without bound.
_MAX_EXPONENT = 99

_DIGITS = r"\d{1,40}"
_NUMBER = re.compile(
    rf"(?P<grouped>\d{{1,3}}(?:,\d{{3}})+(?![\d]))(?P<grouped_part>\.{_DIGITS})?"
    rf"|(?P<version>{_DIGITS}(?:\.{_DIGITS}){{2,6}})"
    rf"|(?P<plain>{_DIGITS}(?:\.{_DIGITS})?)"
    rf"|(?<![\w.])(?P<bare>\.{_DIGITS})",
    re.ASCII,
)
_TEN_TO = re.compile(r" ?[×x*·] ?10 ?\^ ?\{? ?([+-]?\d{1,3}) ?\}?")
_POWER = re.compile(r" ?\^ ?(?:\{ ?([+-]?\d{1,3}) ?\}|([+-]?\d{1,3})(?![A-Za-z]))")
_SCIENTIFIC = re.compile(r"[eE]([+-]?\d{1,2})(?![\w.])")
_OVER = re.compile(r" ?/ ?(\d{1,6})(?:th|rd|nd)?(?![A-Za-z\d%]|[.,]\d| ?[/×%])")
_PRODUCT = re.compile(r" ?[×x*] ?(?=(\d{1,6})(?!\d))")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number found in folded text.

    ``values`` are what it may mean; ``parts`` are numbers inside it (the base and exponent of a
    power), which count only in a source. ``spelled`` means in words, ``pointed`` with a decimal
    point, ``rough`` a size only
    (``hundreds``), ``unit`` what the numeral itself implies (``fraction``, ``percent``). Versions
    (1.0.3) and codes (003) have no value, only their signs: ``unit`` is ``version 003``.
    """

    start: int
    end: int
    values: tuple[Fraction, ...]
    parts: tuple[Fraction, ...] = ()
    spelled: bool = False
    pointed: bool = False
    rough: bool = False
    unit: str = ""


def digit_numerals(text: str) -> Iterator[Numeral]:
    """Every numeral in digits, in order, without overlap."""
    position = 0
    while match := _NUMBER.search(text, position):
        numeral = _numeral(text, match)
        yield numeral
        position = numeral.end


def _numeral(text: str, match: re.Match[str]) -> Numeral:
    if match["version"]:
        return Numeral(match.start(), match.end(), (), unit=f"version {match[0]}")
    value = Fraction(match[0].replace(",", ""))
    if len(match[0]) > 1 and match[0][0] == "0" and match[0].isdigit():
        return Numeral(match.start(), match.end(), (), (value,), unit=f"version {match[0]}")
    return (
        _ten_to(text, match, value)
        or _power(text, match, value)
        or _fraction(text, match, value)
        or _product(text, match, value)
    )


def _ten_to(text: str, match: re.Match[str], value: Fraction) -> Numeral | None:
    """13 × 10^9, and 1e-4."""
    found = _TEN_TO.match(text, match.end()) or _SCIENTIFIC.match(text, match.end())
    if found is None:
        return None
    exponent = _bounded(found[1])
    return Numeral(
        match.start(),
        found.end(),
        (value * Fraction(10) ** exponent,),
        (value, Fraction(abs(exponent)), Fraction(10)),
    )


def _power(text: str, match: re.Match[str], value: Fraction) -> Numeral | None:
    """2^{10}."""
    found = _POWER.match(text, match.end())
    if found is None or value == 0 or value > 10**9:
        return None
    exponent = _bounded(found[1] or found[2])
    parts = (value, Fraction(abs(exponent)))
    return Numeral(match.start(), found.end(), (value**exponent,), parts)


def _fraction(text: str, match: re.Match[str], value: Fraction) -> Numeral | None:
    """1/8; not the 4.5/5 of a rating, nor the 10/100 of a name."""
    found = _OVER.match(text, match.end())
    before = text[max(0, match.start() - 1) : match.start()]
    if found is None or value.denominator != 1 or int(found[1]) == 0 or before in {"/", "-", "."}:
        return None
    if before.isascii() and before.isalpha():
        return None
    denominator = Fraction(int(found[1]))
    return Numeral(
        match.start(), found.end(), (value / denominator,), (value, denominator), unit="fraction"
    )


def _product(text: str, match: re.Match[str], value: Fraction) -> Numeral:
    """224 of 224x224, whose product a source also states."""
    found = _PRODUCT.match(text, match.end())
    parts = (value * int(found[1]),) if found and value.denominator == 1 else ()
    return Numeral(match.start(), match.end(), (value,), parts, pointed="." in match[0])


def _bounded(exponent: str) -> int:
    return max(-_MAX_EXPONENT, min(_MAX_EXPONENT, int(exponent)))
