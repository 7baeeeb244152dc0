"""Plain text to Markdown and back: what stands inside a line never becomes structure (T4).

``plain(escape(text)) == text`` for every single line without surplus white space. The other way
round, ``plain`` also takes the emphasis and code marks out of Markdown that others wrote; links and
tags stay as they are, so that whoever checks a text still sees them.
"""

import re
from bisect import bisect_right
from collections import defaultdict

# CommonMark 0.31 §2.4: a backslash makes ASCII punctuation literal. Only these are ever written.
_ESCAPABLE = r"\\`*_\[\]<>&~#+\-.)=:"

# What means something anywhere in a line: code, emphasis, GitHub's strike-through, links, tags,
# entities, and addresses that renderers turn into links by themselves (T2).
_ANYWHERE = re.compile(
    r"[\\`*~\[\]]"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?[A-Za-z0-9]{1,32};)"
    r"|:(?=//)"
    r"|(?<=[Ww]{3})\."
)
_AT_START = re.compile(r"[#>]|[-+=](?=[-+=\s]|$)")
_NUMBER_AT_START = re.compile(r"([0-9]{1,9})([.)])(?![0-9])")
_CLOSING_HASHES = re.compile(r"(?:(?<=\s)|^)#+$")

_TOKEN = re.compile(rf"\\[{_ESCAPABLE}]|`+|\*{{1,3}}|[^\\`*]+|.", re.DOTALL)
_ESCAPED = re.compile(rf"\\[{_ESCAPABLE}]")


def escape(text: str) -> str:
    """A line of text for the middle of a Markdown line."""
    return _ANYWHERE.sub(r"\\\g<0>", text)


def escape_block(text: str) -> str:
    """A line of text that opens a paragraph or a list item, or stands alone on its line."""
    escaped = escape(text)
    if _NUMBER_AT_START.match(escaped):
        return _NUMBER_AT_START.sub(r"\1\\\2", escaped, count=1)
    return f"\\{escaped}" if _AT_START.match(escaped) else escaped


def escape_title(text: str) -> str:
    """A line of text after a heading's marks, where trailing ``#`` would count as more of them."""
    return _CLOSING_HASHES.sub(r"\\\g<0>", escape(text))


def code_span(text: str, *, least: int = 1) -> str:
    """A code span, which shows every character as it is, fenced by ``least`` backticks or more."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    # A run of the fence's own length would end it (CommonMark 0.31 §6.1).
    fence = "`" * max(longest + 1, least)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def plain(markdown: str) -> str:
    """The text that a line of Markdown shows."""
    if not re.search(r"[\\`*]", markdown):
        return markdown
    tokens = _TOKEN.findall(markdown)
    marks = _code_marks(tokens)
    marks |= _emphasis_marks(tokens, marks)
    return "".join(_shown(token) for place, token in enumerate(tokens) if place not in marks)


def _shown(token: str) -> str:
    return token[1] if _ESCAPED.fullmatch(token) else token


def _code_marks(tokens: list[str]) -> set[int]:
    """The places of backtick runs that pair up, each with the next of its own length."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens):
        if token[0] == "`":
            places[token].append(place)
    marks: set[int] = set()
    end = -1
    for place, token in enumerate(tokens):
        if token[0] != "`" or place <= end:
            continue
        later = places[token]
        following = bisect_right(later, place)
        if following < len(later):
            end = later[following]
            marks |= {place, end}
    return marks


def _emphasis_marks(tokens: list[str], taken: set[int]) -> set[int]:
    """The places of asterisks that pair up, each kind with its own, outside words and sums."""
    marks: set[int] = set()
    opened: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token[0] != "*" or place in taken:
            continue
        before = tokens[place - 1][-1] if place else " "
        after = tokens[place + 1][0] if place + 1 < len(tokens) else " "
        if token in opened and not before.isspace() and not _joins(token, after):
            marks |= {opened.pop(token), place}
        elif token not in opened and not after.isspace() and not _joins(token, before):
            opened[token] = place
    return marks


def _joins(mark: str, outside: str) -> bool:
    """Whether a single asterisk is glued to a letter or figure, as in ``3*4``."""
    return len(mark) == 1 and outside.isascii() and outside.isalnum()
