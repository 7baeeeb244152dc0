"""The doors for platforms that call us: a secret, a size, and nothing read before the secret."""

import asyncio
import hmac
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from adapters.base import Hook
from bot.domain.errors import InvalidInput, SettingsError

_log = logging.getLogger(__name__)

# An update of Telegram's has some kilobytes.
MAX_BODY = 1_000_000
# Seconds for one call with its body; a platform repeats what it got no answer to.
_PATIENCE = 20.0

Handler = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Door:
    header: str
    secret: str = field(repr=False)
    handler: Handler


class Hooks:
    """``adapters.base.WebhookHost``. Doors are at ``/hooks/<name>``.

    ``public_url`` is where the world reaches this server, ``None`` where the settings do not say.
    ``seed`` is what the secrets are derived from. ``answered`` counts calls by door ("" for none of
    ours) and status.
    """

    def __init__(self, public_url: str | None, seed: str) -> None:
        self._public_url = public_url
        self._seed = seed.encode()
        self._doors: dict[str, _Door] = {}
        self.answered: Counter[tuple[str, int]] = Counter()

    @property
    def wanted(self) -> bool:
        """Whether anybody wants to be called."""
        return bool(self._doors)

    def has(self, name: str) -> bool:
        """Whether this one wants to be called."""
        return name in self._doors

    def mount(self, name: str, *, header: str, handler: Handler) -> Hook:
        """See the port."""
        if self._public_url is None:
            raise SettingsError(
                f"{name} is to be called by its platform, and web.public_url does not say where. "
                "Set it to this server's https address, or let the adapter poll."
            )
        if not re.fullmatch(r"[\w-]{1,64}", name, re.ASCII) or name in self._doors:
            raise ValueError(f"no door can be named {name!r}, or there is one already")
        secret = hmac.digest(self._seed, name.encode(), "sha256").hex()
        self._doors[name] = _Door(header, secret, handler)
        return Hook(f"{self._public_url}/hooks/{name}", secret)

    async def take(self, request: web.Request) -> web.Response:
        """Answer one call (T6): 404 no such door, 401 not the secret, 413 too big, 400 nonsense,
        500 to be repeated, else 200."""
        name, status = request.match_info["name"], 500
        try:
            response = await self._take(request)
            status = response.status
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            self.answered[name if name in self._doors else "", status] += 1
        return response

    async def _take(self, request: web.Request) -> web.Response:
        door = self._doors.get(request.match_info["name"])
        if door is None:
            return web.Response(status=404)
        given = request.headers.get(door.header, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, door.secret.encode()):
            return web.Response(status=401)
        try:
            async with asyncio.timeout(_PATIENCE):
                await door.handler(await request.read())
        except InvalidInput:
            return web.Response(status=400)
        except web.HTTPException:
            raise
        except Exception:  # noqa: BLE001 - an adapter is anybody's code
            _log.exception("a platform's call failed", extra={"door": request.match_info["name"]})
            return web.Response(status=500)
        return web.Response()
