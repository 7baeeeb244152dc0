"""The small decisions: tags, rows of buttons, addresses, cuts, options."""

import pytest

from adapters.base import Options
from adapters.telegram import create
from adapters.telegram.addresses import bare, usable
from adapters.telegram.blocks import Block, Span, Style, text_of, units
from adapters.telegram.buttons import rows_of
from adapters.telegram.hashtags import hashtag
from adapters.telegram.options import TelegramOptions, read_options
from adapters.telegram.render import render
from adapters.telegram.split import Room, pack
from adapters.telegram.testing import TOKEN
from bot.domain.errors import SettingsError
from bot.domain.post import Action, Link, Post, Section
from bot.domain.target import Target


@pytest.mark.parametrize(
    ("term", "tag"),
    [
        ("Large Language Models", "#LargeLanguageModels"),
        ("large language models", "#LargeLanguageModels"),
        ("chain-of-thought", "#ChainOfThought"),
        ("GPT-4", "#GPT4"),
        ("大型语言模型", "#大型语言模型"),
        ("基于 LLM 的推理", "#基于LLM的推理"),
        ("Video/Audio", "#VideoAudio"),
        ("3D", "#3D"),
        ("C++", None),
        ("CoRe²", None),
        ("LLaMA (7B)", None),
        ("2024", None),
        ("", None),
        ("\u200b", None),
        ("a" * 41, None),
        ("𝒜lgebra", None),
        ("GPT-3.5", None),
    ],
)
def test_a_term_becomes_a_tag_only_if_nothing_of_it_is_lost(term: str, tag: str | None) -> None:
    assert hashtag(term) == tag


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["arXiv", "PDF", "Code", "Project"], [["arXiv", "PDF", "Code", "Project"]]),
        ([str(n) for n in range(1, 11)], [list("12345678"), ["9", "10"]]),
        (["很长的按钮名称很长的", "很长的按钮名称很长的"], [["很长的按钮名称很长的"]] * 2),
        ([], []),
    ],
)
def test_buttons_stand_in_rows_that_fit_a_phone(labels: list[str], rows: list[list[str]]) -> None:
    links = tuple(Link(label, "https://arxiv.org/abs/1") for label in labels)
    made = rows_of(Post("en", "T", "", links=links))
    assert [[button.label for button in row] for row in made] == rows


def test_actions_have_rows_of_their_own() -> None:
    post = Post("en", "T", "", links=(Link("a", "https://a.org"),), actions=(Action("b", "k"),))
    assert [[button.label for button in row] for row in rows_of(post)] == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://arxiv.org/abs/2309.12307", True),
        ("http://例子.中国/路径?a=1&b=2#c", True),
        ("https://github.com/a/b?tab=readme&a=1", True),
        ("https://xn--fsqu00a.xn--0zwm56d/", True),
        ("http://127.0.0.1:8080/x", True),
        ("https://localhost/x", False),
        ("https://user:pass@evil.org", False),
        ("https://a b.org", False),
        ('https://a.org/"x', False),
        ("https://a.org/<b>", False),
        ("https://a.org:99999/", False),
        ("https://[::1", False),
        ("javascript:alert(1)", False),
        ("tg://user?id=1", False),
        ("ftp://a.org", False),
        ("//a.org", False),
        ("https://" + "a" * 2000 + ".org", False),
        ("", False),
    ],
)
def test_an_address_is_usable_if_telegram_will_keep_it(url: str, good: bool) -> None:
    assert usable(url) is good


def test_one_page_has_many_spellings() -> None:
    spellings = ("https://www.github.com/A/B", "github.com/a/b/", "http://github.com/a/b.git.")
    assert {bare(spelling) for spelling in spellings} == {"github.com/a/b"}


def lines_of(part: tuple[Block, ...]) -> list[str]:
    return [text_of(line) for block in part for line in block.all_lines]


def block(*texts: str, label: str = "", folded: bool = False) -> Block:
    lines = tuple((Span(text),) for text in texts)
    return Block(lines, (Span(label, Style.BOLD),) if label else (), folded)


def test_f36_blocks_that_fit_stay_together() -> None:
    assert len(pack([block("a" * 40), block("b" * 40)], Room(82, 9))) == 2 - 1
    assert len(pack([block("a" * 40), block("b" * 40)], Room(81, 9))) == 2


def test_f36_a_long_block_is_cut_at_lines_then_sentences_then_words() -> None:
    room = Room(60, 9)
    by_lines = pack([block("a" * 30, "b" * 25, "c" * 30)], room)
    assert [lines_of(part) for part in by_lines] == [["a" * 30, "b" * 25], ["c" * 30]]
    by_sentences = pack([block("第一句话在这里结束了。" * 9)], room)
    assert all(lines_of(part)[-1].endswith("。") for part in by_sentences)
    by_words = pack([block("word " * 30)], room)
    assert {word for part in by_words for word in lines_of(part)[0].split()} == {"word"}


