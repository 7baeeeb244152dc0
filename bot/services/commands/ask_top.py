"""``/top``: the week's best by reactions here, by upvotes, and by score."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.post import Post, Section
from bot.ports import Tally
from bot.services.commands.asker_rows import AskerRows
from bot.services.commands.asking import Asker, Means
from bot.services.compose import page_of
from bot.services.finding.keys import TopList
from bot.services.finding.lists import list_line, opening
from bot.services.finding.rows import PaperRow
from bot.services.finding.top import WEEK, Best, Ranking, ReadBest


class AskTop:
    """Answers for the chat's sources, or else the given ones."""

    def __init__(self, means: Means, *, sources: Sequence[str]) -> None:
        self._clock = means.clock
        self._reading = ReadBest(means.store, means.clock)
        self._rows = AskerRows(means, sources=sources)

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        await self._reading.close()

    async def top(self, asker: Asker) -> Post:
        """Three short lists; a paper has one number wherever it stands.

        Raises:
            StoreError: the store cannot be read.
        """
        sources, languages = self._rows.sources(asker), self._rows.languages(asker)
        target = asker.chat.target if asker.chat else asker.command.target
        best = await self._reading.best(target, sources, languages)
        return top_post(best, asker, title=_title(asker, self._clock.now()))


def top_post(best: Best, asker: Asker, *, title: str) -> Post:
    """The lists, and for an empty one why it is."""
    numbered = _numbered(best)
    places = {row.paper.id: number for number, row in enumerate(numbered, start=1)}

    def line(row: PaperRow) -> str:
        return list_line(row, places[row.paper.id])

    say, ranking = asker.speech.say, best.ranking
    liked = [row for row, _ in best.reactions]
    votes = [f"{line(row)} · {_count(tally)}" for row, tally in best.reactions]
    upvotes = [f"{line(row)} · 👍 {row.paper.upvotes}" for row in ranking.upvotes]
    scores = [line(row) for row in ranking.scores]
    sections = (
        _section(say("By reactions here"), liked, votes, _no_reactions(asker)),
        _section(say("By upvotes"), ranking.upvotes, upvotes, _no_upvotes(ranking, asker)),
        _section(say("By score"), ranking.scores, scores, _no_scores(ranking, asker)),
    )
    language = asker.wording.language
    actions = opening(numbered, language, TopList())
    return Post(language, title, "", sections=sections, actions=actions)


def _count(tally: Tally) -> str:
    return f"+{tally.up} −{tally.down}" if tally.down else f"+{tally.up}"


def _numbered(best: Best) -> Sequence[PaperRow]:
    """Each paper once, in the order in which a reader meets them."""
    met = [*(row for row, _ in best.reactions), *best.ranking.upvotes, *best.ranking.scores]
    return list({row.paper.id: row for row in met}.values())


def _title(asker: Asker, now: datetime) -> str:
    first, last = (now - WEEK).date(), now.date()
    return asker.speech.say("The week's best · {first} to {last}", first=first, last=last)


def _section(label: str, rows: Sequence[PaperRow], lines: Sequence[str], why_none: str) -> Section:
    if not rows:
        return Section(label, (why_none,))
    return Section(label, tuple(lines), urls=tuple(page_of(row.paper) for row in rows))


def _no_reactions(asker: Asker) -> str:
    return asker.speech.say(
        "Nobody has reacted here in the last seven days. 👍 and 👎 stand under each paper."
    )


def _no_upvotes(ranking: Ranking, asker: Asker) -> str:
    if not ranking.listed:
        return _no_lists(asker)
    return asker.speech.say("None of these days' papers has any: only Hugging Face counts them.")


def _no_scores(ranking: Ranking, asker: Asker) -> str:
    if not ranking.listed:
        return _no_lists(asker)
    return asker.speech.say("None of these days' papers is rated: scores come from a model.")


def _no_lists(asker: Asker) -> str:
    return asker.speech.say("No list of the last seven days is stored yet.")
