"""What a model said, in its four parts, before anything of it is trusted."""

from dataclasses import dataclass

from bot.domain.summary import Keyword, Scores


@dataclass(frozen=True, slots=True)
class Draft:
    """Four parts as they were read from an answer, any of which may be empty or wrong.

    Texts may hold surplus white space, bullets, hidden characters and links; ``summarizer.checks``
    cleans and judges them. ``scores`` is ``None`` where the answer gave none.
    """

    main_work: str
    highlights: tuple[str, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    scores: Scores | None = None
