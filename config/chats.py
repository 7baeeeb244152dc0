"""A chat in the operator's file, with everything that it could also choose for itself."""

from typing import Annotated, Literal

from pydantic import Field

from config.group import Group
from config.values import (
    AnyCase,
    ChatName,
    HourOfDay,
    HoursOfDay,
    LanguageTag,
    PlatformName,
    Points,
    SourceKeys,
    SpanOfDay,
    Weekdays,
    Words,
    ZoneName,
)


class ChatSettings(Group):
    """One place to publish to. What is left out is as at the top level. A chat may change all of it
    by /settings; that holds until its entry here changes."""

    platform: PlatformName = Field(
        description="The adapter that publishes there: console, telegram, discord, markdown, …; "
        "`sulan adapters` lists them."
    )
    chat: ChatName = Field(
        default="",
        description="The chat as its platform names it: @channel or -100… on Telegram, a "
        "channel's id on Discord.",
    )
    thread: ChatName | None = Field(
        default=None, description="A topic or thread in it, as its platform names it."
    )
    language: LanguageTag | None = Field(default=None, description="The language of its summaries.")
    second_language: LanguageTag | None = Field(
        default=None, description="Another one, in which everything comes once more."
    )
    sources: SourceKeys | None = Field(default=None, description="The lists it gets.")
    include: Words = Field(
        default=(),
        description="Only papers with one of these in title, abstract or keywords, as whole words "
        "in any case.",
    )
    exclude: Words = Field(default=(), description="No paper with one of these.")
    categories: Words = Field(
        default=(), description="Only papers of these arXiv categories; cs stands for all of cs."
    )
    authors: Words = Field(default=(), description="Only papers by one of these.")
    organizations: Words = Field(default=(), description="Only papers from one of these.")
    least_upvotes: int = Field(
        default=0, ge=0, le=100_000, description="Only papers with so many upvotes by now."
    )
    least_recommendation: Points = Field(
        default=0.0,
        description="Only papers recommended with so many points of 5; without a model none is "
        "rated, and so none comes.",
    )
    most_a_day: int | None = Field(
        default=None, ge=1, le=1000, description="At most so many papers a day, the best first."
    )
    code: bool = Field(default=False, description="Only papers with code.")
    style: Annotated[Literal["each", "digest", "thread"], AnyCase] = Field(
        default="each",
        description="A message a paper; one digest a day, edited as papers arrive; or a message a "
        "paper in a thread a day (Discord).",
    )
    hours: HoursOfDay = Field(
        default=(), description="Local times at which papers come; none is as they appear."
    )
    days: Weekdays | None = Field(
        default=None, description="The weekdays of those times; unset is every day."
    )
    quiet_hours: SpanOfDay | None = Field(
        default=None, description="Local times between which nothing arrives; it comes after them."
    )
    zone: ZoneName = Field(default="UTC", description="The time zone of all these times.")
    heartbeat: HourOfDay | None = Field(
        default=None,
        description="The hour by which a day without papers is explained there, once; unset is "
        "never.",
    )
    previews: bool = Field(default=True, description="Previews of the paper's page.")
    pictures: bool = Field(default=True, description="Pictures, where the platform shows them.")
    sound: bool = Field(default=True, description="Whether messages may make a sound.")
    on_unknown: Annotated[Literal["default", "resend", "leave"], AnyCase] = Field(
        default="default",
        description="What to do with a message of which nobody knows whether it arrived: send it "
        "once more, leave it, or (default) once more only after Sulan itself was killed.",
    )
