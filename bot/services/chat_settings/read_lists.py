"""Typed lists: sources, words, categories, names. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.domain.chat import Chat
from bot.domain.filters import Filters
from bot.services.chat_settings.arxiv_categories import category
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.reading import Change, Reading
from bot.services.chat_settings.typed import Item, is_off, phrases, tokens

# Of each kind. Every paper is put to every word of every chat: thirty are plenty for a person and
# still cheap for 100,000 chats.
MOST_ITEMS = 30
LONGEST_ITEM = 80
# Every source costs the operator requests.
MOST_SOURCES = 10

_HUGGING_FACE = frozenset({"hf", "huggingface", "hugging-face", "hf-daily", "抱抱脸"})


def read_include(text: str, reading: Reading) -> Change:
    """Words and phrases of which one must stand in a paper."""
    return _words(
        text,
        reading,
        'include LLM, "video generation"',
        get=lambda filters: filters.include,
        put=lambda filters, items: replace(filters, include=items),
    )


def read_exclude(text: str, reading: Reading) -> Change:
    """Words and phrases of which none may stand in a paper."""
    return _words(
        text,
        reading,
        "exclude survey, medical imaging",
        get=lambda filters: filters.exclude,
        put=lambda filters, items: replace(filters, exclude=items),
    )


def read_authors(text: str, reading: Reading) -> Change:
    """Names of which one must be an author's."""
    return _words(
        text,
        reading,
        "authors Kaiming He, Y. LeCun",
        get=lambda filters: filters.authors,
        put=lambda filters, items: replace(filters, authors=items),
    )


def read_organizations(text: str, reading: Reading) -> Change:
    """Names of which one must be the organization's."""
    return _words(
        text,
        reading,
        "organizations DeepMind, Tsinghua",
        get=lambda filters: filters.organizations,
        put=lambda filters, items: replace(filters, organizations=items),
    )


def read_categories(text: str, reading: Reading) -> Change:
    """arXiv categories, or whole archives, of which a paper must have one."""

    def known(items: Sequence[str]) -> tuple[str, ...]:
        return tuple(_category(item, reading) for item in items)

    return _items(
        [Item(word.lstrip("+-"), word[0] if word[0] in "+-" else "") for word in tokens(text)],
        text,
        reading,
        "categories cs.CL cs.CV",
        get=lambda filters: filters.categories,
        put=lambda filters, items: replace(filters, categories=known(items)),
        check=known,
    )


def read_sources(text: str, reading: Reading) -> Change:
    """The lists to get: ``hf``, ``arxiv:cs.CL``, ``arxiv cs.CL cs.CV``, ``+cs.RO``."""
    words = tokens(text)
    if not words:
        raise reading.misread(text, "sources hf arxiv:cs.CL")
    signs = {word[0] for word in words if word[0] in "+-"}
    gone = [_source_keys(word[1:]) for word in words if word[0] == "-"]
    wanted = [word.lstrip("+") for word in words if word[0] != "-"]
    found = find_sources(wanted, reading)
    if (wanted and found is None) or not all(gone):
        raise reading.misread(text, "sources hf arxiv:cs.CL")
    if not signs and found is not None:
        return lambda chat: replace(chat, sources=_few_sources(found, reading))
    return _adding_sources(words, reading)


def find_sources(words: Sequence[str], reading: Reading) -> tuple[str, ...] | None:
    """The sources that words name; ``None`` where one of them names none.

    Raises:
        Misread: the operator does not offer one of them.
    """
    found: list[str] = []
    for word in words:
        if word.casefold() in ("arxiv", "arxiv:"):
            continue
        keys = _source_keys(word)
        if not keys:
            return None
        found += _offered(keys, reading)
    return tuple(dict.fromkeys(found)) or None


