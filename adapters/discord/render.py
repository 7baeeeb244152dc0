"""A post as Discord messages: one embed with buttons, more only where one cannot hold it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.discord.components import PER_ROW, ROWS, buttons, spread
from adapters.discord.embeds import (
    ALL_TEXTS,
    AUTHOR,
    DESCRIPTION,
    FIELD_NAME,
    FIELD_VALUE,
    FOOTER,
    TITLE,
    Embed,
    Field,
)
from adapters.discord.links import EMBED_URL, usable
from adapters.discord.markdown_escape import escape, escaped_units, units, visible
from adapters.discord.message import CONTENT, DiscordMessage
from adapters.discord.selects import select_menus
from adapters.discord.split import Block, Line, pack
from adapters.plain import keyword_line, plain_blocks, split_text
from bot.domain.post import Link, Post, Rating, Section

# Posts that an adapter keeps rendered, a day's: one that goes to many chats is rendered once.
RENDERED = 128
# From the lowest recommendation to which a colour applies; colour-blind safe (Okabe and Ito 2008).
_COLOURS = ((4.5, 0x009E73), (3.5, 0x56B4E9), (2.5, 0xE69F00), (0.0, 0x999999))
_UNRATED = 0x5865F2
# Three scores are usual; what is longer or more goes into the description.
_RATING_FIELDS = 6
_RATING_LABEL = 60
# Fields leave the description at least half of an embed.
_FOLDED_FIELDS = 1500
_ELLIPSIS = "…"
# An embed's address may get a mark behind it (adapters.discord.marks).
_MARKABLE = EMBED_URL - 64


def render(post: Post, *, plain: bool = False) -> Sequence[DiscordMessage]:
    """One or more messages, in order; nothing of the post is lost.

    ``plain`` has no link, no button and no markup, for a chat whose filters took offence (F52).
    """
    return _plain(post) if plain else _embedded(post)


def _plain(post: Post) -> Sequence[DiscordMessage]:
    unlinked = replace(post, url="", links=())
    blocks = [[Line(text) for text in block.split("\n")] for block in plain_blocks(unlinked)]
    return tuple(
        DiscordMessage(
            content=text,
            title=visible(post.title),
            part=part,
            silent=post.silent,
            gather=visible(post.gather),
        )
        for part, text in enumerate(pack(blocks, CONTENT))
    )


def _embedded(post: Post) -> Sequence[DiscordMessage]:
    menus = select_menus(post.selects)
    room = max(0, ROWS - len(menus)) * PER_ROW
    shown, others = buttons(post.links, post.actions, room=room)
    under = spread(menus, shown)
    head, blocks = _head(post, others)
    footer, rest = _footer(post)
    room = ALL_TEXTS - units(footer)
    limit = min(DESCRIPTION, room)
    texts = pack([*blocks, *rest], limit, first=min(limit, room - head.size)) or ("",)
    further = (_ELLIPSIS,) * (len(under) - len(texts))
    embeds = [Embed(description=text, colour=head.colour) for text in (*texts, *further)]
    under += [((), ())] * (len(embeds) - len(under))
    embeds[0] = replace(head, description=texts[0])
    embeds[-1] = replace(embeds[-1], footer=footer)
    return tuple(
        DiscordMessage(
            embed=embed,
            menus=here,
            buttons=pressed,
            title=visible(post.title),
            part=part,
            address=usable(post.url, _MARKABLE) or "",
            silent=post.silent,
            gather=visible(post.gather),
        )
        for part, (embed, (here, pressed)) in enumerate(zip(embeds, under, strict=True))
    )


def _head(post: Post, others: Sequence[Link]) -> tuple[Embed, Sequence[Block]]:
    """The first embed without its description, and the description's blocks."""
    title, rest = _title(post.title)
    signals = " · ".join(filter(None, map(visible, post.signals)))
    rated = _ratings(post.ratings)
    fields, folded = _folded(post.sections)
    embed = Embed(
        title=title,
        url=usable(post.url, _MARKABLE) if title else None,
        colour=_colour(post.ratings),
        author=signals if units(signals) <= AUTHOR else "",
        fields=(*rated, *fields),
        # Beside an embed this is what a preview of the page would show.
        thumbnail=usable(post.image_url, EMBED_URL) if post.previews else None,
    )
    blocks = (
        rest,
        () if embed.author else _block(signals),
        () if rated else _block(_rating_line(post.ratings)),
        *(_section(section) for section in post.sections if section not in folded),
        _block(visible(keyword_line(post.keywords))),
        tuple(_link(link) for link in others),
    )
    return embed, blocks


def _title(text: str) -> tuple[str, Block]:
    """The title, and what of it is too long for one."""
    shown = visible(text)
    if escaped_units(shown) <= TITLE:
        return escape(shown), ()
    first = split_text(shown, TITLE - 1, measure=escaped_units)[0]
    return escape(first) + _ELLIPSIS, _block(_ELLIPSIS + shown[len(first) :].strip())


def _colour(ratings: Sequence[Rating]) -> int:
    """By the recommendation, which is the last score."""
    if not ratings:
        return _UNRATED
    return next((c for least, c in _COLOURS if ratings[-1].value >= least), _UNRATED)


def _ratings(ratings: Sequence[Rating]) -> tuple[Field, ...]:
    """Scores beside each other, or nothing where they do not fit."""
    fields = tuple(
        Field(escape(rating.label), f"{rating.value:g}/5", inline=True) for rating in ratings
    )
    fit = all(1 <= units(field.name) <= _RATING_LABEL for field in fields)
    return fields if fit and len(fields) <= _RATING_FIELDS else ()


def _rating_line(ratings: Sequence[Rating]) -> str:
    return " · ".join(f"{visible(rating.label)} {rating.value:g}/5" for rating in ratings)


def _folded(sections: Sequence[Section]) -> tuple[tuple[Field, ...], Sequence[Section]]:
    """Fields for folded sections, after everything else, and the sections that became one."""
    fields: list[Field] = []
    taken: list[Section] = []
    room = _FOLDED_FIELDS
    for section in sections:
        if not section.folded:
            continue
        lines = _section(replace(section, label=""))
        field = Field(escape(section.label), "\n".join(line.written() for line in lines))
        size = units(field.name) + units(field.value)
        fits = 1 <= units(field.name) <= FIELD_NAME and 1 <= units(field.value) <= FIELD_VALUE
        if fits and size <= room:
            fields.append(field)
            taken.append(section)
            room -= size
    return tuple(fields), taken


def _section(section: Section) -> Block:
    return tuple(_section_lines(section))


def _section_lines(section: Section) -> Iterator[Line]:
    if label := visible(section.label):
        yield Line(label, "**", "**")
    urls = section.urls or ("",) * len(section.lines)
    for text, url in zip(section.lines, urls, strict=True):
        if shown := visible(text):
            address = usable(url, EMBED_URL) or ""
            yield Line(shown, "- " if section.bulleted else "", url=address)


def _link(link: Link) -> Line:
    """A link that could be no button: in the text."""
    if url := usable(link.url, EMBED_URL):
        return Line(visible(link.label) or url, url=url)
    return Line(f"{visible(link.label)}: {visible(link.url)}")


def _footer(post: Post) -> tuple[str, Sequence[Block]]:
    """The footer, or blocks for the description where it is too long."""
    lines = [shown for line in post.footer if (shown := visible(line))]
    footer = "\n".join(lines)
    return (footer, ()) if units(footer) <= FOOTER else ("", (tuple(map(Line, lines)),))


def _block(text: str) -> Block:
    return (Line(text),) if text else ()
