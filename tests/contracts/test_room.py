"""What the Room promises to platforms that keep no history of their own, on SQLite and on PostgreSQL."""

import asyncio
from itertools import count

import pytest

from bot.model import Attachment, AttachmentKind, Button, ChatRef, Content, PlatformName
from bot.ports import Room, RoomMessage, RoomThread
from bot.store import SqlStore
from bot.store.room import CHANGES_AT_ONCE, SqlRoom

REQUESTER = ChatRef(PlatformName.WEB, "r-1")
STAFF = ChatRef(PlatformName.WEB, "staff")
OTHER = ChatRef(PlatformName.WEB, "r-2")
FILE = Attachment(
    platform=PlatformName.WEB, kind=AttachmentKind.PHOTO, handle="ab12", name="領収書.png", size=7,
    content_type="image/png",
)  # fmt: skip
RICH = Content(text="**入金** 🙂", author="Mika", buttons=((Button("Yes", "v1.a.1.0"),),), attachments=(FILE,))


class CountingClock:
    def __init__(self) -> None:
        self._ids = count(1)

    def now(self) -> int:
        return 1_700_000_000_000_000

    def new_id(self) -> int:
        return next(self._ids)


@pytest.fixture
def room(store: SqlStore) -> Room:
    return SqlRoom(store.engine, CountingClock())


def say(text: str) -> Content:
    return Content(text=text)


async def everything_after(room: Room, after: int) -> list[RoomMessage | RoomThread]:
    """What a stream does: ask from the last seen revision until nothing comes."""
    found: list[RoomMessage | RoomThread] = []
    while some := await room.changes((REQUESTER, STAFF), found[-1].revision if found else after):
        found += some
    return found


async def test_a_message_comes_back_as_posted(room: Room) -> None:
    posted = await room.post("delivery:1", REQUESTER, RICH, author="Aiko", quoted="7", ticket_id=5)

    assert posted.content == RICH
    assert (posted.author, posted.quoted, posted.ticket_id) == ("Aiko", "7", 5)
    assert await room.messages(REQUESTER) == [posted]
    assert await room.load(posted.id) == posted
    assert await room.find("delivery:1") == posted


async def test_a_repeated_delivery_returns_the_same_message(room: Room) -> None:
    first = await room.post("delivery:1", REQUESTER, say("a"))
    again = await asyncio.gather(*(room.post("delivery:1", REQUESTER, say("b")) for _ in range(5)))

    assert again == [first] * 5
    assert len(await room.messages(REQUESTER)) == 1
    assert await room.find("delivery:2") is None


async def test_a_repeated_opening_leaves_no_second_thread(room: Room) -> None:
    first = await room.open_thread("delivery:1", STAFF, "#1 Deposit", say("card"), 9)
    again = await room.open_thread("delivery:1", STAFF, "#1 Deposit", say("card"), 9)

    assert again == first
    assert first.chat.thread_id
    assert [thread.chat for thread in await room.threads(STAFF)] == [first.chat]


async def test_threads_come_with_their_newest_message_and_state(room: Room) -> None:
    await room.ensure_thread(STAFF)
    await room.ensure_thread(STAFF)
    one = await room.open_thread("delivery:1", STAFF, "#1", say("card"), 9)
    later = await room.post("delivery:2", one.chat, say("newest"))
    assert await room.set_closed(one.chat, True)

    general, first = await room.threads(STAFF)
    assert (general.chat, general.latest, general.closed) == (STAFF, None, False)
    assert (first.title, first.latest, first.closed) == ("#1", later, True)
    assert await room.set_closed(one.chat, False)
    loaded = await room.load_thread(one.chat)
    assert loaded is not None
    assert not loaded.closed
    assert not await room.set_closed(ChatRef(PlatformName.WEB, "staff", "404"), True)


async def test_older_messages_are_read_page_by_page(room: Room) -> None:
    posted = [await room.post(f"delivery:{n}", REQUESTER, say(str(n))) for n in range(5)]

    newest = await room.messages(REQUESTER, limit=2)
    assert newest == posted[3:]
    assert await room.messages(REQUESTER, before=newest[0].id, limit=2) == posted[1:3]


