"""Each command as a person runs it: what it prints, where, and with which exit code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest


class Said(Protocol):
    code: int
    out: str
    err: str


class Upstream(Protocol):
    asked: list[str]
    down: bool
    base: str


Sulan = Callable[..., Said]
DAY = "2026-08-21"


def test_today_shows_every_paper_of_a_real_day(online: Sulan, shared: Path) -> None:
    said = online("today", "--date", DAY)
    real = json.loads((shared / "data" / "hf_daily" / f"{DAY}.json").read_text("utf-8"))
    assert said.code == 0
    for item in real:
        assert f"https://huggingface.co/papers/{item['paper']['id']}" in said.out
    assert f"· {len(real)} 篇" in said.out


def test_the_second_time_nothing_is_asked_or_written_again(
    online: Sulan, upstream: Upstream
) -> None:
    first = online("today", "--date", DAY, "--limit", "3", "--json")
    asked = list(upstream.asked)
    assert (online("today", "--date", DAY, "--limit", "3", "--json").out, upstream.asked) == (
        first.out,
        asked,
    )


def test_json_is_for_programs_and_holds_the_four_parts(online: Sulan) -> None:
    said = online("today", "--date", DAY, "--limit", "1", "--json", "--lang", "en")
    (digest,) = json.loads(said.out)
    (entry,) = digest["entries"]
    assert (digest["day"], digest["language"]) == (DAY, "en")
    assert {"main_work", "highlights", "keywords", "scores", "origin"} <= set(entry["summary"])


def test_a_weekend_is_said_to_be_one(online: Sulan) -> None:
    said = online("today", "--date", "2026-08-22")
    assert (said.code, said.out) == (0, "")
    assert "周末" in said.err


def test_f1_with_the_upstream_down_the_stored_day_is_shown(
    online: Sulan, upstream: Upstream
) -> None:
    online("today", "--date", DAY, "--limit", "1")
    upstream.down = True
    said = online("today", "--limit", "1")
    assert said.code == 0
    assert f"Showing the stored list of {DAY}." in said.err
    assert "EnvHarness" in said.out


def test_with_no_network_one_line_says_so(sulan: Sulan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SULAN_HUGGINGFACE__BASE_URL", "http://127.0.0.1:9")
    said = sulan("today")
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert "Cannot reach 127.0.0.1:9" in said.err


def test_arxivs_feed_is_a_source_too(online: Sulan) -> None:
    said = online("today", "-s", "arxiv:cs.CL", "--date", "2026-04-27", "-n", "1", "-l", "en")
    assert said.code == 0
    assert "arXiv cs.CL 2026-04-27 · 1 papers" in said.out


def test_a_paper_in_two_sources_is_shown_once(online: Sulan) -> None:
    said = online("today", "-s", "hf", "-s", "hf", "--date", DAY, "--json")
    first, second = json.loads(said.out)
    assert (len(first["entries"]) > 10, second["entries"]) == (True, [])


@pytest.mark.parametrize(
    "id_", ["2104.12255v1", "https://arxiv.org/abs/2104.12255v1", "arXiv:2104.12255v1"]
)
def test_a_paper_by_id_or_link(online: Sulan, id_: str) -> None:
    said = online("paper", id_, "--json")
    assert said.code == 0
    assert json.loads(said.out)["paper"]["id"] == "2104.12255"


def test_a_stored_paper_that_arxiv_does_not_know_is_shown_as_stored(
    online: Sulan, shared: Path
) -> None:
    online("import", str(shared / "digests" / "2023-09-25.md"))
    said = online("paper", "2309.12499", "--json")
    assert said.code == 0
    assert json.loads(said.out)["summary"]["origin"] == "imported"
    assert "No paper with the id 2309.12499 on arXiv" in said.err
    assert "Showing what is stored." in said.err


def test_f12_a_paper_that_is_not_there_is_said_not_to_be(online: Sulan) -> None:
    said = online("paper", "2309.99999")
    assert (said.code, said.out) == (1, "")
    assert "No paper with the id 2309.99999 on arXiv" in said.err


@pytest.mark.parametrize(
    "id_",
    ["garbage", "9" * 10_000, "'; DROP TABLE papers; --", "\u202e2309.12307x", "1 2"],
)
def test_f66_garbage_reaches_no_upstream(online: Sulan, upstream: Upstream, id_: str) -> None:
    said = online("paper", id_)
    assert (said.code, said.out, upstream.asked) == (2, "", [])
    assert said.err.count("\n") == 1
    assert len(said.err) < 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("today", "--date", "2126-01-01"), "in the future", id="future date"),
        pytest.param(("today", "--date", "soon"), "Not a date", id="no date"),
        pytest.param(("today", "--lang", "xx"), "No wording for language", id="language"),
        pytest.param(("today", "--source", "nowhere"), "No source", id="source"),
        pytest.param(("today", "--source", "arxiv:!"), "Not an arXiv category", id="category"),
        pytest.param(("today", "--limit", "0"), "--limit", id="limit"),
        pytest.param(("export", "--date", "x"), "Not a date", id="export's date"),
        pytest.param(("import", "absent.md"), "Cannot read absent.md", id="file"),
        pytest.param(("import",), "No file is named", id="no file"),
        pytest.param(("today", "--nonsense"), "--nonsense", id="option"),
        pytest.param(("nonsense",), "nonsense", id="command"),
    ],
)
def test_a_wrong_command_is_told_what_is_wrong(
    online: Sulan, arguments: tuple[str, ...], words: str
) -> None:
    said = online(*arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_broken_settings_are_all_named_at_once(
    sulan: Sulan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sulan.toml").write_text('langage = "zh"\n[model]\nconcurrency = "many"\n', "utf-8")
    monkeypatch.setenv("SULAN_HTTP__ATTEMPTS", "none")
    said = sulan("today")
    assert said.code == 2
    for words in ("langage", "language", "concurrency", "SULAN_HTTP__ATTEMPTS"):
        assert words in said.err


def test_a_model_without_its_key_is_told_what_to_set(
    sulan: Sulan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SULAN_MODEL__NAME", "gpt-6-luna")
    said = sulan("today")
    assert (said.code, said.out) == (2, "")
    assert "SULAN_MODEL__API_KEY" in said.err


def test_f57_a_store_that_cannot_be_made_is_refused_in_one_line(
    sulan: Sulan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    monkeypatch.setenv("SULAN_STORE__URL", str(tmp_path / "file" / "sulan.sqlite3"))
    said = sulan("today")
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)


def test_an_old_digest_goes_in_and_comes_out_canonical(
    sulan: Sulan, shared: Path, tmp_path: Path
) -> None:
    said = sulan("import", *map(str, sorted((shared / "digests").glob("*.md"))))
    assert said.code == 0
    assert "2309.13018" in said.out
    assert sulan("export", "--date", "2023-09-25", "-o", "first.md").code == 0
    assert sulan("import", "first.md").code == 0
    assert sulan("export", "--date", "2023-09-25", "-o", "second.md").code == 0
    first = (tmp_path / "first.md").read_text("utf-8")
    assert first == (tmp_path / "second.md").read_text("utf-8")
    assert first.startswith("# 【2023-09-25】Huggingface 每日论文速览\n")


def test_an_export_that_cannot_be_written_says_where(online: Sulan) -> None:
    online("today", "--date", DAY, "--limit", "1")
    said = online("export", "--date", DAY, "-o", "absent/folder/file.md")
    assert (said.code, said.out) == (2, "")
    assert "Cannot write absent/folder/file.md" in said.err


def test_a_day_that_is_not_stored_says_what_to_run(sulan: Sulan) -> None:
    said = sulan("export", "--date", "2023-09-25")
    assert (said.code, said.out) == (1, "")
    assert "sulan today --date 2023-09-25" in said.err


def test_check_names_what_is_set_and_what_is_wrong(online: Sulan, upstream: Upstream) -> None:
    said = online("check")
    assert said.code == 0
    assert "SULAN_HUGGINGFACE__BASE_URL" in said.out
    upstream.down = True
    assert online("check").code == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_demo_needs_no_network_and_leaves_nothing_behind(
    sulan: Sulan, tmp_path: Path, language: str
) -> None:
    said = sulan("demo", "--lang", language, "--json")
    entries = json.loads(said.out)["entries"]
    origins = {entry["summary"]["origin"] for entry in entries}
    assert (said.code, len(entries) >= 5) == (0, True)
    assert origins == {"imported", "extractive"}
    assert list(tmp_path.iterdir()) == []


def test_the_demo_is_not_disturbed_by_settings(
    sulan: Sulan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SULAN_MODEL__NAME", "gpt-6-luna")
    monkeypatch.setenv("SULAN_NONSENSE", "1")
    said = sulan("demo")
    assert said.code == 0
    assert "sulan today" in said.err


@pytest.mark.parametrize("command", ["demo", "today", "paper", "export", "import", "check"])
def test_every_command_explains_itself(sulan: Sulan, command: str) -> None:
    said = sulan(command, "--help")
    assert said.code == 0
    assert len(said.out) > 200
    assert "False" not in said.out


@pytest.mark.parametrize("command", ["today", "paper", "export", "import"])
def test_a_command_with_arguments_shows_how_it_is_typed(sulan: Sulan, command: str) -> None:
    examples = sulan(command, "--help").out.split("Example", 1)[1]
    assert f"\n sulan {command} " in examples


def test_t12_the_store_is_readable_by_its_owner_alone(online: Sulan, tmp_path: Path) -> None:
    online("today", "--date", DAY, "--limit", "1")
    (file,) = tmp_path.rglob("*.sqlite3")
    assert file.stat().st_mode & 0o077 == 0


def test_a_role_that_there_is_not_is_told_with_those_that_there_are(sulan: Sulan) -> None:
    said = sulan("run", "--roles", "plan", "--roles", "deliver,fly")
    assert said.code == 2
    words = " ".join(said.err.split())
    assert "'fly', which is no role" in words
    assert "collect, summarise, plan, deliver, commands, web" in words
