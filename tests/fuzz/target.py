"""What a target is: something that takes bytes and must not fail, and where its inputs begin."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


class Broken(AssertionError):
    """Something that must hold of every input does not."""


def require(held: bool, what: str) -> None:
    """Fail unless it held."""
    if not held:
        raise Broken(what)


@dataclass(frozen=True, slots=True)
class Target:
    """One parser, or a chain of them.

    ``run`` takes one input and raises only where something is wrong: errors of our own, where they
    are promised, it expects. ``share`` is its part of all inputs, by what it costs. ``seeds`` are
    inputs to begin with, ``words`` what mutations may put in. ``longest`` is in bytes; an input of
    that size may take ``stall`` seconds of one processor.
    """

    name: str
    run: Callable[[bytes], None]
    share: int = 10
    seeds: Callable[[], Iterable[bytes]] = tuple
    words: tuple[str, ...] = ()
    longest: int = 4096
    stall: float = 0.25
