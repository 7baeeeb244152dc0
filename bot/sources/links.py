"""Which links from upstream are kept."""

import re
from urllib.parse import urlsplit

# Longer than any link in 26 archived days (the longest has 104); what Discord and browsers take.
MAX_LINK = 2048
# A name with a top-level domain: no address literals, no bare names of the local network (T7), and
# no look-alikes in other scripts, which real ones of these links do not use (T2).
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
# Printable ASCII without white space, backslash and what RFC 3986 keeps out of a link.
_SAFE = re.compile(r"[!#-;=?-\[\]_a-z~]+", re.IGNORECASE | re.ASCII)


def safe_link(value: object) -> str | None:
    """``value`` if it is a link that may be shown and followed, else ``None``.

    Kept: http and https, a public host name, no credentials, no white space or markup characters.
    """
    if not isinstance(value, str) or len(value) > MAX_LINK:
        return None
    link = value.strip()
    if not _SAFE.fullmatch(link):
        return None
    try:
        parts = urlsplit(link)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc:
        return None
    return link if parts.hostname and _HOST.fullmatch(parts.hostname) else None
