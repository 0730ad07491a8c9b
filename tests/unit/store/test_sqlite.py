"""The writer of SQLite: batches, cancellation, closing, and files that cannot be used."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.changes import AddInternalEvent, SaveCursor, SeeEvent
from bot.internal_events import TicketOpened
from bot.model import Agent, PlatformName
from bot.store import SqlStore, StoreError, SystemClock, open_store
from bot.store.codec import encode
from bot.store.sqlite import _prepare_writer
from bot.store.statements import load_statements, migrations


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(tmp_path / "s.sqlite3")
    yield opened
    await opened.close()


async def test_a_unit_alone_that_refuses_or_fails_leaves_nothing(store: SqlStore) -> None:
    """A batch of one needs no savepoint: the whole transaction is taken back."""
    assert await store.commit((SeeEvent("k", 1),))
    assert not await store.commit((SaveCursor("c", "refused", 1), SeeEvent("k", 1)))
    event = AddInternalEvent(TicketOpened(id=1, at=1, ticket_id=1))
    with pytest.raises(Exception, match="UNIQUE"):
        await store.commit((SaveCursor("c", "failed", 1), event, event))
    assert await store.cursor("c") is None
    assert await store.commit((SaveCursor("c", "sound", 1),))
    assert await store.cursor("c") == "sound"


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("waiting_crowds", {}),
        ("due_deliveries", {"crowd": "telegram:people", "now": 1, "least": "0", "most": 2, "rows": 9}),
        ("next_due_at", {"now": 1}),
        ("due_timers", {"now": 1}),
        ("followers_of", {"id": 1, "rows": 9}),
        ("cancel_earlier", {"lane": "telegram:1:", "kind": "show_status"}),
    ],
)
def test_a_look_at_the_outbox_costs_the_same_however_many_rows_wait(
    tmp_path: Path, name: str, parameters: dict[str, object]
) -> None:
    """Every table is entered through an index, and what comes out of it is in order already."""
    with closing(sqlite3.connect(tmp_path / "s.sqlite3", isolation_level=None)) as connection:
        _prepare_writer(connection, may_migrate=True)
        sql = load_statements("sqlite3")[name].sql
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    tables = ("outbox", "waiting", "earlier", "further", "timers", "t", "o")

    assert any("USING" in step and "INDEX" in step for step in plan), plan
    assert not [step for step in plan if step in {f"SCAN {table}" for table in tables if table != "o"}], plan
    assert not [step for step in plan if "TEMP B-TREE" in step and name == "due_timers"], plan


def test_what_waited_to_close_or_reopen_a_thread_shows_its_tickets_status(tmp_path: Path) -> None:
    """As 0004 left it; texts that only look like it stay as they are."""
    row = """INSERT INTO outbox (id, lane, kind, platform, chat_id, priority, message_id, payload, due_at, attempts,
      state, error, changed_at) VALUES (?, 'l', ?, 'telegram', '1', '2', 1, ?, 1, 0, 'queued', '', 1)"""
    payload = '{"v":1,"is":{"id":%d,"kind":"%s","title":"\\"kind\\":\\"close_thread\\""}}'
    with closing(sqlite3.connect(tmp_path / "s.sqlite3", isolation_level=None)) as connection:
        for number, sql in migrations():
            if number == 5:
                for id, kind in enumerate(("close_thread", "reopen_thread", "send")):
                    connection.execute(row, (id, kind, payload % (id, kind)))
            connection.executescript(sql)
        stored = connection.execute("SELECT kind, payload FROM outbox ORDER BY id").fetchall()
    kept = [(kind, json.loads(text)["is"]) for kind, text in stored]

    assert [(kind, one["kind"], one.get("status")) for kind, one in kept] == [
        ("show_status", "show_status", "solved"),
        ("show_status", "show_status", "open"),
        ("send", "send", None),
    ]
    assert {one["title"] for _, one in kept} == {'"kind":"close_thread"'}


@pytest.mark.parametrize(
    ("agent", "id"),
    [
        (Agent(PlatformName.TELEGRAM, "5300000002", 'Mika ","user_id":"7'), "telegram:5300000002"),
        (Agent(PlatformName.WEB, "m-i_k.a:1", "美香"), "web:m-i_k.a:1"),
        (None, None),
    ],
)
def test_whose_a_ticket_was_is_found_by_a_word_from_then_on(
    tmp_path: Path, agent: Agent | None, id: str | None
) -> None:
    assignee = encode(Agent, agent) if agent else None
    columns = list(OLD_TICKET)
    kept = {**OLD_TICKET, "assignee": assignee}
    sql_row = f"INSERT INTO tickets ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})"
    with closing(sqlite3.connect(tmp_path / "s.sqlite3", isolation_level=None)) as connection:
        for _, sql in migrations():
            if "CREATE TABLE agents" in sql:
                connection.execute(sql_row, tuple(kept.values()))
            connection.executescript(sql)
        found = connection.execute("SELECT assignee_id, waiting_since FROM tickets").fetchall()

    assert found == [(id, 5)]


@pytest.mark.parametrize(
    ("status", "begun"), [("open", [("clocks", 1, 0)]), ("pending", [("clocks", 1, 0)]), ("closed", [])]
)
def test_a_ticket_from_before_there_were_clocks_gets_its_own_at_once(
    tmp_path: Path, status: str, begun: list[tuple[str, int, int]]
) -> None:
    kept = {**OLD_TICKET, "status": status}
    sql_row = f"INSERT INTO tickets ({', '.join(kept)}) VALUES ({', '.join('?' for _ in kept)})"
    with closing(sqlite3.connect(tmp_path / "s.sqlite3", isolation_level=None)) as connection:
        for _, sql in migrations():
            if "ADD COLUMN timing" in sql:
                connection.execute(sql_row, tuple(kept.values()))
            connection.executescript(sql)
        found = connection.execute("SELECT kind, ticket_id, due_at FROM timers").fetchall()

    assert found == begun


OLD_TICKET: dict[str, object] = {
    "id": 1, "number": 1, "desk": "main", "status": "open", "requester_id": 1, "conversation_id": 1,
    "requester": "{}", "requester_platform": "web", "requester_chat_id": "1", "desk_platform": "web",
    "desk_chat_id": "staff", "desk_thread_id": "t", "topic": "", "team": "", "subject": "", "language": "en",
    "answers": "{}", "card_id": 2, "assignee": None, "created_at": 5,
}  # fmt: skip


@pytest.mark.parametrize("steps", range(12))
async def test_a_cancelled_write_is_certain_when_its_caller_is_let_go(store: SqlStore, steps: int) -> None:
    """Whoever held a lock over it may be followed by somebody who must see it, or must never see it."""
    other = asyncio.create_task(store.commit((SaveCursor("other", "x", 1),)))
    write = asyncio.create_task(store.commit((SaveCursor("c", "x", 1),)))
    for _ in range(steps):
        await asyncio.sleep(0)
    write.cancel()
    await asyncio.gather(write, return_exceptions=True)
    seen = await store.cursor("c")
    await other
    await store.commit((SaveCursor("last", "x", 1),))

    assert await store.cursor("c") == seen
    assert await store.cursor("other") == "x"


async def test_closing_writes_what_is_waiting_and_takes_nothing_more(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "s.sqlite3")
    writes = [asyncio.create_task(store.commit((SaveCursor(str(n), "x", 1),))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes) == [True] * 20
    with pytest.raises(StoreError, match="closed"):
        await store.commit((SaveCursor("late", "x", 1),))
    again = await open_store(tmp_path / "s.sqlite3")

    assert [await again.cursor(str(n)) for n in range(20)] == ["x"] * 20
    await again.close()


async def test_many_writers_at_once_each_get_their_own_answer(store: SqlStore) -> None:
    outcomes = await asyncio.gather(*(store.commit((SeeEvent(str(n % 100), 1),)) for n in range(1000)))

    assert outcomes.count(True) == 100


@pytest.mark.parametrize("path", ["file/store.sqlite3", "folder"])
async def test_a_place_that_cannot_be_used_is_told_in_one_sentence(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be used as the store"):
        await open_store(tmp_path / path)


async def test_ids_rise_above_all_that_are_stored_also_when_the_clock_was_set_back(store: SqlStore) -> None:
    far = SystemClock().new_id() + 10**15
    await store.commit((AddInternalEvent(TicketOpened(id=far, at=1, ticket_id=1)),))
    clock = SystemClock(above=await store.highest_id())

    assert clock.new_id() > far
