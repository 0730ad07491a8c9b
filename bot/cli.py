"""The command line: reads settings, starts what was asked for, and ends with one sentence when it cannot.

Heavy parts are imported by the command that needs them, so that `check` answers in half a second.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Coroutine, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.ports import CheckUp

DEFAULT_SETTINGS = Path("config.yaml")
DEMO_STORE = Path("data/demo.sqlite3")
FAILED = 1
"""The exit code of whatever could not be done."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "settings_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The settings file; {DEFAULT_SETTINGS} is taken if there is one.",
)
@click.version_option(package_name="support-bot")
@click.pass_context
def main(context: click.Context, settings_path: Path | None) -> None:
    """A support desk for Telegram and Discord.

    Try it without any token: support-bot demo
    """
    context.obj = settings_path


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), help="The port on this machine; 0 takes any free one.")
@click.option("--store", "store_path", type=click.Path(path_type=Path), default=DEMO_STORE, show_default=True)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.pass_obj
def demo(settings_path: Path | None, port: int | None, store_path: Path, no_browser: bool) -> None:
    """Open a page with both sides of the desk; needs no token."""
    settings = _settings(settings_path)
    _set_up_logs(settings, quiet=True)
    from bot.demo import run_demo

    port = settings.web.port if port is None else port
    _run(run_demo(settings, store_path, port, open_browser=not no_browser and sys.stdout.isatty()))


@main.command()
@click.option("--store", "store_path", type=click.Path(path_type=Path), default=DEMO_STORE, show_default=True)
@click.pass_obj
def chat(settings_path: Path | None, store_path: Path) -> None:
    """Talk to the bot in this terminal; /staff switches sides."""
    settings = _settings(settings_path)
    _set_up_logs(settings, quiet=True)
    from bot.demo import run_chat

    _run(run_chat(settings, store_path))


@main.command()
@click.pass_obj
def run(settings_path: Path | None) -> None:
    """Serve Telegram and Discord, whichever have a token."""
    from bot.config import first_steps

    settings = _settings(settings_path)
    if not (settings.telegram.token or settings.discord.token):
        raise click.ClickException(first_steps())
    _set_up_logs(settings)
    from bot.app import run_bot

    _run(run_bot(settings))


