"""A text into the lines that everything here reads."""

from bot.domain.text import collapse


def lines_of(text: str) -> list[str]:
    """Lines with white space collapsed and without hidden characters.

    Only line feeds and carriage returns part lines, as in Markdown; Unicode's other separators are
    white space.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [collapse(line) if line else line for line in lines]
