"""What an endpoint refuses is learnt once for all later papers: formats and parameters."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest
from openai_line_setup import LOCAL, OK, OPENAI, Setup

from bot.domain.errors import (
    ModelBusy,
    SummaryError,
)
from summarizer.chat import ChatReply
from summarizer.openai_errors import OptionRefused, ServerFault


def refused(option: str) -> OptionRefused:
    return OptionRefused("no", option)


async def test_a_refused_format_is_learnt_once_for_all_later_papers() -> None:
    setup = Setup(refused("response_format"), refused("response_format"), OK)
    assert await setup.ask(1) == "fine"
    assert await setup.ask(2) == "fine"
    assert setup.formats == ["json_schema", "json_object", "text", "text"]
    assert setup.clock.sleeps == []


async def test_papers_that_wait_for_their_turn_know_what_was_learnt_meanwhile() -> None:
    """A day of fifty on a server that knows plain text only: four turns learn it, not fifty."""

    async def text_only(body: Mapping[str, object]) -> ChatReply:
        await asyncio.sleep(0)
        if "response_format" in body:
            raise refused("response_format")
        return OK

    setup = Setup(text_only)
    assert await asyncio.gather(*(setup.ask(n) for n in range(1, 51))) == ["fine"] * 50
    assert setup.formats.count("text") == 50
    assert setup.formats.count("json_schema") == setup.formats.count("json_object") == 4


async def test_a_400_about_something_else_pins_nothing() -> None:
    """A paper that is too long costs itself, not the strict schema of all others."""
    setup = Setup(SummaryError("too long"), OK)
    with pytest.raises(SummaryError):
        await setup.ask(1)
    assert await setup.ask(2) == "fine"
    assert setup.formats == ["json_schema", "json_schema"]


async def test_a_server_that_answers_500_to_a_schema_is_asked_without() -> None:
    """llama-cpp-python. Two 500s may be an outage; what works afterwards is pinned."""
    setup = Setup(ServerFault("500"), ServerFault("500"), OK)
    assert await setup.ask(1) == "fine"
    assert await setup.ask(2) == "fine"
    assert setup.formats == ["json_schema", "json_schema", "json_object", "json_object"]


async def test_an_outage_pins_nothing() -> None:
    setup = Setup(ServerFault("500"), ServerFault("500"), ServerFault("500"), OK)
    with pytest.raises(ModelBusy):
        await setup.ask(1)
    assert await setup.ask(2) == "fine"
    assert setup.formats == ["json_schema", "json_schema", "json_object", "json_schema"]


async def test_openais_own_endpoint_knows_the_schema_and_only_fails() -> None:
    setup = Setup(ServerFault("500"), ServerFault("500"), OK, options=OPENAI)
    assert await setup.ask(1) == "fine"
    assert setup.formats == ["json_schema"] * 3


async def test_refused_parameters_are_left_out_from_then_on() -> None:
    options = replace(OPENAI, temperature=0.2, reasoning_effort="none")
    setup = Setup(
        refused("temperature"),
        refused("max_completion_tokens"),
        refused("reasoning_effort"),
        OK,
        options=options,
    )
    await setup.ask(1)
    await setup.ask(2)
    names = ("temperature", "reasoning_effort", "max_completion_tokens", "max_tokens")
    sent = [{name for name in names if name in body} for body in setup.endpoint.bodies]
    assert sent == [
        {"temperature", "reasoning_effort", "max_completion_tokens"},
        {"reasoning_effort", "max_completion_tokens"},
        {"reasoning_effort", "max_tokens"},
        {"max_tokens"},
        {"max_tokens"},
    ]


async def test_a_parameter_that_was_not_sent_cannot_be_adapted() -> None:
    setup = Setup(refused("temperature"), options=replace(LOCAL, temperature=None))
    with pytest.raises(SummaryError) as caught:
        await setup.ask()
    assert type(caught.value) is SummaryError
    assert len(setup.endpoint.bodies) <= 2
