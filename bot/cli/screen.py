"""What the commands print on: papers to stdout, everything about the run to stderr."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console
from rich.text import Text

from adapters.console import ConsoleAdapter


class _Piped(Console):
    """A console whose reader may leave early (``sulan today | head``)."""

    def on_broken_pipe(self) -> None:
        """Rich would end the program here with exit code 1, as if something had failed."""
        raise BrokenPipeError


class Step(Protocol):
    """Called once for each piece of work that is done."""

    def __call__(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Screen:
    """Two consoles. Progress is a bar where stderr is a terminal, else plain lines."""

    out: Console = field(default_factory=lambda: _Piped(highlight=False))
    err: Console = field(default_factory=lambda: _Piped(stderr=True, highlight=False))

    def note(self, line: str) -> None:
        """One line about the run."""
        self.err.print(line, style="dim", markup=False, soft_wrap=True)

    def warn(self, line: str) -> None:
        """One line about what went wrong, and went on."""
        self.err.print(line, style="yellow", markup=False, soft_wrap=True)

    def heading(self, line: str) -> None:
        """A line above papers."""
        self.out.print(line, style="bold", markup=False)
        self.out.print()

    def line(self, line: str) -> None:
        """One line of output."""
        self.out.print(line, markup=False, soft_wrap=True)

    def signed(self, sign: str, style: str, line: str) -> None:
        """One line of output behind a sign that carries the colour."""
        self.out.print(Text.assemble((sign, style), " ", line), soft_wrap=True)

    def raw(self, text: str) -> None:
        """Text for another program, byte for byte."""
        self.out.file.write(text)
        self.out.file.flush()

    def adapter(self) -> ConsoleAdapter:
        """The console as a place to publish to."""
        return ConsoleAdapter(self.out)

    @contextmanager
    def progress(self, words: str, total: int) -> Generator[Step]:
        """Show that work goes on; the returned function marks one piece as done."""
        if not total:
            yield lambda: None
        elif self.err.is_terminal:
            with _bar(self.err, words, total) as step:
                yield step
        else:
            self.note(f"{words}: {total}")
            yield lambda: None
            self.note(f"{words}: done")


@contextmanager
def _bar(console: Console, words: str, total: int) -> Generator[Step]:
    from rich.progress import Progress  # noqa: PLC0415 - only where a bar is drawn

    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(words, total=total)
        yield lambda: progress.advance(task)
