"""Which addresses Discord takes, and how they are written."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

# A button's address: 512 characters; an embed's: 2048 (Discord API v10, components and messages).
BUTTON_URL = 512
EMBED_URL = 2048

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)


def usable(url: str | None, limit: int) -> str | None:
    """The address in ASCII, or ``None`` where Discord would refuse the whole message for it."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # UnicodeError is one: no such host name, no such port
        return None
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    path, query, fragment = (quote(part, safe="/%:@!$&'*+,;=~?-._") for part in parts[2:])
    written = urlunsplit((parts.scheme.lower(), host + port, path, query, fragment))
    return written if len(written) <= limit else None
