"""Filters as clauses of a sentence, and a failed test as a reason. Pure."""

from collections.abc import Iterator

from bot.domain.filters import Filters, Test, Verdict
from bot.domain.speech import Speech
from bot.services.chat_settings.enumeration import any_of


def filter_clauses(filters: Filters, speech: Speech) -> Iterator[str]:
    """What a paper must be like besides its topic."""
    for sentence, items in (
        (speech.say("without {words}", words=any_of(filters.exclude, speech)), filters.exclude),
        (
            speech.say("in {categories}", categories=any_of(filters.categories, speech)),
            filters.categories,
        ),
        (speech.say("by {names}", names=any_of(filters.authors, speech)), filters.authors),
        (
            speech.say("of {organizations}", organizations=any_of(filters.organizations, speech)),
            filters.organizations,
        ),
    ):
        if items:
            yield sentence
    if filters.code:
        yield speech.say("with code")
    if filters.least_upvotes:
        yield speech.say_many(
            "with at least {count} upvote",
            "with at least {count} upvotes",
            filters.least_upvotes,
        )
    if filters.least_recommendation:
        yield speech.say(
            "recommended at {score} of 5 or more", score=f"{filters.least_recommendation:g}"
        )


def reason_of(verdict: Verdict, filters: Filters, speech: Speech) -> str:
    """Why a paper does not pass, in a few words; "" where it does."""
    if verdict.failed is None:
        return ""
    if verdict.failed in (Test.UPVOTES, Test.RECOMMENDATION, Test.UNRATED, Test.CODE):
        return _too_little(verdict.failed, verdict.detail, filters, speech)
    return _something_else(verdict.failed, verdict.detail, filters, speech)


def _too_little(failed: Test, detail: str, filters: Filters, speech: Speech) -> str:
    least = f"{filters.least_recommendation:g}"
    if failed is Test.CODE:
        return speech.say("has no code")
    if failed is Test.UNRATED:
        return speech.say("is not rated yet, and {least} is asked for", least=least)
    if failed is Test.RECOMMENDATION:
        return speech.say("is recommended at {score}, not {least}", score=detail, least=least)
    count = detail or "0"
    return speech.say("has {count} of {least} upvotes", count=count, least=filters.least_upvotes)


def _something_else(failed: Test, detail: str, filters: Filters, speech: Speech) -> str:
    if failed is Test.EXCLUDE:
        return speech.say("has “{word}”, which is excluded", word=detail)
    if failed is Test.INCLUDE:
        return speech.say("nothing on {words}", words=any_of(filters.include, speech))
    if failed is Test.AUTHOR:
        return speech.say("is not by {names}", names=any_of(filters.authors, speech))
    if failed is Test.CATEGORY:
        wanted = any_of(filters.categories, speech)
        if not detail:
            return speech.say("has no known category, and {wanted} is asked for", wanted=wanted)
        return speech.say("is in {categories}, not {wanted}", categories=detail, wanted=wanted)
    wanted = any_of(filters.organizations, speech)
    return speech.say("is not of {organizations}", organizations=wanted)
