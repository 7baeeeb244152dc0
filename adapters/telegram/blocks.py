"""A message as styled text, before it is markup: what is measured and split."""

from dataclasses import dataclass
from enum import Flag, auto
from typing import TypeAlias


class Style(Flag):
    """How a span looks. Code holds no other style: Telegram's parser would part them."""

    NONE = 0
    BOLD = auto()
    ITALIC = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one look. ``url`` makes it a link; ``tag`` says that it is a hashtag, which
    Telegram finds by itself."""

    text: str
    style: Style = Style.NONE
    url: str = ""
    tag: bool = False

    @property
    def entities(self) -> int:
        """How many of a message's entities it takes."""
        return self.style.value.bit_count() + bool(self.url) + self.tag


Line: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, under a label if there is one. A ``folded`` block is an
    expandable quotation."""

    lines: tuple[Line, ...]
    label: Line = ()
    folded: bool = False

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The label, if any, and the lines."""
        return (self.label, *self.lines) if self.label else self.lines


def units(text: str) -> int:
    """UTF-16 code units, in which Telegram counts offsets and, to be safe, lengths."""
    return len(text.encode("utf-16-le")) // 2


def text_of(line: Line) -> str:
    """What a reader sees of a line."""
    return "".join(span.text for span in line)
