"""The one set-up of logging: structlog in front, the standard library underneath.

Records of third-party libraries take the same way. Every line passes one redaction (T5).
"""

import logging
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor

from bot.domain.text import without_hidden
from config.redaction import HIDDEN, Redactor

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "text", "json"]

# Their info lines hold addresses and bodies, or say nothing to an operator.
_THIRD_PARTIES = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "apprise",
    "apscheduler",
    "asyncio",
    "dbos",
    "discord",
    "httpx2",
    "httpcore2",
    "openai",
    "pydantic_settings",
    "sqlalchemy",
    "telegram",
    "urllib3",
)


def configure_logging(
    level: Level, log_format: Format, *, stream: TextIO | None = None, secrets: Iterable[str] = ()
) -> None:
    """Send every log line, redacted, to ``stream`` (standard error unless given).

    ``secrets`` are values that must never be written (``config.secrets.secrets_of``). Called
    again, it replaces what it set up before.
    """
    target = sys.stderr if stream is None else stream
    as_json = log_format == "json" or (log_format == "auto" and not target.isatty())
    handler = _Handler(target)
    handler.setFormatter(_formatter(Redactor(secrets), _renderer(target, as_json=as_json)))
    root = logging.getLogger()
    for old in [other for other in root.handlers if isinstance(other, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    threshold = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(threshold)
    for name in _THIRD_PARTIES:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
    _configure_structlog()


class _Handler(logging.StreamHandler[TextIO]):
    """Says that a line could not be written without quoting it, as ``logging`` would."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        kind = sys.exc_info()[0]
        try:
            self.stream.write(
                f"A log line of {record.name} ({record.pathname}:{record.lineno}) could not be "
                f"written: {kind.__name__ if kind else 'unknown reason'}\n"
            )
        except (OSError, ValueError):
            return  # the stream itself is gone; there is nowhere left to say it


class _Redaction:
    """Takes secrets and control characters (T4) out of every value of a line.

    Runs after exceptions have become text and before anything is rendered: a rendered line hides
    secrets behind escapes. An object is logged as its redacted ``repr``.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def __call__(self, _logger: object, _name: str, event: EventDict) -> dict[str, object]:
        return self._mapping(cast("Mapping[object, object]", event))

    def _mapping(self, values: Mapping[object, object]) -> dict[str, object]:
        return {
            self._text(str(name)): HIDDEN if self._redactor.hides(str(name)) else self._value(value)
            for name, value in values.items()
        }

    def _value(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return self._mapping(cast("Mapping[object, object]", value))
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(part) for part in cast("Iterable[object]", value)]
        return self._text(str(value) if isinstance(value, BaseException) else repr(value))

    def _text(self, text: str) -> str:
        return self._redactor(without_hidden(text))


def _shared() -> list[Processor]:
    """What happens to a line wherever it comes from."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(redactor: Redactor, renderer: Processor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _Redaction(redactor),
            renderer,
        ],
        foreign_pre_chain=[*_shared(), structlog.stdlib.ExtraAdder()],
    )


def _renderer(target: TextIO, *, as_json: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # https://no-color.org: set and not empty means no colour.
    colors = target.isatty() and not os.environ.get("NO_COLOR")
    return structlog.dev.ConsoleRenderer(
        colors=colors, exception_formatter=structlog.dev.plain_traceback
    )


def _configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # Loggers made before a second set-up must follow it.
        cache_logger_on_first_use=False,
    )
