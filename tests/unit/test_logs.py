"""Log lines: their form, what is let through, and that no secret is in them (T5)."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from config.logs import Format, configure_logging
from config.redaction import Redactor

_PASSWORD = 'pa"ss\\wörd/1'
_TELEGRAM = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
_DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] - used by pytest
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    known = {name: logging.getLogger(name).level for name in ("httpx2", "openai", "aiohttp")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in known.items():
        logging.getLogger(name).setLevel(old)
    structlog.reset_defaults()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(write: Callable[[], object], log_format: Format = "json", level: Any = "info") -> str:
    """What is written to the stream."""
    stream = io.StringIO()
    configure_logging(level, log_format, stream=stream, secrets=(_PASSWORD, "k3y-of-mine", "none"))
    write()
    return stream.getvalue()


def test_a_json_line_holds_event_fields_level_logger_and_utc_time() -> None:
    text = lines(lambda: structlog.get_logger("sulan.collect").info("list read", papers=3, 日="二"))
    line = json.loads(text)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "list read",
        "papers": 3,
        "日": "二",
        "level": "info",
        "logger": "sulan.collect",
    }
    assert "二" in text


def test_records_of_the_standard_library_take_the_same_way() -> None:
    text = lines(lambda: logging.getLogger("x").warning("took %d s", 3, extra={"day": "today"}))
    line = json.loads(text)
    assert (line["event"], line["level"], line["day"]) == ("took 3 s", "warning", "today")


@pytest.mark.parametrize(
    ("log_format", "stream", "is_json"),
    [
        ("auto", io.StringIO, True),
        ("auto", _Terminal, False),
        ("json", _Terminal, True),
        ("text", io.StringIO, False),
    ],
)
def test_auto_is_text_in_a_terminal_and_json_elsewhere(
    log_format: Format, stream: type[io.StringIO], is_json: bool
) -> None:
    target = stream()
    configure_logging("info", log_format, stream=target)
    structlog.get_logger().info("hello")
    assert target.getvalue().startswith("{") is is_json
    assert "hello" in target.getvalue()


@pytest.mark.parametrize("no_color", [True, False])
def test_a_terminal_gets_colour_unless_no_color_is_set(
    no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1" if no_color else "")
    target = _Terminal()
    configure_logging("info", "text", stream=target)
    structlog.get_logger().info("hello")
    assert ("\x1b[" in target.getvalue()) is not no_color


@pytest.mark.parametrize("name", ["httpx2", "openai", "aiohttp.client", "sqlalchemy.engine"])
def test_other_libraries_are_heard_from_warning_on(name: str) -> None:
    assert lines(lambda: logging.getLogger(name).info("GET https://…"), level="debug") == ""
    assert "slow" in lines(lambda: logging.getLogger(name).warning("slow"), level="debug")


def test_lines_below_the_level_are_not_written() -> None:
    def write() -> None:
        structlog.get_logger("a").info("quiet")
        logging.getLogger("b").info("quiet")
        structlog.get_logger("aiohttp").warning("quiet")

    assert lines(write, level="error") == ""


def test_a_second_set_up_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    log = structlog.get_logger("early")
    configure_logging("info", "json", stream=first)
    configure_logging("info", "json", stream=second)
    log.info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1


# Each text with the part that must not be seen, and one that must stay readable.
_TEXTS = {
    "known value": ("key k3y-of-mine used", "k3y-of-mine", "used"),
    "known, with quotes": (f"password {_PASSWORD}!", _PASSWORD, "!"),
    "known, in an address": ("x?y=pa%22ss%5Cw%C3%B6rd%2F1&z=1", "w%C3%B6rd", "&z=1"),
    "known, as repr": (f"Error({_PASSWORD!r})", "wörd", "Error("),
    "bearer": ("Authorization: Bearer abc.DEF-123_x~y+z/w==", "abc.DEF", "Authorization"),
    "basic": ("'authorization': 'Basic dXNlcjpwYXNz'", "dXNlcjpwYXNz", "authorization"),
    "OpenAI key": ("Incorrect API key: sk-proj-AbCd_1234-efgh.", "AbCd_1234", "Incorrect"),
    "Hugging Face": ("token hf_AbCdEfGhIjKlMnOpQrSt", "AbCdEfGh", "token"),
    "Telegram": (f"https://api.telegram.org/bot{_TELEGRAM}/getMe", "AAEhBO", "/getMe"),
    "Telegram, quoted": (f"/file/bot{_TELEGRAM.replace(':', '%3A')}/x", "AAEhBO", "/x"),
    "Discord": (f"Bot {_DISCORD}", "abcdefghij", "Bot"),
    "credentials": ("postgresql+psycopg://sulan:hunter2@db/papers", "hunter2", "@db/papers"),
    "user alone": ("https://oauth-token@git.example/x", "oauth-token", "@git.example/x"),
    "query": ("GET /v1?api_key=abc123&q=llm", "abc123", "&q=llm"),
}


@pytest.mark.parametrize(("text", "secret", "kept"), list(_TEXTS.values()), ids=list(_TEXTS))
@pytest.mark.parametrize("log_format", ["json", "text"])
def test_no_way_into_a_line_lets_a_secret_through_t5(
    text: str, secret: str, kept: str, log_format: Format
) -> None:
    class Thing:
        def __repr__(self) -> str:
            return text

    def write() -> None:
        log = structlog.get_logger("sulan")
        log.info(text)
        log.info("positional %s", text)
        log.info("field", value=text, nested={"a": [text, (text,)], text: 1}, thing=Thing())
        logging.getLogger("other").warning("foreign %s", text, extra={"more": text})
        structlog.contextvars.bind_contextvars(bound=text)
        log.info("with context", error=ValueError(text))
        structlog.contextvars.clear_contextvars()
        try:
            try:
                raise OSError(text)
            except OSError as error:
                raise RuntimeError("outer") from error
        except RuntimeError:
            log.exception("failed")
            logging.getLogger("other").exception("failed")

    written = lines(write, log_format)
    assert secret not in written
    assert json.dumps(secret)[1:-1] not in written
    assert kept in written
    assert written.count("OSError") >= 2, "the traceback stays"


_HARMLESS = [
    "2309.12307v2 at 12:30:45, 3 tokens, task-based, risk-averse, disk-0123456789",
    "https://arxiv.org/abs/2309.12307 and https://huggingface.co/papers/2309.12307?q=a@b",
    "bearer of news; a basic authentication; the key=value pair; sk-learn",
    "none EMPTY max_output_tokens=4000 keyword=x",
    "bot.services.collect.CollectError in sqlalchemy.ext.asyncio.engine",
]


@pytest.mark.parametrize("text", _HARMLESS)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert Redactor(["none", "", "abc"])(text) == text


def test_fields_named_for_secrets_are_hidden_and_others_are_not() -> None:
    text = lines(
        lambda: structlog.get_logger().info(
            "call", api_key="x", headers={"Authorization": "y", "Accept": "json"}, tokens=5
        )
    )
    line = json.loads(text)
    assert line["api_key"] == "***"
    assert line["headers"] == {"Authorization": "***", "Accept": "json"}
    assert line["tokens"] == 5


def test_control_characters_from_outside_do_not_reach_the_terminal_t4() -> None:
    text = lines(lambda: structlog.get_logger().info("x\x1b[2J", title="a\u202eb\x07"), "text")
    assert not any(c in text for c in "\x1b\u202e\x07")


def test_a_record_that_cannot_be_formatted_is_told_without_its_arguments_t5(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logging.getLogger().handlers.clear()  # pytest's own raises
    text = lines(lambda: logging.getLogger("broken").warning("%d papers", "k3y-of-mine"))
    assert text.startswith("A log line of broken (")
    assert text.endswith("could not be written: TypeError\n")
    assert "k3y" not in text + "".join(capsys.readouterr())


def test_a_closed_stream_does_no_harm() -> None:
    stream = io.StringIO()
    configure_logging("info", "json", stream=stream)
    stream.close()
    structlog.get_logger().info("nobody hears this")
