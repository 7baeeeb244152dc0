"""What is let through to the XML parsers, and what a refusal says (F9, F16, T9)."""

import pytest

from bot.domain.errors import SourceBroken
from bot.sources.xml_gate import check_xml
from bot.sources.xml_split import split_feed

ROOTS = frozenset({"rss", "feed"})
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<rss><channel><title>&b;</title></channel></rss>"
)

REFUSED = {
    "empty body": (b"", "empty body"),
    "white space": (b" \r\n", "empty body"),
    "HTML page": (b"<!DOCTYPE html><html><body>Hi</body></html>", "an HTML page"),
    "HTML page without doctype": (b"<html><body/></html>", "an HTML page"),
    "sloppy HTML page": (b"<html><br><p>Rate exceeded", "an HTML page"),
    "plain text": (b"Rate exceeded.", "plain text"),
    "JSON": (b'{"error": "limited"}', "JSON"),
    "binary": (b"\x1f\x8b\x08\x00garbage", "plain text or binary"),
    "another root": (b"<error>no</error>", "the root <error>"),
    "truncated": (b"<rss><channel><title>Ha", "breaks off"),
    "truncated in a tag": (b"<rss><channel><tit", "breaks off"),
    "truncated in CDATA": (b"<rss><![CDATA[ab", "breaks off"),
    "truncated in a character": ("<rss>é".encode()[:-1], "breaks off"),
    "mismatched tags": (b"<rss><a></b></rss>", "not well-formed"),
    "two documents": (b"<rss/><rss/>", "not well-formed"),
    "entity bomb": (_BOMB, "a document type declaration"),
    "external entity": (
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
        "a document type declaration",
    ),
    "undeclared entity": (b"<rss>&nbsp;</rss>", "undefined entity"),
    "another encoding": (b'<?xml version="1.0" encoding="latin-1"?><rss>\xe9</rss>', "latin-1"),
    "bytes that are no UTF-8": (b"<rss>\xe9</rss>", "not well-formed"),
    "undeclared prefix": (b"<rss><dc:title/></rss>", "unbound prefix"),
}


@pytest.mark.parametrize(("body", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_f9_f16_t9_what_is_no_feed_is_refused_with_what_it_is(body: bytes, reason: str) -> None:
    with pytest.raises(SourceBroken) as refusal:
        check_xml(body, roots=ROOTS)
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("body", "root"),
    [
        (b"<rss/>", "rss"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n<rss><channel/></rss>\n", "rss"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "feed"),
        (b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>', "feed"),
    ],
)
def test_a_whole_document_passes_by_its_roots_local_name(body: bytes, root: str) -> None:
    assert check_xml(body, roots=ROOTS) == root


def test_a_feed_is_split_into_feeds_that_together_hold_every_item() -> None:
    head, tail = b"<rss><channel><title>&lt;item></title>", b"<pubDate/></channel></rss>"
    items = [f"<item a='{n}'><t>é <![CDATA[</item>]]></t></item>".encode() for n in range(7)]
    parts = list(split_feed(head + b"\n".join(items) + tail, item="item", size=3))
    assert [count for _, count in parts] == [3, 3, 1]
    assert parts[2][0] == head + items[6] + tail
    assert b"".join(items[3:6]) in parts[1][0]


def test_a_feed_without_items_comes_back_whole() -> None:
    assert list(split_feed(b"<rss><channel/></rss>", item="item", size=3)) == [
        (b"<rss><channel/></rss>", 0)
    ]


@pytest.mark.parametrize(
    "body",
    [b"<rss>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</rss>", b"<item><item/></item>"],
    ids=["deep", "item in item"],
)
def test_t9_absurd_nesting_is_refused(body: bytes) -> None:
    with pytest.raises(SourceBroken):
        list(split_feed(body, item="item", size=3))


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><a><item>1</item></a><b><item>2</item></b></rss>",
        b"<feed><item>1</item><feed></feed><a><item>2</item></a></feed>",
        b"<rss><a><item>1</item></a><a><item>2</item></a></rss>",
    ],
)
def test_t9_items_apart_from_each_other_are_refused(body: bytes) -> None:
    """Cut at the items, such a feed would come apart in the middle of an element."""
    with pytest.raises(SourceBroken, match="nests"):
        list(split_feed(body, item="item", size=1))
