"""A post in the forms that apprise's services take: HTML, Markdown (CommonMark), plain text."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from adapters.plain import keyword_line, signal_line
from bot.domain.post import Link, Post, Section
from bot.domain.text import collapse


class Form(StrEnum):
    """A form of text, by apprise's name for it (``apprise.NotifyFormat``)."""

    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class AppriseMessage:
    """A post that takes its form when the service is known. ``plain`` is text for every service."""

    post: Post
    plain: bool = False

    @property
    def title(self) -> str:
        """The title as a subject line."""
        return collapse(self.post.title)

    def body(self, form: Form, *, titled: bool) -> str:
        """All of the post; ``titled`` where the title stands elsewhere already."""
        style = _STYLES[form]
        return style.blank.join(
            style.newline.join(block) for block in _blocks(self.post, style, titled=titled) if block
        )

    def fits_as_title(self, form: Form) -> bool:
        """Whether the title holds nothing that some service might take for markup there (T4)."""
        return form is Form.TEXT or not _MARKUP.search(self.title)


@dataclass(frozen=True, slots=True)
class _Style:
    escape: Callable[[str], str]
    bold: Callable[[str], str]
    link: Callable[[str, str], str]
    newline: str
    blank: str


# T3: with an invisible character in it no service takes this for a mention of everybody.
_MENTION = re.compile(r"(?<=@)(?=everyone|here|channel|all|room)|(?<=<)(?=[!@#]|at\b)", re.I)
_JOINER = "\u2060"
# What could be markup in a title, whatever the service; and what is in CommonMark and the dialects
# that apprise makes of it. No more: some services show the backslash.
_MARKUP = re.compile(r"[\\`*_\[\]<>~|#@&]")
_COMMONMARK = re.compile(
    r"[\\`*_\[\]]|~(?=~)|(?<=~)~|\|(?=\|)|(?<=\|)\||<(?=[\w/!?\u2060])|&(?=#?\w+;)"
)
_BLOCK_START = re.compile(r"^(\d+)([.)])|^([-+=#>])")


def _harmless(text: str) -> str:
    return _MENTION.sub(_JOINER, collapse(text))


def _html_text(text: str) -> str:
    return html.escape(_harmless(text))


def _markdown_text(text: str) -> str:
    return _BLOCK_START.sub(r"\1\\\2\3", _COMMONMARK.sub(r"\\\g<0>", _harmless(text)))


def _markdown_link(label: str, url: str) -> str:
    return f"[{label}]({url.replace('(', '%28').replace(')', '%29')})"


_STYLES = {
    Form.HTML: _Style(
        escape=_html_text,
        bold=lambda text: f"<b>{text}</b>",
        link=lambda label, url: f'<a href="{html.escape(url)}">{label}</a>',
        newline="<br/>\n",
        blank="<br/>\n<br/>\n",
    ),
    Form.MARKDOWN: _Style(
        escape=_markdown_text,
        bold=lambda text: f"**{text}**",
        link=_markdown_link,
        newline="  \n",  # CommonMark's hard break
        blank="\n\n",
    ),
    Form.TEXT: _Style(
        escape=_harmless,
        bold=lambda text: text,
        link=lambda label, url: f"{label}: {url}",
        newline="\n",
        blank="\n\n",
    ),
}


def _blocks(post: Post, style: _Style, *, titled: bool) -> Iterator[list[str]]:
    yield _head(post, style, titled=titled)
    if signals := style.escape(signal_line(post, gap=" · ")):
        yield [signals]
    for section in post.sections:
        yield list(_section(section, style))
    if keywords := style.escape(keyword_line(post.keywords)):
        yield [keywords]
    yield [_link(link, style) for link in post.links]
    yield [style.escape(line) for line in post.footer if line.strip()]


def _head(post: Post, style: _Style, *, titled: bool) -> list[str]:
    """Without a title, its page by name, in the place where the title would be."""
    if titled:
        page = Link(post.url.partition("://")[2].partition("/")[0], post.url)
        return [_link(page, style)] if post.url else []
    title = style.bold(style.escape(post.title))
    if not post.url:
        return [title]
    if style is _STYLES[Form.TEXT]:
        return [title, post.url]
    return [style.link(title, post.url)]


def _section(section: Section, style: _Style) -> Iterator[str]:
    if section.label.strip():
        yield style.bold(style.escape(section.label))
    for line in section.lines:
        if line.strip():
            yield f"{'• ' if section.bulleted else ''}{style.escape(line)}"


def _link(link: Link, style: _Style) -> str:
    return style.link(style.escape(link.label), link.url)
