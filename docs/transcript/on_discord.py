"""Somebody in one channel of a Discord server."""

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

from pages import Record

from adapters.discord.testing import Channel
from adapters.discord.testing.gateway import GatewayServer
from adapters.discord.testing.interactions import Asked, Interactions

# Seconds after an answer in which it may still change.
_SETTLED_S = 1.2


class OnDiscord:
    """One person in one channel of a server, and the record of what they do and see."""

    def __init__(
        self, gateway: GatewayServer, interactions: Interactions, channel: Channel, record: Record
    ) -> None:
        self._gateway = gateway
        self._interactions = interactions
        self._channel = channel
        self._record = record
        self._last: Asked | None = None

    async def command(self, name: str, argument: str = "") -> None:
        """Give a command."""
        self._record.did(f"/{name} {argument}".strip())
        await self._ask(self._interactions.command(self._channel, name, argument))

    async def press(self, label: str) -> None:
        """Press a button of what was shown last."""
        self._record.did(f"[ {label} ]")
        message = self._message()
        for each in _components(message):
            if each.get("label") == label:
                await self._ask(self._interactions.press(self._channel, message, each["custom_id"]))
                return
        raise LookupError(f"{label!r} is not there")

    async def choose(self, *labels: str) -> None:
        """Choose from a menu of what was shown last."""
        self._record.did(f"{', '.join(labels)} (chosen from the menu)")
        message = self._message()
        for each in _components(message):
            values = {o["label"]: o["value"] for o in each.get("options", ())}
            if set(labels) <= set(values):
                picked = [values[label] for label in labels]
                await self._ask(
                    self._interactions.choose(self._channel, message, each["custom_id"], picked)
                )
                return
        raise LookupError(f"no menu has {labels}")

    async def submit(self, text: str) -> None:
        """Fill in the window and send it."""
        self._record.did(f"(into the window) {text}")
        if self._last is not None:
            await self._ask(self._interactions.submit(self._channel, self._last, text))

    async def wait(self, count: int) -> None:
        """See what comes unasked: so many messages in all."""
        for _ in range(100):
            if len(self._channel.messages) >= count:
                break
            await asyncio.sleep(0.2)
        self._record.saw(_seen(self._channel.messages[-1]))

    async def _ask(self, asked: Asked) -> None:
        before = json.dumps(asked.shown)
        await self._gateway.ask(asked)
        for _ in range(40):
            await asyncio.sleep(0.2)
            if asked.modal or asked.told or (asked.shown and json.dumps(asked.shown) != before):
                break
        await asyncio.sleep(_SETTLED_S)
        self._last = asked
        if asked.modal is not None:
            self._record.saw(_window(asked.modal), mark="(a window)")
        elif asked.shown is not None and json.dumps(asked.shown) != before:
            self._record.saw(_seen(asked.shown), mark=_to_whom(asked.shown))
        for told in asked.told:
            self._record.saw(_seen(told), mark=_to_whom(told))

    def _message(self) -> dict[str, Any]:
        if self._last is None:
            return {}
        return self._last.told[-1] if self._last.told else self._last.shown or {}


def _components(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in message.get("components", ()):
        yield from row.get("components", ())


def _to_whom(message: dict[str, Any]) -> str:
    return "(only you see this)" if message.get("flags", 0) & 64 else ""


def _seen(message: dict[str, Any]) -> str:
    """A message as a client shows it."""
    lines = [message["content"]] if message.get("content") else []
    for embed in message.get("embeds", ()):
        lines += [embed[k] for k in ("title", "description") if embed.get(k)]
        lines += [f"{f['name']}: {f['value']}" for f in embed.get("fields", ())]
        lines += [embed["footer"]["text"]] if embed.get("footer") else []
    lines += [f"({a['filename']})" for a in message.get("attachments", ())]
    menus = [_menu(each) for each in _components(message) if "options" in each]
    buttons = [f"[ {e.get('label', '')} ]" for e in _components(message) if "options" not in e]
    controls = [*menus, *([" ".join(buttons)] if buttons else [])]
    return "\n".join([*map(_plain, lines), *([""] if controls else []), *controls])


def _plain(markdown: str) -> str:
    """What a client shows of Discord's Markdown."""
    text = re.sub(r"\[((?:[^\[\]\\]|\\.)*)\]\(<[^>]*>\)", r"\1", markdown)
    return re.sub(r"\\(.)", r"\1", text.replace("**", ""))


def _menu(component: dict[str, Any]) -> str:
    options = component["options"]
    return " | ".join(("✓ " if o.get("default") else "") + o["label"] for o in options)


def _window(modal: dict[str, Any]) -> str:
    (label,) = [each for each in modal["components"] if "component" in each]
    entered = label["component"].get("value", "")
    return "\n".join(filter(None, (modal["title"], label.get("label", ""), f"[{entered:40}]")))
