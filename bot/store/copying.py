"""Copies of a SQLite store: made from one moment of it while the bot runs, and put under their name only when whole.

A copy is a secret like the store itself: nobody but its owner may ever read it, not even while it is written.
"""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bot.store.engine import StoreError

PAGES_AT_ONCE = 256
PIECE = 1024 * 1024

Progress = Callable[[int, int], None]
"""How much is done, of how much."""


def _no_progress(_done: int, _all: int) -> None:
    """Nobody is looking."""


def copy_store(source: Path, to: Path, progress: Progress = _no_progress) -> None:
    """Write what the store holds at this moment to `to`, with its checksum beside it; nobody waits for it.

    StoreError when there is no store, or something has that name already; then, and after a crash, nothing is there.
    """
    if not source.exists():
        raise StoreError(f"There is no store at {source}.")
    with _in_words(to), new_file(to) as unfinished:
        with closing(sqlite3.connect(source, isolation_level=None)) as reader:
            reader.execute("PRAGMA query_only = ON")
            reader.execute("PRAGMA busy_timeout = 5000")
            # While a reader has its moment, the copy need not begin anew whenever somebody writes.
            reader.execute("BEGIN")
            reader.execute("SELECT 1 FROM sqlite_master").fetchone()
            with closing(sqlite3.connect(unfinished)) as writer:
                # Either it is finished, and written to the disk below, or it is thrown away.
                writer.execute("PRAGMA journal_mode = OFF")
                writer.execute("PRAGMA synchronous = OFF")
                reader.backup(
                    writer,
                    pages=PAGES_AT_ONCE,
                    progress=lambda _, left, every: progress(every - left, every),
                    sleep=0,
                )
        checksum = checksum_of(unfinished)
    _write_checksum(to, checksum)


def copy_file(source: Path, to: Path) -> Path:
    """A copy of a file that is no store in use, under an unfinished name in the folder of `to`; returns that name."""
    with _in_words(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        unfinished = _unfinished(to)
        try:
            with source.open("rb") as reader, os.fdopen(_opened(unfinished), "wb") as writer:
                while piece := reader.read(PIECE):
                    writer.write(piece)
            _to_disk(unfinished)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    return unfinished


@contextmanager
def new_file(to: Path) -> Iterator[Path]:
    """The name under which the block writes a file that becomes `to` when the block ends well; never in place of
    another one."""
    if to.exists():
        raise StoreError(f"{to} exists already; name another file.")
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = _unfinished(to)
    try:
        os.close(_opened(unfinished))
        yield unfinished
        _to_disk(unfinished)
        put_in_place(unfinished, to)
    finally:
        unfinished.unlink(missing_ok=True)


def put_in_place(unfinished: Path, to: Path) -> None:
    """Give a finished file its name; StoreError if something else took it meanwhile."""
    try:
        os.link(unfinished, to)
        unfinished.unlink()
    except FileExistsError:
        raise StoreError(f"{to} exists already; name another file.") from None
    except OSError:  # A file system that knows no second name for a file.
        if to.exists():
            raise StoreError(f"{to} exists already; name another file.") from None
        unfinished.rename(to)
    _folder_to_disk(to.parent)


def checksum_of(path: Path) -> str:
    """The SHA-256 of the whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksum_file(path: Path) -> Path:
    """Where the checksum of a copy is kept, in the form that `sha256sum --check` reads."""
    return path.with_name(path.name + ".sha256")


def _write_checksum(of: Path, checksum: str) -> None:
    beside = checksum_file(of)
    beside.unlink(missing_ok=True)
    with os.fdopen(_opened(beside), "w", encoding="utf-8") as file:
        file.write(f"{checksum}  {of.name}\n")
    _to_disk(beside)


def _unfinished(to: Path) -> Path:
    return to.with_name(f"{to.name}.{secrets.token_hex(4)}.unfinished")


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder_to_disk(folder: Path) -> None:
    """The name, too; where folders cannot be opened (Windows) the system does it by itself."""
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _in_words(to: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{to} cannot be written: {(error.strerror or type(error).__name__).lower()}.") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"The store cannot be copied: {error}.") from error
