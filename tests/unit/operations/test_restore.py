"""`support-bot backup` and `support-bot restore` as an operator types them."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.changes import SaveCursor
from bot.cli import main
from bot.store import open_store

REFUSED = 1


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_STORE__PATH", str(tmp_path / "s.sqlite3"))
    monkeypatch.setenv("COLUMNS", "250")
    return tmp_path / "s.sqlite3"


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def contents(path: Path) -> dict[Path, bytes]:
    """The store and its log as a crash would leave them."""
    parts = (path, path.with_name(f"{path.name}-wal"))
    return {part: part.read_bytes() for part in parts}


async def mark(path: Path, value: str) -> None:
    store = await open_store(path)
    await store.commit((SaveCursor("mark", value, 1),))
    await store.close()


def marked(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT value FROM cursors WHERE name = 'mark'").fetchone()[0])


async def test_a_backup_beside_a_running_bot_says_what_is_in_it(path: Path) -> None:
    store = await open_store(path)
    try:
        await store.commit((SaveCursor("mark", "first", 1),))
        told = invoke("backup")
        named = invoke("backup", "mine.sqlite3")
        again = invoke("backup", "mine.sqlite3")
    finally:
        await store.close()

    (made,) = (path.parent / "backups").glob("s-*.sqlite3")
    assert told.exit_code == 0, told.output
    assert told.stdout == f"{made}: {made.stat().st_size:,} bytes, 0 tickets, the highest number is 0\n"
    assert marked(made) == marked(path.parent / "mine.sqlite3") == "first"
    assert named.exit_code == 0
    assert again.exit_code == REFUSED
    assert "mine.sqlite3 exists already" in again.output


async def test_a_verified_copy_becomes_the_store_and_the_one_before_it_is_kept(path: Path) -> None:
    await mark(path, "first")
    invoke("backup", "copy.sqlite3")
    await mark(path, "second")
    only = invoke("restore", "copy.sqlite3", "--verify")
    refused = invoke("restore", "copy.sqlite3")
    assert marked(path) == "second"
    restored = invoke("restore", "copy.sqlite3", "--replace")

    assert only.exit_code == 0, only.output
    assert "ok" in only.output
    assert "not ok" not in only.output
    assert "every byte is as it was written" in only.output
    assert refused.exit_code == REFUSED
    assert "--replace moves it aside" in refused.output
    assert restored.exit_code == 0, restored.output
    assert marked(path) == "first"
    assert mode(path) == 0o600
    (aside,) = path.parent.glob("s.sqlite3.before-*")
    assert marked(aside) == "second"
    await mark(path, "third")
    assert marked(path) == "third"


async def test_what_a_crash_left_in_the_log_is_moved_aside_too(path: Path) -> None:
    """Beside the restored store it would be written into that."""
    await mark(path, "first")
    invoke("backup", "copy.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE cursors SET value = 'second' WHERE name = 'mark'")
        connection.commit()
        kept = contents(path)
    for part, content in kept.items():
        part.write_bytes(content)
    restored = invoke("restore", "copy.sqlite3", "--replace")

    assert restored.exit_code == 0, restored.output
    assert marked(path) == "first"
    (aside,) = (one for one in path.parent.glob("s.sqlite3.before-*") if one.name[-1].isdigit())
    assert marked(aside) == "second"


async def test_nothing_is_restored_under_a_running_bot(path: Path) -> None:
    await mark(path, "first")
    invoke("backup", "copy.sqlite3")
    store = await open_store(path)
    try:
        refused = invoke("restore", "copy.sqlite3", "--replace")
    finally:
        await store.close()

    assert refused.exit_code == REFUSED
    assert "Another process is using" in refused.output
    assert list(path.parent.glob("*before*")) == []


async def test_a_damaged_copy_is_never_restored(path: Path) -> None:
    await mark(path, "first")
    invoke("backup", "copy.sqlite3")
    copy = path.parent / "copy.sqlite3"
    copy.write_bytes(copy.read_bytes()[:-4096])
    refused = invoke("restore", copy, "--replace")

    assert refused.exit_code == REFUSED
    assert "not ok" in refused.output
    assert "is not whole" in refused.output
    assert marked(path) == "first"


def test_postgresql_is_left_to_its_own_programs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the very command, and without the password."""
    monkeypatch.setenv("BOT_STORE__URL", "postgresql://bot:hunter2@db.example:5433/desk")
    told = invoke("backup")

    assert told.exit_code == REFUSED
    assert "pg_dump --format=custom --file=support-" in told.output
    assert "postgresql://bot@db.example:5433/desk" in told.output
    assert "hunter2" not in told.output
