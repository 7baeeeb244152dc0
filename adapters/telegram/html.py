"""Blocks as text: in the HTML that Telegram's parser takes, or without markup."""

from collections.abc import Iterable
from html import escape

from adapters.telegram.blocks import Block, Line, Span, Style, text_of

# Between two blocks: a blank line.
GAP = "\n\n"
_ELEMENTS = ((Style.ITALIC, "i"), (Style.BOLD, "b"), (Style.CODE, "code"))


def to_html(blocks: Iterable[Block]) -> str:
    """Markup of ``b i code a blockquote`` and nothing else (Bot API, "HTML style")."""
    return GAP.join(_block(block) for block in blocks)


def to_plain(blocks: Iterable[Block]) -> str:
    """What a reader sees, and nothing else."""
    return GAP.join("\n".join(map(text_of, block.all_lines)) for block in blocks)


def _block(block: Block) -> str:
    text = "\n".join(_line(line) for line in block.all_lines)
    return f"<blockquote expandable>{text}</blockquote>" if block.folded else text


def _line(line: Line) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    text = escape(span.text, quote=False)
    if span.url:
        text = f'<a href="{escape(span.url)}">{text}</a>'
    for style, element in _ELEMENTS:
        if span.style & style:
            text = f"<{element}>{text}</{element}>"
    return text