async def test_who_was_away_hears_of_everything_once_and_in_order(room: Room) -> None:
    """Edits, reactions, deletions and threads too, and not what was said in other people's chats."""
    seen = await room.post("delivery:1", REQUESTER, say("old"))
    doomed = await room.post("delivery:2", REQUESTER, say("secret"))
    cursor = await room.latest_revision()
    await room.post("delivery:3", OTHER, say("not for us"))
    assert await room.edit(seen.id, say("new"))
    card = await room.open_thread("delivery:4", STAFF, "#1", say("card"), None)
    assert await room.delete(doomed.id)
    assert await room.react(card.id, "✅")

    changes = await everything_after(room, cursor)
    revisions = [change.revision for change in changes]
    assert revisions == sorted(set(revisions))
    messages = {change.id: change for change in changes if isinstance(change, RoomMessage)}
    assert set(messages) == {seen.id, doomed.id, card.id}
    assert messages[seen.id].content == say("new")
    assert messages[seen.id].edited
    assert messages[doomed.id].deleted
    assert messages[card.id].reactions == ("✅",)
    assert [change.title for change in changes if isinstance(change, RoomThread)] == ["#1"]
    assert await everything_after(room, revisions[-1]) == []


async def test_a_long_absence_is_caught_up_without_a_gap(room: Room) -> None:
    amount = CHANGES_AT_ONCE + 30
    for n in range(amount):
        await room.post(f"delivery:{n}", REQUESTER if n % 2 else STAFF, say(str(n)))
        if n % 50 == 0:
            await room.ensure_thread(ChatRef(PlatformName.WEB, "staff", str(n)))

    changes = await everything_after(room, 0)
    texts = [change.content.text for change in changes if isinstance(change, RoomMessage)]
    assert texts == [str(n) for n in range(amount)]
    assert sum(isinstance(change, RoomThread) for change in changes) == 5


async def test_a_reader_misses_nothing_while_others_write(room: Room) -> None:
    async def write(name: str) -> None:
        for n in range(40):
            await room.post(f"{name}:{n}", REQUESTER, say(f"{name}{n}"))

    async def read() -> list[int]:
        found: list[int] = []
        while len(found) < 120:
            changes = await room.changes((REQUESTER, STAFF), found[-1] if found else 0)
            found += [change.revision for change in changes]
            await asyncio.sleep(0)
        return found

    found, *_ = await asyncio.gather(read(), write("a"), write("b"), write("c"))
    assert found == sorted(set(found))


async def test_a_deleted_text_is_gone(room: Room) -> None:
    doomed = await room.post("delivery:1", REQUESTER, RICH)
    assert await room.delete(doomed.id)

    emptied = await room.load(doomed.id)
    assert emptied is not None
    assert emptied.content == Content(text="")
    assert await room.messages(REQUESTER) == []
    assert not await room.edit(doomed.id, say("back again"))
    assert not await room.react(doomed.id, "✅")
    assert not await room.delete(404)


async def test_a_reaction_is_shown_once(room: Room) -> None:
    message = await room.post("delivery:1", REQUESTER, say("a"))
    for reaction in ("✅", "👀", "✅"):
        assert await room.react(message.id, reaction)

    loaded = await room.load(message.id)
    assert loaded is not None
    assert loaded.reactions == ("✅", "👀")


async def test_counterparts_are_the_open_chats_of_the_same_ticket(room: Room) -> None:
    old = await room.open_thread("delivery:1", STAFF, "#1", say("card"), 1)
    await room.post("delivery:2", REQUESTER, say("reply"), ticket_id=1)
    new = await room.open_thread("delivery:3", STAFF, "#2", say("card"), 2)
    assert list(await room.counterparts(REQUESTER)) == [old.chat]
    await room.post("delivery:4", REQUESTER, say("reply"), ticket_id=2)

    assert list(await room.counterparts(REQUESTER)) == [new.chat]
    assert list(await room.counterparts(new.chat)) == [REQUESTER]
    assert list(await room.counterparts(OTHER)) == []
    await room.set_closed(new.chat, True)
    assert list(await room.counterparts(REQUESTER)) == []
