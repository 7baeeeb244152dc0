"""arXiv's announcements, real ones and damaged ones."""

import random
import re
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from bot.domain.errors import SourceBroken
from bot.domain.paper import Paper
from bot.sources.plaintext import plain
from bot.sources.rss_parse import ANNOUNCE_TYPES, parse_rss

# name: day, all items, new ones
FEEDS = {
    "arxiv_rss/jmamath_rss_cs_ai_2026-04-27_trimmed.xml": (date(2026, 4, 27), 3, 3),
    "arxiv_rss/jmamath_rss_cs_cl_2026-04-27_trimmed.xml": (date(2026, 4, 27), 3, 3),
    "arxiv_rss/jmamath_rss_cs_lg_2026-04-27_trimmed.xml": (date(2026, 4, 27), 3, 3),
    "arxiv_rss/msudars_rss_combined_2026-09-24.xml": (date(2026, 9, 24), 4, 2),
    "arxiv_rss/tidedra_atom_csAI_2025-08-20.xml": (date(2025, 8, 20), 7, 2),
    "constructed/arxiv_rss_spec_item_replace-cross.xml": (date(2024, 2, 23), 1, 0),
    "constructed/arxiv_rss_weekend_empty.xml": (date(2024, 2, 23), 0, 0),
}


def feed(
    *items: str, date_line: str = "<pubDate>Mon, 27 Apr 2026 00:00:00 -0400</pubDate>"
) -> bytes:
    return (
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>cs.AI</title>'
        f"{date_line}{''.join(items)}</channel></rss>"
    ).encode()


def item(
    *,
    guid: str = "oai:arXiv.org:2604.21935v1",
    title: str = "A Title",
    abstract: str = "An abstract.",
    more: str = "<arxiv:announce_type>new</arxiv:announce_type><dc:creator>Ann Lee</dc:creator>",
) -> str:
    return (
        f"<item><title>{escape(title)}</title><link>https://arxiv.org/abs/2604.21935</link>"
        f"<description>arXiv:2604.21935v1 Announce Type: new \nAbstract: {escape(abstract)}"
        f'</description><guid isPermaLink="false">{guid}</guid>{more}</item>'
    )


def only(body: bytes, announce: frozenset[str] = ANNOUNCE_TYPES) -> Paper:
    answer = parse_rss(body, announce=announce)
    assert answer.quarantined == ()
    (paper,) = answer.papers
    return paper


@pytest.mark.parametrize("name", FEEDS)
def test_every_real_feed_gives_its_day_and_all_its_items(shared: Path, name: str) -> None:
    day, everything, _ = FEEDS[name]
    answer = parse_rss((shared / "data" / name).read_bytes(), announce=ANNOUNCE_TYPES)
    assert (answer.announced, len(answer.papers), answer.quarantined) == (day, everything, ())
    assert all(p.title and p.abstract and p.authors and p.categories for p in answer.papers)
    assert not any("Announce Type" in paper.abstract for paper in answer.papers)


@pytest.mark.parametrize("name", FEEDS)
def test_f15_only_new_papers_unless_asked_for_others(shared: Path, name: str) -> None:
    assert len(parse_rss((shared / "data" / name).read_bytes()).papers) == FEEDS[name][2]


@pytest.mark.parametrize("name", FEEDS)
def test_feedparser_loses_nothing_of_what_the_xml_holds(shared: Path, name: str) -> None:
    body = (shared / "data" / name).read_bytes()
    papers = parse_rss(body, announce=ANNOUNCE_TYPES).papers
    elements = [e for e in ET.fromstring(body).iter() if _local(e) in {"item", "entry"}]
    for element, paper in zip(elements, papers, strict=True):
        texts = {_local(child): child.text or "" for child in element}
        abstract = texts.get("description") or texts["summary"]
        assert paper.title == plain(texts["title"])
        assert paper.abstract == plain(re.sub(r"^arXiv:.*\nAbstract: ", "", abstract))


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def test_versions_are_told_apart_f14(shared: Path) -> None:
    """F14: the version stands in the guid."""
    body = (shared / "data/arxiv_rss/msudars_rss_combined_2026-09-24.xml").read_bytes()
    papers = {str(p.id): p for p in parse_rss(body, announce=ANNOUNCE_TYPES).papers}
    assert {key: paper.version for key, paper in papers.items()} == {
        "2609.26811": 1, "2609.26820": 1, "2205.06398": 2, "2009.13987": 3,
    }  # fmt: skip
    announced = datetime(2026, 9, 24, 4, tzinfo=UTC)
    assert papers["2609.26811"].published_at == announced
    assert (papers["2009.13987"].published_at, papers["2009.13987"].updated_at) == (None, announced)


def test_latex_in_authors_names_is_read(shared: Path) -> None:
    body = (shared / "data/arxiv_rss/tidedra_atom_csAI_2025-08-20.xml").read_bytes()
    names = {a for p in parse_rss(body, announce=ANNOUNCE_TYPES).papers for a in p.authors}
    assert "Paulo André Lima de Castro" in names


