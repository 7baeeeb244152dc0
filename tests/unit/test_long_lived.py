"""Memory that is kept out of the garbage collector's way."""

import gc
import weakref
from collections.abc import Generator

import pytest

from bot.services.long_lived import LongLived, loading


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


def test_nothing_is_collected_while_libraries_are_imported_and_everything_afterwards() -> None:
    with loading(), loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_whoever_did_without_the_collector_does_so_after_importing() -> None:
    gc.disable()
    try:
        with loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
