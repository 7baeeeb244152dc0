"""Links in a summary: only the paper's own may stay (T2, F26).

A platform turns into a link whatever looks like one, so addresses without a scheme count. A link
goes and its words stay; a bare domain stays readable as ``evil[.]com``, which nothing links.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
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
    rf"(?=[^{_STOPS}:])|data:(?=[a-z]+/[a-z]))[^{_STOPS}]*",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    r"(?<![A-Za-z0-9])(?P<user>[A-Za-z0-9._%+-]{1,64}@)?"
    r"(?P<host>(?:[A-Za-z0-9-]{1,63}\.){1,8}(?P<top>xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24}))"
    rf"(?![A-Za-z0-9-])(?P<port>:\d{{2,5}})?(?P<path>[/?][^{_STOPS}]*)?"
)
_TRAILING = ".,;:!?()*_~"
_EMPTY_BRACKETS = re.compile(r" ?(?:\(\s{0,3}\)|（\s{0,3}）|\[\s{0,3}\]|【\s{0,3}】|<\s{0,3}>)")
_LOOSE = re.compile(r" +(?=[,.;:!?)，。；：！？、）])")
# Taking a link out can leave another behind; what is left after so many rounds is taken apart.
_ROUNDS = 6
_DOT = re.compile(r"\.(?!\])")
_SCHEME_NAME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,15}):(?!\d)")
_RESERVED = re.compile("[\ue000-\uf8ff]")
_FIRST_RESERVED = 0xE000
_MOST_KEPT = 500
# What stands right after an own link must not become part of it.
_RUN_ON = re.compile(rf"[\ue000-\uf8ff](?=[.,;:!?()*_~]{{0,9}}[^{_STOPS},.;:!?()*_~])")


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
    stripping = _Stripping(frozenset(_normal(url) for url in own))
    left = _RESERVED.sub("", text)
    for _ in range(_ROUNDS):
        before, left = left, stripping.once(left)
        if left == before:
            break
        left = _mended(left)
    else:
        left = _mended(_DOT.sub("[.]", left.replace(":", " ")))
    left = _RUN_ON.sub(r"\g<0> ", left)
    for place, link in enumerate(stripping.kept):
        left = left.replace(chr(_FIRST_RESERVED + place), link)
    return left, tuple(dict.fromkeys(stripping.hosts))


@dataclass(slots=True)
class _Stripping:
    """One text's links on the way out. Own links wait as reserved characters, out of harm's way."""

    own: frozenset[str]
    hosts: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])

    def once(self, text: str) -> str:
        text = _TAG.sub(self._tag, _MARKDOWN.sub(self._markdown, text))
        text = _SCHEME.sub(self._address, _URL.sub(self._address, text))
        return self._domains(text)

    def _keep(self, link: str) -> str:
        if len(self.kept) >= _MOST_KEPT:
            return ""
        self.kept.append(link)
        return chr(_FIRST_RESERVED + len(self.kept) - 1)

    def _markdown(self, match: re.Match[str]) -> str:
        if _normal(match["url"]) in self.own:
            return f"{match['words']} ({self._keep(match['url'])})"
        self.hosts.append(_host(match["url"]))
        return match["words"]

    def _tag(self, match: re.Match[str]) -> str:
        target = _TARGET.search(match[0])
        if target is not None:
            self.hosts.append(_host(target["url"]))
            return ""
        return "" if match[0].lower().startswith("</a") else match[0]

    def _address(self, match: re.Match[str]) -> str:
        url = _trimmed(match[0])
        rest = match[0][len(url) :]
        if _normal(url) in self.own:
            return self._keep(url) + rest
        self.hosts.append(_host(url))
        return rest

    def _domains(self, text: str) -> str:
        """Every bare domain with its path. What is none is searched on, from its end."""
        out: list[str] = []
        position = 0
        while match := _DOMAIN.search(text, position):
            out.append(text[position : match.start()])
            whole = _trimmed(match[0])
            position = match.start() + len(whole)
            if _normal(whole) in self.own:
                out.append(self._keep(whole))
            elif not _is_domain(match):
                position = match.end("host")
                user = match["user"] or ""
                out.append(self._domains(user[:-1]) + user[-1:] + match["host"])
            else:
                self.hosts.append(_host(match["host"]))
                out.append("" if match["user"] or match["path"] else whole.replace(".", "[.]"))
        return "".join((*out, text[position:]))


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
    """The host of an address so written that nothing links it; else the scheme (``tg``)."""
    scheme = _SCHEME_NAME.match(url)
    if scheme is not None and scheme[1].lower() not in {"http", "https", "ftp"}:
        return scheme[1].lower()[:40].replace(".", "[.]")
    bare = url[scheme.end() :] if scheme else url
    place = re.split(r"[/?#\\]", bare.lstrip("/\\"), maxsplit=1)[0]
    host = place.rpartition("@")[2].partition(":")[0].lower()[:80]
    return host.replace(".", "[.]")


def _trimmed(url: str) -> str:
    """Without the sentence's own marks after it; a bracket goes unless it was opened inside."""
    while url and url[-1] in _TRAILING and not (url[-1] == ")" and "(" in url):
        url = url[:-1]
    return url


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
