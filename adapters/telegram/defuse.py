"""Text from outside, so that nothing in it can be tapped (T2, T3).

Telegram itself turns ``@names``, addresses, e-mails, ``/commands``, ``#tags`` and ``$CASHTAGS`` in
any text into links, where nobody asked for them: a mention notifies a person, a command is sent
into the chat by whoever touches it, a tag leads to other people's channels. It finds none of these
inside code, so with markup such a word is set as code and stays as it is, character for character;
without markup a word joiner (U+2060) parts it. Only what the paper itself links to stays a link.

What is looked for here is more than what Telegram finds (tdlib/td, MessageEntity.cpp): a harmless
word set as code is a smaller loss than a link.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile

from adapters.telegram.addresses import bare
from adapters.telegram.blocks import Line, Span, Style
from bot.domain.text import collapse

WORD_JOINER = "\u2060"

# Words end at white space and at what Chinese puts around them; what is found in one spreads to
# its ends, but not into Chinese, which has no spaces.
_WORD = re.compile(r"[^\s，。；：、！？（）「」『』《》【】“”‘’\"]+")
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_BEFORE = "([{'*_"
_AFTER = ".,;:!?)]}'*"

_TAPPED = re.compile(
    r"""
      ://                                                # any scheme
    | @[^@]*\.[^\W\d]                                    # an e-mail
    | (?<![A-Za-z0-9_])@\w                               # a mention
    | (?<![\w/<>])/[A-Za-z0-9_]                          # a command
    | (?<![A-Za-z0-9_])[#]                               # a tag: a letter among what follows
      [\w\u00b7\u200c\u0d80-\u0dff]*[^\W\d]
    | (?<![A-Za-z0-9_$])[$](?:1INCH|[A-Z]{1,8})(?![A-Za-z0-9_])
    | \d{1,3}(?:\.\d{1,3}){3}                            # an internet address
    | \.(?P<top>xn--\w+|[^\W\d_]{2,})(?![A-Za-z0-9_])  # a domain's last label
    """,
    re.VERBOSE,
)
_PARTED = re.compile(r"(?<=[@#$/.:])")


def outside(text: str, own: Mapping[str, str], style: Style = Style.NONE) -> Line:
    """One line from outside as spans: white space folded, hidden characters dropped, harmless.

    ``own`` maps the paper's own addresses in their bare form to the whole ones.
    """
    return tuple(_spans(collapse(text), own, style))


def parted(text: str) -> str:
    """The same without markup: word joiners keep Telegram from finding anything."""
    line = outside(text, {})
    return "".join(
        _PARTED.sub(WORD_JOINER, span.text) if span.style & Style.CODE else span.text
        for span in line
    )


def _spans(text: str, own: Mapping[str, str], style: Style) -> Iterator[Span]:
    end = 0
    for start, stop in _tapped(text):
        if text[end:start]:
            yield Span(text[end:start], style)
        end = stop
        word = text[start:stop]
        url = own.get(bare(word), "")
        yield Span(word, style, url) if url else Span(word, Style.CODE)
    if text[end:]:
        yield Span(text[end:], style)


def _tapped(text: str) -> Iterator[tuple[int, int]]:
    """Where the text holds something that could be tapped: start and end, in order, apart."""
    for word in _WORD.finditer(text):
        last: tuple[int, int] | None = None
        for found in _TAPPED.finditer(word[0]):
            if not _is_found(found) or (last and found.end() <= last[1]):
                continue
            start, end = _spread(word[0], found)
            if last and start < last[1]:
                start = last[0]
            elif last:
                yield word.start() + last[0], word.start() + last[1]
            last = start, end
        if last:
            yield word.start() + last[0], word.start() + last[1]


def _spread(word: str, found: re.Match[str]) -> tuple[int, int]:
    """What is found with all around it that belongs to it, but for brackets and full stops."""
    start = found.start()
    while start and not _WIDE.match(word, start - 1):
        start -= 1
    after = _WIDE.search(word, found.end())
    end = after.start() if after else len(word)
    core = word[start:end].lstrip(_BEFORE)
    start = min(end - len(core), found.start())
    return start, max(start + len(core.rstrip(_AFTER)), found.end())


def _is_found(found: re.Match[str]) -> bool:
    """A domain is taken in small letters or in capitals, not mixed: so the next sentence after a
    forgotten space is none. It ends for Telegram where its letters end, at a ``²`` as well."""
    top = found["top"]
    if top is None or top.startswith("xn--"):
        return True
    letters = "".join(takewhile(str.isalpha, top))
    return letters in (letters.lower(), letters.upper())
