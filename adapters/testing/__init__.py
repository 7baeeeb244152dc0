"""Stand-ins and a contract for adapters, for anyone's tests.

``FakeAdapter`` and its kinds take the place of a platform. ``adapters.testing.contract`` holds the
suite that every adapter can run; it needs pytest, so it is imported by itself.
"""

from adapters.testing.fake import (
    Call,
    EditableFake,
    FakeAdapter,
    FakeMessage,
    RepeatableFake,
    Step,
    Taken,
)

__all__ = [
    "Call",
    "EditableFake",
    "FakeAdapter",
    "FakeMessage",
    "RepeatableFake",
    "Step",
    "Taken",
]
