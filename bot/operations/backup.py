"""`support-bot backup`: a copy of the store while the bot runs; of PostgreSQL its own program makes one."""

import shlex
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.config import Settings
from bot.ports import CannotStart
from bot.store import SystemClock
from bot.store.copying import Progress, copy_store
from bot.timing import SECOND

FOLDER = "backups"


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied: as much as is needed to see that it is the right one."""

    path: Path
    size: int
    tickets: int
    highest: int


def backup(settings: Settings, to: Path | None, progress: Progress) -> Backup:
    """Copy the store to a new file, or into a folder under a name with the time; nothing is ever overwritten."""
    if settings.store.url:
        raise CannotStart(_with_their_own_program(settings))
    source = settings.store.path
    path = source.parent / FOLDER if to is None else to
    if to is None or to.is_dir():
        path /= f"{source.stem}-{stamp()}.sqlite3"
    copy_store(source, path, progress)
    return _described(path)


def stamp() -> str:
    """This moment as a part of a file's name."""
    return datetime.fromtimestamp(SystemClock().now() / SECOND, UTC).strftime("%Y%m%d-%H%M%S")


def address_without_password(settings: Settings) -> str:
    """The PostgreSQL address as it may be shown, ready for a command line."""
    assert settings.store.url
    parts = urlsplit(settings.store.url.get_secret_value())
    user = f"{parts.username}@" if parts.username else ""
    return shlex.quote(parts._replace(netloc=user + parts.netloc.rpartition("@")[2]).geturl())


def _with_their_own_program(settings: Settings) -> str:
    return (
        "The store is PostgreSQL, whose own program makes a copy while the bot runs:\n"
        f"  umask 077; pg_dump --format=custom --file=support-{stamp()}.dump {address_without_password(settings)}\n"
        "It asks for the password, or takes it from ~/.pgpass."
    )


def _described(path: Path) -> Backup:
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        tickets, highest = connection.execute("SELECT COUNT(*), COALESCE(MAX(number), 0) FROM tickets").fetchone()
    return Backup(path, path.stat().st_size, tickets, highest)
