"""The settings menu, page by page. Pure: every page follows from the chat as it is.

The sentence that says what the chat gets stands on top of each, so that every press shows at once
what it changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.chat import Chat
from bot.domain.post import Action, Post, Section, Select
from bot.domain.speech import Speech
from bot.services.chat_settings.describe import Last, describe, small_print
from bot.services.chat_settings.keys import Deed, Page, ask_key, do_key, page_key
from bot.services.chat_settings.menu_selects import selects_of
from bot.services.chat_settings.offer import Offer
from bot.services.chat_settings.prompts import topic_label
from bot.services.chat_settings.topics import Topic

# Characters of a list on a page: five of them still leave it one message on either platform.
_LONGEST_LINE = 400

# Which settings of a page can also be typed, in the order of their buttons.
_ASKED: dict[Page, tuple[Topic, ...]] = {
    Page.HOME: (),
    Page.SOURCES: (Topic.SOURCES,),
    Page.FILTERS: (
        Topic.INCLUDE,
        Topic.EXCLUDE,
        Topic.CATEGORIES,
        Topic.AUTHORS,
        Topic.ORGANIZATIONS,
    ),
    Page.LANGUAGE: (),
    Page.STYLE: (),
    Page.WHEN: (Topic.HOURS, Topic.QUIET, Topic.ZONE),
    Page.SILENCE: (Topic.HEARTBEAT,),
}


@dataclass(frozen=True, slots=True)
class View:
    """What a menu is drawn from."""

    chat: Chat
    offer: Offer
    speech: Speech
    last: Last | None = None


def menu_page(
    view: View, page: Page = Page.HOME, *, title: str = "", notes: Sequence[str] = ()
) -> Post:
    """A page; ``title`` stands in place of its own, ``notes`` under the sentence."""
    speech = view.speech
    sentence = describe(view.chat, view.offer, speech, last=view.last)
    lines = (sentence, *small_print(view.chat, speech), *notes)
    sections = (Section("", lines), *_present(view, page))
    return Post(
        language=speech.language,
        title=title or _title(page, speech),
        url="",
        sections=sections,
        selects=_selects(view, page),
        actions=(*_asks(view, page), *_deeds(view, page), *_ways(view, page)),
        footer=_typed_form(view, page),
    )


def subscribed(chat: Chat) -> bool:
    """Whether a chat gets anything, now or after a pause."""
    return bool(chat.sources)


def page_name(page: Page, speech: Speech) -> str:
    """A page's name, as its button has it."""
    names = {
        Page.HOME: speech.say("Settings"),
        Page.SOURCES: speech.say("Sources"),
        Page.FILTERS: speech.say("Filters"),
        Page.LANGUAGE: speech.say("Language"),
        Page.STYLE: speech.say("Style"),
        Page.WHEN: speech.say("When"),
        Page.SILENCE: speech.say("Silence"),
    }
    return names[page]


def _title(page: Page, speech: Speech) -> str:
    name = page_name(page, speech)
    if page is Page.HOME:
        return name
    return f"{page_name(Page.HOME, speech)} · {name}"


def _selects(view: View, page: Page) -> tuple[Select, ...]:
    return selects_of(page, view.chat, view.offer, view.speech) if subscribed(view.chat) else ()


def _asks(view: View, page: Page) -> tuple[Action, ...]:
    if not subscribed(view.chat):
        return ()
    return tuple(Action(topic_label(t, view.speech), ask_key(t)) for t in _ASKED[page])


def _deeds(view: View, page: Page) -> tuple[Action, ...]:
    say, filters = view.speech.say, view.chat.filters
    if not subscribed(view.chat):
        return (Action(say("Subscribe"), do_key(Deed.SUBSCRIBE)),)
    if page is Page.FILTERS:
        code = say("✓ Only with code") if filters.code else say("Only with code")
        clear = Action(say("No filters"), do_key(Deed.NO_FILTERS))
        return (Action(code, do_key(Deed.CODE)), clear)
    if page is not Page.HOME:
        return ()
    preview = Action(say("Preview"), do_key(Deed.PREVIEW))
    if not view.chat.paused:
        return (preview, Action(say("Pause"), do_key(Deed.PAUSE)))
    leave = Action(say("Unsubscribe"), do_key(Deed.UNSUBSCRIBE))
    return (preview, Action(say("Resume"), do_key(Deed.RESUME)), leave)


def _ways(view: View, page: Page) -> tuple[Action, ...]:
    """From the first page to the others, and back."""
    if page is not Page.HOME:
        return (Action(view.speech.say("◂ Settings"), page_key(Page.HOME)),)
    if not subscribed(view.chat):
        return ()
    others = (other for other in Page if other is not Page.HOME)
    return tuple(Action(page_name(other, view.speech), page_key(other)) for other in others)


def _present(view: View, page: Page) -> tuple[Section, ...]:
    """The lists that a page's buttons ask for, in full: the sentence may shorten them."""
    if page is not Page.FILTERS:
        return ()
    filters = view.chat.filters
    lists = (
        (Topic.INCLUDE, filters.include),
        (Topic.EXCLUDE, filters.exclude),
        (Topic.CATEGORIES, filters.categories),
        (Topic.AUTHORS, filters.authors),
        (Topic.ORGANIZATIONS, filters.organizations),
    )
    lines = tuple(
        view.speech.say(
            "{name}: {values}",
            name=topic_label(topic, view.speech),
            values=_within_line(words, view.speech),
        )
        for topic, words in lists
        if len(words) > 1
    )
    return (Section("", lines, bulleted=True),) if lines else ()


def _within_line(words: tuple[str, ...], speech: Speech) -> str:
    """All of a list, or as much as a page has room for; its prompt has the whole."""
    kept = list(words)
    while len(kept) > 1 and len(", ".join(kept)) > _LONGEST_LINE:
        kept.pop()
    more = len(words) - len(kept)
    shown = ", ".join(kept)
    if not more:
        return shown
    return speech.say_many("{some} and {count} more", "{some} and {count} more", more, some=shown)


def _typed_form(view: View, page: Page) -> tuple[str, ...]:
    if page is not Page.HOME:
        return ()
    say = view.speech.say
    if subscribed(view.chat):
        example = say("/settings include LLM, RAG; quiet 23:00-07:00; zone Berlin")
    else:
        example = say("/subscribe cs.CL, LLM agents")
    typed = say("Or type it: {example}", example=example)
    return (typed, say("All that can be typed: /settings help"))
