"""Which values of the settings are secrets."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from config.settings import Settings


def secrets_of(settings: Settings) -> frozenset[str]:
    """Every secret value in the settings, for the redaction."""
    found: set[str] = set()
    if settings.model.api_key is not None:
        found.add(settings.model.api_key.get_secret_value())
    url = settings.store.url.get_secret_value()
    # SQLAlchemy's grammar, which lets a password hold a slash.
    if password := re.match(r"[^:]+://[^:/@]*:([^@]*)@", url):
        found.update((password[1], unquote(password[1])))
    found.update(parse_qs(urlsplit(url).query).get("password", ()))
    if settings.web.webhook_secret is not None:
        found.add(settings.web.webhook_secret.get_secret_value())
    for name, text in _texts(settings.adapters, ""):
        if _SECRET_NAME.search(name) or not _is_public(text):
            # A token in an address may be written without the rest of it.
            found.update((text, *(part for part in text.split("/") if len(part) > _LONGEST_NAME)))
    return frozenset(found)


def _texts(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Every text in tables and lists, however deep, with the name it stands under."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, object]", value).items():
            yield from _texts(inner, key)
    elif isinstance(value, list | tuple):
        for inner in cast("Sequence[object]", value):
            yield from _texts(inner, name)


_SECRET_NAME = re.compile(r"token|secret|pass|key|auth|credential")
# A word, a list of words, a number: forum, embeds, en-GB, 8.
_WORDS = re.compile(r"(?:[A-Za-z]{1,20}|\d{1,4})(?:[ ,_.:-]+(?:[A-Za-z]{1,20}|\d{1,4}))*", re.ASCII)
_PATH = re.compile(r"(?:~|\.{1,2})?/[\w./ -]*", re.ASCII)
# A token in an address (Discord's webhooks, Apprise's) is longer than any name in a public one.
_LONGEST_NAME = 24


def _is_public(text: str) -> bool:
    """Whether an adapter's option is plainly a word, a path or an address, and so no secret.

    In doubt it is a secret: that costs a readable log line, the other mistake a token.
    """
    if len(text) <= _LONGEST_NAME and _WORDS.fullmatch(text):
        return True
    parts = _split(text)
    if parts is None or (not parts.scheme and not _PATH.fullmatch(text)):
        return False
    if parts.scheme not in ("", "http", "https", "ws", "wss") or "@" in parts.netloc:
        return False
    names = re.split(r"[/.]", parts.path)
    return not parts.query and not parts.fragment and all(len(n) <= _LONGEST_NAME for n in names)


def _split(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:
        return None
