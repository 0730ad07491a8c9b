"""Whether a copy of a SQLite store is whole: looked at without changing it, one finding after the other."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.model import Conversation
from bot.ports import CheckUp
from bot.store.codec import Unreadable, decode
from bot.store.copying import checksum_file, checksum_of
from bot.store.rows import PLATFORM_EVENTS, internal_event_of, message_of, payload_of
from bot.store.statements import migrations
from bot.store.tickets import ticket_of

MOST_NAMED = 3
"""So many damaged places are named; the others are counted."""
START = b"SQLite format 3\x00"


def verify(path: Path, checksum: Path | None = None) -> Iterator[CheckUp]:
    """Look at everything that can be looked at; `checksum` is the file with the copy's checksum if not beside it."""
    refused = _file(path)
    yield refused or CheckUp("file", is_ok=True, told=f"{path.stat().st_size:,} bytes")
    if refused:
        return
    yield _checksum(path, checksum or checksum_file(path))
    # Nobody else has it, so nothing is locked, made or changed beside it.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        # The library's own refusal of what is no text would quote it.
        connection.text_factory = bytes.decode
        for subject, look in _LOOKS:
            try:
                finding = look(connection)
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                finding = CheckUp(subject, is_ok=False, told=f"cannot be read: {_why(error)}")
            yield finding


def _why(error: Exception) -> str:
    """A row's own words never get into it."""
    return str(error) if isinstance(error, sqlite3.DatabaseError) else "it is not text"


def _file(path: Path) -> CheckUp | None:
    if not path.is_file():
        return CheckUp("file", is_ok=False, told=f"{path} does not exist")
    try:
        with path.open("rb") as file:
            is_store = file.read(len(START)) == START
    except OSError as error:
        return CheckUp("file", is_ok=False, told=f"{path} cannot be read: {error.strerror}")
    if not is_store:
        return CheckUp("file", is_ok=False, told=f"{path} is no SQLite file")
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        told = f"{log} stands beside it: this is a store in use or copied by hand; use `support-bot backup`"
        return CheckUp("file", is_ok=False, told=told)
    return None


def _checksum(path: Path, beside: Path) -> CheckUp:
    if not beside.exists():
        return CheckUp("checksum", is_ok=True, told=f"none: there is no {beside.name} beside it to compare with")
    wanted = beside.read_text(encoding="utf-8", errors="replace").partition(" ")[0]
    if wanted == checksum_of(path):
        return CheckUp("checksum", is_ok=True, told="every byte is as it was written")
    return CheckUp("checksum", is_ok=False, told=f"the file is not the one that {beside.name} was made of")


def _structure(connection: sqlite3.Connection) -> CheckUp:
    found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({MOST_NAMED})")]
    is_ok = found == ["ok"]
    # Some of SQLite's sentences take several lines.
    told = "whole" if is_ok else "; ".join(" ".join(one.split()) for one in found)
    return CheckUp("structure", is_ok=is_ok, told=told)


def _schema(connection: sqlite3.Connection) -> CheckUp:
    known, ours = _known(connection), {number for number, _ in migrations()}
    if not known:
        return CheckUp("schema", is_ok=False, told="this is no store of the bot")
    if known - ours:
        told = f"version {max(known)}, and this bot knows {max(ours)}; use the version of the bot that wrote it"
        return CheckUp("schema", is_ok=False, told=told)
    if known != set(range(1, max(known) + 1)):
        return CheckUp("schema", is_ok=False, told="steps of its making are missing")
    more = "" if known == ours else f"; the next start brings it to version {max(ours)}"
    return CheckUp("schema", is_ok=True, told=f"version {max(known)}{more}")


def _known(connection: sqlite3.Connection) -> set[int]:
    return {number for (number,) in connection.execute("SELECT number FROM migrations")}


def _numbers(connection: sqlite3.Connection) -> CheckUp:
    counts = connection.execute("SELECT COUNT(*), COALESCE(MAX(number), 0) FROM tickets").fetchone()
    tickets, highest = counts
    counter = connection.execute("SELECT value FROM counters WHERE name = 'ticket'").fetchone()
    if counter is None or counter[0] < highest:
        at = "is missing" if counter is None else f"stands at {counter[0]}"
        told = f"the counter {at}, and there is a ticket {highest}: the next ticket would get a number twice"
        return CheckUp("numbers", is_ok=False, told=told)
    return CheckUp("numbers", is_ok=True, told=f"{tickets:,} tickets, the highest number is {highest}")


def _references(connection: sqlite3.Connection) -> CheckUp:
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    tables = ", ".join(sorted({row[0] for row in broken}))
    told = f"{len(broken)} rows belong to somebody who is not there, in {tables}" if broken else "all lead somewhere"
    return CheckUp("references", is_ok=not broken, told=told)


def _rows(connection: sqlite3.Connection) -> CheckUp:
    if len(_known(connection)) < len(migrations()):
        return CheckUp("rows", is_ok=True, told="of an older version: read when the next start has brought it up")
    read, damaged = 0, list[str]()
    for table, of in _READERS.items():
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY id"):
            read += 1
            try:
                of(row)
            except (Unreadable, ValueError, KeyError):
                damaged.append(f"{table} {row['id']}")
    if not damaged:
        return CheckUp("rows", is_ok=True, told=f"{read:,} rows can be read")
    more = f" and {len(damaged) - MOST_NAMED} more" if len(damaged) > MOST_NAMED else ""
    return CheckUp("rows", is_ok=False, told=f"cannot be read: {', '.join(damaged[:MOST_NAMED])}{more}")


def _conversation(row: Any) -> object:
    return decode(Conversation, row["state"])


def _aside(row: Any) -> object:
    return decode(PLATFORM_EVENTS[row["kind"]], row["event"]) if row["kind"] else None


_READERS: dict[str, Callable[[Any], object]] = {
    "conversations": _conversation,
    "tickets": ticket_of,
    "messages": message_of,
    "outbox": payload_of,
    "internal_events": internal_event_of,
    "set_aside": _aside,
}
_LOOKS: tuple[tuple[str, Callable[[sqlite3.Connection], CheckUp]], ...] = (
    ("structure", _structure),
    ("schema", _schema),
    ("references", _references),
    ("numbers", _numbers),
    ("rows", _rows),
)
