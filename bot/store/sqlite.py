"""SQLite: one writer that alone checkpoints and commits in groups, one reader, one process.

A whole batch runs in one hop to the writer's thread: a hop for every statement reaches a tenth of the speed.
aiosqlite has no public call for that, so `_on_thread` uses a connection's own queue; the dependency is pinned.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from bot.store.engine import Row, StoreError
from bot.store.lock import let_go, take_lock
from bot.store.statements import Call, Parameters, Statement, load_statements, migrations

LARGEST_BATCH = 500
PAGES_BETWEEN_CHECKPOINTS = 4000
"""The same few pages are written by every turn: copying them back into the file can wait."""

NEAR_READS = frozenset(
    {"find_requester", "load_conversation", "load_freeze", "load_ticket", "load_message", "load_cursor", "links_of"}
    | {"find_ticket_by_thread", "followers_of", "due_timers", "waiting_crowds", "due_deliveries", "next_due_at"}
)
"""A row by its key, or the first few of an index, come out of memory in microseconds; a hop to a thread and back
takes ten times as long, and every message needs a dozen of them."""

T = TypeVar("T")
Outcome = bool | BaseException
Waiting = tuple[Sequence[Call], "asyncio.Future[bool]"]


def _on_thread(connection: aiosqlite.Connection, function: Callable[..., T], *arguments: Any) -> "asyncio.Future[T]":
    """Not a coroutine: its result can be passed on the moment it is there, without a task that wakes up for it."""
    outcome: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    connection._tx.put_nowait((outcome, partial(function, *arguments)))
    return outcome


class SqliteEngine:
    """Opens, migrates and owns the file until `close`, which must always be awaited: its threads are not daemons."""

    def __init__(
        self, writer: aiosqlite.Connection, reader: aiosqlite.Connection, near: sqlite3.Connection, lock: int | None
    ) -> None:
        self._statements = load_statements("sqlite3")
        self._writer = writer
        self._reader = reader
        self._near = near
        self._lock = lock
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Future[list[Outcome]] | None = None
        self._closed = False

    @classmethod
    async def open(cls, path: Path, *, beside: bool = False) -> "SqliteEngine":
        """Open the file, making it and its folder if needed; StoreError if another process has it.

        `beside` opens it nevertheless, for a few short reads and writes, but changes nothing of its tables then.
        """
        lock = take_lock(path, beside=beside)
        opened: list[aiosqlite.Connection] = []
        near = None
        try:
            # The one without a thread comes first: a file that cannot be opened then leaves no thread behind.
            near = sqlite3.connect(path, isolation_level=None)
            opened.append(writer := await aiosqlite.connect(path, isolation_level=None))
            opened.append(reader := await aiosqlite.connect(path, isolation_level=None))
            await _on_thread(writer, _prepare_writer, writer._conn, lock is not None)
            await _on_thread(reader, _prepare_reader, reader._conn)
            _prepare_reader(near)
        except BaseException as error:
            for connection in opened:
                await connection.close()
            if near:
                near.close()
            let_go(lock)
            if isinstance(error, sqlite3.DatabaseError):
                raise StoreError(f"{path} cannot be used as the store: {error}") from error
            raise
        return cls(writer, reader, near, lock)

    async def write(self, unit: Sequence[Call]) -> bool:
        """See `Engine.write`. Cancelled before its turn has come, the unit is not written; later it is, and only
        then is the caller let go: whoever holds a lock over a write holds it until the outcome is certain."""
        if self._closed:
            raise StoreError("The store is closed.")
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waiting = (unit, done)
        self._waiting.append(waiting)
        if self._writing is None:
            self._begin_batch()
        try:
            return await done
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            elif self._writing is not None:
                await asyncio.wait([self._writing])
            raise

    async def read(self, name: str, parameters: Parameters) -> Sequence[Row]:
        sql = self._statements[name].sql
        if name in NEAR_READS:
            return _fetch(self._near, sql, parameters)
        return await _on_thread(self._reader, _fetch, self._reader._conn, sql, parameters)

    async def close(self) -> None:
        """Write what is waiting, then let go of the file."""
        self._closed = True
        while self._writing is not None:
            await asyncio.wait([self._writing])
        await self._reader.close()
        await self._writer.close()
        self._near.close()
        let_go(self._lock)

    def _begin_batch(self) -> None:
        batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
        units = [unit for unit, _ in batch]
        self._writing = _on_thread(self._writer, _run_batch, self._writer._conn, self._statements, units)
        self._writing.add_done_callback(partial(self._end_batch, [done for _, done in batch]))

    def _end_batch(self, waiting: "Sequence[asyncio.Future[bool]]", written: "asyncio.Future[list[Outcome]]") -> None:
        """What came in during one batch is the next one."""
        error = written.exception()
        for done, outcome in zip(waiting, [error] * len(waiting) if error else written.result(), strict=True):
            _resolve(done, outcome)
        self._writing = None
        if self._waiting:
            self._begin_batch()


def _resolve(done: "asyncio.Future[bool]", outcome: Outcome) -> None:
    if done.done():
        return
    if isinstance(outcome, BaseException):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)


def _run_batch(
    connection: sqlite3.Connection, statements: dict[str, Statement], units: list[Sequence[Call]]
) -> list[Outcome]:
    """One transaction for all units, a savepoint for each; a failing unit takes nobody with it."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        if len(units) == 1:
            outcomes = [_run_statements(connection, statements, units[0])]
            connection.execute("COMMIT" if outcomes[0] is True else "ROLLBACK")
        else:
            outcomes = [_run_unit(connection, statements, unit) for unit in units]
            connection.execute("COMMIT")
    except Exception as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return [error] * len(units)
    return outcomes


def _run_unit(connection: sqlite3.Connection, statements: dict[str, Statement], unit: Sequence[Call]) -> Outcome:
    connection.execute("SAVEPOINT unit")
    outcome = _run_statements(connection, statements, unit)
    if outcome is not True:
        connection.execute("ROLLBACK TO unit")
    connection.execute("RELEASE unit")
    return outcome


def _run_statements(
    connection: sqlite3.Connection, statements: dict[str, Statement], unit: Sequence[Call]
) -> Outcome:
    try:
        for name, parameters in unit:
            statement = statements[name]
            cursor = connection.execute(statement.sql, parameters)
            if statement.must_return and cursor.fetchone() is None:
                return False
    except Exception as error:  # Whatever it was, it reaches the unit's owner and nobody else's.
        return error
    return True


def _fetch(connection: sqlite3.Connection, sql: str, parameters: Parameters) -> list[Row]:
    return connection.execute(sql, parameters).fetchall()


def _prepare_writer(connection: sqlite3.Connection, may_migrate: bool) -> None:
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "busy_timeout = 5000",
        "foreign_keys = ON",
        # Nothing remains of what was masked later, as far as that costs no extra writing.
        "secure_delete = FAST",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {PAGES_BETWEEN_CHECKPOINTS}")
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY)")
    known = {number for (number,) in connection.execute("SELECT number FROM migrations")}
    steps = migrations()
    if known - {number for number, _ in steps}:
        raise StoreError("The store was written by a newer version of the bot; start that version again.")
    if not may_migrate and len(known) < len(steps):
        raise StoreError("An older version of the bot is running; stop it, or start this version instead.")
    for number, script in steps:
        if number not in known:
            # There such a key is the table's own, and needs no index beside it.
            script = script.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY")
            record = f"INSERT INTO migrations (number) VALUES ({number});"
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\n{record}\nCOMMIT;")


def _prepare_reader(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA busy_timeout = 5000")