@main.command()
@click.option("--thorough", is_flag=True, help="Also ask every example question against all entries together.")
@click.pass_obj
def check(settings_path: Path | None, thorough: bool) -> None:
    """Check the settings and the knowledge base together; prints every problem with its line."""
    from bot.config import SettingsError

    problems: list[str] = []
    settings = None
    try:
        settings = _load(settings_path)
    except SettingsError as error:
        problems += [str(problem) for problem in error.problems]
    from bot.operations.check import check_knowledge

    found, summary = check_knowledge(settings, thorough=thorough)
    problems += found
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.ClickException(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found")
    click.echo(summary)
    if settings:
        from bot.operations.retention import told

        click.echo(told(settings.privacy))


@main.command("match")
@click.argument("text")
@click.option("--language", default="", help="Match as in a conversation in this language.")
@click.pass_obj
def match_text(settings_path: Path | None, text: str, language: str) -> None:
    """Show what a text matches in the knowledge base, and why."""
    from bot.operations.explain import explain

    with _refusals_in_words():
        for line in explain(_settings(settings_path), text, language):
            click.echo(line)


@main.command()
@click.pass_obj
def doctor(settings_path: Path | None) -> None:
    """Look at the whole set-up against the live platforms, and say what to mend; starts nothing."""
    settings = _settings(settings_path)
    _set_up_logs(settings, quiet=True)
    with _refusals_in_words():
        unwell = asyncio.run(_examined(settings))
    if unwell:
        raise click.ClickException(f"{unwell} thing{'s' if unwell > 1 else ''} to mend")


async def _examined(settings: "Settings") -> int:
    """Print every finding as it comes; how many are not well."""
    from bot.operations.doctor import examine

    unwell = 0
    async for finding in examine(settings):
        click.echo(f"{'ok    ' if finding.is_ok else 'not ok'}  {finding.subject}: {finding.told}")
        unwell += not finding.is_ok
    return unwell


@main.command("retry")
@click.argument("number", type=int, required=False)
@click.option("--list", "only_list", is_flag=True, help="Only show what is set aside.")
@click.option("--forget", is_flag=True, help="Drop the one with this NUMBER for good.")
@click.pass_obj
def retry_set_aside(settings_path: Path | None, number: int | None, only_list: bool, forget: bool) -> None:
    """Do again what could not be handled: one set-aside event by its NUMBER, or all of them."""
    from bot.operations.retry import retry

    if forget and number is None:
        raise click.UsageError("--forget needs the number of one event; --list shows them.")
    with _refusals_in_words():
        work = retry(_settings(settings_path), number, only_list=only_list, forget=forget)
        for line in asyncio.run(work):
            click.echo(line)


@main.command("backup")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def back_up(settings_path: Path | None, path: Path | None) -> None:
    """Copy the store to a new file while the bot runs: PATH, or into the folder backups beside the store."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.operations.backup import backup

    with _refusals_in_words():
        settings = _settings(settings_path)
        with Progress(console=Console(stderr=True), transient=True) as shown:
            task = shown.add_task("Copying", total=None)
            made = backup(settings, path, lambda done, every: shown.update(task, completed=done, total=every))
    click.echo(f"{made.path}: {made.size:,} bytes, {made.tickets:,} tickets, the highest number is {made.highest}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--verify", "only_verify", is_flag=True, help="Only look whether the copy is whole.")
@click.option("--replace", is_flag=True, help="Move the store that is there aside first.")
@click.pass_obj
def restore(settings_path: Path | None, file: Path, only_verify: bool, replace: bool) -> None:
    """Make a backup FILE the store, once it is known to be whole; the bot has to be stopped."""
    from bot.operations.restore import Restoring

    with _refusals_in_words():
        restoring = Restoring(_settings(settings_path), file)
        unwell = _shown(restoring.findings())
        if unwell:
            raise click.ClickException(f"{file} is not whole; it was not restored")
        if only_verify:
            return
        aside = restoring.put_back(replace=replace)
    if aside:
        click.echo(f"The store before it is now {aside}")
    click.echo("Restored; start the bot.")


def _shown(findings: Iterable["CheckUp"]) -> int:
    """A table of them; how many are not well."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    found = list(findings)
    table = Table(box=None, show_header=False)
    for finding in found:
        state = Text("ok", "green") if finding.is_ok else Text("not ok", "bold red")
        table.add_row(state, Text(finding.subject), Text(finding.told))
    Console().print(table)
    return sum(not finding.is_ok for finding in found)


def _load(path: Path | None) -> "Settings":
    from bot.config import load

    if path is None and DEFAULT_SETTINGS.exists():
        path = DEFAULT_SETTINGS
    return load(path, os.environ)


def _settings(path: Path | None) -> "Settings":
    from bot.config import SettingsError

    try:
        return _load(path)
    except SettingsError as error:
        raise click.ClickException("\n".join(str(problem) for problem in error.problems)) from error


def _set_up_logs(settings: "Settings", quiet: bool = False) -> None:
    from bot.logs import set_up

    set_up("warning" if quiet else settings.logs.level, settings.logs.format, settings.secrets())


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends or somebody stops it; what cannot start ends with its sentence and a non-zero code."""
    with _refusals_in_words():
        asyncio.run(_until_stopped(work))


@contextlib.contextmanager
def _refusals_in_words() -> Iterator[None]:
    """What an operator has to mend is a sentence, not a traceback."""
    from bot.knowledge.loader import KnowledgeError
    from bot.ports import CannotStart
    from bot.store.engine import StoreError

    try:
        yield
    except (CannotStart, StoreError) as error:
        raise click.ClickException(str(error)) from error
    except KnowledgeError as error:
        raise click.ClickException("\n".join(str(problem) for problem in error.problems)) from error


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        # Windows has no signal handlers on its loop; there Ctrl-C raises KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
