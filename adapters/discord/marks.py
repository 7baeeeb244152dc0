"""A delivery's id inside its message, so that it can be found again in the chat's history.

Discord does not keep a nonce with the message (it stands only in the answer to the call that sent
it). It does keep the ``id`` of each component, 32 bits of our own choice that nobody sees ("Anatomy
of a Component"), and an embed's address to the letter. So the id of a delivery is put into the
first components; a message without any has it behind its embed's address, after ``#``. A message
with neither (plain text) carries no mark.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

_MARKED = 3  # components, each with 28 bits of the mark and two of its place


def marked(payload: dict[str, Any], key: str, *, address: str = "") -> dict[str, Any]:
    """The payload with the mark of a delivery; ``address`` is for an embed that has none."""
    components: list[dict[str, Any]] = payload["components"]
    if components:
        for component, number in zip(_flat(components), _ids(key), strict=False):
            component["id"] = number
        return payload
    for embed in payload["embeds"][:1]:
        base = embed.get("url") or address
        if base and "#" not in base:
            embed["url"] = f"{base}#{_fragment(key)}"
    return payload


def has_place(payload: Mapping[str, Any], *, address: str = "") -> bool:
    """Whether ``marked`` finds room in a payload."""
    bases = [str(embed.get("url") or address) for embed in payload["embeds"][:1]]
    return bool(payload["components"]) or any(base and "#" not in base for base in bases)


def has_mark(message: Mapping[str, Any], key: str) -> bool:
    """Whether a message from Discord carries the mark (or, in an answer to a send, the nonce)."""
    if message.get("nonce") == key:
        return True
    components = list(_flat(message.get("components") or ()))
    if components:
        found = [component.get("id") for component in components[:_MARKED]]
        return found == _ids(key)[: len(found)]
    embeds = message.get("embeds") or ()
    return any(str(embed.get("url", "")).endswith(f"#{_fragment(key)}") for embed in embeds)


def _flat(components: Any) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _flat(component.get("components") or ())


def _ids(key: str) -> list[int]:
    """Different positive numbers below 2**31."""
    digits = hashlib.blake2b(key.encode(), digest_size=4 * _MARKED).digest()
    parts = (digits[start : start + 4] for start in range(0, 4 * _MARKED, 4))
    return [(int.from_bytes(part) >> 4 << 2) + n for n, part in enumerate(parts, 1)]


def _fragment(key: str) -> str:
    return f"sulan-{key}"
