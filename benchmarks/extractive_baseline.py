"""How close one quoted sentence comes to Hugging Face's own one-sentence summary.

For every paper in the archived days that has an ``ai_summary``: ROUGE-1 F over content words of
the first sentence, of the baseline rule (the first sentence with a cue such as "we propose", else
the one that shares most words with the title) and of our core sentence, with the best any single
sentence could reach as the ceiling. Then key phrases against Hugging Face's keywords (F over their
content words), and the time for a whole summary.

    python benchmarks/extractive_baseline.py [--shared ../shared]
"""

import argparse
import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import fmean

from bot.domain.paper import Paper
from bot.sources.hf_parse import parse_daily
from bot.testing import VirtualClock
from summarizer.extraction.choice import find_core
from summarizer.extraction.words import content_words
from summarizer.extractive import ExtractiveSummarizer
from summarizer.phrases import key_phrases
from summarizer.sentences import split_sentences

_CUE = re.compile(r"\b(?:we|paper|work)\s+(?:\w+\s+){0,2}?(?:propose|present|introduce)", re.I)
_FEWEST_KEYWORDS = 3
_ROUNDS = 3

Chooser = Callable[[str, Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Report:
    """Mean ROUGE-1 F of each way of choosing a sentence, mean F of key phrases, and times."""

    papers: int
    first: float
    baseline: float
    ours: float
    ceiling: float
    with_keywords: int
    phrases: float
    summaries: int
    milliseconds: float


def real_papers(shared: Path) -> list[Paper]:
    """Every paper of the archived days once, as our own parser reads it."""
    papers: dict[str, Paper] = {}
    for file in sorted((shared / "data" / "hf_daily").glob("*.json")):
        # The day matters to nobody here; one file bears none.
        for paper in parse_daily(file.read_bytes(), day=date(2026, 1, 1)).papers:
            papers.setdefault(str(paper.id), paper)
    return list(papers.values())


def measure(papers: Sequence[Paper]) -> Report:
    """Every figure that ``main`` prints."""
    judged = [paper for paper in papers if paper.upstream_summary]
    keyed = [paper for paper in papers if len(paper.keywords) >= _FEWEST_KEYWORDS]
    return Report(
        papers=len(judged),
        first=_mean(judged, lambda _title, _sentences: 0),
        baseline=_mean(judged, baseline_rule),
        ours=_mean(judged, find_core),
        ceiling=fmean(_ceiling(paper) for paper in judged),
        with_keywords=len(keyed),
        phrases=fmean(_phrase_f(paper) for paper in keyed),
        summaries=len(papers),
        milliseconds=asyncio.run(_milliseconds(papers)),
    )


def baseline_rule(title: str, sentences: Sequence[str]) -> int:
    """The rule to match or beat."""
    for place, sentence in enumerate(sentences):
        if _CUE.search(sentence):
            return place
    wanted = set(content_words(title))
    shared = [len(wanted.intersection(content_words(sentence))) for sentence in sentences]
    return shared.index(max(shared))


def rouge_1_f(candidate: str, reference: str) -> float:
    """ROUGE-1 F over content words, each counted as often as it stands."""
    ours, theirs = Counter(content_words(candidate)), Counter(content_words(reference))
    same = (ours & theirs).total()
    return 2 * same / (ours.total() + theirs.total()) if same else 0.0


def _mean(papers: Sequence[Paper], choose: Chooser) -> float:
    return fmean(_score(paper, choose) for paper in papers)


def _score(paper: Paper, choose: Chooser) -> float:
    sentences = split_sentences(paper.abstract)
    return rouge_1_f(sentences[choose(paper.title, sentences)], paper.upstream_summary or "")


def _ceiling(paper: Paper) -> float:
    reference = paper.upstream_summary or ""
    return max(rouge_1_f(sentence, reference) for sentence in split_sentences(paper.abstract))


def _phrase_f(paper: Paper) -> float:
    phrases = key_phrases(paper.title, paper.abstract, limit=7)
    ours, theirs = (
        set(content_words(" ".join(phrases))),
        set(content_words(" ".join(paper.keywords))),
    )
    same = len(ours & theirs)
    return 2 * same / (len(ours) + len(theirs)) if same else 0.0


async def _milliseconds(papers: Sequence[Paper]) -> float:
    """For a whole summary, key phrases included; the best of a few rounds."""
    summarizer = ExtractiveSummarizer(VirtualClock(datetime(2026, 1, 1, tzinfo=UTC)))
    bare = [replace(paper, keywords=()) for paper in papers]
    rounds: list[float] = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        for paper in bare:
            await summarizer.summarize(paper, "en")
        rounds.append((time.perf_counter() - started) * 1000 / len(bare))
    return min(rounds)


def main() -> None:
    """Print one line per figure."""
    parser = argparse.ArgumentParser(description="Extractive summaries, measured.")
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    report = measure(real_papers(parser.parse_args().shared))
    print(f"ROUGE-1 F against ai_summary over {report.papers} real abstracts, one sentence each:")
    print(f"  first sentence   {report.first:.3f}")
    print(f"  baseline rule    {report.baseline:.3f}")
    print(f"  ours             {report.ours:.3f}  (x{report.ours / report.baseline:.3f})")
    print(f"  best possible    {report.ceiling:.3f}")
    print(f"key phrases against {report.with_keywords} papers' keywords: F {report.phrases:.3f}")
    print(f"{report.milliseconds:.2f} ms per abstract, over {report.summaries}")


if __name__ == "__main__":
    main()
