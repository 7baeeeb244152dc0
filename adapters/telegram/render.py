"""A post as Telegram messages. Pure.

The first two lines decide: the title, then the signals. One screen: what is longer folds. The parts
are split before they become markup, so no message ever ends inside a tag.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.plain import keyword_line as plain_keywords
from adapters.telegram.addresses import bare, usable
from adapters.telegram.blocks import Block, Line, Span, Style
from adapters.telegram.buttons import columns, rows_of
from adapters.telegram.defuse import outside, parted
from adapters.telegram.hashtags import keyword_line
from adapters.telegram.html import to_html, to_plain
from adapters.telegram.message import TelegramMessage
from adapters.telegram.split import pack
from bot.domain.post import Post, Section
from bot.domain.text import collapse

# What a phone shows without scrolling: some 28 lines of 40 Latin or 20 Chinese characters.
_SCREEN_COLUMNS = 1100
_BULLET = Span("• ")
_APART = Span("   ")
# Telegram takes no empty message.
_NOTHING = Block(((Span("…"),),))


def render(post: Post, *, plain: bool = False) -> Sequence[TelegramMessage]:
    """One message, or as many as the text needs; buttons stand under the last, the preview of the
    post's page under the first. Nothing of the text is lost.

    An attachment follows as a file, in the place of the sections; a ``plain`` post has none.
    """
    if post.attachment is not None and not plain:
        told = replace(post, sections=(), attachment=None)
        file = TelegramMessage("", follows=True, silent=post.silent, document=post.attachment)
        return (*render(told), file)
    addresses = (post.url, *(link.url for link in post.links))
    own = {bare(url): url for url in addresses if usable(url)}
    parts = pack(_Writer(post, own, plain).blocks())
    preview = post.url if post.previews and usable(post.url) else ""
    last = len(parts) - 1
    return tuple(
        TelegramMessage(
            text=to_plain(part) if plain else to_html(part),
            html=not plain,
            preview="" if number else preview,
            buttons=rows_of(post) if number == last else (),
            follows=number > 0,
            silent=post.silent,
        )
        for number, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    post: Post
    own: Mapping[str, str]
    plain: bool

    def blocks(self) -> Sequence[Block]:
        """The message from top to bottom; no line is empty, and neither is the whole."""
        made = (self._head(), *self._sections(), self._question(), self._tail())
        return tuple(block for block in made if block.all_lines) or (_NOTHING,)

    def _head(self) -> Block:
        post = self.post
        title: list[Line] = [self._text(post.title, Style.BOLD)]
        if usable(post.url) and self.plain:
            title.append((Span(post.url),))
        elif usable(post.url):
            title = [self._link(post.title, post.url, Style.BOLD)]
        return _block([*title, self._signals()])

    def _signals(self) -> Line:
        """Scores at a glance, then the facts, three spaces in between."""
        ratings = " · ".join(f"{rating.label} {rating.value:g}" for rating in self.post.ratings)
        facts = [self._text(fact) for fact in (ratings, *self.post.signals)]
        spans = [span for fact in facts if fact for span in (_APART, *fact)]
        return tuple(spans[1:])

    def _sections(self) -> Iterator[Block]:
        used = columns(self.post.title)
        for number, section in enumerate(self.post.sections):
            if not section.lines:
                continue
            used += sum(map(columns, section.lines))
            long = used > _SCREEN_COLUMNS and number > 0 and not section.urls
            folded = (section.folded or long) and not self.plain
            lines = list(self._section_lines(section))
            yield _block(lines, label=self._text(section.label, Style.BOLD), folded=folded)

    def _section_lines(self, section: Section) -> Iterator[Line]:
        urls = section.urls or ("",) * len(section.lines)
        for text, url in zip(section.lines, urls, strict=True):
            linked = usable(url) and not self.plain
            line = self._link(text, url) if linked else self._text(text)
            yield (_BULLET, *line) if section.bulleted and line else line

    def _question(self) -> Block:
        """What a single select asks, unless the post says so already; several have headings."""
        post = self.post
        labels = [select.label for select in post.selects[:1] if len(post.selects) == 1]
        said = [section.label for section in post.sections]
        asked = [label for label in labels if label not in post.title and label not in said]
        return _block([self._text(label, Style.BOLD) for label in asked])

    def _tail(self) -> Block:
        if self.plain:
            keywords = self._text(plain_keywords(self.post.keywords))
        else:
            keywords = keyword_line(self.post.keywords, self.own)
        return _block([keywords, *(self._text(line, Style.ITALIC) for line in self.post.footer)])

    def _text(self, text: str, style: Style = Style.NONE) -> Line:
        if not self.plain:
            return outside(text, self.own, style)
        return (Span(parted(text)),) if collapse(text) else ()

    def _link(self, text: str, url: str, style: Style = Style.NONE) -> Line:
        return (Span(collapse(text), style, url),) if collapse(text) else ()


def _block(lines: Sequence[Line], *, label: Line = (), folded: bool = False) -> Block:
    return Block(tuple(line for line in lines if line), label, folded)
