"""Quotation without a model: which sentences of an abstract tell what, by words alone.

Here belong the tables (``*.toml``, ``stop_words.txt``) and the rules that read them. They know
words, not papers, languages asked for, or summaries: that is ``summarizer.extractive``.
"""

import tomllib
from importlib.resources import files
from typing import Any


def load_table(name: str) -> dict[str, Any]:
    """A TOML table of this package, by its name without the ending."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))


def load_list(name: str) -> tuple[str, ...]:
    """The words of a text file of this package; ``#`` opens a comment line."""
    lines = files(__name__).joinpath(f"{name}.txt").read_text("utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())
