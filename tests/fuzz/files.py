"""What stands in files: settings, variables, lists of chats, old digests, stored documents."""

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from bot.cli.chat_file import read_chats, write_chats
from bot.domain.errors import InvalidInput, MarkdownError, SettingsError, StoreError
from bot.store import chat_documents, documents
from config.describe import all_settings, shown_values
from config.load import load_from
from config.places import Surroundings
from config.secrets import secrets_of
from config.settings import Settings
from summarizer.languages import load_wording
from summarizer.markdown.inline import escape, escape_block, plain
from summarizer.markdown.reader import decode_digest, read_digest
from summarizer.markdown.writer import write_digest
from tests.fuzz import real
from tests.fuzz.deal import Deal, dealt
from tests.fuzz.target import Target, require

_TOML = """language = "en"
sources = "hf, arxiv:cs.CL"
[model]
name = "gpt-5"
api_key = "sk-abcdefghijkl"
[store]
url = "postgresql+psycopg://user:pass@127.0.0.1/sulan"
[adapters.telegram]
token = "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi"
[[chats]]
platform = "telegram"
chat = -1001
hours = "08:30, 18:00"
quiet_hours = "23:00-07:00"
zone = "Europe/Berlin"
include = "LLM, RAG"
"""
_WORDS = (
    "[model]\n", "[[chats]]\n", "[adapters.telegram]\n", "[web]\n", " = ", '"""', "'''", "[", "{",
    "platform = ", "quiet_hours = ", "hours = ", "days = ", "zone = ", "2026-08-21T00:00:00Z",
    "inf", "nan", "0x7f", "1e400", "true", "\\u0000", "\ufeff", "SULAN_MODEL__API_KEY=", "sqlite",
    "SULAN_STORE__URL=", "SULAN_CHATS=", "SULAN_ADAPTERS__TELEGRAM__TOKEN=", "export ", "${HOME}",
)  # fmt: skip
_MARKDOWN = (
    "# 【2023-09-25】", "## ", "### ", "- ", "1. ", "> ", "```", "<!--", "-->", "[", "](", ")",
    "**", "__", "\\", "`", "4.5/5", "：", "（", "&lt;", "<b>", "| a |", "---",
    "主要工作", "亮点", "关键词", "评分",
    "https://huggingface.co/papers/2309.12307", "https://arxiv.org/abs/2309.12307",
)  # fmt: skip


@cache
def _folder() -> Path:
    """In memory where the system has such a place: it is written for every input."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="sulan-fuzz-", dir=memory if memory.is_dir() else None))


def _load(toml: bytes, dotenv: bytes, environ: dict[str, str]) -> None:
    folder = _folder()
    (folder / "sulan.toml").write_bytes(toml)
    (folder / ".env").write_bytes(dotenv)
    around = Surroundings(environ, folder, system_secrets=folder / "none")
    with suppress(SettingsError):
        loaded = load_from(around)
        shown = " ".join(shown_values(loaded.settings).values()) + repr(loaded.settings)
        for secret in secrets_of(loaded.settings):
            require(len(secret) < 8 or secret not in shown, "secrets are not shown")


def _toml(data: bytes) -> None:
    _load(data, b"", {})


def _variables(data: bytes) -> None:
    deal = Deal(data)
    names = tuple(setting.variable for setting in all_settings().values())
    environ = {deal.one_of(names): deal.text(2000) for _ in range(deal.below(4))}
    _load(b"", deal.rest(), environ)


def _chats(data: bytes) -> None:
    text = data.decode(errors="replace")
    with suppress(InvalidInput):
        chats = read_chats(text, Settings())
        require(read_chats(write_chats(chats), Settings()) == chats, "chats read back")


def _digest(data: bytes) -> None:
    with suppress(MarkdownError):
        read = read_digest(decode_digest(data)).digest
        written = write_digest(read, load_wording(read.language))
        require(read_digest(written).digest == read, "a digest reads back")


def _inline(data: bytes) -> None:
    text = " ".join(Deal(data).text(2000).split())
    require(plain(escape(text)) == text, "a line comes back")
    require("\n" not in escape_block(text), "and stays one line")


def _stored(data: bytes) -> None:
    text = data.decode(errors="replace")
    with suppress(StoreError):
        documents.decode(text)
    with suppress(StoreError):
        chat_documents.decode(text)


def _stored_seeds() -> Iterable[bytes]:
    yield b"""{"v":1,"paper_id":"2309.12307","language":"en","main_work":"A.","highlights":["B."],
        "keywords":[{"term":"c","translation":null}],
        "scores":{"practicality":{"value":4,"reason":""},"novelty":{"value":4,"reason":""},
        "recommendation":{"value":4,"reason":""}},
        "provenance":{"origin":"model","model":"m","prompt":"v1","created_at":null},
        "findings":[{"kind":"figure","detail":"4"}]}"""
    yield b"""{"second_language":"zh","filters":{"include":["a"],"least_upvotes":3},
        "style":"digest","timetable":{"times":["08:30:00"],"days":[0,1]},
        "quiet_hours":{"start":"23:00","end":"07:00"},"looks":{"previews":false}}"""


TARGETS = (
    Target("settings-toml", _toml, 2, lambda: [_TOML.encode()], _WORDS, stall=0.5),
    Target("settings-variables", _variables, 1, lambda: [b"\0" + _env() , b"\1\1" + dealt("x")],
           _WORDS, stall=0.5),
    Target("chat-file", _chats, 4, lambda: [_TOML[_TOML.index("[[chats]]"):].encode()], _WORDS,
           stall=0.5),
    Target("old-markdown", _digest, 6,
           lambda: [body[:6000] for body in real.files("digests/*.md")],
           _MARKDOWN, longest=8192, stall=0.5),
    Target("markdown-inline", _inline, 4, lambda: [dealt("a *b* [c](d) `e` 1. x_y <z> &amp;")],
           _MARKDOWN),
    Target("stored-documents", _stored, 40, _stored_seeds, ('"scores":null', "null", "1e999")),
)  # fmt: skip


def _env() -> bytes:
    return b'SULAN_MODEL__NAME="gpt-5"\nexport SULAN_LANGUAGE=zh\n# x\nSULAN_WEB__PORT=80\n'
