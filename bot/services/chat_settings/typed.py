"""What people type, cut into its parts. Pure; knows no setting."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.text import collapse

# A command's whole text: Telegram's messages end at 4,096 characters.
LONGEST = 4096

# No mark stands within its own pair: of thousands never closed, not each is gone over to the end.
_QUOTED = re.compile(r'"([^"]*)"|“([^“”]*)”|「([^「」]*)」|『([^『』]*)』')
_SIGNS = ',;、:=+-"“”「」『』'
_COMMAS = re.compile(r"[,、]")
_CHANGES = re.compile(r"[;\n]")
_OFF = (
    *("off", "no", "none", "never", "clear", "-", "—"),
    *("关", "关闭", "无", "不", "不要", "没有", "取消", "清除", "不限", "否"),
)
_ON = ("on", "yes", "true", "开", "打开", "要", "是", "有")


def tidy(text: str) -> str:
    """Full-width forms as the plain ones, hidden characters dropped, lines kept."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST])
    return "\n".join(collapse(line) for line in plain.splitlines())


def split_outside_quotes(text: str, border: re.Pattern[str]) -> list[str]:
    """Parts between borders; a border within quotation marks is none."""
    shielded = [match.span() for match in _QUOTED.finditer(text)]
    opened = [first for first, _ in shielded]
    parts: list[str] = []
    begin = 0
    for cut in border.finditer(text):
        before = bisect_left(opened, cut.start())
        if not before or shielded[before - 1][1] <= cut.start():
            parts.append(text[begin : cut.start()])
            begin = cut.end()
    return [part.strip() for part in (*parts, text[begin:]) if part.strip()]


def changes(text: str) -> Sequence[str]:
    """Several changes are parted by semicolons or lines."""
    return split_outside_quotes(text, _CHANGES)


@dataclass(frozen=True, slots=True)
class Item:
    """A word or phrase of a list; ``sign`` is + or - where it changes the present list, else ""."""

    word: str
    sign: str = ""


def phrases(text: str) -> Sequence[Item]:
    """Words and phrases are parted by commas, or stand in quotation marks."""
    found: list[Item] = []
    for part in split_outside_quotes(text, _COMMAS):
        found += _unquoted(part)
    return tuple(dict.fromkeys(found))


def quoted(word: str) -> str:
    """A word as it has to be typed to be read as it is; in marks only where it needs them."""
    if not (set(word) & set(_SIGNS) or is_off(word)):
        return word
    marks = ('""', "“”", "「」", "『』")
    fitting = (pair for pair in marks if not set(pair) & set(word))
    first, last = next(fitting, ("", ""))
    return f"{first}{word}{last}"


def _unquoted(part: str) -> list[Item]:
    """A part without its marks; several quoted ones side by side are several."""
    sign = part[0] if part[0] in "+-" else ""
    bare = part[len(sign) :].strip()
    inner = [next(g for g in match.groups() if g is not None) for match in _QUOTED.finditer(bare)]
    if inner and not _QUOTED.sub("", bare).strip():
        return [Item(word.strip(), sign) for word in inner if word.strip()]
    return [Item(bare, sign)] if bare.strip("+- ") else []


def tokens(text: str) -> Sequence[str]:
    """Names without blanks in them, parted by blanks or commas."""
    return re.sub(r"[,、]", " ", text).split()


def is_off(text: str) -> bool:
    """Whether this says "no", in either language."""
    return text.strip().casefold() in _OFF


def is_on(text: str) -> bool:
    """Whether this says "yes", in either language."""
    return text.strip().casefold() in _ON