@pytest.mark.parametrize(
    "text",
    ["0", "a < b and c > d", "Let's <think> about <script>x</script>", "$k$NN & more &amp; ©é–"],
)
def test_titles_and_abstracts_keep_what_looks_like_markup(text: str) -> None:
    paper = only(feed(item(title=text, abstract=text)))
    assert (paper.title, paper.abstract) == (plain(text), plain(text))


def test_an_old_style_guid_is_read() -> None:
    paper = only(feed(item(guid="oai:arXiv.org:hep-th/9901001v3")))
    assert (str(paper.id), paper.version) == ("hep-th/9901001", 3)


def test_id_and_version_come_from_the_abstracts_head_where_the_guid_has_none() -> None:
    assert str(only(feed(item(guid="https://example.org/1"))).id) == "2604.21935"


def test_authors_are_parted_at_commas_but_not_before_a_suffix_or_in_brackets() -> None:
    names = "Ann Lee, Bo Ray, Jr., Cy Fox (MIT, USA), Dee O&apos;Neil, (for the X, Y Collaboration)"
    more = f"<arxiv:announce_type>new</arxiv:announce_type><dc:creator>{names}</dc:creator>"
    assert only(feed(item(more=more))).authors == (
        "Ann Lee", "Bo Ray, Jr.", "Cy Fox (MIT, USA)", "Dee O'Neil", "(for the X, Y Collaboration)",
    )  # fmt: skip


def test_the_head_names_the_kind_where_the_element_is_missing() -> None:
    assert only(feed(item(more="")), announce=frozenset({"new"})).authors == ()


def test_f13_an_empty_abstract_and_a_withdrawal_are_noticed() -> None:
    assert only(feed(item(abstract=""))).abstract == ""
    assert only(feed(item(abstract="This paper has been withdrawn by the author."))).withdrawn


def test_f8_a_bad_item_is_quarantined_and_the_others_go_on() -> None:
    bad = item(title="", guid="oai:arXiv.org:2604.00009v1")
    nameless = "<item><title>Advertisement</title><guid>x</guid></item>"
    answer = parse_rss(feed(item(), bad, nameless), announce=ANNOUNCE_TYPES)
    assert [str(p.id) for p in answer.papers] == ["2604.21935"]
    assert [q.where for q in answer.quarantined] == ["2604.00009", "item 3"]


def test_f9_a_feed_of_other_things_is_broken_and_no_quiet_day() -> None:
    with pytest.raises(SourceBroken, match="no readable item"):
        parse_rss(feed("<item><title>Ads</title></item>"))


def test_a_feed_without_a_date_is_broken() -> None:
    with pytest.raises(SourceBroken, match="of which day"):
        parse_rss(feed(item(), date_line="<pubDate>soon</pubDate>"))


def test_a_paper_announced_twice_counts_once() -> None:
    assert only(feed(item(), item(title="Again"))).title == "A Title"


def test_the_day_is_the_feeds_own_wherever_the_clock_stands() -> None:
    evening = "<pubDate>Sun, 26 Apr 2026 20:00:00 -0400</pubDate>"  # already Monday in UTC
    assert parse_rss(feed(date_line=evening)).announced == date(2026, 4, 26)


def test_a_feed_in_many_parts_is_read_whole_and_in_order() -> None:
    ids = [f"2604.{n:05d}" for n in range(1, 131)]
    answer = parse_rss(feed(*(item(guid=f"oai:arXiv.org:{i}v1") for i in ids)))
    assert [str(paper.id) for paper in answer.papers] == ids


@pytest.mark.parametrize(
    "body",
    [b"", b"<!DOCTYPE html><html></html>", b"Rate exceeded.", b"[]", b"<opml/>", b"rss_parse.py"],
)
def test_f9_what_is_no_feed_is_broken(body: bytes) -> None:
    with pytest.raises(SourceBroken):
        parse_rss(body)


@pytest.mark.parametrize("name", [name for name in FEEDS if "rss/" in name])
def test_f16_a_feed_cut_anywhere_is_broken(shared: Path, name: str) -> None:
    body = (shared / "data" / name).read_bytes().rstrip()
    chance = random.Random(16)
    for cut in {chance.randrange(len(body)) for _ in range(200)}:
        with pytest.raises(SourceBroken):
            parse_rss(body[:cut])


def test_a_damaged_feed_raises_nothing_but_broken(shared: Path) -> None:
    body = (shared / "data/arxiv_rss/tidedra_atom_csAI_2025-08-20.xml").read_bytes()
    chance = random.Random(9)
    for _ in range(200):
        damaged = bytearray(body)
        damaged[chance.randrange(len(body))] = chance.randrange(256)
        try:
            parse_rss(bytes(damaged))
        except SourceBroken:
            continue
