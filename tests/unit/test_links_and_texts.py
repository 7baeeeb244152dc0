"""Which links are kept (T2, T7), and what counts as withdrawn (F13)."""

import pytest

from bot.sources.links import safe_link
from bot.sources.paper_text import categories_of, is_withdrawn


@pytest.mark.parametrize(
    "link",
    [
        "https://github.com/google-research/envharness",
        "http://example.org:8080/a_(b)/?q=1&r=%20#top",
        "HTTPS://Example.org",
        "https://xn--bcher-kva.example/~me",
    ],
)
def test_an_ordinary_link_is_kept_as_it_is(link: str) -> None:
    assert safe_link(link) == link


@pytest.mark.parametrize(
    "link",
    [
        None, 3, "", "github.com/x", "/avatars/x.svg", "ftp://a.org/", "javascript:alert(1)",
        "tg://user?id=1", "https://", "https://localhost/", "https://intranet/x",
        "http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/",
        "https://me:secret@a.org/", "https://a.org@evil.org/", "https://a.org:port/",
        "https://a.org\\@evil.org/", "https://a.org/ x", "https://a.org/\n", 'https://a.org/"><b>',
        "https://a.org/`x`", "https://аррle.com/", "https://a.org/\u202egpj", "https://a..org/",
        "https://-a.org/", "https://a.org/" + "x" * 2048, "http://a.org]/",
    ],
)  # fmt: skip
def test_t2_t7_a_link_that_could_mislead_or_reach_inside_is_dropped(link: object) -> None:
    kept = safe_link(link)
    assert kept is None or (isinstance(link, str) and kept == link.strip() == "https://a.org/")


@pytest.mark.parametrize(
    ("notice", "withdrawn"),
    [
        ("This paper has been withdrawn by the authors.", True),
        ("this submission has been temporarily withdrawn", True),
        ("The article was withdrawn due to a crucial error in equation 2.", True),
        ("Withdrawn: see the newer version.", True),
        ("This paper has been withdrawn", True),
        ("", False),
        ("We study why drugs are withdrawn from markets.", False),
        ("Students who withdrew; the paper discusses money withdrawn at machines.", False),
        ("We analyse notices such as 'this paper has been withdrawn'. " * 20, False),
    ],
)
def test_f13_a_notice_of_withdrawal_is_told_from_a_paper_about_it(
    notice: str, withdrawn: bool
) -> None:
    assert is_withdrawn(notice) is withdrawn


def test_categories_are_arxivs_own_each_once() -> None:
    terms = ["cs.LG", "math.MG", "68T05", "I.2.7; H.3", "cs.LG", " hep-th", "cond-mat.mtrl-sci", ""]
    assert categories_of(terms) == ("cs.LG", "math.MG", "hep-th", "cond-mat.mtrl-sci")
