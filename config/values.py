"""The kinds of value a setting can have, beyond numbers and words.

A validator raises ``ValueError`` with half a sentence that says what is wrong, and never repeats
the value: it may be a secret. ``Allowed`` says what would be right, for the same message and for
the documentation.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, cast
from urllib.parse import SplitResult, quote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bot.domain.role import Role, ordered
from summarizer.languages import available_languages


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a setting takes, in words that can follow "allowed: "; looked up late where it must."""

    text: str | Callable[[], str]


def web_address(text: str) -> str:
    """An address to call, without its trailing slash."""
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is no http or https address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or password, which belongs in a secret setting")
    if parts.query or parts.fragment:
        raise ValueError("has a query or fragment (? or #); give the bare address")
    return text.rstrip("/")


def contact(text: str) -> str:
    """A web address or mailto: address. No line breaks: it becomes part of a header."""
    if text.startswith("mailto:") and re.fullmatch(r"[^@\s()]+@[^@\s()]+", text[7:]):
        return text
    if re.search(r"[\s()]", text):
        raise ValueError("holds white space or brackets, which the User-Agent header cannot")
    return web_address(text)


def is_loopback(address: str) -> bool:
    """Whether an address names this machine, and so no one's server but the operator's."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


# Canonical forms of what people write; the drivers are those the store is built on.
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def store_url(text: str) -> str:
    """A database address with its driver; a plain path becomes the address of a SQLite file."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        return _sqlite_file(text)
    driver = _DRIVERS.get(scheme.lower())
    if driver is None:
        raise ValueError("names a database that the store does not know")
    if driver.startswith("sqlite") and not rest.startswith("/"):
        raise ValueError("needs three slashes before a SQLite path (four before an absolute one)")
    try:
        _ = urlsplit(text).port
    except ValueError as error:
        raise ValueError("is no well-formed address (a password's / @ : # need %2F …)") from error
    return f"{driver}://{rest}"


def _sqlite_file(text: str) -> str:
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError("starts with ~, and there is no home directory") from error
    # SQLAlchemy decodes the path of an address, and reads a query after "?".
    return "sqlite+aiosqlite:///" + quote(str(path), safe="/:\\ ")


# arXiv's categories as it spells them: cs.CL, hep-th, q-bio.NC, physics.acc-ph.
_CATEGORY = (
    r"(?:(?:physics|cond-mat)\.[a-z]{2,8}(?:-[a-z]{2,4})?"
    r"|[a-z]{1,8}(?:-[a-z]{2,4})?(?:\.[A-Z]{2})?)"
)
_ARXIV_SOURCE = re.compile(rf"arxiv:{_CATEGORY}(?:\+{_CATEGORY})*")


def source_key(text: str) -> str:
    """A source's stable name, as ``bot.ports.Source.key`` gives it."""
    if text != "hf" and not _ARXIV_SOURCE.fullmatch(text):
        raise ValueError(f"names no source: {text!r}")
    return text


def listed(value: object) -> object:
    """A list written as one text: with commas, or as JSON. Anything else is left as it is."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError as error:
            raise ValueError("is no JSON list; separate the values with commas instead") from error
    return [part.strip() for part in value.split(",") if part.strip()]


def tables(value: object) -> object:
    """Tables written as one text, in JSON (a variable). Anything else is left as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError("is no JSON list of tables") from error


def adapter_tables(value: object) -> object:
    """A table for each adapter. Names and options are in lower case, as variables are read."""
    if not isinstance(value, Mapping):
        return value
    for name, options in cast("Mapping[str, object]", value).items():
        if not isinstance(options, Mapping):
            raise ValueError(f"has {name}, which is no table; write [adapters.{name}]")
        for word in (name, *cast("Mapping[str, object]", options)):
            if word != word.lower():
                raise ValueError(f"has {word!r}; write names and options in lower case")
    return cast("object", value)


def hour_of_day(value: object) -> object:
    """``9:00`` or ``09:00``, as TOML's own time or as text."""
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", value.strip()) if isinstance(value, str) else None
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError("is no hour of the day")
    return time(int(found[1]), int(found[2]))


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekdays(value: object) -> object:
    """``mon-fri``, ``sat, sun`` or a list of such; the numbers of the days, Monday is 0."""
    parts = listed(value)
    if not isinstance(parts, list | tuple):
        raise ValueError("is no list of weekdays")
    days: set[int] = set()
    for part in cast("list[object]", parts):
        first, _, last = str(part).strip().lower().partition("-")
        try:
            begin, end = _DAYS.index(first[:3]), _DAYS.index((last or first)[:3])
        except ValueError as error:
            raise ValueError(f"has {part!r}, which is no weekday") from error
        days.update((begin + n) % 7 for n in range((end - begin) % 7 + 1))
    if not days:
        raise ValueError("names no weekday")
    return tuple(sorted(days))


def span_of_day(value: object) -> object:
    """``23:00-07:00``: two hours of the day."""
    if isinstance(value, tuple):
        return cast("object", value)
    first, dash, last = str(value).partition("-")
    if not dash:
        raise ValueError("is no span of hours")
    begin, end = hour_of_day(first.strip()), hour_of_day(last.strip())
    if begin == end:
        raise ValueError("ends when it begins")
    return (begin, end)


def source_pattern(text: str) -> str:
    """A source's key, or ``arxiv:*`` for every category."""
    return text if text == "arxiv:*" else source_key(text)


