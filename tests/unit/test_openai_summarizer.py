"""At most two answers a paper: what becomes of every kind of answer (F19-F22, F26)."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from bot.domain.errors import (
    BudgetSpent,
    InvalidInput,
    ModelBusy,
    ModelUnusable,
    SummaryCutOff,
    SummaryError,
    SummaryFiltered,
    SummaryMalformed,
    SummaryRefused,
)
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import FindingKind, Origin
from bot.store.memory import MemoryLedger
from bot.testing import VirtualClock
from summarizer.budget import Budget, DailyLimit
from summarizer.chat import ChatReply, OfferedModel
from summarizer.line import ModelLine
from summarizer.markdown import read_entry
from summarizer.openai import OpenAISummarizer
from summarizer.openai_errors import KeyRefused, NotOffered, OptionRefused
from summarizer.openai_options import OpenAIOptions
from summarizer.prompting import PROMPT_VERSION
from summarizer.secret import Secret
from summarizer.testing import ScriptedEndpoint, Step, entry_json, reply

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OPTIONS = OpenAIOptions(model="m", base_url="http://127.0.0.1:1/v1", max_output_tokens=1000)
PAPER = Paper(
    PaperId("2309.12307"),
    "LongLoRA: Efficient Fine-tuning of Long-Context Large Language Models",
    "We present LongLoRA, an efficient fine-tuning approach that extends the context sizes of "
    "pre-trained large language models, with limited computation cost. It extends 7B models from "
    "4k context to 100k on a single 8x A100 machine.",
)
SOUND = entry_json(
    "The paper presents LongLoRA, an efficient way to fine-tune large language models for longer "
    "contexts. It extends 7B models from a context of 4k to 100k on one machine with eight A100."
)
# A figure that the abstract does not hold (F26).
INVENTED = entry_json(
    "The paper presents LongLoRA, an efficient way to fine-tune large language models for longer "
    "contexts. It reaches an accuracy of 97.31% and extends 7B models from 4k to 100k."
)
TWO_INVENTED = INVENTED.replace("It is simple", "At a cost of 1234 dollars, it is simple")
CUT = reply('{"main_work": "The paper', finish="length")
REFUSED = replace(reply(""), refused=True)
FILTERED = reply("", finish="content_filter")
HTML = ChatReply(readable=False)


class Setup:
    """A summariser on a script."""

    def __init__(self, *steps: Step, limit: DailyLimit | None = None, models: object = ()) -> None:
        offered = cast("list[OfferedModel]", models)
        self.endpoint = ScriptedEndpoint(*steps, models=offered)
        self.ledger = MemoryLedger()
        clock = VirtualClock(NOON)
        budget = Budget(self.ledger, clock=clock, limit=limit or DailyLimit())
        line = ModelLine(OPTIONS, endpoint=self.endpoint, budget=budget, clock=clock)
        self.summarizer = OpenAISummarizer(
            line, clock=clock, read_text=lambda text, wording: read_entry(text, wording).draft
        )

    def turns(self, call: int) -> list[Mapping[str, str]]:
        """The messages of a request."""
        return cast("list[Mapping[str, str]]", self.endpoint.bodies[call]["messages"])


async def test_a_sound_answer_is_published_with_its_provenance() -> None:
    setup = Setup(reply(SOUND))
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert summary.paper_id == PAPER.id
    assert summary.main_work.startswith("The paper presents LongLoRA")
    assert summary.scores is not None
    assert summary.findings == ()
    where = summary.provenance
    assert (where.origin, where.model, where.prompt, where.created_at) == (
        Origin.MODEL,
        "m",
        PROMPT_VERSION,
        NOON,
    )
    assert len(setup.endpoint.bodies) == 1


GOOD = reply(SOUND)
RETRIED = [
    pytest.param(REFUSED, SummaryRefused, id="F19 refusal"),
    pytest.param(CUT, SummaryCutOff, id="F20 cut off at the token limit"),
    pytest.param(FILTERED, SummaryFiltered, id="F21 content filter"),
    pytest.param(reply("Sorry, no JSON today."), SummaryMalformed, id="F22 not JSON"),
    pytest.param(reply(SOUND[:-30]), SummaryMalformed, id="F22 broken JSON"),
    pytest.param(reply('{"summary": "x"}'), SummaryMalformed, id="F22 wrong shape"),
    pytest.param(reply(""), SummaryMalformed, id="F22 empty content"),
    pytest.param(reply("  \n "), SummaryMalformed, id="F22 blank content"),
    pytest.param(reply(entry_json("")), SummaryMalformed, id="F22 empty part"),
    pytest.param(reply(entry_json("x", highlights=[])), SummaryMalformed, id="F22 no highlights"),
    pytest.param(HTML, SummaryMalformed, id="F22 no chat completion"),
    pytest.param(SummaryMalformed("the SDK failed"), SummaryMalformed, id="F22 unreadable"),
]


@pytest.mark.parametrize(("bad", "error"), RETRIED)
async def test_a_bad_answer_is_asked_for_once_more(bad: Step, error: type[SummaryError]) -> None:
    setup = Setup(bad, GOOD)
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert summary.findings == ()
    assert len(setup.endpoint.bodies) == 2
    assert [call.outcome for call in setup.ledger.calls][-1] == "ok"


@pytest.mark.parametrize(("bad", "error"), RETRIED)
async def test_a_second_bad_answer_is_the_reason_that_there_is_no_summary_t5(
    bad: Step, error: type[SummaryError]
) -> None:
    setup = Setup(bad)
    with pytest.raises(error) as caught:
        await setup.summarizer.summarize(PAPER, "en")
    assert len(setup.endpoint.bodies) == 2
    assert "Sorry" not in str(caught.value), "T5: no body in a message"


@pytest.mark.parametrize(
    "error", [ModelBusy("busy"), ModelUnusable("key"), BudgetSpent("spent"), SummaryError("400")]
)
async def test_without_an_answer_there_is_no_second_question(error: SummaryError) -> None:
    setup = Setup(error)
    with pytest.raises(type(error)):
        await setup.summarizer.summarize(PAPER, "en")
    assert len(setup.endpoint.bodies) == (3 if isinstance(error, ModelBusy) else 1)


async def test_a_cut_off_answer_gets_twice_the_room_f20() -> None:
    """F20."""
    setup = Setup(CUT, GOOD)
    await setup.summarizer.summarize(PAPER, "en")
    assert [body["max_tokens"] for body in setup.endpoint.bodies] == [1000, 2000]


async def test_a_larger_cap_that_is_not_taken_leaves_the_cut_off_as_the_reason_f20() -> None:
    """F20: the reason is final, so that the paper is not paid for again tomorrow."""
    setup = Setup(CUT, SummaryError("max_tokens is too large"))
    with pytest.raises(SummaryCutOff):
        await setup.summarizer.summarize(PAPER, "en")


async def test_the_retry_tells_the_model_what_was_wrong_with_the_form_f22() -> None:
    """F22."""
    setup = Setup(reply(entry_json("x", highlights="one")), GOOD)
    await setup.summarizer.summarize(PAPER, "en")
    assert '"highlights" was missing or not a list' in setup.turns(1)[-1]["content"]


async def test_a_finding_is_told_to_the_model_with_its_own_answer_f26() -> None:
    """F26: the figure is named, and the corrected entry is published without a finding."""
    setup = Setup(reply(INVENTED), GOOD)
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert summary.findings == ()
    assert [turn["role"] for turn in setup.turns(1)] == ["system", "user", "assistant", "user"]
    assert setup.turns(1)[2]["content"] == INVENTED
    assert "97.31" in setup.turns(1)[3]["content"]


@pytest.mark.parametrize(
    ("first", "second", "findings"),
    [
        pytest.param(INVENTED, INVENTED, 1, id="the same again: published with it"),
        pytest.param(INVENTED, TWO_INVENTED, 1, id="worse: the first stands"),
        pytest.param(TWO_INVENTED, INVENTED, 1, id="better: the second stands"),
    ],
)
async def test_the_better_of_two_answers_is_published_with_its_findings_f26(
    first: str, second: str, findings: int
) -> None:
    """F26."""
    setup = Setup(reply(first), reply(second))
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert len(summary.findings) == findings
    assert {found.kind for found in summary.findings} == {FindingKind.FIGURE}
    assert len(setup.endpoint.bodies) == 2


@pytest.mark.parametrize(
    "second",
    [REFUSED, CUT, reply("no JSON"), ModelBusy("busy"), ModelUnusable("key"), SummaryError("400")],
)
async def test_a_retry_that_fails_leaves_the_first_answer(second: Step) -> None:
    setup = Setup(reply(INVENTED), second)
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert len(summary.findings) == 1


async def test_a_retry_for_which_no_budget_is_left_leaves_the_first_answer_f29() -> None:
    """F29."""
    setup = Setup(reply(INVENTED), limit=DailyLimit(tokens=4000))
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert len(summary.findings) == 1
    assert len(setup.endpoint.bodies) == 1


async def test_an_answer_that_is_unfit_twice_is_never_published_f22() -> None:
    """F22: in Chinese, as asked, neither part is."""
    setup = Setup(reply(SOUND))
    with pytest.raises(SummaryMalformed, match="not fit to publish"):
        await setup.summarizer.summarize(PAPER, "zh")
    assert len(setup.endpoint.bodies) == 2


async def test_one_bad_paper_costs_only_itself() -> None:
    """Every second answer is bad in its own way, twice; the others are published."""
    bad = [case.values[0] for case in RETRIED]
    steps = [step for one in bad for step in (one, one, GOOD)]
    setup = Setup(*cast("list[Step]", steps))
    published = 0
    for _ in bad:
        with pytest.raises(SummaryError):
            await setup.summarizer.summarize(PAPER, "en")
        published += bool(await setup.summarizer.summarize(PAPER, "en"))
    assert published == len(bad)


async def test_thoughts_before_the_answer_are_not_part_of_it() -> None:
    """What local reasoning models leave in the text, braces included."""
    setup = Setup(reply(f"<think>\nMaybe {{...}}?\n</think>\n\n{SOUND}"))
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert summary.main_work.startswith("The paper presents")


async def test_half_a_character_in_an_answer_is_not_published() -> None:
    """JSON can spell it, and no database takes it."""
    setup = Setup(reply(SOUND.replace("LongLoRA", "LongLoRA\\ud83d")))
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert "LongLoRA, an" in summary.main_work


MARKDOWN = """### 1. Main work
The paper presents LongLoRA, an efficient way to fine-tune large language models for longer \
contexts. It extends 7B models from a context of 4k to 100k on one machine.

