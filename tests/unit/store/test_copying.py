"""A copy made while the real store is written, one that is killed half-way, and every kind of damage in one."""

import asyncio
import os
import sqlite3
import stat
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.changes import AddMessage, AddRequester, AddTicket, MessageKind, SaveConversation, SaveCursor
from bot.model import ChatRef, Content, Conversation, MessageRef, Person, PlatformName, Ticket, TicketStatus
from bot.outbox import QueueDelivery
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.store import SqlStore, StoreError, open_store
from bot.store.copying import checksum_file, checksum_of, copy_store
from bot.store.verifying import verify

CHAT = ChatRef(PlatformName.TELEGRAM, "7")
DESK = ChatRef(PlatformName.DISCORD, "9")
PERSON = Person(PlatformName.TELEGRAM, "7", "Aiko")


def ticket(number: int) -> Ticket:
    return Ticket(
        id=1000 + number, number=0, desk="main", status=TicketStatus.NEW, requester_id=1, conversation_id=1,
        requester=PERSON, requester_chat=CHAT, desk_chat=DESK, topic="deposits", team="", subject="deposit",
        language="ja", answers={}, card_id=2000 + number, created_at=5,
    )  # fmt: skip


def message(number: int) -> AddMessage:
    return AddMessage(
        id=3000 + number, requester_id=1, ticket_id=1000 + number, kind=MessageKind.REQUESTER, author="Aiko",
        text="入金が届きません" * 200, attachments=(), source=MessageRef(CHAT, str(number)), at=5,
    )  # fmt: skip


async def open_ticket(store: SqlStore, number: int) -> None:
    """A ticket and its message in one unit: a copy may have both or none."""
    assert await store.commit((AddTicket(ticket(number)), message(number)))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(tmp_path / "s.sqlite3")
    conversation = Conversation(id=1, requester_id=1, chat=CHAT, person=PERSON, language="ja")
    row = Outgoing(
        id=1, kind=DeliveryKind.SEND, chat=CHAT, priority=Priority.REQUESTER, due_at=1, message_id=1,
        content=Content(text="こんにちは"),
    )  # fmt: skip
    assert await opened.commit((AddRequester(1, PERSON, 1), SaveConversation(conversation, 2), QueueDelivery(row)))
    for number in range(1, 200):
        await open_ticket(opened, number)
    yield opened
    await opened.close()


@pytest.fixture
async def copy(store: SqlStore, tmp_path: Path) -> Path:
    to = tmp_path / "copy.sqlite3"
    await asyncio.to_thread(copy_store, tmp_path / "s.sqlite3", to)
    return to


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def unwell(path: Path) -> list[str]:
    return [finding.subject for finding in verify(path) if not finding.is_ok]


async def test_a_copy_is_of_one_moment_though_the_store_is_written_in_the_middle_of_it(
    store: SqlStore, tmp_path: Path
) -> None:
    """The writer is not kept waiting either: what it writes returns while the copy stands still."""
    loop = asyncio.get_running_loop()
    steps: list[int] = []

    async def write() -> None:
        for number in range(200, 260):
            await open_ticket(store, number)

    def progress(done: int, every: int) -> None:
        if not steps:
            assert done < every
            asyncio.run_coroutine_threadsafe(write(), loop).result(timeout=20)
        steps.append(done)

    to = tmp_path / "copy.sqlite3"
    await asyncio.to_thread(copy_store, tmp_path / "s.sqlite3", to, progress)

    assert len(steps) > 1
    assert steps == sorted(steps)
    assert unwell(to) == []
    with closing(sqlite3.connect(to)) as connection:
        (tickets,) = connection.execute("SELECT COUNT(*) FROM tickets").fetchone()
        (messages,) = connection.execute("SELECT COUNT(*) FROM messages").fetchone()
        (counter,) = connection.execute("SELECT value FROM counters WHERE name = 'ticket'").fetchone()
    assert (tickets, messages, counter) == (199, 199, 199)
    assert (await store.load_ticket(1259)) is not None


async def test_copies_made_one_after_the_other_while_everybody_writes_are_all_whole(
    store: SqlStore, tmp_path: Path
) -> None:
    is_over = asyncio.Event()

    async def write() -> None:
        number = 300
        while not is_over.is_set():
            await asyncio.gather(*(open_ticket(store, number + offset) for offset in range(8)))
            number += 8

    writing = asyncio.create_task(write())
    copies = [tmp_path / f"copy-{number}.sqlite3" for number in range(5)]
    for to in copies:
        await asyncio.to_thread(copy_store, tmp_path / "s.sqlite3", to)
    is_over.set()
    await writing

    assert [unwell(to) for to in copies] == [[]] * 5


