"""Answers of arXiv's API, real ones and damaged ones."""

import random
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from bot.domain.errors import SourceBroken
from bot.sources.atom_parse import AtomFeed, parse_atom
from bot.sources.plaintext import plain

_ATOM = "{http://www.w3.org/2005/Atom}"


def answer(*entries: str, space: str = "http://www.w3.org/2005/Atom") -> bytes:
    return (
        f'<feed xmlns="{space}" xmlns:arxiv="http://arxiv.org/schemas/atom"><title>q</title>'
        f"{''.join(entries)}</feed>"
    ).encode()


def entry(**changes: str) -> str:
    fields = {
        "id": "http://arxiv.org/abs/2104.12255v2",
        "title": "A Title",
        "summary": "An abstract.",
        "published": "2021-04-25T20:59:40Z",
        "updated": "2021-05-01T00:00:00Z",
    } | changes
    elements = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in fields.items() if text)
    return f"<entry>{elements}<author><name>Ann Lee</name></author></entry>"


@pytest.fixture(scope="session")
def answers(shared: Path) -> dict[str, bytes]:
    paths = sorted((shared / "data/arxiv_atom").glob("*.xml"))
    return {path.stem: path.read_bytes() for path in paths}


def test_every_real_answer_is_read_whole_and_in_order(answers: dict[str, bytes]) -> None:
    assert len(answers) == 21
    for name, body in answers.items():
        found = parse_atom(body)
        raw = list(ET.fromstring(body).iter(f"{_ATOM}entry"))
        if name == "arxivpy_id_abc_s0_m100":
            continue
        assert found.quarantined == ()
        assert len(found.papers) == len(raw)
        for paper, element in zip(found.papers, raw, strict=True):
            assert f"/{paper.id}v{paper.version}" in (element.findtext(f"{_ATOM}id") or "")
            assert paper.title == plain(element.findtext(f"{_ATOM}title") or "")
            assert paper.abstract == plain(element.findtext(f"{_ATOM}summary") or "")
            assert len(paper.authors) == len(element.findall(f"{_ATOM}author"))
            assert paper.categories
            assert paper.published_at is not None
            assert paper.updated_at is not None
            assert paper.published_at <= paper.updated_at


def test_a_title_of_one_zero_is_a_title(answers: dict[str, bytes]) -> None:
    titles = {p.title for body in answers.values() for p in parse_atom(body).papers}
    assert "0" in titles


def test_old_style_ids_are_read(answers: dict[str, bytes]) -> None:
    (paper,) = parse_atom(answers["arxivpy_id_astro-ph_0601001_s0_m100"]).papers
    assert (str(paper.id), paper.version) == ("astro-ph/0601001", 1)


def test_f11_an_error_entry_is_an_error_and_no_paper(answers: dict[str, bytes]) -> None:
    found = parse_atom(answers["arxivpy_id_abc_s0_m100"])
    assert found == AtomFeed((), "incorrect id format for abc")


def test_an_unknown_id_is_an_empty_answer(answers: dict[str, bytes]) -> None:
    assert parse_atom(answers["arxivpy_id_0000.0000_s0_m100"]) == AtomFeed(())


def test_f12_one_of_two_asked_is_one(answers: dict[str, bytes]) -> None:
    found = parse_atom(answers["arxivpy_id_0808.05394_1707.08567_s0_m100"])
    assert [str(paper.id) for paper in found.papers] == ["1707.08567"]


def test_published_is_the_first_version_and_updated_this_one() -> None:
    (paper,) = parse_atom(answer(entry())).papers
    assert paper.version == 2
    assert paper.published_at == datetime(2021, 4, 25, 20, 59, 40, tzinfo=UTC)
    assert paper.updated_at == datetime(2021, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["a < b > c", "Let's <think>", "x & y &amp; z", "R\u00e9nyi – 大"])
def test_titles_keep_what_looks_like_markup(text: str) -> None:
    assert parse_atom(answer(entry(title=text))).papers[0].title == text


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": "This paper has been withdrawn due to an error."},
        {"arxiv:comment": "This paper has been withdrawn by the authors"},
    ],
    ids=["abstract", "comment"],
)
def test_f13_a_withdrawal_is_noticed(changes: dict[str, str]) -> None:
    assert parse_atom(answer(entry(**changes))).papers[0].withdrawn


def test_f8_missing_fields_degrade_the_paper() -> None:
    (paper,) = parse_atom(answer(entry(summary="", published="", updated="soon"))).papers
    assert (paper.abstract, paper.published_at, paper.updated_at) == ("", None, None)


def test_f8_a_bad_entry_is_quarantined_and_the_others_go_on() -> None:
    found = parse_atom(
        answer(entry(id="http://arxiv.org/abs/2104.00001v1", title=""), entry(id="x"), entry())
    )
    assert [q.where for q in found.quarantined] == ["2104.00001", "entry 2"]
    assert [str(paper.id) for paper in found.papers] == ["2104.12255"]


def test_an_answer_in_many_parts_is_read_whole_and_in_order() -> None:
    ids = [f"2104.{n:05d}" for n in range(1, 131)]
    found = parse_atom(answer(*(entry(id=f"http://arxiv.org/abs/{i}v1") for i in ids)))
    assert [str(paper.id) for paper in found.papers] == ids


BROKEN = {
    "empty": b"",
    "HTML": b"<!DOCTYPE html><html></html>",
    "text": b"Rate exceeded.",
    "JSON": b"{}",
    "RSS": b"<rss/>",
    "another feed": answer(entry(), space="http://example.org/"),
    "other entries": answer("<entry><id>x</id></entry>"),
    "bomb": b'<!DOCTYPE feed [<!ENTITY a "b">]><feed>&a;</feed>',
    "deep": b"<feed>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</feed>",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_f9_t9_what_is_no_answer_is_broken(body: bytes) -> None:
    with pytest.raises(SourceBroken):
        parse_atom(body)


def test_f16_an_answer_cut_anywhere_is_broken(answers: dict[str, bytes]) -> None:
    chance = random.Random(16)
    for body in answers.values():
        whole = body.rstrip()
        for cut in {chance.randrange(len(whole)) for _ in range(20)}:
            with pytest.raises(SourceBroken):
                parse_atom(whole[:cut])


def test_a_damaged_answer_raises_nothing_but_broken(answers: dict[str, bytes]) -> None:
    body = answers["arxivpy_q_testing_s0_m10"]
    chance = random.Random(9)
    for _ in range(200):
        damaged = bytearray(body)
        damaged[chance.randrange(len(body))] = chance.randrange(256)
        try:
            parse_atom(bytes(damaged))
        except SourceBroken:
            continue
