"""Which values of the settings are secrets."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

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
    return frozenset(found)