async def test_a_copy_can_be_read_by_its_owner_alone_and_has_its_checksum_beside_it(copy: Path) -> None:
    assert mode(copy) == mode(checksum_file(copy)) == 0o600
    if sys.platform == "linux":
        checked = await asyncio.create_subprocess_exec(
            "sha256sum", "--check", "--status", checksum_file(copy).name, cwd=copy.parent
        )
        assert await checked.wait() == 0
    assert sorted(path.name for path in copy.parent.glob("copy*")) == ["copy.sqlite3", "copy.sqlite3.sha256"]


async def test_nothing_is_overwritten(copy: Path) -> None:
    before = checksum_of(copy)
    with pytest.raises(StoreError, match="exists already"):
        await asyncio.to_thread(copy_store, copy.with_name("s.sqlite3"), copy)

    assert checksum_of(copy) == before


def test_a_copy_cannot_be_made_of_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        copy_store(tmp_path / "none.sqlite3", tmp_path / "copy.sqlite3")

    assert list(tmp_path.iterdir()) == []


KILLED = """
    import sys, time
    from pathlib import Path
    from bot.store.copying import copy_store

    def progress(done, every):
        print(done, every, flush=True)
        time.sleep(60)

    copy_store(Path(sys.argv[1]), Path(sys.argv[2]), progress)
"""


async def test_a_copy_that_is_killed_leaves_nothing_under_its_name(store: SqlStore, tmp_path: Path) -> None:
    to = tmp_path / "copies" / "copy.sqlite3"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "s.sqlite3"), str(to),
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    assert process.stdout
    done, every = map(int, (await process.stdout.readline()).split())
    process.kill()
    await process.wait()

    assert done < every
    assert not to.exists()
    (left,) = to.parent.iterdir()
    assert left.suffix == ".unfinished"
    assert mode(left) == 0o600
    await asyncio.to_thread(copy_store, tmp_path / "s.sqlite3", to)
    assert unwell(to) == []


async def test_a_whole_copy_is_well_in_every_respect(copy: Path) -> None:
    findings = {finding.subject: finding for finding in verify(copy)}

    assert all(finding.is_ok for finding in findings.values())
    assert list(findings) == ["file", "checksum", "structure", "schema", "references", "numbers", "rows"]
    assert findings["numbers"].told == "199 tickets, the highest number is 199"
    assert findings["rows"].told == "400 rows can be read"


def truncated(copy: Path) -> None:
    with copy.open("r+b") as file:
        file.truncate(copy.stat().st_size // 2)


def flipped(copy: Path) -> None:
    """In a text, where SQLite itself cannot see it."""
    content = copy.read_bytes()
    at = content.index("入金".encode())
    copy.write_bytes(content[:at] + b"\xe5\x87\xba" + content[at + 3 :])


def torn(copy: Path) -> None:
    """In the inner pages, and nobody has the checksum any more."""
    checksum_file(copy).unlink()
    content = bytearray(copy.read_bytes())
    for page in range(4096, len(content) - 4096, 4096):
        content[page : page + 64] = b"\xff" * 64
    copy.write_bytes(bytes(content))


def emptied(copy: Path) -> None:
    copy.write_bytes(b"")


def changed(statement: str) -> Callable[[Path], None]:
    def change(copy: Path) -> None:
        checksum_file(copy).unlink()
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute(statement)
            connection.commit()

    return change


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (truncated, "checksum"),
        (truncated, "structure"),
        (flipped, "checksum"),
        (torn, "structure"),
        (emptied, "file"),
        (changed("UPDATE counters SET value = 198"), "numbers"),
        (changed("DELETE FROM counters"), "numbers"),
        (changed("INSERT INTO migrations (number) VALUES (999)"), "schema"),
        (changed("DELETE FROM migrations WHERE number = 2"), "schema"),
        (changed("DROP TABLE migrations"), "schema"),
        (changed("DELETE FROM requesters"), "references"),
        (changed("UPDATE conversations SET state = '{}'"), "rows"),
        (changed("UPDATE outbox SET payload = substr(payload, 1, 40)"), "rows"),
        (changed("UPDATE messages SET text = CAST(x'ff' AS TEXT) WHERE id = 3007"), "rows"),
    ],
)
async def test_damage_is_found(copy: Path, damage: Callable[[Path], None], found: str) -> None:
    damage(copy)

    assert found in unwell(copy)
    assert "入金" not in "".join(finding.told for finding in verify(copy))


async def test_the_file_of_a_running_bot_is_no_copy(store: SqlStore, tmp_path: Path) -> None:
    """What is in its log only would be missing."""
    await store.commit((SaveCursor("c", "1", 1),))

    assert unwell(tmp_path / "s.sqlite3") == ["file"]
