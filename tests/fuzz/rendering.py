"""Whatever a post holds: both platforms take it, and nothing in it can be followed or pings."""

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

from adapters.discord.message import DiscordMessage
from adapters.discord.render import render as discord_render
from adapters.plain import plain_text
from adapters.telegram.blocks import units
from adapters.telegram.message import TelegramMessage
from adapters.telegram.render import render as telegram_render
from adapters.telegram.split import MAX_ENTITIES, MAX_UNITS
from bot.domain.post import Action, Choice, Link, Post, Rating, Section, Select
from bot.domain.summary import Keyword
from tests.fuzz.deal import Deal, dealt
from tests.fuzz.target import Target, require

OWN = ("https://arxiv.org/abs/2309.12307", "https://huggingface.co/papers/2309.12307")
_TAGS = {"b", "i", "a", "code", "blockquote"}
# Unescaped, any of these has an effect on Discord.
_EFFECT = re.compile(r"(?<!\\)(?:\\\\)*(?:@|<[@#:/at]|`|\|\||https?://)")
_MENTION = re.compile(r"(?<![A-Za-z0-9_])@[A-Za-z]")
_OURS = re.compile(r"\[[^\n]*?\]\(<(?P<url>[^<>\s]*)>\)")
_NASTY = (
    "@everyone", "@here", "<@1>", "<@&1>", "<#1>", "</x:1>", "<t:1>", "<:a:1>", "@name", "/start",
    "#tag", "$AAPL", "https://evil.example/", "evil.com", "a@b.co", "tg://user?id=1", "t.me/x",
    "[x](https://e.example)", "](", "discord.gg/x", "**", "__", "~~", "||", "`", "```", "> ", "# ",
    "- ", "1. ", "<b>", "</b>", "&lt;", "&amp;", "</blockquote>", "<a href=x>", "\\", "\u202e",
    "\u200b", "\u2066", "\u200d", "👩\u200d🔬", "🏳️\u200d🌈", "。", "中文", "\n", "1.2.3.4", "xn--",
    "\U000e0041", "\u180e", "e\u0301", "𝒜", ":", "//",
)  # fmt: skip


class _Page(HTMLParser):
    """Telegram's HTML taken apart: which elements and addresses, and whether they nest."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.entities = 0
        self.text: list[str] = []
        self.loose: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        require(tag in _TAGS, f"an element that Telegram does not take: {tag[:20]}")
        self.addresses += [value or "" for name, value in attrs if name == "href"]
        self.open.append(tag)
        self.entities += 1

    def handle_endtag(self, tag: str) -> None:
        require(bool(self.open) and self.open.pop() == tag, "elements nest")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if not {"a", "code"} & set(self.open):
            self.loose.append(data)


def check_posts(post: Post, own: Iterable[str]) -> None:
    """Render the post for everybody, and look at what comes out."""
    allowed = {*own, post.url, *(link.url for link in post.links)}
    for plain in (False, True):
        messages = telegram_render(post, plain=plain)
        require(bool(messages), "something is sent")
        for message in messages:
            _check_telegram(message, allowed)
        for sent in discord_render(post, plain=plain):
            _check_discord(sent, allowed)
    plain_text(post).encode()


def _check_telegram(message: TelegramMessage, allowed: set[str]) -> None:
    buttons = [button for row in message.buttons for button in row]
    require(all(b.url in allowed for b in buttons if b.url), "buttons lead to the paper's pages")
    require(all(1 <= len(b.key.encode()) <= 64 for b in buttons if not b.url), "keys fit")
    require(message.preview in (*allowed, ""), "only the paper's page is previewed")
    if message.document is not None:
        require(not message.text, "a file goes without a text")
        return
    if not message.html:
        require(0 < units(message.text) <= MAX_UNITS, "a message fits")
        return
    check_html(message.text, allowed)


def check_html(text: str, allowed: set[str]) -> None:
    """A text in Telegram's HTML: well-formed, of its elements, leading nowhere else."""
    page = _Page()
    page.feed(text)
    page.close()
    require(not page.open, "every element is closed")
    require(set(page.addresses) <= allowed, "only the paper's own pages are linked")
    require(0 < units("".join(page.text)) <= MAX_UNITS, "a message fits")
    require(page.entities <= MAX_ENTITIES, "all its entities count")
    for loose in page.loose:
        require("://" not in loose and not _MENTION.search(loose), "nothing loose can be tapped")


