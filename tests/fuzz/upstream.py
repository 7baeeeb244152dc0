"""What Hugging Face and arXiv answer: ids, lists, feeds, headers, redirects, links, LaTeX."""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime

from yarl import URL

from bot.domain.errors import InvalidPaperId, SettingsError, SourceBroken
from bot.domain.listing import Listing
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, parse_paper_ref
from bot.domain.text import collapse
from bot.sources.addresses import origin_of, redirect_target
from bot.sources.atom_parse import parse_atom
from bot.sources.hf_parse import parse_daily, parse_paper
from bot.sources.limits import requested_wait
from bot.sources.links import safe_link
from bot.sources.plaintext import plain
from bot.sources.rss_parse import ANNOUNCE_TYPES, parse_rss
from summarizer.openai_errors import wait_seconds
from tests.fuzz import real
from tests.fuzz.bend import bent
from tests.fuzz.deal import Deal, dealt
from tests.fuzz.target import Target, require

_DAY = date(2026, 8, 21)
_NOW = datetime(2026, 8, 21, 12, tzinfo=UTC)
_XML = (
    "<feed xmlns=\"http://www.w3.org/2005/Atom\">", "</feed>", "<entry>", "</entry>", "<item>",
    "</item>", "<id>", "<title>", "<summary>", "<author><name>", "<published>", "<link href=\"",
    "<!DOCTYPE x [<!ENTITY a \"b\">]>", "&a;", "&lt;", "&#0;", "<![CDATA[", "]]>", "<?xml version",
    "encoding=\"utf-16\"", "xmlns:x=\"", "<arxiv:announce_type>new", "Announce Type: new", "<rss>",
    "<channel>", "<pubDate>", "<guid>", "oai:arXiv.org:2508.13426v1",
)  # fmt: skip
_JSON = ('{"', '":', "[]", "null", "1e999", "-0", "\\ud800", "\\u0000", '"paper":', '"id":')
_LATEX = (
    "$", "$$", "\\(", "\\)", "\\[", "\\frac{", "}{", "\\textbf{", "^{", "_{", "\\mathbb{R}", "\\%",
    "\\href{", "\\url{", "~", "``", "''", "--", "\\begin{equation}", "\\end{equation}", "\\'e",
    "\\alpha", "{", "}", "\\\\", "https://", "\\text{", "\\sqrt[", "^\\circ", "\\left(", "\\right)",
)  # fmt: skip


def _paper_id(data: bytes) -> None:
    with suppress(InvalidPaperId):
        ref = parse_paper_ref(Deal(data).text(broken=True))
        require(PaperId(ref.id.value) == ref.id, "an id is canonical")
        require(parse_paper_ref(str(ref)) == ref, "what was read reads back")
        require(str(ref).isascii() and str(ref) == str(ref).strip(), "an id is plain")


def _listed(listing: Listing) -> None:
    for paper in listing.papers:
        _checked(paper)


def _checked(paper: Paper) -> None:
    require(PaperId(paper.id.value) == paper.id, "an id is canonical")
    for text in (paper.title, paper.abstract, *paper.authors, *paper.keywords):
        require(text == collapse(text), "texts are on one line, without hidden characters")
        text.encode()
    for link in paper.links:
        require(safe_link(link) == link, "only safe links are kept")


def _hf_bytes(data: bytes) -> None:
    with suppress(SourceBroken):
        _listed(parse_daily(data, day=_DAY))
    with suppress(SourceBroken):
        _checked(parse_paper(data))


def _hf_bent(data: bytes) -> None:
    deal = Deal(data)
    body = json.dumps(bent(_entries(), deal)).encode()
    with suppress(SourceBroken):
        _listed(parse_daily(body, day=_DAY))
    with suppress(SourceBroken):
        _checked(parse_paper(json.dumps(bent(_entries()[0], deal)).encode()))


