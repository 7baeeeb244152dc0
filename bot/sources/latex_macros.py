"""What each LaTeX command becomes: pylatexenc's tables with ours in front.

The one importer of pylatexenc. Ours stand where its tables (2.11) lose text (``\\texttt``,
``\\cite``), fail (``\\href``), change the meaning (``\\frac{a+b}{c}``) or know nothing.
"""

import re
from functools import cache
from typing import Any, Final

from pylatexenc import latex2text, latexwalker, macrospec  # pyright: ignore[reportMissingTypeStubs]

# pylatexenc has no types: what comes from it is Any, and stays within this file.
_Node = Any
_Context = Any

_AS_THEY_ARE = (
    "text textrm textsc textsf texttt textup textsl textmd textnormal textbf textit emph uline "
    "underline mathrm mathit mathsf mathtt mathnormal operatorname mbox hbox fbox bm boldsymbol "
    "pmb ensuremath mathop mathbin mathrel mathord smash mathds mathbbm"
)
_NOTHING = (
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr middle limits nolimits xspace "
    "displaystyle textstyle scriptstyle it bf em sc rm sf tt sl bfseries itshape scshape ttfamily "
    "rmfamily sffamily upshape mdseries normalfont tiny small footnotesize large Large LARGE huge "
    "Huge noindent protect relax cal boldmath centering"
)
# Functions, which stand apart from the letters beside them.
OPERATORS = (
    "log ln lg exp sin cos tan cot sinh cosh tanh arcsin arccos arctan arg argmax argmin max min "
    "sup inf limsup liminf lim det dim deg gcd ker Pr sign rank softmax"
)
_LETTERS = "l L o O i j ss ae AE oe OE aa AA dh DH th TH ng NG dj DJ textmu"
_SYMBOLS = {
    "colon": ":", "S": "§", "P": "¶", "lvert": "|", "rvert": "|", "vert": "|", "Vert": "‖",
    "lVert": "‖", "rVert": "‖", "lbrace": "{", "rbrace": "}", "eg": "e.g.", "ie": "i.e.",
    "etal": "et al.", "etc": "etc.", "wrt": "w.r.t.", "cf": "cf.", "vs": "vs.", "textmu": "μ",
    "degree": "°", "textdegree": "°", "quad": " ", "qquad": " ", "prime": "′", "sim": "∼",
    "thicksim": "∼", "mid": "|", "lesssim": "≲", "gtrsim": "≳", "LaTeX": "LaTeX", "TeX": "TeX",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_",
    "slash": "/", "textgreater": ">", "textless": "<", "textbar": "|", "newline": " ",
    "|": "‖", "/": "", "-": "", ":": " ", ">": " ", "@": "",
    "par": " ", "linebreak": " ", "bullet": "•", "textbullet": "•", "lq": "‘", "rq": "’",
    "dag": "†", "ddag": "‡",
}  # fmt: skip
_PATTERNS = {
    "cite": ("[{", "[%(2)s]"), "citep": ("[[{", "[%(3)s]"), "citet": ("[[{", "[%(3)s]"),
    "citealp": ("[[{", "%(3)s"), "ref": ("{", "%s"), "eqref": ("{", "(%s)"), "cref": ("{", "%s"),
    "Cref": ("{", "%s"), "autoref": ("{", "%s"), "url": ("{", "%s"), "path": ("{", "%s"),
    "nolinkurl": ("{", "%s"), "footnote": ("[{", " (%(2)s)"), "thanks": ("{", " (%s)"),
    "textcolor": ("[{{", "%(3)s"), "binom": ("{{", "C(%s, %s)"), "overset": ("{{", "%s%s"),
    "underset": ("{{", "%s%s"), "stackrel": ("{{", "%s%s"), "pmod": ("{", " (mod %s)"),
}  # fmt: skip
# An argument that needs no brackets: one character with its accents and scripts, or a number.
_ATOM: Final = re.compile(r"[√∛∜]?\w[\u0300-\u036f\ue000-\uf8ff]*|[\d.]+|\(.*\)")


class Unconvertible(ValueError):
    """A piece of text that is no LaTeX that we can read; it stays as it is."""


