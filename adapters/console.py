"""The terminal as a platform: what a chat would get, read at a prompt.

Rendering is pure (``render``); nothing is lost where there is no colour, no link support, or no
terminal at all.
"""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from adapters.wrapping import Paragraph
from bot.domain.post import Post, Rating, Section
from bot.domain.summary import Keyword
from bot.domain.target import Receipt, Target

_STARS = 5
# Text wider than this tires the eye, however wide the window is.
MAX_WIDTH = 100


class ConsoleAdapter:
    """Prints posts one under the other."""

    name = "console"

    def __init__(self, console: Console) -> None:
        self._console = console
        self._count = 0

    async def send(self, target: Target, post: Post) -> Receipt:
        """Print a post. The target's chat is the terminal, whatever it names."""
        self.show(post)
        return Receipt(f"{target.chat}:{self._count}")

    def show(self, post: Post) -> None:
        """Print a post under those before it."""
        self._count += 1
        width = min(self._console.width, MAX_WIDTH)
        clickable = self._console.is_terminal and not self._console.is_dumb_terminal
        shown = render(post, number=self._count, clickable=clickable)
        self._console.print(shown, width=width)


def render(post: Post, *, number: int | None = None, clickable: bool = True) -> RenderableType:
    """A post as the terminal shows it, wrapped by the console that prints it.

    Where links cannot be clicked (a pipe, a dumb terminal) their addresses are written out.
    """
    return Group(
        _title(post, number),
        *_signals(post),
        *(part for section in post.sections for part in _section(section)),
        *_keywords(post.keywords),
        *_links(post, clickable=clickable),
        *(Paragraph(line, style="dim italic") for line in post.footer),
        Rule(style="dim"),
    )


def _title(post: Post, number: int | None) -> RenderableType:
    lead = f"{number}. " if number is not None else ""
    return Paragraph(Text(post.title, Style(bold=True, link=post.url)), indent=0, lead=lead)


def _signals(post: Post) -> Iterable[RenderableType]:
    facts = [*(_rating(rating) for rating in post.ratings), *(Text(fact) for fact in post.signals)]
    return (Paragraph(Text("   ").join(facts)),) if facts else ()


def _rating(rating: Rating) -> Text:
    full, half = divmod(round(rating.value * 2), 2)
    stars = "★" * full + "½" * half
    return Text.assemble(
        f"{rating.label} ",
        (stars, "yellow"),
        ("☆" * (_STARS - full - half), "dim"),
        f" {rating.value:g}",
    )


def _section(section: Section) -> Iterable[RenderableType]:
    yield ""
    yield Paragraph(section.label, style="bold cyan")
    style = "dim" if section.folded else ""
    for line in section.lines:
        yield Paragraph(line, style=style, lead="• " if section.bulleted else "")


def _keywords(keywords: Iterable[Keyword]) -> Iterable[RenderableType]:
    words = [
        Text.assemble((word.term, "green"), f" ({word.translation})" if word.translation else "")
        for word in keywords
    ]
    return ("", Paragraph(Text(" · ").join(words))) if words else ()


def _links(post: Post, *, clickable: bool) -> Iterable[RenderableType]:
    yield ""
    if clickable:
        links = [
            Text(link.label, style=Style(underline=True, color="blue", link=link.url))
            for link in post.links
        ]
        yield Paragraph(Text("  ").join(links))
        return
    for line in (post.url, *(f"{link.label}: {link.url}" for link in post.links)):
        yield Text(f"  {line}", no_wrap=True, overflow="ignore")
