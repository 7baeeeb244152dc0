"""Text from outside in Discord's Markdown: shown to the letter, without effect (T2, T3, T4)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.markdown_escape import escape, units, visible

_PAIR = re.compile(r"\\([^A-Za-z0-9\s])")
# What the clients' parser acts on, once backslashed characters are out of the way.
_EFFECTS = {
    "emphasis, code, spoiler": re.compile(r"[*_~|`]"),
    "masked link": re.compile(r"\[[^\]]*\]\("),
    "mention, emoji, timestamp": re.compile(r"<(?:@|#|:|a:|t:|/|id:|https?:)"),
    "mass mention": re.compile(r"@(?:everyone|here)"),
    "bare link": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S"),
    "invite": re.compile(r"discord(?:app)?\.(?:gg|com)/", re.IGNORECASE),
    "heading, quotation, list": re.compile(
        r"^\s*(?:#{1,3}\s|-#\s|>{1,3}\s|[-*+]\s|\d+[.)]\s)", re.M
    ),
}
_PIECES = st.sampled_from(
    [*"*_~|`[]()<>@#-+!\\:/.& \n", "https://x.y/z", "@everyone", "<@1>", "<t:1:R>", "-# ", "1. "]
)
HOSTILE = st.lists(_PIECES | st.text(max_size=5), max_size=25).map("".join)


def shown(markdown: str) -> str:
    return _PAIR.sub(r"\1", markdown)


def effects(markdown: str) -> list[str]:
    """The kinds of markup that would act."""
    bare = _PAIR.sub("\x00", markdown)
    return [name for name, pattern in _EFFECTS.items() if pattern.search(bare)]


@pytest.mark.parametrize(
    "text",
    [
        "**bold** __u__ ~~s~~ ||spoiler|| `code` ```block```",
        "[x](https://evil.example)",
        "[x] (https://evil.example) [y][z]",
        "https://evil.example/a_b*c",
        "<https://evil.example>",
        "steam://run/1 discord://x",
        "@everyone @here <@1> <@!1> <@&1> <#1> <:e:1> <a:e:1> </c:1> <t:1:R> <id:customize>",
        "discord.gg/abc https://discord.com/invite/abc DISCORD.GG/abc",
        "# heading",
        "-# small",
        "> quoted",
        ">>> all quoted",
        "- point",
        "1. point",
        "a\n# heading\n- point",
        "\\*already escaped\\*",
        "trailing backslash \\",
    ],
)
def test_markup_from_outside_has_no_effect_and_is_shown_to_the_letter_t2_t3_t4(text: str) -> None:
    escaped = escape(text)
    assert effects(escaped) == []
    assert shown(escaped) == text


@given(HOSTILE)
def test_no_text_has_an_effect_and_none_is_lost(text: str) -> None:
    escaped = escape(text)
    assert effects(escaped) == []
    assert shown(escaped) == "\n".join(map(visible, text.split("\n")))


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u061c", "\x00", "\U000e0041", "\ud800"]
)
def test_what_hides_or_reorders_is_dropped_t4(hidden: str) -> None:
    assert escape(f"a{hidden}b") == visible(f"a{hidden}b") == "ab"


def test_emoji_of_several_characters_stay_whole() -> None:
    for emoji in (
        "👩\u200d🔬",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "❤️",
    ):
        assert visible(emoji) == emoji


def test_usual_text_needs_no_backslash() -> None:
    for text in (
        "GPT-4: 86.3 % (state of the art), 1.5x faster; 10^-3",
        "本文提出：方法（新）。",
        "C#",
    ):
        assert escape(text) == text


def test_length_counts_utf_16_units() -> None:
    assert units("a𝕏🧠é") == 6
