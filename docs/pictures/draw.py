"""Draws README's pictures: a sample paper as the real renderers make it, shown in a browser.

The words, their order and their markup are the renderers'; only the frame around them (colours,
bubbles) stands for the apps. Needs Chromium. Run: python docs/pictures/draw.py [CHROMIUM]
"""

import html
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adapters.discord.render import render as render_discord
from adapters.telegram.message import TelegramMessage
from adapters.telegram.render import render as render_telegram
from bot.domain.digest import Entry
from bot.domain.post import Action, Post
from bot.sample import DAY, daily_papers, digest
from bot.services.compose import compose, feedback, list_name
from bot.sources.hf_parse import parse_daily
from bot.translations import load_speech
from summarizer.languages import load_wording
from summarizer.markdown import read_digest

_HERE = Path(__file__).parent
# The sample's third hand-written entry is the shortest.
_ENTRY = 2
_OTHER = {"zh": ("English", "en"), "en": ("中文", "zh")}


def main() -> None:
    """Draw one picture for each platform."""
    chromium = sys.argv[1] if len(sys.argv) > 1 else "chromium"
    (message,) = render_telegram(_post("zh"))
    _shoot(chromium, "telegram", _telegram(message), color="")
    (shown,) = render_discord(_post("en"))
    payload = shown.payload()
    color = f"#{payload['embeds'][0].get('color', 0x5865F2):06x}"
    _shoot(chromium, "discord", _discord(payload), color=color)


def _post(language: str) -> Post:
    papers = {paper.id: paper for paper in parse_daily(daily_papers(), day=DAY).papers}
    entry = read_digest(digest(language)).digest.entries[_ENTRY]
    label, other = _OTHER[language]
    paper_id = entry.paper.id
    actions = (
        Action(label, f"entry:{other}:{paper_id}"),
        *feedback(paper_id, load_speech(language)),
    )
    words = load_wording(language)
    listed = list_name("hf", DAY, words)
    whole = Entry(papers[paper_id], entry.summary)
    return compose(whole, words, actions=actions, listed=listed)


def _telegram(message: TelegramMessage) -> str:
    text = re.sub(r"(?<![\w&])#\w+", r'<span class="tag">\g<0></span>', message.text)
    rows = _rows([[button.label for button in row] for row in message.buttons])
    # A quotation is a block of its own: the line break behind it would show as an empty line.
    text = text.replace("</blockquote>\n\n", "</blockquote>\n")
    return f'<div class="bubble">{text}</div>{rows}'


def _discord(payload: dict[str, Any]) -> str:
    embed = payload["embeds"][0]
    fields = "".join(
        f'<div class="{"inline" if field["inline"] else "wide"}">'
        f'<div class="name">{_marked(field["name"])}</div>{_marked(field["value"])}</div>'
        for field in embed["fields"]
    )
    rows = _rows([[b["label"] for b in row["components"]] for row in payload["components"]])
    return (
        f'<div class="embed"><div class="author">{html.escape(embed["author"]["name"])}</div>'
        f'<a class="title">{_marked(embed["title"])}</a>{_marked(embed["description"])}'
        f'<div class="fields">{fields}</div>'
        f'<div class="footer">{html.escape(embed["footer"]["text"])}</div></div>{rows}'
    )


def _marked(text: str) -> str:
    """The little of Discord's Markdown that the renderer uses."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text))
    return re.sub(r"\\(.)", r"\1", re.sub(r"(?m)^- ", "• ", bold))


def _rows(rows: Iterable[Iterable[str]]) -> str:
    drawn = (
        '<div class="row">'
        + "".join(f'<span class="button">{html.escape(label)}</span>' for label in row)
        + "</div>"
        for row in rows
    )
    return f'<div class="rows">{"".join(drawn)}</div>'


def _shoot(chromium: str, platform: str, body: str, *, color: str) -> None:
    page = (_HERE / "page.html").read_text("utf-8")
    for name, value in (("platform", platform), ("color", color), ("language", "zh")):
        page = page.replace(f"{{{name}}}", value)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page.replace("{body}", body), "utf-8")
        height = _height(chromium, source)
        _chromium(chromium, source, height, f"--screenshot={_HERE / platform}.png")


def _height(chromium: str, source: Path) -> int:
    """How tall the page is, measured by the browser itself."""
    measuring = source.with_name("measure.html")
    script = "<script>document.title = document.documentElement.scrollHeight</script></body>"
    measuring.write_text(source.read_text("utf-8").replace("</body>", script), "utf-8")
    done = _chromium(chromium, measuring, 10, "--dump-dom")
    found = re.search(r"<title>(\d+)</title>", done)
    return int(found[1]) if found else 900


def _chromium(chromium: str, source: Path, height: int, *options: str) -> str:
    done = subprocess.run(  # noqa: S603 - the person who draws names the program
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-background-networking",
            f"--user-data-dir={source.parent}",
            f"--window-size=668,{height}",
            *options,
            source.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


if __name__ == "__main__":
    main()