def to_text(source: str) -> str:
    """What LaTeX without ``$``, ``%``, ``&``, ``#`` and ``~`` says.

    The space between a bare command and text is kept (``\\nabla f``): TeX swallows it, but sets
    formulas with spaces of its own.

    Raises:
        Unconvertible: braces do not match, arguments are missing, and the like.
    """
    spaces = {
        "between-macro-and-chars": False,
        "between-latex-constructs": True,
        "after-comment": False,
        "in-equations": None,
    }
    try:
        walker: Any = latexwalker.LatexWalker(
            source, latex_context=_walker_context(), tolerant_parsing=False
        )
        nodes = walker.get_latex_nodes()[0]
        renderer: Any = latex2text.LatexNodes2Text(_text_context(), strict_latex_spaces=spaces)
        return str(renderer.nodelist_to_text(nodes))
    except RecursionError as error:
        raise Unconvertible("nested too deep") from error
    except Exception as error:  # whatever odd input leads it into: IndexError, TypeError …
        raise Unconvertible(f"{type(error).__name__}: {error}") from error


@cache
def swallows_space(name: str) -> bool:
    """Whether the space behind the command only ends its name: ``Sk\\l odowska``, ``{\\it so}``."""
    return name in (*_LETTERS.split(), *_NOTHING.split())


@cache
def is_known(name: str) -> bool:
    """Whether the command has a meaning here; others stay as they stand."""
    return name in {"begin", "end"} or _text_context().get_macro_spec(name) is not None


@cache
def takes_arguments(name: str) -> bool:
    """Whether the command takes what follows it."""
    parser = getattr(_walker_context().get_macro_spec(name), "args_parser", None)
    return bool(getattr(parser, "argspec", None))


@cache
def _walker_context() -> _Context:
    """How commands are read. Without TeX's specials: ``--`` and quotes are not LaTeX's alone."""
    context: Any = latexwalker.get_default_latex_context_db()
    context = context.filter_context(keep_which=["macros", "environments"])
    read = dict.fromkeys((*_NOTHING.split(), *OPERATORS.split(), *_SYMBOLS), "")
    read |= dict.fromkeys(_AS_THEY_ARE.split(), "{")
    read |= {name: arguments for name, (arguments, _) in _PATTERNS.items()}
    read |= {"href": "{{", "frac": "{{", "dfrac": "{{", "tfrac": "{{", "sqrt": "[{"}
    reading: Any = macrospec
    macros = [reading.std_macro(name, arguments) for name, arguments in read.items()]
    context.add_context_category("ours", macros=macros, prepend=True)
    return context


@cache
def _text_context() -> _Context:
    """What commands become."""
    spec: Any = latex2text.MacroTextSpec
    macros = [spec(name, "") for name in _NOTHING.split()]
    macros += [spec(name, _whole_argument) for name in _AS_THEY_ARE.split()]
    macros += [spec(name, text) for name, text in _SYMBOLS.items()]
    macros += [spec(name, name) for name in OPERATORS.split()]
    macros += [spec(name, pattern) for name, (_, pattern) in _PATTERNS.items()]
    macros += [spec(name, _fraction) for name in ("frac", "dfrac", "tfrac")]
    macros += [spec("sqrt", _root), spec("href", _link)]
    context: Any = latex2text.get_default_latex_context_db()
    context.add_context_category("ours", macros=macros, prepend=True)
    return context


def _whole_argument(node: _Node, l2tobj: Any) -> str:
    return _argument(node, l2tobj, 0)


def _argument(node: _Node, l2tobj: Any, index: int) -> str:
    return str(l2tobj.node_arg_to_text(node, index))


def _fraction(node: _Node, l2tobj: Any) -> str:
    above, below = (_bracketed(_argument(node, l2tobj, index)) for index in (0, 1))
    return f"{above}/{below}"


def _root(node: _Node, l2tobj: Any) -> str:
    degree, inner = _argument(node, l2tobj, 0), _argument(node, l2tobj, 1)
    root = {"": "√", "3": "∛", "4": "∜"}.get(degree, f"{degree}√")
    return root + _bracketed(inner)


def _link(node: _Node, l2tobj: Any) -> str:
    address, text = (_argument(node, l2tobj, index).strip() for index in (0, 1))
    return address if text == address else f"{text} ({address})"


def _bracketed(text: str) -> str:
    return text if _ATOM.fullmatch(text.strip()) else f"({text})"
