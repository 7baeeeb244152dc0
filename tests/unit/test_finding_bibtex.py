"""What was saved as BibTeX: read as BibTeX reads it, it is the papers again."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.services.finding.bibtex import bibtex

LONGLORA = Paper(
    PaperId("2309.12307"),
    "LongLoRA: Efficient Fine-tuning of Long-Context LLMs",
    authors=("Yukang Chen", "Shengju Qian"),
    categories=("cs.CL", "cs.AI"),
    published_at=datetime(2023, 9, 21, tzinfo=UTC),
)
# What TeX prints for what we write.
_PRINTED = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciicircum{}": "^",
    r"\textasciitilde{}": "~",
    **{f"\\{sign}": sign for sign in "$&%#_"},
}
_COMMAND = re.compile("|".join(map(re.escape, _PRINTED)))
_HEAD = re.compile(r"@misc\{([^\s,{}@]+),\n")
_FIELD = re.compile(r"  (\w+) = \{")


def read(entry: str) -> tuple[str, dict[str, str]]:
    """Key and fields, as BibTeX reads them: every brace counts, whatever stands before it."""
    head = _HEAD.match(entry)
    assert head is not None
    fields: dict[str, str] = {}
    place = head.end()
    while field := _FIELD.match(entry, place):
        start, depth, place = field.end(), 1, field.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(entry[place], 0)
            place += 1
        fields[field[1]] = entry[start : place - 1]
        assert entry[place : place + 2] == ",\n"
        place += 2
    assert entry[place:] == "}"
    return head[1], fields


def printed(value: str) -> str:
    """A field as TeX prints it: braces that group are not seen."""
    parts = _COMMAND.split(value)
    signs = [_PRINTED[sign] for sign in _COMMAND.findall(value)]
    plain = [re.sub("[{}]", "", part) for part in parts]
    assert not any(set(part) & set("\\$&%#_^~") for part in plain)
    return "".join(a + b for a, b in zip(plain, [*signs, ""], strict=True))


AS_ARXIV_DOES = """\
@misc{chen2023longlora,
  title = {{LongLoRA}: Efficient Fine-tuning of Long-Context {LLMs}},
  author = {Yukang Chen and Shengju Qian},
  year = {2023},
  eprint = {2309.12307},
  archivePrefix = {arXiv},
  primaryClass = {cs.CL},
  url = {https://arxiv.org/abs/2309.12307},
}"""


def test_a_paper_is_written_as_arxiv_writes_it() -> None:
    assert bibtex([LONGLORA]) == [AS_ARXIV_DOES]


def test_what_is_not_known_is_left_out() -> None:
    (entry,) = bibtex([Paper(PaperId("hep-th/9901001"), "On strings")])
    key, fields = read(entry)
    assert key == "arxiv1999strings"
    assert fields == {
        "title": "On strings",
        "year": "1999",
        "eprint": "hep-th/9901001",
        "archivePrefix": "arXiv",
        "url": "https://arxiv.org/abs/hep-th/9901001",
    }


@pytest.mark.parametrize(
    ("paper_id", "year"),
    [
        ("2309.12307", "2023"),
        ("0704.0001", "2007"),
        ("hep-th/9108001", "1991"),
        ("cs/0701001", "2007"),
    ],
)
def test_an_id_tells_the_year(paper_id: str, year: str) -> None:
    (entry,) = bibtex([Paper(PaperId(paper_id), "A title")])
    assert read(entry)[1]["year"] == year


@pytest.mark.parametrize(
    ("author", "title", "key"),
    [
        pytest.param("Jürgen Müller", "The Écriture of models", "muller2023ecriture", id="accents"),
        pytest.param("Łukasz Kaiser", "Attention", "kaiser2023attention", id="a family name"),
        pytest.param("王小明", "视频生成", "arxiv2023", id="no Latin letter"),
        pytest.param("Q", "3D-GPT: a way", "q20233d", id="digits"),
        pytest.param("O'Neil-Smith", "{@}% \\evil, key", "oneilsmith2023evil", id="signs"),
    ],
)
def test_keys_are_of_author_year_and_word(author: str, title: str, key: str) -> None:
    (entry,) = bibtex([Paper(PaperId("2309.12307"), title, authors=(author,))])
    assert read(entry)[0] == key


def test_no_two_papers_have_one_key() -> None:
    papers = [
        Paper(PaperId(f"2309.{number:05}"), "LongLoRA", authors=("A Chen",))
        for number in range(1, 40)
    ]
    keys = [read(entry)[0] for entry in bibtex(papers)]
    assert keys[:3] == ["chen2023longlora", "chen2023longlorab", "chen2023longlorac"]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("names", "author"),
    [
        (("Jane Doe", "李雷"), "Jane Doe and 李雷"),
        (("Gemini Team and Google", "Jane Doe"), "{Gemini Team and Google} and Jane Doe"),
        (("Doe, Jane",), "{Doe, Jane}"),
        (("J. {Doe}",), r"J. \textbraceleft{}Doe\textbraceright{}"),
        (("Anderson Randy",), "Anderson Randy"),
    ],
)
def test_a_name_is_one_name(names: tuple[str, ...], author: str) -> None:
    (entry,) = bibtex([Paper(PaperId("2309.12307"), "A title", authors=names)])
    assert read(entry)[1]["author"] == author


_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"])
    | st.sampled_from(' {}\\$&%#_^~"@,='),
    min_size=1,
    max_size=60,
).filter(str.split)


@given(_TEXTS, st.lists(_TEXTS, max_size=3))
def test_t4_whatever_stands_in_a_title_or_name_is_printed_as_it_is(
    title: str, authors: list[str]
) -> None:
    (entry,) = bibtex([Paper(PaperId("2309.12307"), title, authors=tuple(authors))])
    _, fields = read(entry)
    assert printed(fields["title"]) == " ".join(title.split())
    if authors:
        assert printed(fields["author"]) == " and ".join(" ".join(a.split()) for a in authors)
