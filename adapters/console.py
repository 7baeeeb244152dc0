"""The terminal as a platform: what a chat would get, read at a prompt.

Rendering is pure (``render``); nothing is lost where there is no colour, no link support, or no
terminal at all.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from adapters.base import Message, Options, Pace
from adapters.wrapping import Paragraph
from bot.domain.delivery_errors import NotDelivered, OutcomeUnknown
from bot.domain.errors import SettingsError
from bot.domain.post import Post, Rating, Section
from bot.domain.summary import Keyword
from bot.domain.target import Receipt, Target
from bot.domain.text import without_hidden

_STARS = 5
# Text wider than this tires the eye, however wide the window is.
MAX_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Page:
    """A post as it will be printed: how it breaks into lines is the window's affair."""

    post: Post
    plain: bool = False


class ConsoleAdapter:
    """Prints posts one under the other, numbered."""

    def __init__(self, console: Console, *, name: str = "console") -> None:
        self.name = name
        self._console = console
        self._count = 0

    def pace(self, target: Target) -> Pace:  # noqa: ARG002 - the port's; a terminal takes all
        return Pace()

    def render(self, post: Post, *, plain: bool = False) -> Sequence[Page]:
        return (Page(post, plain),)

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:  # noqa: ARG002 - the port's; a terminal takes no key
        """Print a post. The target's chat is the terminal, whatever it names."""
        page: Page = message
        before = self._count
        try:
            self.show(page.post, plain=page.plain)
        except OSError as error:
            # A pipe whose reader has gone, a full disk: how much of it arrived is not known.
            raise OutcomeUnknown(f"standard output: {error.strerror}") from error
        except ValueError as error:
            self._count = before
            raise NotDelivered("standard output is closed") from error
        return Receipt(f"{target.chat}:{self._count}")

    def show(self, post: Post, *, plain: bool = False) -> None:
        """Print a post under those before it."""
        self._count += 1
        width = min(self._console.width, MAX_WIDTH)
        terminal = self._console.is_terminal and not self._console.is_dumb_terminal
        shown = render(post, number=self._count, clickable=terminal and not plain)
        if not plain:
            # A long address stands out over the edge rather than being cut.
            self._console.print(shown, width=width, crop=False)
            return
        buffer = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
        with buffer.capture() as capture:
            buffer.print(shown, crop=False)
        self._console.print(Text(capture.get()), end="", soft_wrap=True)


def create(options: Options) -> ConsoleAdapter:
    """The terminal that the program runs in. There are no options.

    Raises:
        SettingsError: there are some.
    """
    if options.values:
        names = ", ".join(sorted(options.values))
        raise SettingsError(
            f"The console has no options; remove from [adapters.{options.name}]: {names}."
        )
    return ConsoleAdapter(Console(highlight=False), name=options.name)


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
        *(Paragraph(_visible(line, "dim italic")) for line in post.footer),
        Rule(style="dim"),
    )


def _title(post: Post, number: int | None) -> RenderableType:
    lead = f"{number}. " if number is not None else ""
    style = Style(bold=True, link=post.url or None)
    return Paragraph(_visible(post.title, style), indent=0, lead=lead)


def _visible(text: str, style: Style | str = "") -> Text:
    """Text that cannot steer the terminal."""
    return Text(without_hidden(text), style)


def _signals(post: Post) -> Iterable[RenderableType]:
    facts = [*(_rating(rating) for rating in post.ratings), *map(_visible, post.signals)]
    return (Paragraph(Text("   ").join(facts)),) if facts else ()


def _rating(rating: Rating) -> Text:
    full, half = divmod(round(rating.value * 2), 2)
    stars = "★" * full + "½" * half
    return Text.assemble(
        without_hidden(f"{rating.label} "),
        (stars, "yellow"),
        ("☆" * (_STARS - full - half), "dim"),
        f" {rating.value:g}",
    )


def _section(section: Section) -> Iterable[RenderableType]:
    yield ""
    if section.label:
        yield Paragraph(_visible(section.label, "bold cyan"))
    dim = section.folded
    for line, url in zip_longest(section.lines, section.urls, fillvalue=""):
        style = Style(dim=dim, link=url or None)
        yield Paragraph(_visible(line, style), lead="• " if section.bulleted else "")


def _keywords(keywords: Iterable[Keyword]) -> Iterable[RenderableType]:
    words = [
        _visible(word.term, "green").append(
            _visible(f" ({word.translation})" if word.translation else "")
        )
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
    lines = (post.url, *(f"{link.label}: {link.url}" for link in post.links))
    for line in filter(None, lines):
        yield Text(f"  {without_hidden(line)}", no_wrap=True, overflow="ignore")
