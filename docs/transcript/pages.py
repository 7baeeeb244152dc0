"""The document as it grows: what was done, and what was to be seen then."""

from dataclasses import dataclass, field

# A message's lines from then on are left out: what a paper looks like, the README shows.
_LINES = 26


@dataclass
class Record:
    """The document as it grows."""

    lines: list[str] = field(default_factory=list[str])

    def heading(self, text: str) -> None:
        """What follows is about something else."""
        self.lines.append(f"\n## {text}\n")

    def remark(self, text: str) -> None:
        """What is not to be seen in the messages."""
        self.lines.append(f"\n{text}\n")

    def did(self, text: str) -> None:
        """What the person does."""
        self.lines.append(f"\n**{text}**\n")

    def saw(self, text: str, *, mark: str = "") -> None:
        """What the bot shows then."""
        lines = text.splitlines()
        cut = [*lines[:_LINES], "…"] if len(lines) > _LINES else lines
        self.lines += ["```text", *([mark] if mark else []), *cut, "```"]
