"""A long feed cut into short ones with the same frame.

feedparser goes over the whole body with regular expressions, each of which holds the interpreter's
lock until it is done; a tree of thousands of entries is collected and freed in one go. Either
stalls the event loop even from a thread. In short feeds no single step is long, and memory stays
flat.
"""

from collections.abc import Iterator
from xml.parsers import expat

from bot.domain.errors import SourceBroken
from bot.sources.xml_gate import pieces

# arXiv's feeds are four deep.
_MAX_DEPTH = 32


def split_feed(body: bytes, *, item: str, size: int) -> Iterator[tuple[bytes, int]]:
    """Feeds of up to ``size`` items with all that stands before the first and after the last item.

    ``body`` has passed the gate; ``item`` is the name of the items' element. Each feed comes with
    the number of its items; a body without items comes back whole, once.

    Raises:
        SourceBroken: elements are nested absurdly deep, or items stand in items or apart from each
            other: what lies between them could not be left out.
    """
    spans = _item_spans(body, item)
    if not spans:
        yield body, 0
        return
    head, tail = body[: spans[0][0]], body[spans[-1][1] :]
    for first in range(0, len(spans), size):
        some = spans[first : first + size]
        yield b"".join((head, *(body[start:end] for start, end in some), tail)), len(some)


def _item_spans(body: bytes, item: str) -> list[tuple[int, int]]:
    """Where each item starts and ends, as offsets of bytes."""
    parser = expat.ParserCreate()
    open_elements: list[int] = []  # by where each begins
    parents: set[int] = set()
    starts: list[int] = []
    spans: list[tuple[int, int]] = []

    def on_start(name: str, _attributes: dict[str, str]) -> None:
        if name == item:
            parents.update(open_elements[-1:])
            starts.append(parser.CurrentByteIndex)
        open_elements.append(parser.CurrentByteIndex)
        if len(open_elements) > _MAX_DEPTH or len(starts) > len(spans) + 1 or len(parents) > 1:
            raise SourceBroken("The feed nests elements deeper than any feed of arXiv's does.")

    def on_end(name: str) -> None:
        open_elements.pop()
        if name == item:
            spans.append((starts[-1], body.index(b">", parser.CurrentByteIndex) + 1))

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    for piece in pieces(body):
        parser.Parse(piece, False)
    parser.Parse(b"", True)
    return spans
