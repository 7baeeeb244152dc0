"""Every form in which people paste an arXiv id, and everything that is none (F66)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InvalidPaperId
from bot.domain.paper_id import MAX_INPUT, PaperId, PaperRef, parse_paper_ref

PASTED = {
    "2309.12307": "2309.12307",
    "0704.0001": "0704.0001",
    "1412.9999": "1412.9999",
    "1501.00001": "1501.00001",
    "2309.12307v2": "2309.12307v2",
    "arXiv:2309.12307v2": "2309.12307v2",
    "ARXIV: 2309.12307": "2309.12307",
    "  2309.12307\n": "2309.12307",
    "<https://arxiv.org/abs/2309.12307>": "2309.12307",
    "(2309.12307).": "2309.12307",
    "`2309.12307`": "2309.12307",
    "https://arxiv.org/abs/2309.12307v1": "2309.12307v1",
    "http://www.arxiv.org/pdf/2309.12307.pdf": "2309.12307",
    "arxiv.org/pdf/2309.12307v3": "2309.12307v3",
    "https://arxiv.org/html/2309.12307v1#S2": "2309.12307v1",
    "https://export.arxiv.org/abs/2309.12307?context=cs": "2309.12307",
    "http://arxiv.org/abs/hep-th/9901001v1": "hep-th/9901001v1",
    "https://huggingface.co/papers/2309.12307": "2309.12307",
    "hf.co/papers/2309.12307/": "2309.12307",
    "https://huggingface.co/papers/2309.12307?utm=x#comments": "2309.12307",
    "https://huggingface.co/papers/2309.12307.md": "2309.12307",
    "https://www.alphaxiv.org/abs/2309.12307": "2309.12307",
    "https://doi.org/10.48550/arXiv.2309.12307": "2309.12307",
    "hep-th/9901001": "hep-th/9901001",
    "math.GT/0309136": "math/0309136",
    "cond-mat/0703470v2": "cond-mat/0703470v2",
    "２３０９．１２３０７": "2309.12307",
    "\u200b2309.\u200f12307\ufeff": "2309.12307",
}

GARBAGE = {
    "nothing": "",
    "space": " \t ",
    "word": "paper",
    "id of nine digits": "2309.1230",
    "five digits before 2015": "1412.12345",
    "four digits after 2014": "1501.0001",
    "six digits": "2309.123070",
    "month 13": "2313.00001",
    "month 0": "2300.00001",
    "before the grammar": "0703.0001",
    "number zero": "2309.00000",
    "version zero": "2309.12307v0",
    "endless version": "2309.12307v99999",
    "two ids": "2309.12307 2309.12308",
    "id and words": "2309.12307 please",
    "old id after 2007": "hep-th/0704001",
    "old id before 1991": "hep-th/9107001",
    "old id with month 13": "hep-th/9913001",
    "another host": "https://evil.example/abs/2309.12307",
    "look-alike host": "https://arxiv.org.evil.example/abs/2309.12307",
    "credentials": "https://arxiv.org@evil.example/abs/2309.12307",
    "path traversal": "https://arxiv.org/abs/../2309.12307",
    "local file": "file:///etc/passwd",
    "SQL": "2309.12307'; DROP TABLE papers; --",
    "header": "2309.12307\r\nHost: evil",
    "null byte": "2309.12307\x00",
    "query of another id": "&id_list=2309.12307",
    "comma list": "2309.12307,2309.12308",
    "other digits": "२३०९.१२३०७",
    "markup": "<b>2309.12307</b>",
    "ten kilobytes": "2309.12307" * 1000,
    "ten kilobytes of spaces": " " * 10_000 + "2309.12307",
    "float": "2309.12307e5",
    "negative": "-2309.12307",
}


@pytest.mark.parametrize(("text", "expected"), PASTED.items())
def test_what_people_paste_is_read(text: str, expected: str) -> None:
    assert str(parse_paper_ref(text)) == expected


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE.keys())
def test_f66_garbage_is_refused_in_one_short_printable_line(text: str) -> None:
    with pytest.raises(InvalidPaperId) as refusal:
        parse_paper_ref(text)
    message = str(refusal.value)
    assert "2309.12307 or hep-th/9901001" in message
    assert len(message) < 200
    assert message.isprintable()


@given(st.text(max_size=400))
def test_f66_any_text_is_either_an_id_or_refused(text: str) -> None:
    try:
        ref = parse_paper_ref(text)
    except InvalidPaperId:
        return
    assert parse_paper_ref(str(ref)) == ref


def _new(year: int, month: int, number: int) -> str:
    return f"{year:02d}{month:02d}.{number:05d}"


def _old(archive: str, year: int, month: int, number: int) -> str:
    return f"{archive}/{year % 100:02d}{month:02d}{number:03d}"


_MONTHS = st.integers(1, 12)
_NEW = st.builds(_new, st.integers(15, 99), _MONTHS, st.integers(1, 99_999))
_ARCHIVES = st.sampled_from(["hep-th", "math", "cs", "astro-ph", "q-bio"])
_OLD = st.builds(_old, _ARCHIVES, st.integers(1992, 2006), _MONTHS, st.integers(0, 999))
_AROUND = st.sampled_from(
    ["{}", "arXiv:{}", "https://arxiv.org/abs/{}", "arxiv.org/pdf/{}.pdf", " <{}> "]
)


@given(st.one_of(_NEW, _OLD), st.none() | st.integers(1, 9999), _AROUND)
def test_every_id_survives_every_wrapping(value: str, version: int | None, around: str) -> None:
    ref = PaperRef(PaperId(value), version)
    assert parse_paper_ref(around.format(ref)) == ref


@given(_NEW)
def test_a_new_style_id_is_told_from_an_old_one(value: str) -> None:
    assert PaperId(value).is_new_style
    assert not PaperId("hep-th/9901001").is_new_style


@pytest.mark.parametrize("text", ["2309.12307v2", "arXiv:2309.12307", " 2309.12307", "x"])
def test_an_id_is_built_from_its_canonical_form_only(text: str) -> None:
    with pytest.raises(InvalidPaperId):
        PaperId(text)


@pytest.mark.parametrize("text", ["a-" * 150, "arxiv:" + " " * 290, "a." * 149, "1" * MAX_INPUT])
def test_f66_reading_takes_no_time_whatever_is_sent(text: str) -> None:
    start = time.process_time()
    with pytest.raises(InvalidPaperId):
        parse_paper_ref(text)
    assert time.process_time() - start < 0.1
