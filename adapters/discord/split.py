"""Lines packed into texts of a limited length: whole sections, else lines, else sentences."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adapters.discord.markdown_escape import escape, escaped_units, units
from adapters.plain import split_text

# The longest markup put around a piece: bold and a bullet.
_MARKUP = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text from outside, not yet escaped, and the markup of ours around it.

    ``url`` makes it a link.
    """

    text: str
    before: str = ""
    after: str = ""
    url: str = ""

    def written(self) -> str:
        """As Markdown."""
        inner = escape(self.text)
        linked = f"[{inner}](<{self.url}>)" if self.url else inner
        return f"{self.before}{linked}{self.after}"

    def cut(self, limit: int) -> "Iterator[Line]":
        """In pieces that each fit; only the first keeps its bullet. A line that is too long loses
        its link: half a sentence is no label."""
        pieces = split_text(self.text, limit - _MARKUP, measure=escaped_units)
        for number, piece in enumerate(pieces):
            yield Line(piece, self.before if not number or self.after else "", self.after)


Block = Sequence[Line]


def pack(blocks: Iterable[Block], limit: int, *, first: int | None = None) -> Sequence[str]:
    """Blocks as texts of at most ``limit`` UTF-16 units (``first`` for the first one).

    A blank line parts blocks. A block is kept whole where a text can hold it, else a line.
    """
    packer = _Packer(limit, limit if first is None else first)
    for block in blocks:
        packer.add(block)
    return packer.finished()


class _Packer:
    def __init__(self, limit: int, first: int) -> None:
        self._limit = limit
        self._room = first
        self._texts: list[str] = []
        self._text = ""

    def add(self, block: Block) -> None:
        if not block:
            return
        whole = "\n".join(line.written() for line in block)
        if self._fits("\n\n", whole):
            self._append("\n\n", whole)
        elif units(whole) <= self._limit:
            self._turn()
            self._append("", whole)
        else:
            self._add_lines(block)

    def finished(self) -> Sequence[str]:
        if self._text:
            self._turn()
        return tuple(self._texts)

    def _add_lines(self, block: Block) -> None:
        parting = "\n\n"
        for line in block:
            for piece in self._pieces(line):
                if not self._fits(parting, piece):
                    self._turn()
                self._append(parting, piece)
                parting = "\n"

    def _pieces(self, line: Line) -> Iterator[str]:
        if units(line.written()) <= min(self._limit, self._room):
            return iter((line.written(),))
        return (piece.written() for piece in line.cut(min(self._limit, self._room)))

    def _fits(self, parting: str, text: str) -> bool:
        return units(self._text) + (len(parting) if self._text else 0) + units(text) <= self._room

    def _append(self, parting: str, text: str) -> None:
        self._text = f"{self._text}{parting}{text}" if self._text else text

    def _turn(self) -> None:
        """Begin the next text. An empty first one stays, so that the others find their place."""
        self._texts.append(self._text)
        self._text, self._room = "", self._limit
