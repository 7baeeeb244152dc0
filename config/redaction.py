"""Keeping secrets out of whatever is written down (T5)."""

import re
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "***"

# Shorter values are words such as "none" or "EMPTY", which local servers are given as a key;
# hiding those everywhere would make logs unreadable and protect nothing.
_MIN_SECRET = 6

# What looks like a secret, and what is put in its place; \1 is the part that may be read.
_PATTERNS = tuple(
    (re.compile(pattern, re.ASCII), replacement)
    for pattern, replacement in (
        (r"(?i)(\bbearer[ :]+|\bauthorization\W{1,4}\w+ )[\w.~+/=-]{8,}", rf"\1{HIDDEN}"),
        (r"\bsk-[\w-]{8,}", HIDDEN),  # OpenAI, and those that imitate it
        (r"\bhf_[A-Za-z0-9]{16,}", HIDDEN),  # Hugging Face
        (r"(?<!\d)\d{5,}(?::|%3[Aa])[\w-]{30,}", HIDDEN),  # Telegram bots, also /bot<token>/
        (r"\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}", HIDDEN),  # Discord bots
        (r"(/webhooks/\d{5,}/)[\w.-]{20,}", rf"\1{HIDDEN}"),  # Discord's webhooks
        (
            r"(\b[A-Za-z][\w+.-]*://)[\w.~%!$&*+,;=:-]*@",
            rf"\1{HIDDEN}@",
        ),  # an address's credentials
        (r"(?i)([?&](?:api_?key|key|password|sig|(?:access_)?token)=)[^&\s\"'<>]+", rf"\1{HIDDEN}"),
    )
)

# Fields whose very name says that their value is for nobody's eyes.
_SECRET_NAMES = frozenset(
    ("api_key", "apikey", "authorization", "cookie", "password", "secret", "token", "x-api-key")
)


class Redactor:
    """Replaces known secret values, and whatever looks like one, by ``***``."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {
            form for secret in secrets if len(secret) >= _MIN_SECRET for form in _forms(secret)
        }
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if known else None

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def hides(self, name: str) -> bool:
        """Whether a field of this name is hidden whatever it holds."""
        return name.lower() in _SECRET_NAMES


def without_credentials(url: str) -> str:
    """A database's address as it may be shown."""
    url = re.sub(r"(://).*@", rf"\1{HIDDEN}@", url)
    # libpq also takes it as a parameter: postgresql://host/name?user=u&password=p
    return Redactor()(re.sub(r"([?&]\w*password=)[^&]*", rf"\1{HIDDEN}", url))


def _forms(secret: str) -> tuple[str, ...]:
    """A secret as it stands, as an address holds it, and as ``repr`` writes it."""
    return secret, quote(secret, safe=""), repr(secret)[1:-1]
