"""Posts that an adapter must cope with: the usual, the missing, the endless and the hostile."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.post import Action, Link, Post, Rating, Section
from bot.domain.summary import Keyword

PAPER_URL = "https://huggingface.co/papers/2309.12307"
_LINKS = (
    Link("arXiv", "https://arxiv.org/abs/2309.12307"),
    Link("PDF", "https://arxiv.org/pdf/2309.12307"),
    Link("Code", "https://github.com/dvlab-research/LongLoRA?tab=readme&a=1"),
)

# No character of it is markup anywhere.
PLAIN = Post(
    "en",
    "LongLoRA: Efficient Fine-tuning",
    PAPER_URL,
    ratings=(Rating("Use", 4.5), Rating("Novelty", 4), Rating("Worth", 3.5)),
    signals=("👍 73", "💻 code", "CUHK"),
    sections=(
        Section("Main work", ("The context is extended cheaply.", "A second paragraph.")),
        Section("Highlights", ("Few parameters are trained.", "Code is public."), bulleted=True),
        Section("Scores", ("Use 4.5/5: saves memory.",), bulleted=True, folded=True),
    ),
    keywords=(Keyword("Long context"), Keyword("LoRA"), Keyword("Few-shot")),
    links=_LINKS,
    actions=(Action("中文", "entry:zh:2309.12307"),),
    footer=("Written by a model from the abstract", "⚠ 5 percent is not in the abstract"),
)

_TONGUES = {
    "zh": ("长上下文：高效微调", "本文提出一种方法，只训练少量参数。", "大型语言模型"),
    "ja": ("長い文脈の効率的な微調整", "本論文は手法を提案する。", "大規模言語モデル"),
    "ar": ("ضبط دقيق فعّال للسياق الطويل", "تقترح هذه الورقة طريقة جديدة.", "نماذج لغوية"),
    "hi": ("लंबे संदर्भ का कुशल प्रशिक्षण", "यह शोधपत्र एक विधि प्रस्तावित करता है।", "भाषा मॉडल"),
}

# Structure, a command, a mention or a trap to one platform or another (T2, T3, T4).
HOSTILE: Mapping[str, str] = {
    "html": "<b>a</b> <script>alert(1)</script> &amp; &lt; &#60; <tg-spoiler> </pre><a href=",
    "markdown": "*a* **b** __c__ ~~d~~ ||e|| `f` [g](https://evil.example) ![h](x) \\*i\\*",
    "blocks": "# a ## b > c - d 1. e ``` f ``` --- === | g | h |",
    "mentions": "@everyone @here <@1> <@&2> <#3> <!channel> <!here> @room <at id=all></at>",
    "links": "https://evil.example/a?b=c&d tg://user?id=1 discord.gg/evil evil.example m:a@b.c",
    "emoji": "👩\u200d🔬 🏳️\u200d🌈 ❤️ 👍🏽 :smile: <a:b:1> e\u0301 ﷽ \U0001d49c",
    "rtl": "שלום (abc) مرحبا 123 \u202eevil\u202c \u2066x\u2069",
    "hidden": "a\u200bb\ufeffc\u2060d\x07e\x1b[31mf\x00g",
    "templates": "{0} {name} {{x}} ${y} %s %(z)s $1 \\1 \\n \\u0041",
    "quotes": "\"a\" 'b' “c” «d» `e` ´f´ \\ / ; -- '",
}


def contract_posts() -> Mapping[str, Post]:
    """Posts by what is special about each."""
    return {
        "usual": PLAIN,
        **{tongue: _in_tongue(tongue, *texts) for tongue, texts in _TONGUES.items()},
        "unrated": replace(PLAIN, ratings=(), signals=("unrated", "👍 0")),
        "no links": replace(PLAIN, links=(), url=""),
        "no keywords": replace(PLAIN, keywords=()),
        "no sections": replace(PLAIN, sections=()),
        "title only": Post("en", "Nothing today: it is Saturday.", ""),
        "a list": _listing(),
        "empty texts": _with_empty_texts(),
        **_endless(),
        **{f"hostile {name}": _hostile(text) for name, text in HOSTILE.items()},
    }


def _in_tongue(tongue: str, title: str, sentence: str, keyword: str) -> Post:
    return replace(
        PLAIN,
        language=tongue,
        title=title,
        ratings=(Rating(keyword, 4.5), Rating(title, 0.5)),
        sections=(
            Section(keyword, (sentence * 3, sentence)),
            Section(title, (sentence,) * 3, bulleted=True),
        ),
        keywords=(Keyword("Large Language Models", keyword), Keyword("GPT-4", keyword)),
        footer=(sentence,),
    )


def _listing() -> Post:
    lines = tuple(f"{n}. Paper number {n}" for n in range(1, 40))
    urls = tuple(f"https://huggingface.co/papers/2309.{n:05}" for n in range(1, 40))
    return Post("en", "HF Daily", "", sections=(Section("", lines, urls=urls),), footer=("More",))


def _with_empty_texts() -> Post:
    return replace(
        PLAIN,
        signals=("",),
        sections=(Section("Empty", ()), Section("Blank", ("", " ", "x"), bulleted=True)),
        footer=("",),
    )


def _endless() -> dict[str, Post]:
    words = " ".join(f"word{n}" for n in range(1500))
    unbroken = "".join(f"{n:05}" for n in range(2000))
    sentences = "".join(f"这是第{n}句，很长。" for n in range(1000))
    points = tuple(f"Point {n}: " + "and so on, " * 12 for n in range(80))
    texts = {"words": words, "no space": unbroken, "Chinese": sentences, "markup": "<&*_`" * 2000}
    return {
        **{
            f"endless {name}": replace(
                PLAIN, sections=(Section("Main work", (text,)), *PLAIN.sections[1:])
            )
            for name, text in texts.items()
        },
        "endless points": replace(PLAIN, sections=(Section("Points", points, bulleted=True),)),
        "endless folded": replace(PLAIN, sections=(Section("Scores", points, folded=True),)),
        "endless title": replace(PLAIN, title=words[:3000].strip()),
        "endless footer": replace(PLAIN, footer=(words,)),
        "many keywords": replace(
            PLAIN, keywords=tuple(Keyword(f"Term {n}", f"术语{n}") for n in range(200))
        ),
    }


def _hostile(text: str) -> Post:
    """The same text wherever text from outside may stand."""
    return replace(
        PLAIN,
        title=text,
        ratings=(Rating(text, 4.5),),
        signals=(text,),
        sections=(
            Section(text, (text, f"x {text}")),
            Section("Highlights", (text, text), bulleted=True),
            Section("Scores", (text,), folded=True),
        ),
        keywords=(Keyword(text, text), Keyword("GPT")),
        footer=(text,),
    )
