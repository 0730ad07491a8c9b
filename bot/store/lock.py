"""One process at a time has a SQLite store: whoever opens it or puts another file in its place holds this lock."""

import os
from pathlib import Path

from bot.store.engine import StoreError


def take_lock(path: Path, *, beside: bool = False) -> int | None:
    """Hold the file's lock until the process ends; the operating system frees it however that happens.

    StoreError when another process has it, or with `beside` None.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{path} cannot be used as the store: {error.strerror}.") from error
    try:
        _lock(descriptor)
    except OSError as error:
        os.close(descriptor)
        if beside:
            return None
        raise StoreError(f"Another process is using {path}; stop it first.") from error
    return descriptor


def let_go(descriptor: int | None) -> None:
    """Let another process have it."""
    if descriptor is not None:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
