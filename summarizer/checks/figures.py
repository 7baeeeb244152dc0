"""Whether every figure of a summary stands in the paper's title or abstract (F26).

What counts as a figure, in short: every number in digits, alone or in a name (GPT-4); every
number in words above five, or with a scale, or that states a ratio (三分之一, two-thirds). Counts
up to five in words (两个, three) are counting, not figures: a summary may count what an abstract
enumerates. The whole rule: ``docs/figure-check.md``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from summarizer.checks.lexicon import load_lexicon
from summarizer.checks.quantities import quantities
from summarizer.checks.quantity import COUNT, Quantity, Reading

# What people count by eye and say in words.
_COUNTED = 5
_RATIOS = frozenset({"percent", "point", "percent_point", "times", "fraction"})
_STRICT = _RATIOS | {"dimension"}
_WORD = re.compile(r"[A-Za-z]+")
_NAME_BEFORE = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*[-_@'’^/+]?\Z")
_NAME_AFTER = re.compile(r"[A-Za-z]*")
_MARKER = re.compile(
    r"(?:^|(?<=[\s，。；：！？、,;:.!?]))"
    r"(?:[(（]?(?P<closed>\d)[)）]|(?P<dotted>\d{1,2})[.、．](?!\d))"
)


@dataclass(frozen=True, slots=True)
class Source:
    """The figures that a text may take from: those of title and abstract."""

    by_value: dict[Fraction, tuple[tuple[Reading, Quantity], ...]]
    sizes: frozenset[Fraction]
    versions: frozenset[str]
    words: frozenset[str]
    numbered: frozenset[str]
    hints: frozenset[tuple[Fraction, str]]


def read_source(text: str) -> Source:
    """Everything that a text states or that a digit may render (``both`` for 2)."""
    markers = _list_markers(text)
    found = [q for q in quantities(text) if q.start not in markers]
    by_value: dict[Fraction, list[tuple[Reading, Quantity]]] = {}
    for quantity in found:
        for reading in (*quantity.all_readings, *_inner(quantity)):
            by_value.setdefault(reading.value, []).append((reading, quantity))
            by_value.setdefault(reading.base, []).append((reading, quantity))
    return Source(
        by_value={value: tuple(entries) for value, entries in by_value.items()},
        sizes=frozenset(q.readings[0].value for q in found if q.numeral.rough),
        versions=frozenset(q.numeral.unit for q in found if not q.readings),
        words=frozenset(word.lower() for word in _WORD.findall(text)),
        numbered=frozenset(q.name for q in found if q.name),
        hints=frozenset(_hints(text)),
    )


def _inner(quantity: Quantity) -> Iterable[Reading]:
    return (Reading(part, part, "") for part in quantity.numeral.parts)


def _hints(text: str) -> Iterable[tuple[Fraction, str]]:
    lexicon = load_lexicon()
    for word in _WORD.findall(text):
        if (count := lexicon.hints.get(word.lower())) is not None:
            yield Fraction(count), ""
        yield from lexicon.ratio_hints.get(word.lower(), ())


def figures(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text that count as figures."""
    markers = _list_markers(text)
    return tuple(q for q in quantities(text) if q.start not in markers and _is_figure(q))


def unfounded_figures(text: str, source: Source) -> tuple[str, ...]:
    """The figures of a text that its source does not hold, as written, each once."""
    missing = (q for q in figures(text) if not is_founded(q, source))
    return tuple(dict.fromkeys(as_written(text, quantity) for quantity in missing))


def as_written(text: str, quantity: Quantity) -> str:
    """A figure of a text as a reader finds it there: with the name that it is part of."""
    start, end = quantity.start, quantity.end
    if quantity.name and (head := _NAME_BEFORE.search(text[max(0, start - 40) : start])):
        start -= len(head[0])
        tail = _NAME_AFTER.match(text, end)
        end = tail.end() if tail else end
    return text[start:end].strip()


def _is_figure(quantity: Quantity) -> bool:
    if not quantity.numeral.spelled:
        return True
    if quantity.numeral.rough or quantity.scaled or quantity.unit in _RATIOS:
        return True
    return quantity.readings[0].value > _COUNTED


