"""20 kB of anything is judged in linear time (T1)."""

import time

import pytest

from bot.domain.errors import SummaryMalformed
from summarizer.answer import Asked, read_answer
from summarizer.chat import ChatReply
from summarizer.checks.figures import read_source, unfounded_figures
from summarizer.checks.links import without_foreign_links
from summarizer.checks.sentences import ends_whole
from summarizer.checks.tongue import in_tongue, tongue_of
from summarizer.ladder import Rung
from summarizer.languages import load_wording

SIZE = 20_000
# Seconds for one check of one text. The slowest takes 0.5 s for 10,000 figures on two busy cores;
# anything quadratic takes minutes.
BUDGET = 8.0
PIECES = [
    "9", "1,", "1,111", "1^", "a1", "a-", "百", "十分", "one ", "one-", "hundred ", "a.b.", "[",
    "[a](", "<a ", "<a href=", "http://", "a@", "a.", "1/", "1e", "$1", "\\textbf{", "² ", "①",
    "三分之", "tens of ", "7B-", "1×", "~1", "2 to ", "'", "…", "。", "e.g.", "data:", "xn--",
    "www.", "](",
    "1.2.3.", "00 ", "ａ", "👍", "\u0301", " ", "(1)", "://a.com/", "a.com ",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_no_pattern_backtracks_on_a_hostile_text_t1(piece: str) -> None:
    text = (piece * (SIZE // len(piece) + 1))[:SIZE]
    tongue = tongue_of("zh")
    assert tongue is not None
    started = time.process_time()
    unfounded_figures(text, read_source("7B, 1 and 2 and 10%"))
    without_foreign_links(text, ())
    ends_whole(text, tongue)
    in_tongue([text], tongue)
    assert time.process_time() - started < BUDGET


@pytest.mark.parametrize("rung", Rung)
def test_f65_an_answer_of_absurd_length_is_not_even_looked_at(rung: Rung) -> None:
    asked = Asked("this", load_wording("en"), lambda text, words: pytest.fail("it was read"))
    with pytest.raises(SummaryMalformed, match="far too long"):
        read_answer(ChatReply(readable=True, content="a.com " * 100_000), rung, asked)
