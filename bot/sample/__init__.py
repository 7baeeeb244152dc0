"""A day of six papers to try everything on, without a token or the network.

Only data that this project wrote belongs here, and the functions that hand it out as bytes or text;
parsing is the business of ``bot.sources`` and ``summarizer.markdown``.

``daily_papers.json`` has the shape of Hugging Face's ``GET /api/daily_papers``. In it

- *facts* are the ids, titles, authors, dates of publication, links to code and project pages,
  organisations, and every figure in an abstract;
- *our own words* are the abstracts (each says so in its last sentence) and the keywords;
- *made up* are the day (none of these papers was new on it), its order, upvotes, comments and who
  submitted them.

``digest.zh.md`` and ``digest.en.md`` hold the four parts of four of the papers, written by hand
from these abstracts; the scores are the writer's own. The other two are left to be quoted.
"""

from datetime import date
from importlib.resources import files

# A Friday: Hugging Face lists no papers on weekends.
DAY = date(2026, 11, 20)


def daily_papers() -> bytes:
    """The day's list as Hugging Face would answer it, UTF-8 JSON."""
    return files(__name__).joinpath("daily_papers.json").read_bytes()


def digest(language: str) -> str:
    """The hand-written four-part Markdown in ``zh`` or ``en``.

    Raises:
        FileNotFoundError: the sample has none in this language.
    """
    return files(__name__).joinpath(f"digest.{language}.md").read_text("utf-8")
