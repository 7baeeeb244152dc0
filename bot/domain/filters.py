"""Which papers a chat wants, and why it gets one or not: pure decisions."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Filters:
    """What a paper must be like. Of each kind that names anything, one must hold; all kinds must.

    ``include`` and ``exclude`` are words and phrases, found as whole words in title, abstract and
    keywords, case-folded. A category without a dot (``cs``) stands for all of its archive.
    ``authors`` and ``organizations`` are found as whole words in the names. ``least_upvotes`` and
    ``least_recommendation`` (0 to 5, half steps) are 0 where they do not matter; a paper that
    nobody rated does not pass the latter. ``most_a_day`` is ``None`` for any number; ``code`` is
    whether there must be some.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    least_upvotes: int = 0
    least_recommendation: float = 0.0
    most_a_day: int | None = None
    code: bool = False

    def __post_init__(self) -> None:
        if self.least_upvotes < 0:
            raise ValueError(f"upvotes are counted from 0, not {self.least_upvotes}")
        if not 0 <= self.least_recommendation <= 5:
            raise ValueError(f"a score lies between 0 and 5, not {self.least_recommendation}")
        if self.most_a_day is not None and self.most_a_day < 1:
            raise ValueError(f"at most {self.most_a_day} papers a day is none: pause the chat")


class Test(StrEnum):
    """What a paper is put to. The values are stored and worded; those that can change for a paper
    (``MAY_CHANGE``) are put to it again until it is no longer news."""

    __test__ = False  # no test case, whatever pytest makes of the name

    INCLUDE = "include"
    EXCLUDE = "exclude"
    CATEGORY = "category"
    AUTHOR = "author"
    ORGANIZATION = "organization"
    CODE = "code"
    UPVOTES = "upvotes"
    RECOMMENDATION = "recommendation"
    UNRATED = "unrated"


# Upvotes grow, code appears, a summary follows; words and names stay.
MAY_CHANGE: Collection[Test] = frozenset(
    {Test.CODE, Test.UPVOTES, Test.RECOMMENDATION, Test.UNRATED}
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a paper passes; if not, at which test, and what of it (``detail``): the excluded
    word that was found, the upvotes that it has."""

    failed: Test | None = None
    detail: str = ""

    @property
    def passes(self) -> bool:
        """Whether it is wanted."""
        return self.failed is None


PASSED = Verdict()
