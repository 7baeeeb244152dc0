"""Which addresses Telegram takes for a link or a button."""

import re
from urllib.parse import urlsplit

# A button with a bad address costs the whole message (BUTTON_URL_INVALID); a bad link in a text
# silently vanishes. Longer addresses than this are no paper's page.
_MAX_LENGTH = 2000
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:[^\W\d_]{2,}|xn--[a-z0-9-]+|\d{1,3})\.?")
_FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f\"'<>\\`{}|^]")


def usable(url: str) -> bool:
    """Whether this is a whole web address that Telegram will keep: http or https, a host with a
    dot, no credentials."""
    if len(url) > _MAX_LENGTH or _FORBIDDEN.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and "@" not in parts.netloc
        and _HOST.fullmatch(host) is not None
    )


def bare(address: str) -> str:
    """An address for comparison: without scheme, ``www.``, ``.git`` and what ends a sentence."""
    short = re.sub(r"(?i)\A(?:https?://)?(?:www\.)?", "", address).rstrip("/.,;:!?")
    return short.removesuffix(".git").rstrip("/").casefold()
