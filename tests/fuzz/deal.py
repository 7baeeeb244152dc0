"""Choices and texts dealt from the bytes of one input, the same for the same bytes."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# One text in sixty-four is repeated up to its limit: what is slow shows in long texts only.
_STRETCHED = 63


class Deal:
    """Deals from ``data`` until nothing is left; after that everything is 0, "" or the first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    @property
    def left(self) -> int:
        """Bytes that are not dealt yet."""
        return len(self._data) - self._place

    def byte(self) -> int:
        """The next byte, 0 at the end."""
        if not self.left:
            return 0
        self._place += 1
        return self._data[self._place - 1]

    def below(self, number: int) -> int:
        """A number from 0 up to, and without, ``number`` (at most 65,536)."""
        wide = self.byte() << 8 | self.byte() if number > 256 else self.byte()
        return wide % number

    def one_of(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[self.below(len(things))]

    def coin(self) -> bool:
        """Yes or no."""
        return bool(self.byte() & 1)

    def text(self, limit: int = 4000, *, broken: bool = False) -> str:
        """A text of at most ``limit`` characters, up to the next zero byte.

        Where it may be ``broken``, bytes that are no UTF-8 become lone surrogates, as JSON can
        carry them; else they become replacement characters.
        """
        stretched = self.byte() & 63 == _STRETCHED
        end = self._data.find(b"\0", self._place)
        end = len(self._data) if end < 0 else end
        raw = self._data[self._place : end]
        self._place = min(end + 1, len(self._data))
        text = raw.decode(errors="surrogateescape" if broken else "replace")
        if stretched and text:
            text *= limit // len(text) + 1
        return text[:limit]

    def texts(self, most: int, limit: int = 4000) -> list[str]:
        """Up to ``most`` texts."""
        return [self.text(limit) for _ in range(self.below(most + 1))]

    def rest(self) -> bytes:
        """All that is left."""
        rest, self._place = self._data[self._place :], len(self._data)
        return rest


def dealt(*texts: str) -> bytes:
    """An input from which ``Deal.text`` deals these texts, none of them stretched."""
    raw = (text.replace("\0", "").encode(errors="surrogateescape") for text in texts)
    return b"".join(b"\1" + text + b"\0" for text in raw)