def test_f36_no_label_is_left_alone_at_the_end_of_a_message() -> None:
    codes = Block((tuple(Span("x ", Style.CODE) for _ in range(3)),))
    labelled = Block(((Span("y", Style.CODE),),), (Span("Label", Style.BOLD),))
    parts = pack([codes, labelled], Room(4096, 4))
    assert [lines_of(part) for part in parts] == [["x x x "], ["Label", "y"]]


def test_f36_a_label_that_is_too_long_by_itself_is_cut_like_any_line() -> None:
    parts = pack([block("text", label="label " * 30)], Room(60, 9))
    words = " ".join(line for part in parts for line in lines_of(part)).split()
    assert words == ["label"] * 30 + ["text"]


def test_f36_a_message_is_filled_to_its_last_unit() -> None:
    parts = pack([block("x" * 9000)])
    assert [len(lines_of(part)[0]) for part in parts] == [4096, 4096, 808]


def test_f36_a_quotation_goes_on_as_one() -> None:
    parts = pack([block(*("point " * 5 for _ in range(9)), label="L", folded=True)], Room(100, 9))
    assert len(parts) > 2
    assert all(part[0].folded for part in parts)
    assert [bool(part[0].label) for part in parts] == [True] + [False] * (len(parts) - 1)


def test_f36_a_character_outside_the_first_plane_is_never_halved() -> None:
    parts = pack([block("𝒜" * 50)], Room(15, 9))
    assert [lines_of(part)[0] for part in parts] == ["𝒜" * 7] * 7 + ["𝒜"]
    assert units("𝒜") == 2


def test_entities_are_limited_too() -> None:
    line = tuple(Span(f"w{n} ", Style.CODE) for n in range(10))
    parts = pack([Block((line,))], Room(4096, 4))
    counts = [sum(span.entities for line in part[0].lines for span in line) for part in parts]
    assert max(counts) <= 4
    assert "".join("".join(lines_of(part)).replace(" ", "") for part in parts) == "".join(
        f"w{n}" for n in range(10)
    )


def test_no_message_has_more_entities_than_telegram_keeps() -> None:
    words = "  ".join(f"@user_{n}" for n in range(250))
    parts = render(Post("en", "T", "", sections=(Section("S", (words,)),)))
    counts = [part.text.count("</") for part in parts]
    assert max(counts) <= 100
    assert sum(counts) == 252


def test_options_have_defaults() -> None:
    assert read_options({"token": TOKEN}) == TelegramOptions(TOKEN)


def test_options_are_read_as_text_or_as_they_are() -> None:
    values = {
        "token": f" {TOKEN} ",
        "api_url": "http://localhost:8081/",
        "sound": "off",
        "preview": False,
        "connections": "4",
        "answer_timeout_s": 12,
        "proxy": "http://proxy.example:3128",
    }
    assert read_options(values) == TelegramOptions(
        TOKEN,
        api_url="http://localhost:8081",
        sound=False,
        preview=False,
        connections=4,
        answer_timeout_s=12.0,
        proxy="http://proxy.example:3128",
    )


def test_all_faults_of_the_options_are_named_at_once_and_no_value_is_t5() -> None:
    values: dict[str, object] = {
        "token": "my-s3cret",
        "api_url": "ftp://s3cret",
        "sound": "s3cret",
        "connections": True,
        "connect_timeout_s": "s3cret",
        "tokn": "s3cret",
    }
    with pytest.raises(SettingsError) as raised:
        create(Options("telegram", values))
    said = str(raised.value)
    assert all(name in said for name in values)
    assert "s3cret" not in said


def test_a_missing_token_says_where_to_get_one() -> None:
    with pytest.raises(SettingsError, match="BotFather"):
        create(Options("telegram", {}))


def test_t5_the_token_stands_in_no_representation() -> None:
    adapter = create(Options("telegram", {"token": TOKEN}))
    shown = f"{read_options({'token': TOKEN})!r} {adapter.client.bot!r} {adapter!r}"
    assert TOKEN not in shown


@pytest.mark.parametrize(
    ("chat", "gap"),
    [("12345", 1.01), ("-100123", 3.1), ("-42", 3.1), ("@channel", 3.1)],
    ids=["person", "supergroup", "group", "channel"],
)
def test_each_kind_of_chat_has_its_pace(chat: str, gap: float) -> None:
    adapter = create(Options("telegram", {"token": TOKEN}))
    pace = adapter.pace(Target("telegram", chat))
    assert (pace.per_second, pace.chat_gap) == (29.2, gap)