def _check_discord(message: DiscordMessage, allowed: set[str]) -> None:
    check_payload(message.payload(), allowed)


def check_payload(payload: dict[str, Any], allowed: set[str]) -> None:
    """A message as Discord is sent it: within its limits, without a ping, leading nowhere else."""
    json.dumps(payload).encode()
    require(payload["allowed_mentions"] == {"parse": []}, "nobody is pinged")
    embeds: list[dict[str, Any]] = payload["embeds"]
    require(sum(map(_embed_size, embeds)) <= 6000, "embeds fit")
    require(units(payload["content"]) <= 2000, "a message fits")
    _without_effect(payload["content"], allowed)
    for embed in embeds:
        for text in _markdown_of(embed):
            _without_effect(text, allowed)
        _check_embed(embed, allowed)


def _check_embed(embed: dict[str, Any], allowed: set[str]) -> None:
    require(len(embed.get("title") or "") <= 256, "a title fits")
    require(units(embed.get("description") or "") <= 4096, "a description fits")
    require(embed.get("url") in (*allowed, None), "the title leads to the paper's page")
    fields: list[dict[str, Any]] = embed.get("fields") or []
    require(len(fields) <= 25, "fields fit")
    for field in fields:
        require(1 <= len(field["name"]) <= 256 and 1 <= len(field["value"]) <= 1024, "a field fits")


def _embed_size(embed: dict[str, Any]) -> int:
    fields: list[dict[str, Any]] = embed.get("fields") or []
    footer: dict[str, str] = embed.get("footer") or {}
    author: dict[str, str] = embed.get("author") or {}
    texts = [embed.get("title"), embed.get("description"), footer.get("text"), author.get("name")]
    texts += [text for field in fields for text in (field["name"], field["value"])]
    return sum(units(text or "") for text in texts)


def _markdown_of(embed: dict[str, Any]) -> Iterator[str]:
    yield embed.get("title") or ""
    yield embed.get("description") or ""
    for field in embed.get("fields") or ():
        yield field["name"]
        yield field["value"]


def _without_effect(text: str, allowed: set[str]) -> None:
    """Our own links aside, everything that means something to Discord is escaped."""
    urls = [match["url"] for match in _OURS.finditer(text)]
    require(set(urls) <= allowed, "only the paper's own pages are linked")
    bare = _OURS.sub("", text)
    found = _EFFECT.search(bare)
    require(found is None, f"something has an effect: {bare[:200]!r}")


def _post(deal: Deal) -> Post:
    texts = deal.texts
    sections = tuple(
        Section(deal.text(200), tuple(texts(4)), bulleted=deal.coin(), folded=deal.coin())
        for _ in range(deal.below(4))
    )
    return Post(
        language=deal.one_of(("en", "zh")),
        title=deal.text(1200),
        url=deal.one_of(("", OWN[0])),
        ratings=tuple(Rating(text, deal.below(11) / 2) for text in texts(3, 100)),
        signals=tuple(texts(3, 300)),
        sections=sections,
        keywords=tuple(Keyword(t, deal.text(80) or None) for t in texts(5, 80) if t.strip()),
        links=tuple(Link(text, deal.one_of(OWN)) for text in texts(3, 100)),
        actions=tuple(Action(text, f"key:{n}") for n, text in enumerate(texts(6, 100))),
        selects=_selects(deal),
        footer=tuple(texts(3, 500)),
        silent=deal.coin(),
        previews=deal.coin(),
        gather=deal.text(120),
    )


def _selects(deal: Deal) -> tuple[Select, ...]:
    return tuple(
        Select(
            f"set:{n}",
            deal.text(60),
            tuple(Choice(deal.text(60), str(m), chosen=deal.coin()) for m in range(1 + n)),
            several=deal.coin(),
        )
        for n in range(deal.below(4))
    )


def _render(data: bytes) -> None:
    check_posts(_post(Deal(data)), OWN)


def _seeds() -> Iterator[bytes]:
    for text in ("A title", "@everyone see https://evil.example/", "中文，标题。<b>&amp;"):
        yield b"\1" + dealt(text, text, text, text) * 3


TARGETS = (Target("render", _render, 6, _seeds, _NASTY, longest=4096, stall=0.5),)
