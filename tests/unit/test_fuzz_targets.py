"""Hostile inputs for everything that parses, some hundred for each; ``make fuzz`` tries far more.

Inputs that broke something once are kept under ``tests/fuzz/found/<target>``.
"""

import time
from pathlib import Path

import pytest

from tests.fuzz.mutation import mutated
from tests.fuzz.table import TARGETS
from tests.fuzz.target import Broken, Target

_FOUND = Path(__file__).resolve().parents[1] / "fuzz" / "found"
# Processor seconds for each target; a slow one tries fewer.
_SECONDS = 0.25
_MOST = 600


@pytest.mark.parametrize("name", TARGETS)
def test_t1_t4_f16_f66_nothing_hostile_brings_a_traceback_or_a_stall(name: str) -> None:
    target = TARGETS[name]
    until = time.thread_time() + _SECONDS
    for data in mutated(target, _MOST):
        began = time.thread_time()
        _run(target, data)
        assert time.thread_time() - began < 4 * target.stall, data[:200]
        if time.thread_time() > until:
            break


@pytest.mark.parametrize("path", sorted(_FOUND.glob("*/*")), ids=lambda path: path.name)
def test_what_broke_something_once_does_so_no_more(path: Path) -> None:
    _run(TARGETS[path.parent.name], path.read_bytes())


def _run(target: Target, data: bytes) -> None:
    try:
        target.run(data)
    except Exception as error:
        error.add_note(f"target {target.name}, input {data[:500]!r}")
        raise


def _with_more(text: str, *_: object) -> str:
    return f"{text}$"


def _linked(text: str, _own: object) -> tuple[str, tuple[str, ...]]:
    return f"{text}x", ()


def _unread(_key: str) -> None:
    raise AttributeError


# For some targets: what of theirs is replaced by something wrong.
_FAULTS: dict[str, tuple[str, object]] = {
    "paper-id": ("upstream.PaperId", str),
    "latex": ("upstream.plain", _with_more),
    "foreign-links": ("model.without_foreign_links", _linked),
    "render": ("rendering._TAGS", {"b"}),
    "keys": ("people.read_set_key", _unread),
    "chat-settings": ("people.MOST_ITEMS", 0),
}


@pytest.mark.parametrize("name", _FAULTS)
def test_a_fault_that_is_put_in_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, wrong = _FAULTS[name]
    monkeypatch.setattr(f"tests.fuzz.{place}", wrong)
    with pytest.raises((Broken, AttributeError)):
        _run_all(TARGETS[name])


def _run_all(target: Target) -> None:
    for data in mutated(target, _MOST):
        target.run(data)