def read_roles(value: object) -> tuple[Role, ...]:
    """Names of roles, each once, in the order of the work."""
    parts = listed(value)
    if not isinstance(parts, list | tuple):
        raise ValueError("is no list of roles")
    given: set[Role] = set()
    for part in cast("list[object]", parts):
        try:
            given.add(Role(str(part).strip().lower()))
        except ValueError as error:
            raise ValueError(f"has {part!r}, which is no role") from error
    if not given:
        raise ValueError("names no role")
    return ordered(given)


def _operator_chat(text: str) -> str:
    platform, _, chat = text.partition("/")
    _platform(platform)
    if not re.fullmatch(r"[^/\s]+(/[^/\s]+)?", chat):
        raise ValueError("names no chat")
    return text


def _hours(value: object) -> object:
    parts = [value] if isinstance(value, time) else listed(value)
    if not isinstance(parts, list | tuple):
        raise ValueError("is no list of hours")
    hours = {hour_of_day(part) for part in cast("list[object]", parts)}
    return tuple(sorted(cast("set[time]", hours)))


def _half_steps(value: float) -> float:
    if value * 2 != int(value * 2):
        raise ValueError("is not in half steps")
    return value


def zone_name(text: str) -> str:
    """An IANA time zone that this machine knows."""
    try:
        ZoneInfo(text)
    except (KeyError, OSError, ValueError) as error:  # an unknown one is a KeyError
        raise ValueError(f"is {text!r}") from error
    return text


def _as_text(value: object) -> object:
    """Ids are numbers to some platforms and in some TOML files; here they are names."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _platform(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", text):
        raise ValueError(f"is {text!r}")
    return text


def _each_once(keys: tuple[str, ...]) -> tuple[str, ...]:
    if not keys:
        raise ValueError("names no source")
    if len(set(keys)) < len(keys):
        raise ValueError("names a source twice")
    return keys


def _language(text: str) -> str:
    if text not in available_languages():
        raise ValueError(f"is {text!r}")
    return text


def _api_key(secret: SecretStr) -> SecretStr:
    # It becomes a header; anything else would fail in the middle of a call, with the key in the
    # exception's text.
    if not re.fullmatch(r"[\x21-\x7e]+", secret.get_secret_value()):
        raise ValueError("is empty, or holds white space or characters that a header cannot carry")
    return secret


def _store_url(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text:
        raise ValueError("is empty; leave it out for the default")
    return SecretStr(store_url(text))


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _split(text: str) -> SplitResult:
    if re.search(r"\s", text):
        raise ValueError("holds white space")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise ValueError("is no well-formed address") from error
    return parts


WebAddress = Annotated[
    str, AfterValidator(web_address), Allowed("an http or https address without credentials")
]
Contact = Annotated[
    str, AfterValidator(contact), Allowed("an http, https or mailto: address without credentials")
]
StoreUrl = Annotated[
    SecretStr,
    AfterValidator(_store_url),
    Allowed("a path, sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"),
]
ApiKey = Annotated[SecretStr, AfterValidator(_api_key), Allowed("printable ASCII without spaces")]
SourceKey = Annotated[str, AfterValidator(source_key)]
SourceKeys = Annotated[
    tuple[SourceKey, ...],
    BeforeValidator(listed),
    AfterValidator(_each_once),
    Allowed(
        "hf, arxiv:CATEGORY (arxiv:cs.CL; several: arxiv:cs.CL+cs.LG); each once, parted by commas"
    ),
]
LanguageTag = Annotated[
    str, AfterValidator(_language), Allowed(lambda: ", ".join(available_languages()))
]
AnyCase = BeforeValidator(_lower)
PlatformName = Annotated[
    str, AnyCase, AfterValidator(_platform), Allowed("an adapter's name, such as telegram")
]
ChatName = Annotated[str, BeforeValidator(_as_text), Allowed("text, or a number")]
OperatorChat = Annotated[
    str,
    AfterValidator(_operator_chat),
    Allowed("PLATFORM/CHAT or PLATFORM/CHAT/THREAD, such as telegram/123456"),
]
HourOfDay = Annotated[time, BeforeValidator(hour_of_day), Allowed("an hour such as 09:00")]
ZoneName = Annotated[
    str, AfterValidator(zone_name), Allowed("an IANA name, such as Europe/Berlin or Asia/Shanghai")
]
HoursOfDay = Annotated[
    tuple[time, ...], BeforeValidator(_hours), Allowed("hours such as 08:30, parted by commas")
]
Weekdays = Annotated[
    tuple[int, ...], BeforeValidator(weekdays), Allowed("weekdays such as mon-fri, or sat, sun")
]
SpanOfDay = Annotated[
    tuple[time, time], BeforeValidator(span_of_day), Allowed("two hours such as 23:00-07:00")
]
Words = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=100)], ...],
    BeforeValidator(listed),
    Allowed("words and phrases of at most 100 characters, parted by commas"),
]
Points = Annotated[float, Field(ge=0, le=5), AfterValidator(_half_steps)]
SourcePatterns = Annotated[
    tuple[Annotated[str, AfterValidator(source_pattern)], ...],
    BeforeValidator(listed),
    Allowed("hf, arxiv:CATEGORY, arxiv:* for all of arXiv; parted by commas"),
]
Roles = Annotated[
    tuple[Role, ...],
    BeforeValidator(read_roles),
    Allowed(f"{', '.join(Role)}; parted by commas"),
]
ChatTables = BeforeValidator(tables)
AdapterTables = BeforeValidator(adapter_tables)
