"""Single options, read. Each reader raises ValueError with what is allowed, not with the value."""

import re
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

# A snowflake: Discord's own ids have 17 to 20 digits, other servers' fewer.
SNOWFLAKE = re.compile(r"[1-9]\d{0,19}")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_HOOK_PATH = re.compile(r".*/webhooks/[1-9]\d{0,19}/[A-Za-z0-9._-]+/?")
# Hours after which a quiet forum post is archived (Discord API v10, "Start Thread in Forum").
_ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
# At most five tags on a forum post (the same).
_TAGS = 5
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def token(value: object) -> str:
    text = str(value).strip().removeprefix("Bot ").strip()
    if not _TOKEN.fullmatch(text):
        raise ValueError("is no bot token: printable ASCII without spaces is expected")
    return text


def tag_ids(value: object) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, Sequence):
        raise ValueError("must be a list of tag ids")
    tags = tuple(str(tag).strip() for tag in cast("Sequence[object]", listed))
    if len(tags) > _TAGS or not all(map(SNOWFLAKE.fullmatch, tags)):
        raise ValueError(f"must be at most {_TAGS} ids of the forum's tags")
    return tags


def archive_minutes(value: object) -> int:
    if str(value) not in map(str, _ARCHIVE_MINUTES):
        raise ValueError(f"must be one of {', '.join(map(str, _ARCHIVE_MINUTES))}")
    return int(str(value))


def truth(value: object) -> bool:
    plain = str(value).strip().lower()
    if plain not in _TRUTH:
        raise ValueError("must be true or false")
    return _TRUTH[plain]


def seconds(value: object) -> float:
    try:
        given = float(str(value))
    except ValueError:
        given = 0.0
    # Above a minute a lease would run out under a call (DESIGN: leases of at most 60 s).
    if not 0.05 <= given <= 60:
        raise ValueError("must be seconds from 0.05 to 60")
    return given


def day_title(value: object) -> str:
    """A thread's name: at most 100 characters with the date in it."""
    title = str(value).strip()
    if "{day}" not in title or len(title) > 90:
        raise ValueError("must hold {day} and have at most 90 characters")
    return title


def rest_address(value: object) -> str:
    """An address to which paths are appended."""
    return _address(value, secure="https", clear="http").rstrip("/")


def gateway_address(value: object) -> str:
    """A web socket's address."""
    return _address(value, secure="wss", clear="ws")


def _address(value: object, *, secure: str, clear: str) -> str:
    """Without credentials; in clear text only on this machine, because a token goes there."""
    address = str(value).strip()
    parts = urlsplit(address)
    if parts.scheme not in (secure, clear) or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"must be an address with {secure}://")
    if parts.scheme == clear and parts.hostname not in _LOOPBACK:
        raise ValueError(f"must use {secure}: a secret would go over the net in clear text")
    return address


def hook_address(value: object) -> str:
    url = rest_address(value)
    if not _HOOK_PATH.fullmatch(urlsplit(url).path) or urlsplit(url).query:
        raise ValueError("must be a webhook's address, …/webhooks/ID/TOKEN")
    return url
