"""What follows ``/subscribe``: sources, topics, languages and settings in one breath. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.services.chat_settings.arxiv_categories import category
from bot.services.chat_settings.grammar import few_changes, read_changes
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.read_lists import read_include, read_sources
from bot.services.chat_settings.read_looks import find_language, read_language
from bot.services.chat_settings.reading import Change, Reading
from bot.services.chat_settings.spoken import spoken_forms
from bot.services.chat_settings.topics import Topic, split_topic
from bot.services.chat_settings.typed import phrases, quoted

_LEADING = re.compile(
    r"(?:to|only|just|from|the|and|papers|about|on|with|关于|有关|只要)(?: |(?=[^\w]))",
    re.IGNORECASE,
)
_TRAILING = re.compile(r" papers?$|的?论文$", re.IGNORECASE)
_IN_LANGUAGE = re.compile(r"(?:in )?(.+)", re.IGNORECASE)
_JOINING = ("and", "&", "和", "与")
_AND = re.compile(r" and | & |\+|和|与")


def read_wish(text: str, reading: Reading) -> Sequence[Change]:
    """``hf``; ``arxiv cs.CL, LLM agents``; ``video generation, in Chinese; most 10``.

    Raises:
        Misread: a source is not offered here, a list is too long, or too much is wanted at once.
    """
    wanted: list[Change] = []
    loose: list[str] = []
    for part in few_changes(text, reading):
        topic, rest = split_topic(part) or (None, part)
        typed = _as_typed(part, reading) if topic not in (None, Topic.INCLUDE) else None
        if typed is not None:
            wanted += typed
        else:
            named = phrases(rest if topic is Topic.INCLUDE else part)
            loose += [item.word for item in named]
    return [*_from_phrases(loose, reading), *wanted]


def _as_typed(part: str, reading: Reading) -> Sequence[Change] | None:
    """A part in the grammar of ``/settings``; "code generation" only begins like one."""
    try:
        return read_changes(part, reading)
    except Misread:
        return None


def _from_phrases(loose: Iterable[str], reading: Reading) -> Iterator[Change]:
    sources: list[str] = []
    topics: list[str] = []
    languages: list[str] = []
    for phrase in loose:
        spoken_of = _spoken(phrase, reading)
        if spoken_of is not None:
            yield from spoken_of
            continue
        named, rest = _leading_sources(_bare(phrase))
        sources += named
        spoken = _languages(rest, reading)
        languages += spoken
        if rest and not spoken:
            topics.append(_TRAILING.sub("", rest))
    if sources:
        yield read_sources(" ".join(dict.fromkeys(sources)), reading)
    if topics:
        yield read_include(", ".join(map(quoted, topics)), reading)
    if languages:
        yield read_language(" ".join(languages), reading)


def _spoken(phrase: str, reading: Reading) -> Sequence[Change] | None:
    """A form or a time that is said rather than typed."""
    for way in spoken_forms(phrase.strip()):
        try:
            return [change for typed in way for change in read_changes(typed, reading)]
        except Misread:
            continue
    return None


def _bare(phrase: str) -> str:
    while match := _LEADING.match(phrase):
        phrase = phrase[match.end() :].lstrip()
    return phrase


def _leading_sources(phrase: str) -> tuple[list[str], str]:
    """Words at the beginning that name sources, and what follows them."""
    words, named = phrase.split(), list[str]()
    while words:
        after_arxiv = bool(named) and named[0].casefold().startswith("arxiv")
        if _names_source(words[0], after_arxiv=after_arxiv):
            named.append(words.pop(0))
        elif named and words[0].casefold() in _JOINING:
            words.pop(0)
        else:
            break
    if named and all(word.casefold() in ("arxiv", "arxiv:") for word in named):
        return [], phrase
    return named, _bare(" ".join(words))


def _names_source(word: str, *, after_arxiv: bool) -> bool:
    """A bare archive ("math") is a topic, unless arXiv is named before it."""
    folded = word.casefold()
    if folded in ("hf", "huggingface") or folded.startswith("arxiv"):
        return True
    return category(folded) is not None and ("." in folded or after_arxiv)


def _languages(phrase: str, reading: Reading) -> list[str]:
    match = _IN_LANGUAGE.fullmatch(phrase)
    words = [word.strip() for word in _AND.split(match[1])] if match else []
    return words if words and all(find_language(word, reading) for word in words) else []
