"""What people type, cut into its parts. Pure; knows no setting."""

import re
import unicodedata
from collections.abc import Sequence

from bot.domain.text import collapse

# A command's whole text: Telegram's messages end at 4,096 characters.
LONGEST = 4096

_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|「([^」]*)」|『([^』]*)』')
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
    parts: list[str] = []
    begin = 0
    for cut in border.finditer(text):
        if not any(first < cut.start() < last for first, last in shielded):
            parts.append(text[begin : cut.start()])
            begin = cut.end()
    return [part.strip() for part in (*parts, text[begin:]) if part.strip()]


def changes(text: str) -> Sequence[str]:
    """Several changes are parted by semicolons or lines."""
    return split_outside_quotes(text, _CHANGES)


def phrases(text: str) -> Sequence[str]:
    """Words and phrases are parted by commas, or stand in quotation marks."""
    found: list[str] = []
    for part in split_outside_quotes(text, _COMMAS):
        found += _unquoted(part)
    return tuple(dict.fromkeys(found))


def _unquoted(part: str) -> list[str]:
    """A part without its marks; several quoted ones side by side are several."""
    sign = part[0] if part[0] in "+-" else ""
    inner = [
        next(group for group in m.groups() if group is not None) for m in _QUOTED.finditer(part)
    ]
    around = _QUOTED.sub(" ", part).strip().strip("+-").strip()
    if inner and not around:
        return [sign + word.strip() for word in inner if word.strip()]
    return [part] if part.strip("+- ") else []


def tokens(text: str) -> Sequence[str]:
    """Names without blanks in them, parted by blanks or commas."""
    return re.sub(r"[,、]", " ", text).split()


def is_off(text: str) -> bool:
    """Whether this says "no", in either language."""
    return text.strip().casefold() in _OFF


def is_on(text: str) -> bool:
    """Whether this says "yes", in either language."""
    return text.strip().casefold() in _ON