### 2. Highlights
- The method needs little computation.
- It is simple to build on.

### 3. Core keywords
- `Large Language Models`
- `Fine-tuning`
- `Context`
- `Attention`

### 4. Scores for practicality, novelty and recommendation
- Practicality: 4/5, it runs on one machine.
- Novelty: 3/5, it builds on known adapters.
- Recommendation: 3.5/5, it is of use to many.
"""


async def test_an_endpoint_without_json_is_read_as_markdown() -> None:
    refused = OptionRefused("no", "response_format")
    setup = Setup(refused, refused, reply(MARKDOWN))
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert summary.highlights == (
        "The method needs little computation.",
        "It is simple to build on.",
    )
    assert summary.scores is not None
    assert summary.scores.recommendation.value == 3.5
    assert summary.findings == ()


async def test_prose_on_the_last_rung_is_no_entry_f22() -> None:
    """F22."""
    refused = OptionRefused("no", "response_format")
    setup = Setup(refused, refused, reply("I'm sorry, but I can't help with that."))
    with pytest.raises(SummaryMalformed):
        await setup.summarizer.summarize(PAPER, "en")


@pytest.mark.parametrize(
    "paper", [replace(PAPER, abstract=" "), replace(PAPER, withdrawn=True)], ids=["empty", "gone"]
)
async def test_nothing_to_summarise_costs_nothing_f13(paper: Paper) -> None:
    """F13."""
    setup = Setup(GOOD)
    with pytest.raises(SummaryError, match=r"2309\.12307"):
        await setup.summarizer.summarize(paper, "en")
    assert setup.endpoint.bodies == []


async def test_an_unknown_language_costs_nothing() -> None:
    setup = Setup(GOOD)
    with pytest.raises(InvalidInput):
        await setup.summarizer.summarize(PAPER, "tlh")
    assert setup.endpoint.bodies == []


async def test_an_injected_answer_is_judged_like_any_other_f27_t1() -> None:
    """T1, F27: a model that obeyed the abstract gives no more than a finding without its link."""
    obeyed = json.loads(SOUND)
    obeyed["main_work"] += " See https://evil.example/win for more."
    setup = Setup(reply(json.dumps(obeyed)))
    summary = await setup.summarizer.summarize(PAPER, "en")
    assert "evil" not in summary.main_work
    assert {found.kind for found in summary.findings} == {FindingKind.LINK}


# --- F25: the state of the model, for `sulan check`


@pytest.mark.parametrize(
    ("models", "offered", "ends", "problem"),
    [
        pytest.param([OfferedModel("m")], True, None, None, id="offered"),
        pytest.param(
            [OfferedModel("m", "2026-12-11")], True, "2026-12-11", "until 2026-12-11", id="ends"
        ),
        pytest.param([OfferedModel("models/m")], True, None, None, id="Gemini's prefix"),
        pytest.param([OfferedModel("m:latest")], True, None, None, id="F25, Ollama's tag"),
        pytest.param([OfferedModel("n")], False, None, "does not offer m", id="not offered"),
        pytest.param([], False, None, "does not offer m", id="nothing offered"),
        pytest.param(NotOffered("404"), None, None, "does not exist", id="no list"),
        pytest.param(SummaryMalformed("HTML."), None, None, "cannot be told", id="no such list"),
        pytest.param(ModelUnusable("redirects"), None, None, "redirects", id="redirect"),
    ],
)
async def test_the_status_says_whether_a_model_is_offered_and_until_when_f25(
    models: object, offered: bool | None, ends: str | None, problem: str | None
) -> None:
    """F25."""
    status = await Setup(GOOD, models=models).summarizer.model_status()
    assert status.reachable
    assert status.offered is offered
    assert (status.shutdown_date.isoformat() if status.shutdown_date else None) == ends
    assert (problem in (status.problem or "")) if problem else status.problem is None


async def test_the_status_tells_a_refused_key_from_an_unreachable_endpoint_f24() -> None:
    """F24."""
    refused = await Setup(GOOD, models=KeyRefused("key")).summarizer.model_status()
    assert (refused.reachable, refused.key_accepted, refused.offered) == (True, False, None)
    away = await Setup(GOOD, models=ModelBusy("away")).summarizer.model_status()
    assert (away.reachable, away.key_accepted, away.problem) == (False, None, "away")


# --- T5


def test_a_key_is_never_printed_t5() -> None:
    """T5."""
    options = replace(OPTIONS, api_key=Secret("sk-0123456789"))
    for text in (repr(options), str(options), f"{options.api_key}", f"{options.api_key!r}"):
        assert "sk-" not in text


@pytest.mark.parametrize("key", ["", "two words", "new\nline", "schlüssel"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_told_t5(key: str) -> None:
    """T5."""
    with pytest.raises(ValueError, match="header") as caught:
        replace(OPTIONS, api_key=Secret(key))
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [("model", ""), ("base_url", "127.0.0.1/v1"), ("base_url", ""), ("concurrency", 0)],
)
def test_options_that_cannot_work_are_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(OPTIONS, **{field: value})  # pyright: ignore[reportArgumentType] - a table of fields


def test_an_address_is_shown_without_what_may_be_secret_in_it_t5() -> None:
    """T5."""
    options = replace(OPTIONS, base_url="https://user:pw@api.example.test:8443/v1?key=abc")
    assert options.shown_url == "https://api.example.test:8443/v1"