def _list_markers(text: str) -> frozenset[int]:
    """Where numbers that mark the items of a list begin: (1), 2), and 1. 2. 3. in their order."""
    closed: set[int] = set()
    dotted: list[int] = []
    for match in _MARKER.finditer(text):
        if match["closed"]:
            closed.add(match.start("closed"))
        elif int(match["dotted"]) == len(dotted) + 1:
            dotted.append(match.start("dotted"))
    return frozenset(closed.union(dotted if len(dotted) > 1 else ()))


def is_founded(quantity: Quantity, source: Source) -> bool:
    """Whether a source holds a figure, in whatever form."""
    if not quantity.readings:
        return quantity.numeral.unit in source.versions
    if quantity.name:
        return any(_names(reading, quantity, source) for reading in quantity.readings)
    return any(_holds(source, reading, quantity) for reading in quantity.all_readings)


def _holds(source: Source, reading: Reading, quantity: Quantity) -> bool:
    if quantity.numeral.rough and _rough(source, reading.value):
        return True
    # Nobody renders "three" as 3.0, while 3.0 million may well be "three million".
    exact = quantity.numeral.pointed and not quantity.scaled
    if not exact and _hinted(source, reading):
        return True
    return any(
        _same(reading, stated) and _says(reading, stated, holder, exact=exact)
        for value in {reading.value, reading.base, *_converted(reading)}
        for stated, holder in source.by_value.get(value, ())
    )


def _says(told: Reading, stated: Reading, holder: Quantity, *, exact: bool) -> bool:
    """Whether a value's holder may be meant: GPT-4 holds a 4, not 4 %; "one" is a 1, not 1 %."""
    if holder.numeral.spelled and (exact or (told.unit in _STRICT and told.unit != stated.unit)):
        return stated.unit in _RATIOS and not exact
    return not holder.name or told.unit in {stated.unit, "", COUNT}


def _rough(source: Source, size: Fraction) -> bool:
    return size in source.sizes or any(size <= value < 10 * size for value in source.by_value)


def _hinted(source: Source, reading: Reading) -> bool:
    if reading.unit in {"", COUNT}:
        return (reading.value, "") in source.hints
    return any(_same(reading, Reading(value, value, unit)) for value, unit in source.hints if unit)


def _converted(reading: Reading) -> Iterable[Fraction]:
    """Under which values a source may hold the same ratio."""
    if reading.unit == "percent":
        yield reading.value / 100
    elif reading.unit == "fraction":
        yield reading.value * 100
        if reading.value:
            yield 1 / reading.value
    elif reading.unit == "times" and reading.value:
        yield 1 / reading.value


def _same(told: Reading, stated: Reading) -> bool:
    if told.unit == stated.unit:
        return told.base == stated.base
    if told.unit in _RATIOS and stated.unit in _RATIOS:
        return _same_ratio(told, stated)
    if told.unit in _STRICT or stated.unit in _STRICT:
        plain = stated.unit if told.unit in _STRICT else told.unit
        return told.value == stated.value and _may_be_bare(plain, told.value)
    plain = {"", COUNT}
    return told.value == stated.value and (told.unit in plain or stated.unit in plain)


def _may_be_bare(unit: str, value: Fraction) -> bool:
    """An accuracy of 75.4 and one of 75.4 % are one; 40 tasks and 40 % are not."""
    return unit == "" or (unit == COUNT and value.denominator != 1)


def _same_ratio(told: Reading, stated: Reading) -> bool:
    pair = {told.unit, stated.unit}
    if "percent_point" in pair and pair & {"percent", "point"}:
        return told.value == stated.value
    if pair == {"percent", "fraction"}:
        return _share(told) == _share(stated)
    if pair == {"times", "fraction"}:
        return told.value * stated.value == 1
    return False


def _share(reading: Reading) -> Fraction:
    return reading.value / 100 if reading.unit == "percent" else reading.value


def _names(reading: Reading, quantity: Quantity, source: Source) -> bool:
    """Whether the source holds the same name, or the figure where the name is no such name."""
    stated = [
        holder
        for other, holder in source.by_value.get(reading.value, ())
        if reading.unit not in _STRICT or reading.unit == other.unit
    ]
    if any(quantity.name in {q.name, q.before, q.after} for q in stated):
        return True
    known = quantity.name in source.words and quantity.name not in source.numbered
    return known and any(not q.name for q in stated)
