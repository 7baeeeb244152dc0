"""Links in a summary: only the paper's own may stay (T2, F26).

A platform turns into a link whatever looks like one, so addresses without a scheme count. A link
goes and its words stay; a bare domain stays readable as ``evil[.]com``, which nothing links.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import summarizer.checks.tables

# What cannot stand in an address that was typed into a sentence: also the signs of other scripts.
_STOPS = r"\s<>\"'`|\\^{}\[\]\u2018-\u201f\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef"
_MARKDOWN = re.compile(
    r"!?\[(?P<words>[^\[\]\n]{0,300})\]\(\s{0,3}<?(?P<url>[^()\s<>]{1,2000}(?:\([^()\s<>]{0,200}\))?)>?"
    r"(?:\s{1,3}[\"'(][^\"')\n]{0,300}[\"')])?\s{0,3}\)"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_TARGET = re.compile(
    r"(?:href|src|action|data|srcset)\s{0,3}=\s{0,3}[\"']?(?P<url>[^\s\"'>]+)", re.I
)
_URL = re.compile(
    rf"(?<![A-Za-z0-9])(?:[a-z][a-z0-9+.-]{{1,15}}:(?://|\\\\)|www\.)[^{_STOPS}]*", re.IGNORECASE
)
_SCHEME = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?:javascript|vbscript|mailto|tel|tg|sms|file|discord|steam|intent):"
    rf"(?=[^\s:])|data:(?=[a-z]+/[a-z]))[^{_STOPS}]*",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    r"(?<![A-Za-z0-9@._/-])(?P<user>[A-Za-z0-9._%+-]{1,64}@)?"
    r"(?P<host>(?:[A-Za-z0-9-]{1,63}\.){1,8}(?P<top>xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24}))"
    rf"(?![A-Za-z0-9-])(?P<port>:\d{{2,5}})?(?P<path>[/?][^{_STOPS}]*)?"
)
_TRAILING = ".,;:!?)*_~"
_EMPTY_BRACKETS = re.compile(r" ?(?:\(\s{0,3}\)|（\s{0,3}）|\[\s{0,3}\]|【\s{0,3}】|<\s{0,3}>)")
_LOOSE = re.compile(r" +(?=[,.;:!?)，。；：！？、）])")
# Taking a link out can leave another behind; what is left after this many rounds loses its colon.
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class _Domains:
    """Which names end in a top-level domain (``domains.toml``)."""

    everywhere: frozenset[str]
    countries: frozenset[str]
    extensions: frozenset[str]
    names: frozenset[str]


def without_foreign_links(text: str, own: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """The text without links that are not in ``own``, and the hosts that they led to.

    Hosts are written so that no platform links them (``evil[.]com``).
    """
    kept = frozenset(_normal(url) for url in own)
    hosts: list[str] = []
    for _ in range(_ROUNDS):
        cleaned = _once(text, kept, hosts)
        if cleaned == text:
            break
        text = cleaned
    else:
        text = text.replace("://", " ").replace("](", "] (")
    return (_mended(text) if hosts else text), tuple(dict.fromkeys(hosts))


def _once(text: str, own: frozenset[str], hosts: list[str]) -> str:
    def markdown(match: re.Match[str]) -> str:
        if _normal(match["url"]) in own:
            return f"{match['words']} ({match['url']})"
        hosts.append(_host(match["url"]))
        return match["words"]

    def tag(match: re.Match[str]) -> str:
        target = _TARGET.search(match[0])
        if target is None and not match[0].lower().startswith("</a"):
            return match[0]
        if target is not None:
            hosts.append(_host(target["url"]))
        return ""

    text = _TAG.sub(tag, _MARKDOWN.sub(markdown, text))
    address = _address(own, hosts)
    return _DOMAIN.sub(_domain(own, hosts), _SCHEME.sub(address, _URL.sub(address, text)))


def _address(own: frozenset[str], hosts: list[str]) -> Callable[[re.Match[str]], str]:
    def replaced(match: re.Match[str]) -> str:
        url = match[0].rstrip(_TRAILING)
        if _normal(url) in own:
            return match[0]
        hosts.append(_host(url))
        return match[0][len(url) :]

    return replaced


def _domain(own: frozenset[str], hosts: list[str]) -> Callable[[re.Match[str]], str]:
    def replaced(match: re.Match[str]) -> str:
        whole = match[0].rstrip(_TRAILING)
        if _normal(whole) in own or _within_own(match, own) or not _is_domain(match):
            return match[0]
        hosts.append(_host(match["host"]))
        if match["user"] or match["path"]:
            return match[0][len(whole) :]
        return match[0].replace(".", "[.]", match["host"].count("."))

    return replaced


def _within_own(match: re.Match[str], own: frozenset[str]) -> bool:
    """An own link with its scheme was left standing; this is its host."""
    head = match.string[max(0, match.start() - 12) : match.start()]
    scheme = re.search(r"[A-Za-z]+://\Z", head)
    return scheme is not None and _normal(match[0]) in own


def _is_domain(match: re.Match[str]) -> bool:
    domains, top, host = _domains(), match["top"].lower(), match["host"].lower()
    if host in domains.names and not match["path"]:
        return False
    if top.startswith("xn--") or top in domains.everywhere:
        # A sentence that begins without a space: "results.It shows".
        return match["top"].islower() or match["top"].isupper()
    if top not in domains.countries or not match["top"].islower():
        return False
    return bool(match["path"] or match["user"]) or top not in domains.extensions


def _normal(url: str) -> str:
    """An address without what makes no difference: scheme, ``www.``, a slash or mark at its end."""
    bare = re.sub(r"\A(?:https?:)?//", "", url.strip(), flags=re.IGNORECASE)
    bare = bare.removeprefix("www.").rstrip(_TRAILING).rstrip("/")
    host, slash, path = bare.partition("/")
    return host.lower() + slash + path


def _host(url: str) -> str:
    """The host of an address, or the scheme where there is no host, so that nothing links it."""
    scheme, separator, rest = url.partition(":")
    if separator and not rest.startswith(("//", "\\\\")) and "." not in scheme:
        return scheme.lower()[:40]
    place = re.split(r"[/?#\\]", re.sub(r"\A[A-Za-z][A-Za-z0-9+.-]*:[/\\]*", "", url), maxsplit=1)[
        0
    ]
    host = place.rpartition("@")[2].partition(":")[0].lower()[:80]
    return host.replace(".", "[.]") or scheme.lower()[:40]


def _mended(text: str) -> str:
    text = _LOOSE.sub("", _EMPTY_BRACKETS.sub("", text))
    return re.sub(r" {2,}", " ", text).strip()


@cache
def _domains() -> _Domains:
    table = tomllib.loads(
        files(summarizer.checks.tables).joinpath("domains.toml").read_text("utf-8")
    )
    return _Domains(
        everywhere=frozenset(table["everywhere"].split()),
        countries=frozenset(table["countries"].split()),
        extensions=frozenset(table["extensions"].split()),
        names=frozenset(table["names"]),
    )
