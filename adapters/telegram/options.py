"""What the telegram adapter can be told: ``[adapters.telegram]`` of the settings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.domain.errors import SettingsError

_TRUE = frozenset(("true", "yes", "on", "1"))
_FALSE = frozenset(("false", "no", "off", "0"))
# As BotFather hands them out; what does not look like this is answered with 404.
_TOKEN = re.compile(r"\d+:[\w-]{20,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TelegramOptions:
    """Validated options of the bot that the settings call ``name``.

    ``api_url`` is where the Bot API answers: Telegram's, or a local Bot API server's. ``proxy`` is
    an HTTP proxy; where it is "", the system's proxy variables count. ``sound`` is whether messages
    notify, ``preview`` whether the paper's page is shown under its message. ``webhook`` is whether
    Telegram calls us, instead of our asking for updates. ``connections`` are
    for sending; polling has its own. Time-outs are in seconds: ``answer_timeout_s`` is long,
    because a message whose answer is not waited for may have arrived and is not sent again.
    ``paid_broadcast`` is whether messages above the free rate may cost Stars, ``most_stars_a_day``
    how many on a day (UTC) at most.
    """

    token: str = field(repr=False)
    api_url: str = "https://api.telegram.org"
    proxy: str = field(default="", repr=False)
    sound: bool = True
    preview: bool = True
    webhook: bool = False
    connections: int = 32
    connect_timeout_s: float = 10.0
    answer_timeout_s: float = 30.0
    paid_broadcast: bool = False
    most_stars_a_day: int = 0
    name: str = "telegram"


def read_options(values: Mapping[str, object], *, name: str = "telegram") -> TelegramOptions:
    """The options in a table of settings, values as they stand there or as text.

    Raises:
        SettingsError: names every fault, and no value: it may be a secret.
    """
    faults: list[str] = []
    read: dict[str, Any] = {}
    for key, value in values.items():
        kind = _KINDS.get(key)
        if kind is None:
            faults.append(f"{key} is unknown; known are {', '.join(sorted(_KINDS))}")
            continue
        try:
            read[key] = kind(value)
        except ValueError as error:
            faults.append(f"{key} {error}")
    if not values.get("token"):
        faults.insert(0, "token is missing; BotFather (https://t.me/BotFather) hands them out")
    if read.get("paid_broadcast") and not read.get("most_stars_a_day"):
        faults.append(
            "paid_broadcast costs 0.1 Stars a message above the free rate; set most_stars_a_day,"
            " how many it may cost on a day"
        )
    if faults:
        raise SettingsError(f"[adapters.{name}]: " + "; ".join(faults) + ".")
    return TelegramOptions(**read, name=name)


def _token(value: object) -> str:
    token = str(value).strip()
    if token and not _TOKEN.fullmatch(token):
        raise ValueError("does not look like BotFather's: digits, a colon, letters and digits")
    return token


def _address(value: object) -> str:
    address = str(value).strip().rstrip("/")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("is no http or https address")
    return address


def _proxy(value: object) -> str:
    return _address(value) if str(value).strip() else ""


def _switch(value: object) -> bool:
    word = str(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("is neither true nor false")
    return word in _TRUE


def _number(least: float, most: float) -> Callable[[object], float]:
    def read(value: object) -> float:
        try:
            number = float("nan" if isinstance(value, bool) else str(value))
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            raise ValueError(f"is no number from {least:g} to {most:g}")
        return number

    return read


def _count(value: object) -> int:
    return int(_number(1, 200)(value))


def _stars(value: object) -> int:
    return int(_number(1, 100_000_000)(value))


_KINDS: Mapping[str, Callable[[object], object]] = {
    "token": _token,
    "api_url": _address,
    "proxy": _proxy,
    "sound": _switch,
    "preview": _switch,
    "webhook": _switch,
    "paid_broadcast": _switch,
    "most_stars_a_day": _stars,
    "connections": _count,
    "connect_timeout_s": _number(0.1, 300),
    "answer_timeout_s": _number(1, 600),
}
