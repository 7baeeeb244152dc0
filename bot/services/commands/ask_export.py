"""``/export``: what somebody saved, for a reference manager or for notes."""

from collections.abc import Sequence

from bot.domain.post import Attachment, Post, Section
from bot.services.commands.ask_saved import nobody, nothing_saved, person
from bot.services.commands.asker_rows import AskerRows
from bot.services.commands.asking import Asker, Means
from bot.services.commands.replies import notice
from bot.services.finding.bibtex import bibtex
from bot.services.finding.reading_list import reading_list

_BIBTEX = frozenset({"", "bibtex", "bib", "tex", "latex"})
_MARKDOWN = frozenset({"markdown", "md", "text", "txt"})


class AskExport:
    """Writes out what one person keeps; ``sources`` tell the days of papers."""

    def __init__(self, means: Means, *, sources: Sequence[str]) -> None:
        self._means = means
        self._rows = AskerRows(means, sources=sources)

    async def export(self, asker: Asker) -> Post:
        """All that the asker saved, the newest first, in the form that was asked for.

        Raises:
            StoreError: the store cannot be read.
        """
        say, form = asker.speech.say, asker.command.argument.strip().casefold()
        user = person(asker.command)
        if not user:
            return nobody(asker)
        if form not in _BIBTEX | _MARKDOWN:
            return notice(
                asker.wording,
                say("I can write what you saved in two forms: /export bibtex or /export markdown"),
            )
        rows = await self._rows.rows(await self._means.store.saved.of(user), asker)
        if not rows:
            return nothing_saved(asker)
        if form in _BIBTEX:
            return _file(bibtex([row.paper for row in rows]), "saved.bib", asker)
        return _file(reading_list(rows), "saved.md", asker)


def _file(entries: Sequence[str], name: str, asker: Asker) -> Post:
    """One section an entry, so that where it is text a message ends between two."""
    return Post(
        asker.wording.language,
        asker.speech.say_many("{count} saved paper", "{count} saved papers", len(entries)),
        "",
        sections=tuple(Section("", tuple(entry.split("\n"))) for entry in entries),
        attachment=Attachment(name, "\n\n".join(entries) + "\n"),
    )
