"""The command ``sulan``.

Commands are imported when they are called, so that ``--help`` does not wait for libraries it does
not use.
"""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from cyclopts import App, CycloptsError, Group

from bot.cli.failures import USAGE, explain
from bot.provenance import require_one_root
from bot.services.long_lived import loading

_HELP = """The day's research papers, each in four parts.

Start with `sulan demo`: a bundled sample day, with no token and no network. Then `sulan today`
reads the day's list from Hugging Face, writes each paper up in four parts (with a model if one is
set, else in the abstract's own sentences), keeps it, and shows it here.
"""

_EPILOGUE = """Exit codes: 0 done; 1 an upstream, the model or the store failed; 2 the command or
the settings are wrong; 130 interrupted. Settings: sulan.toml, SULAN_... variables, secret files;
`sulan check` shows what is set and whether it works."""

_READ = Group("Read", sort_key=1)
_FILES = Group("Files", sort_key=2)
_RUN = Group("Set up", sort_key=3)

_COMMANDS = (
    ("demo", "bot.cli.demo:demo", _READ, "A bundled sample day: no token, no network."),
    ("today", "bot.cli.today:today", _READ, "Collect, summarise and show a day's papers."),
    ("paper", "bot.cli.paper:paper", _READ, "One paper by arXiv id or link."),
    ("export", "bot.cli.export:export", _FILES, "Write a stored day as four-part Markdown."),
    ("import", "bot.cli.import_files:import_files", _FILES, "Read four-part Markdown files."),
    ("run", "bot.cli.run:run", _RUN, "Publish the day's papers and answer people, until stopped."),
    ("chats", "bot.cli.chats:chats", _RUN, "Who gets what, and what keeps it from them."),
    ("deliveries", "bot.cli.deliveries:deliveries", _RUN, "What was sent where, and what failed."),
    ("replay", "bot.cli.replay:replay", _RUN, "Send what chats lack of a day."),
    ("broadcast", "bot.cli.broadcast:broadcast", _RUN, "An announcement to every chat."),
    ("copy-store", "bot.cli.copy_store:copy_store", _RUN, "The whole store in another database."),
    ("doctor", "bot.cli.doctor:doctor", _RUN, "What is wrong since when, and what to do."),
    ("check", "bot.cli.check:check", _RUN, "What is set, what works, and what to do."),
    ("adapters", "bot.cli.adapters:adapters", _RUN, "Where posts can go, and what is missing."),
)

# Below a command's first line in its own --help. A line that begins with "Examples:" would be taken
# for a section of a docstring and dropped.
_MORE = {
    "demo": "Some entries are written by hand, the others quoted as where no model is set.",
    "today": """What was summarised before is not summarised again; with no network, what is stored
is shown. Examples:

    sulan today --lang en --limit 5
    sulan today --date 2026-08-21 --source hf --source arxiv:cs.CL
    sulan today --json | jq -r '.[].entries[].paper.title'""",
    "paper": """From the store, else from arXiv, or from Hugging Face while arXiv cannot
answer. Examples:

    sulan paper 2309.12307
    sulan paper https://arxiv.org/abs/hep-th/9901001 --lang en""",
    "export": """Asks no upstream and no model. Example:

    sulan export --date 2026-08-21 --lang en -o 2026-08-21.md""",
    "import": """Old digests, or what `sulan export` wrote, one day a file. Nothing is stored unless
every file can be read. Example:

    sulan import digests/*.md""",
    "check": """Settings, store, upstreams, key, endpoint, model. Costs nothing: a model's endpoint
is asked for its list of models only.""",
    "doctor": """From the store, this machine's files, and a process that runs here. Changes nothing
and asks no upstream. Exits with 1 if something needs a person.""",
    "chats": """Chats of the settings and chats that subscribed. Examples:

    sulan chats
    sulan chats show telegram/-1001234567890
    sulan chats export -o chats.toml""",
    "deliveries": """Examples:

    sulan deliveries --state failed --date 2026-08-21
    sulan deliveries --chat discord/112233445566778899""",
    "replay": """Only what each chat's settings ask for and it never got. Examples:

    sulan replay --date 2026-08-21
    sulan replay --date 2026-08-21 --chat discord/112233445566778899 --send""",
    "broadcast": """Shows what would be sent, until --send is given. Examples:

    sulan broadcast maintenance.txt
    sulan broadcast maintenance.txt --platform telegram --send""",
    "copy-store": """From SQLite to PostgreSQL, or back: paths, or postgresql://USER@HOST/NAME with
the password in PGPASSWORD or ~/.pgpass. Stop Sulan first. The source is left as it is; the target
must be empty, and stays so if anything fails. Every table is read again there and compared.
Example:

    sulan copy-store ~/.local/share/sulan/sulan.sqlite3 postgresql://sulan@db/sulan""",
    "adapters": """Each is loaded once, so that one which cannot be used shows its reason here and
not at the first post. Others come with any distribution that has the entry-point group
sulan.adapters (docs/adapters.md).""",
}


def build() -> App:
    """The command line with all its commands."""
    app = App(
        name="sulan",
        help=_HELP,
        help_epilogue=_EPILOGUE,
        help_format="markdown",
        version=lambda: f"sulan {version('sulan')}",
        exit_on_error=False,
        print_error=True,
    )
    for name, path, group, summary in _COMMANDS:
        words = f"{summary}\n\n{_MORE[name]}" if name in _MORE else summary
        app.command(path, name=name, group=group, help=words)
    return app


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Never raises for what a person can cause."""
    try:
        require_one_root()
        if arguments is None:
            _import(sys.argv[1:2])
        result = build()(arguments, result_action="return_value")
    except CycloptsError:
        return USAGE  # cyclopts has said what is wrong
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place to explain
        return explain(error)
    return result if isinstance(result, int) else 0


def _import(names: Sequence[str]) -> None:
    """Import the command that is called, if it is one, with the collector out of the way: modules
    live as long as this process."""
    paths = [path for name, path, *_ in _COMMANDS if name in names]
    with loading():
        for path in paths:
            import_module(path.partition(":")[0])
        gc.freeze()


def main() -> None:
    """The console script."""
    sys.exit(run())


if __name__ == "__main__":
    main()
