"""The table of words, which each database keeps in its own way; ``paper_index.number`` is its key.

SQLite: an FTS5 table whose tokens are ours, for its ``ascii`` tokenizer splits at spaces and leaves
all else as it is. PostgreSQL: two tsvectors written out by us, so that none of its dictionaries and
parsers has a say.
"""

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from bot.store.search_text import Phrase
from bot.store.searchable import Searchable

NAME = "paper_words"

CREATE: Mapping[str, Sequence[str]] = {
    "sqlite": ("CREATE VIRTUAL TABLE paper_words USING fts5 (title, rest, tokenize = 'ascii')",),
    "postgresql": (
        """
        CREATE TABLE paper_words
        (number bigint PRIMARY KEY, title tsvector NOT NULL, words tsvector NOT NULL)
        """,
        "CREATE INDEX ix_paper_words_title ON paper_words USING gin (title)",
        "CREATE INDEX ix_paper_words_words ON paper_words USING gin (words)",
    ),
}

# Parameters: ``number``, and what ``row`` makes.
WRITE: Mapping[str, sa.TextClause] = {
    "sqlite": sa.text(
        "INSERT OR REPLACE INTO paper_words (rowid, title, rest) VALUES (:number, :title, :rest)"
    ),
    "postgresql": sa.text(
        """
        INSERT INTO paper_words (number, title, words)
        VALUES (:number, CAST(:title AS tsvector), CAST(:rest AS tsvector))
        ON CONFLICT (number) DO UPDATE SET title = excluded.title, words = excluded.words
        """
    ),
}

# The latest papers first, and no more than so many of them, so that a word which is in every paper
# costs no more than others. Those with all words in their title come first, then the best by the
# database's own measure, a word of the title counting for more; equals by the newer.
FIND: Mapping[str, sa.TextClause] = {
    "sqlite": sa.text("""
        WITH titled AS (
            SELECT rowid AS number, 1 AS titled, -bm25(paper_words, 4.0, 1.0) AS score
            FROM paper_words WHERE paper_words MATCH :title ORDER BY rowid DESC LIMIT :most
        ), any_where AS (
            SELECT rowid AS number, 0 AS titled, -bm25(paper_words, 4.0, 1.0) AS score
            FROM paper_words WHERE paper_words MATCH :any ORDER BY rowid DESC LIMIT :most
        ), found AS (
            SELECT * FROM titled UNION ALL
            SELECT * FROM any_where WHERE number NOT IN (SELECT number FROM titled)
        )
        SELECT paper_id FROM found JOIN paper_index USING (number)
        ORDER BY titled DESC, score DESC, newest DESC, paper_id DESC LIMIT :most
    """),
    # Words are looked up one by one first, for an index does not know where they stand; the latest
    # papers that hold them all are unpacked until there are enough with the phrases.
    "postgresql": sa.text("""
        WITH titled AS (
            SELECT number FROM paper_words
            WHERE title @@ CAST(:any AS tsquery) ORDER BY number DESC LIMIT :most
        ), likely AS (
            SELECT number FROM paper_words
            WHERE words @@ CAST(:each AS tsquery) ORDER BY number DESC OFFSET 0
        ), any_where AS (
            SELECT number FROM likely CROSS JOIN LATERAL (
                SELECT words FROM paper_words AS unpacked
                WHERE unpacked.number = likely.number OFFSET 0
            ) AS one
            WHERE words @@ CAST(:any AS tsquery) ORDER BY number DESC LIMIT :most
        ), found AS (
            SELECT number, 1 AS titled FROM titled UNION ALL
            SELECT number, 0 FROM any_where WHERE number NOT IN (SELECT number FROM titled)
        )
        SELECT paper_id FROM found JOIN paper_index USING (number) JOIN paper_words USING (number)
        ORDER BY titled DESC, ts_rank(words, CAST(:any AS tsquery), 1) DESC, newest DESC,
            paper_id DESC LIMIT :most
    """),
}


def row(dialect: str, paper: Searchable) -> dict[str, str]:
    """A paper's words in the form that the database takes."""
    if dialect == "sqlite":
        return {"title": " ".join(paper.title), "rest": " ".join(paper.rest)}
    rest = enumerate(paper.rest, start=len(paper.title) + 2)  # no phrase reaches over the gap
    places = [(word, f"{place}A") for place, word in enumerate(paper.title, start=1)]
    return {
        "title": _vector(places),
        "rest": _vector([*places, *((word, str(place)) for place, word in rest)]),
    }


def query(dialect: str, phrases: Sequence[Phrase]) -> dict[str, str]:
    """What to look for in titles and anywhere, in the database's language."""
    if dialect == "sqlite":
        wanted = " AND ".join(_fts5(phrase) for phrase in phrases)
        return {"title": f"title : ({wanted})", "any": wanted}
    each = (word for one in phrases for word in _each(one))
    return {
        "any": " & ".join(_tsquery(phrase) for phrase in phrases),
        "each": " & ".join(_tsquery(word) for word in each),
    }


# Words hold letters, marks and digits alone: nothing to escape.
def _fts5(phrase: Phrase) -> str:
    return '"' + " ".join(phrase.words) + '"' + "*" * phrase.open_end


def _each(phrase: Phrase) -> Iterator[Phrase]:
    *first, last = phrase.words
    yield from (Phrase((word,)) for word in first)
    yield Phrase((last,), phrase.open_end)


def _tsquery(phrase: Phrase) -> str:
    return "(" + " <-> ".join(f"'{word}'" for word in phrase.words) + ":*" * phrase.open_end + ")"


def _vector(places: Sequence[tuple[str, str]]) -> str:
    gathered: dict[str, list[str]] = {}
    for word, place in places:
        gathered.setdefault(word, []).append(place)
    return " ".join(f"'{word}':{','.join(at)}" for word, at in gathered.items())