def _entries() -> list[object]:
    paper = {
        "id": "2309.12307", "title": "A title", "summary": "An abstract of $x^2$.",
        "authors": [{"name": "Ann Lee", "hidden": False}], "publishedAt": "2026-08-21T00:00:00Z",
        "upvotes": 3, "githubRepo": "https://github.com/a/b", "githubStars": 4,
        "projectPage": "https://a.example/", "ai_summary": "Short.", "ai_keywords": ["one"],
        "mediaUrls": ["https://cdn.example/a.png"], "organization": {"fullname": "Org"},
        "submittedOnDailyBy": {"name": "ann"},
    }  # fmt: skip
    item = {"paper": paper, "numComments": 1, "thumbnail": "https://cdn-thumbnails.example/a.png"}
    return [item, *_REAL]


_REAL = real.papers(1)


def _atom(data: bytes) -> None:
    with suppress(SourceBroken):
        for paper in parse_atom(data).papers:
            _checked(paper)


def _rss(data: bytes) -> None:
    with suppress(SourceBroken):
        for paper in parse_rss(data, announce=ANNOUNCE_TYPES).papers:
            _checked(paper)


def _headers(data: bytes) -> None:
    deal = Deal(data)
    status = deal.one_of((200, 304, 429, 500, 503))
    names = ("retry-after", "ratelimit", "retry-after-ms", "x-ratelimit-reset-requests")
    headers = {name: deal.text(300) for name in names}
    for wait in (requested_wait(status, headers, _NOW), wait_seconds(headers, _NOW)):
        require(wait is None or wait >= 0, "a wait is no negative time")


def _addresses(data: bytes) -> None:
    deal = Deal(data)
    here = URL("https://export.arxiv.org/api/query?id_list=1")
    text = deal.text(3000)
    with suppress(SourceBroken):
        there = redirect_target(here, text)
        require(there.origin() == here.origin() and not there.user, "a redirect stays on its host")
    link = safe_link(text)
    if link is not None:
        require(safe_link(link) == link, "a safe link stays one")
        require(not set(link) & set('<>" \\`{}^|'), "a safe link breaks out of nothing")
    with suppress(SettingsError):
        origin_of(text)


def _latex(data: bytes) -> None:
    text = Deal(data).text(20_000, broken=True)
    once = plain(text)
    require(plain(once) == once, "what is plain stays as it is")
    once.encode()


def _latex_seeds() -> Iterable[bytes]:
    yield from (dealt(text) for text in real.abstracts())
    yield dealt(
        "We get $360^{\\circ}$ for \\$200k, see \\href{https://a.example/}{this} \\textbf{x}."
    )


TARGETS = (
    Target("paper-id", _paper_id, 80, lambda: map(dealt, ("2309.12307v2", "arXiv:hep-th/9901001",
           "https://huggingface.co/papers/2309.12307?x=1")),
           ("arxiv.org/abs/", "doi.org/10.48550/arxiv.", "v1", ".pdf", "math.GT/0309136", "２３")),
    Target("hf-list", _hf_bytes, 25, lambda: [json.dumps(_entries()[:1]).encode()], _JSON),
    Target("hf-list-bent", _hf_bent, 6),
    Target("arxiv-atom", _atom, 20, lambda: real.feed("data/arxiv_atom/*.xml", "entry"), _XML,
           8192),
    Target("arxiv-rss", _rss, 3, lambda: real.feed("data/arxiv_rss/*.xml", "item"), _XML, 8192),
    Target("http-headers", _headers, 60,
           lambda: [b"\2" + dealt("120", '"api";r=0;t=12', "5", "1s"),
           b"\2" + dealt("Fri, 21 Aug 2026 12:00:00 GMT")], (";r=0;t=", "GMT", "+2359", "1e9")),
    Target("addresses", _addresses, 60, lambda: map(dealt, ("https://export.arxiv.org/x",
           "//127.0.0.1/", "http://2130706433/", "http://[::ffff:127.0.0.1]/", "/a?b#c")),
           ("http://", "https://", "//", "@", "0x7f.1", "[::1]", "%2e", "\\", ":80", "xn--")),
    Target("latex", _latex, 6, _latex_seeds, _LATEX),
)  # fmt: skip
