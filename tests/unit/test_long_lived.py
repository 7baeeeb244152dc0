"""Memory that is kept out of the garbage collector's way."""

import gc
import weakref
from collections.abc import Generator

import pytest

from bot.services.long_lived import LongLived


@pytest.fixture(autouse=True)
def as_before() -> Generator[None, None, None]:
    yield
    gc.unfreeze()


class _Ring:
    """Garbage that only the collector can find."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_set_aside_is_not_looked_at_any_more() -> None:
    kept = [[n] for n in range(1000)]
    LongLived().set_aside()
    assert not any(entry is kept for entry in gc.get_objects())
    assert gc.get_freeze_count() >= 1000


def test_what_is_set_aside_goes_with_its_last_reference() -> None:
    kept = {_Ring()}
    seen = weakref.ref(next(iter(kept)))
    LongLived().set_aside()
    next(iter(kept)).itself = None  # pyright: ignore[reportAttributeAccessIssue] - no ring any more
    kept.clear()
    assert seen() is None


def test_garbage_that_was_set_aside_is_found_in_the_end() -> None:
    memory, ring = LongLived(), _Ring()
    seen = weakref.ref(ring)
    memory.set_aside()
    del ring
    gc.collect()
    assert seen() is not None
    for _ in range(100):
        memory.set_aside()
    assert seen() is None


def test_while_much_is_made_only_what_is_young_is_collected() -> None:
    usual = gc.get_threshold()
    with LongLived().building():
        assert gc.get_threshold()[:2] == usual[:2]
        assert gc.get_threshold()[2] > 10**9
    assert gc.get_threshold() == usual
