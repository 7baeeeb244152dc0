"""LaTeX in titles and abstracts becomes plain Unicode, and nothing is lost."""

import pytest

from bot.sources.plaintext import plain

CONVERTED = {
    "degrees in braces": (r"360^{\circ}", "360°"),
    "degrees without backslash": ("360^circ", "360°"),
    "degrees in dollars": (r"360$^\circ$", "360°"),
    "script letters": (r"$\mathcal{O}(n \log n)$", "𝒪(n log n)"),
    "Greek with subscript": (r"$\alpha_{t}$", "αₜ"),
    "Greek with subscript in prose": (r"\alpha_{t}", "αₜ"),
    "whole formula": (
        r"$x_{i+1} = x_i - \eta \nabla f(x_i)$",
        "xᵢ₊₁ = xᵢ - η∇ f(xᵢ)",
    ),
    "power of two": ("$2^{10}$", "2¹⁰"),
    "power in prose": ("O(N^2) and 10^-3", "O(N²) and 10⁻³"),
    "name with a power": ("GD^2PO and D$^2$PO", "GD²PO and D²PO"),
    "superscript without form": (r"$K^{*0}$", "K^(*0)"),
    "subscript without form": (r"G_{stack} and W_{CE}", "G_(stack) and W_(CE)"),
    "single script without form": ("$W_Q$ and $x^q$", "W_Q and x^q"),
    "both scripts": (r"(1^{+1.39}_{-0.59})", "(1^(+1.39)_(-0.59))"),
    "fraction keeps its meaning": (r"$\frac{a+b}{\sqrt{n}}$", "(a+b)/√n"),
    "relations stand evenly": (r"$p\in P$, $x \leq y$, $\leq 5$", "p∈P, x ≤ y, ≤5"),
    "times and plus-minus": (r"$3\times 4 \pm 2$", "3×4 ± 2"),
    "functions stand apart": (r"$n\log\log n$", "n log log n"),
    "letter after a command's name": ("$\\tildeΘ(n)$, $\\mathbfθ$", "Θ̃(n), θ"),
    "umlaut": (r"Schr\"odinger", "Schrödinger"),
    "accents": (r"Bolet\'{\i}n, vis-\`a-vis, Erd\H{o}s", "Boletín, vis-à-vis, Erdős"),
    "tilde as an accent": (r"ma\~nana", "mañana"),
    "space that ends a name": (r"Sk\l odowska", "Skłodowska"),
    "bold": (r"\textbf{X}", "X"),
    "typewriter keeps its text": (r"\texttt{GPT-4}", "GPT-4"),
    "declarations": (r"{\it is} {\bf here}", "is here"),
    "command around a formula": (r"the \textbf{bold $x^2$ thing}", "the bold x² thing"),
    "link": (r"[\href{https://x.y/z_a}{\texttt{repo}}]", "[repo (https://x.y/z_a)]"),
    "citation": (r"by \cite{dunlop2018} on", "by [dunlop2018] on"),
    "round brackets": (r"ratio (\(TPP\))", "ratio (TPP)"),
    "square brackets": (r"be \[x^2\]", "be x²"),
    "per cent": (r"41.6\% vs.\ 33.5\%", "41.6% vs. 33.5%"),
    "ampersand": (r"R\&D", "R&D"),
    "grouped comma": ("1{,}182", "1,182"),
    "thin space": (r"RTX\,5090", "RTX 5090"),
    "dollar whose sign was stripped": (r"less than \0.1, \22K", "less than $0.1, $22K"),
    "dashes": ("4B--30B and evolution---the", "4B–30B and evolution—the"),
    "double quotes": ("``x y'' and ``z\"", "“x y” and “z”"),
    "single quotes": ("(e.g. `memory allocation')", "(e.g. ‘memory allocation’)"),
    "ties": ("Track~2, Fuser~(MGF), of~$X$", "Track 2, Fuser (MGF), of X"),
    "white space": ("a\n  b\tc", "a b c"),
    "hidden characters": ("a\u200bb\u202ec\x00", "abc"),
    "lone surrogate": ("a\ud800b", "a\ufffdb"),
}  # fmt: skip

LEFT_ALONE = {
    "money": "cost is $5 and $7",
    "money with a letter": "Video Generation Model in $200k",
    "money in brackets": "($0.50 vs. $1.20), from $5M to $10M per year",
    "one dollar": "only US$44 in charges",
    "two currencies": "US$5, AU$7 and A$5 B$7, $5-$7, $5/$7",
    "shell": "$HOME/$PATH",
    "names": "C_4, snake_case, pi_kept, #1, a_b_c, __init__",
    "comparison": "a < b > c & d",
    "per cent": "50% of 15 %",
    "tilde for about": "from ~3,600, up to ~6x, 1.5~2 times, kept ~ 89%",
    "set in prose": "label c in {True, False} of {X}",
    "flags": "pass --verbose or --no-cache",
    "link": "https://a.b/~x/a_b-c--d?x=1^2&y=`z`",
    "Markdown code": "Do I look like a `cat.n.01` to you?",
    "apostrophes": "5' 6'' it's users'",
    "unknown command": r"we propose \method, a camera",
    "path": r"C:\new\table",
    "lone signs": "^ a^ b $ { } \\",
    "upper-case exponent": "x^n and C^*-algebra",
    "tags": "Let's <think> about </think> and <|im_end|>",
    "emoji": "👩\u200d🔬 at work",
    "Chinese": "大型语言模型 – 130 亿",
}


@pytest.mark.parametrize(("source", "expected"), CONVERTED.values(), ids=CONVERTED.keys())
def test_latex_becomes_unicode(source: str, expected: str) -> None:
    assert plain(source) == expected


@pytest.mark.parametrize("source", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_what_is_not_plainly_latex_stays(source: str) -> None:
    assert plain(source) == source


def test_a_formula_that_cannot_be_read_stays_and_spares_the_rest() -> None:
    assert plain(r"$\frac{a$ of \textbf{b} and $x_1$") == r"$\frac{a$ of b and x₁"


def test_a_formula_that_would_lose_text_stays_and_spares_the_rest() -> None:
    assert plain(r"$\input{secret}$ and $x_1$") == r"$\input{secret}$ and x₁"


def test_an_unknown_commands_empty_braces_go_but_its_name_stays() -> None:
    assert plain(r"We introduce \ours{}, a benchmark") == r"We introduce \ours, a benchmark"


@pytest.mark.parametrize("text", [text for _, text in CONVERTED.values()], ids=CONVERTED.keys())
def test_what_was_converted_stays_as_it_is(text: str) -> None:
    assert plain(text) == text
