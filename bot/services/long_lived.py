"""Memory that lives long, kept out of the garbage collector's way.

A full collection looks at every object there is, while everybody waits: 0.3 s with 100,000 chats
in memory. Those live until they are read anew, and then go by their reference counts, as all our
values do; the collector would look at them for nothing.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager

# More collections of young objects than there are in a year.
_NEVER = 2**31 - 1
# What was garbage when it was set aside stays in memory until the collector looks at everything
# again, after so many times: a second in some hours.
_THOROUGH = 100


@contextmanager
def loading() -> Generator[None, None, None]:
    """While libraries are imported, nothing is collected: what they make lives as long as we do.
    Looking at it again and again is an eighth of the time that a start takes."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


class LongLived:
    """Says to the process's collector what need not be looked at."""

    def __init__(self) -> None:
        self._usual = gc.get_threshold()
        self._times = 0

    @contextmanager
    def building(self) -> Generator[None, None, None]:
        """While much is made that will live long, only what is young is collected."""
        young, middle, _ = self._usual
        gc.set_threshold(young, middle, _NEVER)
        try:
            yield
        finally:
            gc.set_threshold(*self._usual)

    def set_aside(self) -> None:
        """What there is now lives long: the collector looks no more at it."""
        self._times += 1
        if self._times % _THOROUGH:
            gc.collect(1)
        else:
            gc.unfreeze()
            gc.collect()
        gc.freeze()
