"""Where sentences end, and that nothing is lost on the way."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.extractive_baseline import real_papers
from summarizer.sentences import split_sentences

# "¦" stands where a sentence begins.
_TEXTS = {
    "e.g.": "We use large models, e.g. GPT-4, for this.",
    "i.e.": "They fail, i.e. Transformers do not converge.",
    "et al. with a year": "It follows Vaswani et al. (2017) closely. ¦We differ.",
    "year and bracket": "As was shown (Hu et al., 2023). ¦We go on.",
    "et al. before a name": "Methods by Hu et al. LoRA among them are cheap.",
    "et al. at an end": "We follow Vaswani et al. ¦We differ in one point.",
    "figure": "The result (see Fig. 3) is clear. ¦Fig. 4 shows more.",
    "section": "Sec. 4 proves it. ¦No. 7 is open.",
    "no": "The answer is no. ¦We show why.",
    "versus": "We compare RLHF vs. DPO on it.",
    "decimals": "It gains 0.5 points at 1.7x. ¦Then 3.2 more.",
    "version at an end": "It beats GPT-4. ¦Llama 3.1 comes close.",
    "address": "Code is at https://github.com/a/b. ¦See https://a.b/c.html for more.",
    "address opens": "Here is the code. ¦https://github.com/a/b",
    "initials": "The test of J. R. Smith is used.",
    "country": "We study the U.S. Senate. ¦It votes.",
    "ellipsis inside": "It goes on ... and on.",
    "ellipsis at an end": "It goes on... ¦Then it ends.",
    "stray ellipsis": "We use mails, etc. ... ¦To this end, we go.",
    "quotation": 'It says "I do not know." ¦We ask again.',
    "quoted inside": "The prompt “Stop. Think again.” helps.",
    "brackets": "It works (as in Fig. 2. Note the scale.) well. ¦Yes.",
    "bracketed sentence": "It works. ¦(We checked. Twice.) ¦Yes.",
    "stray bracket": f"We do 2) and (. ¦{'It is long. ¦' * 40}Then b) too.",
    "one sentence": "Nothing ends here",
    "no final stop": "This ends. ¦This does not",
    "lower-case name": "It is fast. ¦vLLM is faster.",
    "question inside": "What is it? we ask.",
    "enumeration": "1. Collect the data. ¦2. Train the model.",
    "listed": "There are two parts. ¦(i) Claims are checked. ¦(ii) Articles too.",
    "no space after": "It learns human motions.¦In this paper we go on.",
    "dotted name": "It runs on Node.js and SD3.5.Turbo now.",
    "bold": "We call it **Sulan.** ¦It works.",
    "chinese": "我们提出了新方法。¦它真的有效吗？¦实验表明有效！",
    "chinese brackets": "该方法（见图 3。注意比例）有效。¦完。",
    "chinese and english": "我们比较 GPT-4。 ¦It wins. ¦结束",
    "ascii stop in chinese": "方法有效.¦实验充分.",
    "wide quotation": "他说：“好。”¦我们同意。",
    "empty": "",
}


@pytest.mark.parametrize("marked", _TEXTS.values(), ids=_TEXTS.keys())
def test_sentences_end_where_a_reader_ends_them(marked: str) -> None:
    expected = tuple(piece for piece in marked.split("¦") if piece)
    assert split_sentences(marked.replace("¦", "")) == expected


_MARKS = st.sampled_from(
    [*".!?。！？…()[]（）“”「」\"' \n", "e.g. ", "et al. ", "Fig. 3", "We ", "。"]
)


@given(st.lists(st.one_of(_MARKS, st.text(max_size=8)), max_size=60).map("".join))
def test_joining_the_sentences_gives_the_text_back(text: str) -> None:
    sentences = split_sentences(text)
    assert "".join(sentences) == text
    assert all(sentences)


def test_real_abstracts_come_back_whole_and_in_several_sentences(shared: Path) -> None:
    papers = real_papers(shared)
    pieces = {paper.id: split_sentences(paper.abstract) for paper in papers}
    assert all("".join(pieces[paper.id]) == paper.abstract for paper in papers)
    # The shortest and the longest sentence tell a cut abbreviation from a missed end.
    lengths = [len(piece) for parts in pieces.values() for piece in parts]
    assert min(lengths) > 20
    assert max(lengths) < 900
    assert all(len(parts) >= 4 for parts in pieces.values())


@pytest.mark.parametrize("unit", [".", "(", ". A", "()", "e.g. ", "A word. ", "。", "(a. "])
def test_a_text_of_20_kb_takes_no_time_whatever_it_holds(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    started = time.perf_counter()
    assert "".join(split_sentences(text)) == text
    # A few milliseconds; what grows with the square of the length would take many seconds.
    assert time.perf_counter() - started < 1
