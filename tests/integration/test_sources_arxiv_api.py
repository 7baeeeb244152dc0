"""arXiv's API, on a loopback server that answers for real papers as arXiv does."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.errors import SourceBroken, SourceLimited, SourceUnavailable
from bot.domain.paper_id import PaperId, PaperRef, parse_paper_ref
from bot.sources.arxiv_api import ArxivApi
from bot.sources.testing import ATOM, HTML, Asked, Canned, serving
from bot.store.memory import MemoryHttpCache
from bot.testing import VirtualClock

_ENTRY = re.compile(rb"<entry>.*?</entry>", re.DOTALL)
_ID = re.compile(rb"<id>https?://arxiv\.org/abs/(.+?)</id>")


@dataclass
class Arxiv:
    """Knows the entries it is given; ``script`` is used up first, a ``None`` in it is skipped."""

    entries: dict[PaperRef, bytes] = field(default_factory=dict[PaperRef, bytes])
    script: list[Canned | None] = field(default_factory=list[Canned | None])

    def know(self, folder: Path) -> None:
        for path in sorted(folder.glob("*.xml")):
            for entry in _ENTRY.findall(path.read_bytes()):
                if found := _ID.search(entry):
                    self.entries[parse_paper_ref(found[1].decode())] = entry

    def respond(self, asked: Asked) -> Canned:
        if self.script and (canned := self.script.pop(0)) is not None:
            return canned
        wanted = asked.query["id_list"].split(",")
        for text in wanted:
            if text == BAD:
                return complaint(f"incorrect id format for {text}")
        refs = [parse_paper_ref(text) for text in wanted]
        shown = [entry for ref in refs for entry in self._matching(ref)]
        return feed(*shown[: int(asked.query.get("max_results", 10))])

    def _matching(self, ref: PaperRef) -> list[bytes]:
        return [
            entry
            for known, entry in self.entries.items()
            if known.id == ref.id and ref.version in (None, known.version)
        ][-1:]


BAD = "2607.00001"


def feed(*entries: bytes, status: int = 200) -> Canned:
    return Canned(
        b'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        b'xmlns:arxiv="http://arxiv.org/schemas/atom"><id>https://arxiv.org/api/x</id>'
        b"<title>arXiv Query</title><updated>2026-04-12T22:09:36Z</updated>"
        + b"".join(entries)
        + b"</feed>",
        ATOM,
        status,
    )


def complaint(words: str, status: int = 400) -> Canned:
    entry = (
        f"<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title>"
        f"<summary>{words}</summary></entry>"
    )
    return feed(entry.encode(), status=status)


@dataclass
class Stage:
    arxiv: Arxiv
    api: ArxivApi
    asked: list[Asked]

    @property
    def batches(self) -> list[list[str]]:
        return [asked.query["id_list"].split(",") for asked in self.asked]


@pytest.fixture
async def stage(shared: Path) -> AsyncIterator[Stage]:
    arxiv = Arxiv()
    arxiv.know(shared / "data/arxiv_atom")
    clock = VirtualClock(datetime(2026, 8, 21, 12, tzinfo=UTC))
    cache = MemoryHttpCache()
    async with serving(arxiv.respond, clock=clock, cache=cache, paced=True) as (upstream, client):
        yield Stage(arxiv, ArxivApi(client, url=f"{upstream.base}/api/query"), upstream.asked)


async def test_every_real_paper_is_found_in_batches_that_ask_for_their_size_f12(
    stage: Stage,
) -> None:
    refs = [PaperRef(ref.id) for ref in stage.arxiv.entries]
    wanted = {ref.id for ref in refs}
    answer = await stage.api.look_up(refs)
    assert len(wanted) > 100
    assert set(answer.found) == wanted
    assert not answer.missing
    assert not answer.unanswered
    for asked, batch in zip(stage.asked, stage.batches, strict=True):
        assert asked.query["max_results"] == str(len(batch))
    assert [len(batch) for batch in stage.batches] == [100, len(wanted) - 100]
    gaps = [b.at - a.at for a, b in zip(stage.asked, stage.asked[1:], strict=False)]
    assert min(gaps) >= 3.0


async def test_a_version_that_was_named_is_asked_for_and_checked(stage: Stage) -> None:
    ref = parse_paper_ref("2104.12255v1")
    answer = await stage.api.look_up([ref])
    assert answer.found[ref.id].version == 1
    assert stage.batches == [["2104.12255v1"]]


async def test_another_version_than_the_named_one_is_not_taken_t11(stage: Stage) -> None:
    entry = stage.arxiv.entries[parse_paper_ref("2104.12255v1")]
    stage.arxiv.script = [feed(entry), feed(entry)]
    answer = await stage.api.look_up([parse_paper_ref("2104.12255v9")])
    assert not answer.found
    assert answer.missing == {PaperId("2104.12255")}


async def test_old_style_ids_are_asked_for_as_they_are(stage: Stage) -> None:
    answer = await stage.api.look_up([parse_paper_ref("quant-ph/0201082")])
    assert set(answer.found) == {PaperId("quant-ph/0201082")}


async def test_what_an_answer_lacks_is_asked_for_once_more_f12(stage: Stage) -> None:
    first, second = list(stage.arxiv.entries.items())[:2]
    stage.arxiv.script = [feed(first[1])]
    answer = await stage.api.look_up([PaperRef(first[0].id), PaperRef(second[0].id)])
    assert set(answer.found) == {first[0].id, second[0].id}
    assert stage.batches[1] == [str(second[0].id)]


async def test_an_unknown_id_is_missing_after_two_empty_answers(stage: Stage) -> None:
    answer = await stage.api.look_up([parse_paper_ref("0704.0009")])
    assert answer.missing == {PaperId("0704.0009")}
    assert len(stage.asked) == 2


async def test_one_of_two_is_found_and_the_other_missing_as_captured(
    stage: Stage, shared: Path
) -> None:
    folder = shared / "data/arxiv_atom"
    both = (folder / "arxivpy_id_0808.05394_1707.08567_s0_m100.xml").read_bytes()
    none = (folder / "arxivpy_id_0000.0000_s0_m100.xml").read_bytes()
    stage.arxiv.script = [Canned(both, ATOM), Canned(none, ATOM)]
    answer = await stage.api.look_up([parse_paper_ref("0808.0539"), parse_paper_ref("1707.08567")])
    assert set(answer.found) == {PaperId("1707.08567")}
    assert answer.missing == {PaperId("0808.0539")}


async def test_an_error_entry_is_no_paper_f11(stage: Stage, shared: Path) -> None:
    body = (shared / "data/arxiv_atom/arxivpy_id_abc_s0_m100.xml").read_bytes()
    for status in (400, 200):
        stage.arxiv.script = [Canned(body, ATOM, status)]
        answer = await stage.api.look_up([parse_paper_ref("2309.12307")])
        assert answer.missing == {PaperId("2309.12307")}
        assert not answer.found


async def test_one_bad_id_does_not_cost_the_others_f11(stage: Stage) -> None:
    good = [PaperRef(ref.id) for ref in list(stage.arxiv.entries)[:9]]
    answer = await stage.api.look_up([*good[:4], parse_paper_ref(BAD), *good[4:]])
    assert set(answer.found) == {ref.id for ref in good}
    assert answer.missing == {PaperId(BAD)}
    assert len(stage.asked) == 2


async def test_a_complaint_that_names_no_id_is_narrowed_down_f11(stage: Stage) -> None:
    refs = [PaperRef(ref.id) for ref in list(stage.arxiv.entries)[:4]]
    stage.arxiv.script = [complaint("incorrect id format")] * 2
    answer = await stage.api.look_up(refs)
    # The whole and its first half are refused; the second half answers, then the quarters.
    assert [len(batch) for batch in stage.batches] == [4, 2, 2, 1, 1]
    assert set(answer.found) == {ref.id for ref in refs}


async def test_another_complaint_leaves_the_papers_unanswered_f11(stage: Stage) -> None:
    stage.arxiv.script = [complaint("internal error"), None]
    refs = [parse_paper_ref("2309.12307"), parse_paper_ref("2309.12308")]
    answer = await stage.api.look_up(refs)
    assert set(answer.unanswered) == {ref.id for ref in refs}
    assert "internal error" in answer.unanswered[refs[0].id]


async def test_an_answer_for_another_id_is_never_taken_t11(stage: Stage) -> None:
    stage.arxiv.script = [feed(next(iter(stage.arxiv.entries.values())))]
    answer = await stage.api.look_up([parse_paper_ref("2309.12307")])
    assert not answer.found
    assert not answer.missing
    assert "nobody asked for" in answer.unanswered[PaperId("2309.12307")]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Canned(b"Rate exceeded.", HTML), id="F9 HTML"),
        pytest.param(Canned(b"<feed", ATOM), id="F16 truncated"),
        pytest.param(Canned(b"", ATOM), id="F16 empty"),
        pytest.param(Canned(b"<html/>", ATOM), id="F9 root"),
    ],
)
async def test_a_broken_answer_is_never_no_such_paper_f9_f16(stage: Stage, fault: Canned) -> None:
    stage.arxiv.script = [fault]
    with pytest.raises(SourceBroken):
        await stage.api.look_up([parse_paper_ref("2309.12307")])


async def test_an_outage_after_a_first_batch_keeps_that_batch_f10(stage: Stage) -> None:
    refs = [PaperRef(ref.id) for ref in stage.arxiv.entries]
    limited = Canned(status=429, headers={"Retry-After": "3600"})
    stage.arxiv.script = [None, limited]
    answer = await stage.api.look_up(refs)
    assert len(answer.found) == 100
    assert len(answer.found) + len(answer.unanswered) == len({ref.id for ref in refs})
    assert len(stage.asked) == 2


async def test_an_outage_is_not_tried_anew_for_every_batch_f1(stage: Stage) -> None:
    refs = [parse_paper_ref(f"2607.{number:05}") for number in range(1001, 1251)]
    stage.arxiv.script = [Canned(status=500)] * 20
    with pytest.raises(SourceUnavailable):
        await stage.api.look_up(refs)
    assert len(stage.asked) == 3


async def test_arxiv_limiting_us_is_said_with_its_time_f10(stage: Stage) -> None:
    stage.arxiv.script = [Canned(status=503, headers={"Retry-After": "3600"})]
    with pytest.raises(SourceLimited) as caught:
        await stage.api.look_up([parse_paper_ref("2309.12307")])
    assert caught.value.retry_after == 3600


async def test_nothing_asked_is_nothing_answered(stage: Stage) -> None:
    answer = await stage.api.look_up([])
    assert (answer.found, answer.missing, answer.unanswered, stage.asked) == ({}, set(), {}, [])


async def test_a_paper_asked_for_twice_is_asked_once(stage: Stage) -> None:
    ref = PaperRef(PaperId("2104.12255"))
    await stage.api.look_up([ref, PaperRef(ref.id, 1), ref])
    assert stage.batches == [["2104.12255"]]