def require_sources(sources: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    """The same, if there is at least one and not too many.

    Raises:
        Misread: there are none, or more than ``MOST_SOURCES``.
    """
    if not sources:
        say = reading.speech.say
        raise Misread(say("At least one source must remain. /pause stops everything."))
    return _few_sources(sources, reading)


def _adding_sources(words: Sequence[str], reading: Reading) -> Change:
    def change(chat: Chat) -> Chat:
        sources = list(chat.sources)
        for word in words:
            if word.startswith("-"):  # what is no longer offered can still be left out
                gone = _source_keys(word[1:])
                sources = [s for s in sources if s not in gone]
            else:
                named = find_sources([word.lstrip("+")], reading) or ()
                sources = [*(s for s in sources if s not in named), *named]
        return replace(chat, sources=require_sources(tuple(sources), reading))

    return change


def _source_keys(word: str) -> tuple[str, ...]:
    """A source's key; where it is several categories joined by + in one list, also those of the
    categories. None where the word names no source."""
    folded = word.casefold()
    if folded in _HUGGING_FACE:
        return ("hf",)
    known = [category(name) for name in folded.removeprefix("arxiv:").split("+")]
    names = [name for name in known if name]
    if len(names) < len(known):
        return ()
    return tuple(dict.fromkeys(f"arxiv:{name}" for name in ("+".join(names), *names)))


def _offered(keys: Sequence[str], reading: Reading) -> Sequence[str]:
    """The source, or where only its categories are offered, each of these by itself."""
    source, *parts = keys
    if reading.offer.allows(source):
        return [source]
    if parts and all(map(reading.offer.allows, parts)):
        return parts
    raise Misread(
        reading.speech.say(
            "Whoever runs this bot does not offer {source} to chats. There are: {offered}.",
            source=source,
            offered=", ".join(reading.offer.named),
        )
    )


def _few_sources(sources: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    if len(sources) <= MOST_SOURCES:
        return sources
    say = reading.speech.say
    raise Misread(say("A chat can have at most {count} sources.", count=MOST_SOURCES))


def _category(text: str, reading: Reading) -> str:
    found = category(text)
    if found is None:
        raise reading.misread(text, "categories cs.CL cs.CV")
    return found


def _words(
    text: str,
    reading: Reading,
    example: str,
    *,
    get: Callable[[Filters], tuple[str, ...]],
    put: Callable[[Filters, tuple[str, ...]], Filters],
) -> Change:
    return _items(phrases(text), text, reading, example, get=get, put=put, check=tuple)


def _items(  # noqa: PLR0913 - one kind of list: how it is read, shown, got and put
    items: Sequence[Item],
    text: str,
    reading: Reading,
    example: str,
    *,
    get: Callable[[Filters], tuple[str, ...]],
    put: Callable[[Filters, tuple[str, ...]], Filters],
    check: Callable[[Sequence[str]], tuple[str, ...]],
) -> Change:
    """A list in the place of the present one; or, where an item has a sign, changes to that."""
    if is_off(text):
        return lambda chat: replace(chat, filters=put(chat.filters, ()))
    if not items:
        raise reading.misread(text, example)
    signed = any(item.sign for item in items)
    bare = check([item.word for item in items])
    _short(bare, reading)

    def change(chat: Chat) -> Chat:
        kept = get(chat.filters) if signed else ()
        for item, name in zip(items, bare, strict=True):
            kept = tuple(old for old in kept if old.casefold() != name.casefold())
            if item.sign != "-":
                kept = (*kept, name)
        return replace(chat, filters=put(chat.filters, _few(kept, reading)))

    return change


def _short(items: Sequence[str], reading: Reading) -> None:
    if any(len(item) > LONGEST_ITEM for item in items):
        say = reading.speech.say
        raise Misread(say("A word or phrase has at most {count} characters.", count=LONGEST_ITEM))


def _few(items: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    if len(items) <= MOST_ITEMS:
        return items
    say = reading.speech.say
    raise Misread(say("There is room for {count} of a kind, not more.", count=MOST_ITEMS))
