"""`support-bot restore`: looks whether a copy is whole, and puts it in the place of the store.

What was there before is moved aside, never deleted; a bot that runs keeps its store.
"""

import shlex
from collections.abc import Iterator
from pathlib import Path

from bot.config import Settings
from bot.operations.backup import address_without_password, stamp
from bot.ports import CannotStart, CheckUp
from bot.store.copying import checksum_file, copy_file, put_in_place
from bot.store.lock import let_go, take_lock
from bot.store.verifying import verify


class Restoring:
    """One copy on its way back; `findings` first, then `put_back`."""

    def __init__(self, settings: Settings, copy: Path) -> None:
        self._settings = settings
        self._copy = copy

    def findings(self) -> Iterator[CheckUp]:
        """How the copy is; it is only looked at."""
        return verify(self._copy)

    def put_back(self, *, replace: bool) -> Path | None:
        """Make the copy the store; where the one before it is now, if there was one.

        CannotStart when a store is there and may not be replaced, StoreError when a bot is using it.
        """
        if self._settings.store.url:
            raise CannotStart(_with_their_own_program(self._settings, self._copy))
        store = self._settings.store.path
        lock = take_lock(store)
        try:
            if store.exists() and not replace:
                raise CannotStart(f"There is a store at {store} already; --replace moves it aside first.")
            return self._put_in_place(store)
        finally:
            let_go(lock)

    def _put_in_place(self, store: Path) -> Path | None:
        whole = copy_file(self._copy, store)
        try:
            # Looked at again where it is now: a copy of a copy is one more thing that can go wrong.
            if not all(finding.is_ok for finding in verify(whole, checksum_file(self._copy))):
                raise CannotStart(f"{self._copy} changed while it was copied; nothing was replaced.")
            aside = _move_aside(store)
            put_in_place(whole, store)
        finally:
            whole.unlink(missing_ok=True)
        return aside


def _move_aside(store: Path) -> Path | None:
    """Its log goes first: beside another file, SQLite would write it into that."""
    aside = store.with_name(f"{store.name}.before-{stamp()}")
    for ending in ("-wal", "-shm", ""):
        part = store.with_name(store.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside if aside.exists() else None


def _with_their_own_program(settings: Settings, copy: Path) -> str:
    address, file = address_without_password(settings), shlex.quote(str(copy))
    return (
        "The store is PostgreSQL, whose own program brings a copy back, while the bot is stopped:\n"
        f"  pg_restore --clean --if-exists --single-transaction --dbname={address} {file}"
    )
