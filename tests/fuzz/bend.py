"""A JSON document with some of it replaced, lost or doubled: whole in form, wrong in content."""

import copy
import math
from typing import Any

from tests.fuzz.deal import Deal

_MOST = 6
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 5, 2**31, 2**63, -(2**63), 10**40, 0.5, 1e308, -1e-300,
    math.inf, -math.inf, math.nan, "", " ", "0", "-1", "x", "\x00", "\ud800", "é", "例", "👍",
    "9" * 400, "a" * 5000, "2309.12307", "hep-th/9901001", "2026-08-21", "2026-08-21T00:00:00Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "private", "group", "channel",
    "/paper 2309.12307", "@everyone", "https://evil.example/", "javascript:alert(1)",
    [], {}, [[]], [None], [{}], {"": {}}, {"id": None}, [[[[[[[[]]]]]]]],
)  # fmt: skip


def bent(document: Any, deal: Deal) -> Any:
    """A copy of the document, changed in up to six places that the deal chooses."""
    root: list[Any] = [copy.deepcopy(document)]
    for _ in range(1 + deal.below(_MOST)):
        _change(root, deal)
    return root[0]


def _change(root: list[Any], deal: Deal) -> None:
    """Walk down to a place at random, and change what stands there."""
    holder: Any = root
    key: Any = 0
    while isinstance(holder[key], dict | list) and holder[key] and deal.below(8):
        holder = holder[key]
        key = _key_of(holder, deal)
    _put(holder, key, deal)


def _key_of(holder: Any, deal: Deal) -> Any:
    if isinstance(holder, list):
        return deal.below(min(len(holder), 65_536))  # pyright: ignore[reportUnknownArgumentType] - JSON
    return deal.one_of(list(holder))


def _put(holder: Any, key: Any, deal: Deal) -> None:
    there = holder[key]
    match deal.below(8):
        case 0 | 1:
            holder[key] = deal.text(broken=True)
        case 2 if isinstance(holder, dict):
            del holder[key]
        case 3 if isinstance(holder, list):
            holder.append(there)  # pyright: ignore[reportUnknownMemberType] - JSON
        case 4:
            holder[key] = [there]
        case 5 if isinstance(holder, dict):
            holder[deal.text(40, broken=True)] = there
        case 6 if isinstance(there, str):
            holder[key] = there + deal.text(broken=True)
        case _:
            holder[key] = copy.deepcopy(deal.one_of(_ODD))
