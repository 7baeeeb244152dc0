"""The bot's sentences: all of them are translated, with their places, and compiled."""

import gettext
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import cast

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.domain.speech import ENGLISH
from bot.translations import load_speech

BOT = Path(__file__).resolve().parents[2] / "bot"
CATALOGUES = sorted((BOT / "translations").glob("*/sulan.po"))
by_language = pytest.mark.parametrize("path", CATALOGUES, ids=[p.parent.name for p in CATALOGUES])


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale=path.parent.name)


def in_the_code() -> Iterator[tuple[str, ...]]:
    """Each sentence as its forms: one, or singular and plural."""
    keywords = {"say": None, "say_many": (1, 2)}
    for _, _, message, _, _ in extract_from_dir(BOT, keywords=keywords):
        yield (message,) if isinstance(message, str) else tuple(message)


def forms(text: object) -> tuple[str, ...]:
    if isinstance(text, str):
        return (text,)
    return tuple(map(str, cast("tuple[object, ...]", text))) if isinstance(text, tuple) else ()


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def mistranslated(message: Message) -> bool:
    """Whether a form is missing, or has other places than the English plural (or only form)."""
    wanted, given = places(forms(message.id)[-1]), forms(message.string)
    return not given or any(not form or places(form) != wanted for form in given)


@by_language
def test_every_sentence_in_the_code_has_its_translation(path: Path) -> None:
    known = {forms(message.id) for message in catalogue(path) if message.id and message.string}
    assert [said for said in in_the_code() if said not in known] == []


@by_language
def test_no_translation_loses_or_invents_a_place(path: Path) -> None:
    assert [m.id for m in catalogue(path) if m.id and mistranslated(m)] == []


@by_language
def test_what_is_compiled_is_what_is_written(path: Path) -> None:
    written, compiled = catalogue(path), BytesIO()
    write_mo(compiled, written)
    compiled.seek(0)
    now = gettext.GNUTranslations(compiled)
    with path.with_suffix(".mo").open("rb") as stream:
        shipped = gettext.GNUTranslations(stream)
    for message in written:
        singular = forms(message.id)[0] if message.id else ""
        assert shipped.gettext(singular) == now.gettext(singular)
        if message.pluralizable:
            one, many = forms(message.id)
            assert shipped.ngettext(one, many, 2) == now.ngettext(one, many, 2)


def test_a_sentence_without_a_translation_is_english() -> None:
    for speech in (load_speech("zh"), load_speech("xx"), load_speech("../zh"), ENGLISH):
        assert speech.say("Nobody says {what}.", what="this") == "Nobody says this."
        assert speech.say_many("{count} fish", "{count} fishes", 2) == "2 fishes"


def test_a_text_from_outside_is_a_value_and_never_a_form() -> None:
    assert ENGLISH.say("Found {what}.", what="{count} {0}") == "Found {count} {0}."
