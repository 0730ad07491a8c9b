"""The terminal's platform, driven through a pipe as a program would; every expected screen is whole."""

import io
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.events import (
    BotBlocked,
    ChoicePicked,
    MessageReceived,
    PlatformEvent,
    Revision,
    StaffPicked,
    StaffWrote,
    TokenShared,
)
from bot.model import (
    Attachment,
    AttachmentKind,
    Button,
    ChatRef,
    Content,
    Markup,
    MessageRef,
    PlatformName,
    Standing,
    TicketStatus,
)
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.platforms.console import ConsolePlatform, read_lines
from bot.platforms.console.screen import Numbers, clean, render
from bot.ports import Delivery, NeverDelivered, Receipt
from bot.store import SqlStore, open_store
from bot.store.room import SqlRoom

REQUESTER = ChatRef(PlatformName.CONSOLE, "requester")
STAFF = ChatRef(PlatformName.CONSOLE, "staff")
TEXTS = {
    f"console.{key}": text
    for key, text in {
        "welcome": "welcome", "requester_name": "You", "agent_name": "Agent", "at_requester": "requester",
        "at_desk": "desk", "no_threads": "none", "thread_closed": "closed", "thread_reopened": "reopened",
        "deleted": "deleted", "no_such_thread": "no thread {number}", "cannot_read": "cannot read {path}",
        "too_large": "over {limit} MB", "edited": "edited",
    }.items()
}  # fmt: skip
COINS = ((Button("BTC", "v1.a.1.0"), Button("ETH", "v1.a.1.1")), (Button("Other", "v1.a.1.2"),))


class CountingClock:
    def __init__(self, start: int = 1) -> None:
        self._ids = count(start)

    def now(self) -> int:
        return 1_700_000_000_000_000

    def new_id(self) -> int:
        return next(self._ids)


def never_fetch(attachment: Attachment) -> AbstractAsyncContextManager[Path]:
    raise AssertionError("The terminal shows names of files, never the files.")


class Terminal:
    """One run of the platform: what was typed goes in through a pipe, the screen comes out as text."""

    def __init__(self, store: SqlStore, answers: dict[str, list[tuple[DeliveryKind, Any]]]) -> None:
        self._store = store
        self._answers = answers
        self._ids = count(1000)
        self._due: list[Outgoing] = []
        self.events: list[PlatformEvent] = []
        self.receipts: list[Receipt] = []
        self.output = io.StringIO()
        self.clock = CountingClock()

    async def type(self, *lines: str) -> str:
        """Run until the end of the input, and return the screen without the welcome."""
        reading, writing = os.pipe()
        os.write(writing, "".join(f"{line}\n" for line in lines).encode())
        os.close(writing)
        self.output.seek(0)
        self.output.truncate()
        self.platform = ConsolePlatform(
            room=SqlRoom(self._store.engine, self.clock), clock=self.clock, texts={"en": TEXTS}.__getitem__,
            language="en", lines=read_lines(reading), output=self.output, settled=self.settled,
        )  # fmt: skip
        await self.platform.run(self.handle)
        os.close(reading)
        return self.output.getvalue().removeprefix("*> welcome\n")

    async def handle(self, event: PlatformEvent) -> None:
        """Deliveries are only queued here, as they are in the bot."""
        self.events.append(event)
        assert not isinstance(event, Revision | BotBlocked | TokenShared), "nothing can be changed once it is printed"
        said = event.data if isinstance(event, ChoicePicked | StaffPicked) else event.text
        for kind, more in self._answers.get(said, []):
            self._due.append(self.outgoing(kind, **{"chat": event.chat, **more}))

    def outgoing(self, kind: DeliveryKind, chat: ChatRef, **more: Any) -> Outgoing:
        number = next(self._ids)
        values: dict[str, Any] = {
            "id": number,
            "kind": kind,
            "chat": chat,
            "priority": Priority.REQUESTER,
            "due_at": 0,
        } | more
        return Outgoing(message_id=number, **values)

    async def settled(self) -> None:
        while self._due:
            await self.deliver(self._due.pop(0))

    async def deliver(self, outgoing: Outgoing, *links: MessageRef) -> Receipt:
        links = links or (self.receipts[0].messages if self.receipts else ())
        receipt = await self.platform.deliver(Delivery(outgoing, links), never_fetch)
        if receipt.messages:
            self.receipts.append(receipt)
        return receipt


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(tmp_path / "support.sqlite3")
    yield opened
    await opened.close()


Answers = dict[str, list[tuple[DeliveryKind, Any]]]
NewTerminal = Callable[[Answers], Terminal]


@pytest.fixture
def terminal(store: SqlStore) -> NewTerminal:
    return lambda answers: Terminal(store, answers)


def say(text: str, chat: ChatRef | None = None, **more: Any) -> tuple[DeliveryKind, Any]:
    """A message to where the line came from, or to another chat."""
    return DeliveryKind.SEND, {"content": Content(text=text, **more)} | ({"chat": chat} if chat else {})


def opened(title: str) -> tuple[DeliveryKind, Any]:
    card = Content(text="**Status:** new\n**Coin:** BTC", buttons=((Button("Take", "t1.1.take"),),))
    return DeliveryKind.OPEN_THREAD, {"chat": STAFF, "title": title, "content": card}


async def test_a_question_is_answered_with_numbered_buttons(terminal: NewTerminal) -> None:
    run = terminal({"hi": [say("**Which** coin?\n\n- a\n- b", buttons=COINS)], "v1.a.1.1": [say("ETH it is.")]})
    assert await run.type("hi", "2") == (
        "bot> Which coin?\n"
        "     - a\n"
        "     - b\n"
        "     [1] BTC  [2] ETH  [3] Other\n"
        "bot> ETH it is.\n"
    )  # fmt: skip
    assert run.output.getvalue().startswith("*> welcome\n")
    wrote, picked = run.events
    assert isinstance(wrote, MessageReceived)
    assert isinstance(picked, ChoicePicked)
    assert (wrote.chat, wrote.text, wrote.sender.name, wrote.sender.locale) == (REQUESTER, "hi", "You", "en")
    assert (picked.chat, picked.data) == (REQUESTER, "v1.a.1.1")
    assert len({wrote.key, picked.key}) == 2


async def test_a_number_without_its_button_is_a_text(terminal: NewTerminal) -> None:
    """After an answer without buttons the numbers above it mean nothing: 1 may be an amount."""
    run = terminal({"hi": [say("Which?", buttons=COINS)], "SOL": [say("How much?")]})
    await run.type("1", "hi", "9", "SOL", "1", "²")
    texts = [event.text for event in run.events if isinstance(event, MessageReceived)]
    assert texts == ["1", "hi", "9", "SOL", "1", "²"]


async def test_two_questions_at_once_have_different_numbers(terminal: NewTerminal) -> None:
    yes_no = ((Button("Yes", "v1.a.2.0"), Button("No", "v1.a.2.1")),)
    run = terminal({"hi": [say("Which?", buttons=COINS), say("Helped?", buttons=yes_no)]})
    assert (await run.type("hi", "5")).endswith("bot> Helped?\n     [4] Yes  [5] No\n")
    assert isinstance(run.events[1], ChoicePicked)
    assert run.events[1].data == "v1.a.2.1"


async def test_numbers_still_work_after_a_restart_and_keys_are_new(terminal: NewTerminal, store: SqlStore) -> None:
    answers: Answers = {"hi": [say("Which?", buttons=COINS)]}
    before = terminal(answers)
    await before.type("hi")
    after = terminal(answers)
    after.clock = CountingClock(await store.highest_id() + 1)
    await after.type("3", "hello")
    picked, wrote = after.events
    assert isinstance(picked, ChoicePicked)
    assert isinstance(wrote, MessageReceived)
    assert picked.data == "v1.a.1.2"
    assert not {event.key for event in after.events} & {event.key for event in before.events}


async def test_the_desk_is_the_other_side_of_the_same_terminal(terminal: NewTerminal) -> None:
    run = terminal(
        {
            "help": [opened("#1 Deposit"), say("A person will answer.")],
            "on it": [(DeliveryKind.REACT, {"reaction": "✅"})],
            "t1.1.take": [
                say("hello *you*", chat=REQUESTER, markup=Markup.PLAIN, author="Agent"),
                (DeliveryKind.SHOW_STATUS, {"status": TicketStatus.PENDING}),
                (DeliveryKind.SHOW_STATUS, {"status": TicketStatus.SOLVED}),
            ],
        }
    )  # fmt: skip
    screen = await run.type("help", "/staff", "/thread 1", "on it", "1", "/staff", "/requester", "thanks")
    assert screen == (
        "staff #1> #1 Deposit\n"
        "          Status: new\n"
        "          Coin: BTC\n"
        "          [1] Take\n"
        "bot> A person will answer.\n"
        "*> desk\n"
        "staff #1> #1 Deposit\n"
        "staff #1> Status: new\n"
        "          Coin: BTC\n"
        "          [1] Take\n"
        "staff #1> ✅\n"
        "bot> Agent: hello *you*\n"
        "staff #1> closed\n"
        "*> desk\n"
        "staff #1> #1 Deposit (closed)\n"
        "*> requester\n"
    )
    _, wrote, picked, thanks = run.events
    assert isinstance(wrote, StaffWrote)
    assert isinstance(picked, StaffPicked)
    assert isinstance(thanks, MessageReceived)
    assert wrote.chat == picked.chat == run.receipts[0].thread
    assert (wrote.text, wrote.agent.standing) == ("on it", Standing.ADMINISTRATOR)
    assert picked.data == "t1.1.take"


async def test_threads_outlive_a_restart_and_unknown_ones_are_said(terminal: NewTerminal, store: SqlStore) -> None:
    run = terminal({"help": [opened("#1 Deposit"), opened("#2 Deposit")]})
    assert await run.type("/staff") == "*> desk\n*> none\n"
    await run.type("help")
    again = terminal({})
    again.clock = CountingClock(await store.highest_id() + 1)
    screen = await again.type("/staff", "/thread 3", "/thread x", "/thread #2", "hi", "/requester", "/thread 1")
    assert screen.splitlines()[:5] == [
        "*> desk",
        "staff #1> #1 Deposit",
        "staff #2> #2 Deposit",
        "*> no thread 3",
        "*> no thread x",
    ]
    wrote, command = again.events
    assert wrote.chat == run.receipts[1].thread
    assert isinstance(command, MessageReceived)
    assert command.text == "/thread 1"


async def test_an_edited_card_keeps_its_numbers(terminal: NewTerminal) -> None:
    edited = Content(text="Status: open", buttons=((Button("Solve", "t1.1.solve"), Button("Hold", "t1.1.hold")),))
    run = terminal({"help": [opened("#1")], "t1.1.take": [(DeliveryKind.EDIT, {"content": edited})]})
    screen = await run.type("help", "/staff", "/thread 1", "1", "2")
    assert screen.endswith("staff #1> edited\n          Status: open\n          [1] Solve  [2] Hold\n")
    assert isinstance(run.events[2], StaffPicked)
    assert run.events[2].data == "t1.1.hold"


async def test_a_repeated_delivery_is_found_again(terminal: NewTerminal) -> None:
    run = terminal({})
    await run.type()
    for outgoing in (
        run.outgoing(DeliveryKind.SEND, REQUESTER, content=Content(text="once")),
        run.outgoing(DeliveryKind.OPEN_THREAD, STAFF, title="#1", content=Content(text="card")),
    ):
        assert await run.platform.already_delivered(outgoing) is None
        receipt = await run.deliver(outgoing)
        assert await run.platform.already_delivered(outgoing) == receipt
        assert await run.deliver(outgoing) == receipt
    assert receipt.thread == receipt.messages[0].chat


async def test_what_cannot_be_shown_is_never_delivered(terminal: NewTerminal) -> None:
    run = terminal({})
    await run.type()
    text = Content(text="x")
    for outgoing in (
        run.outgoing(DeliveryKind.SEND, ChatRef(PlatformName.CONSOLE, "elsewhere"), content=text),
        run.outgoing(DeliveryKind.EDIT, REQUESTER, content=text),
    ):
        with pytest.raises(NeverDelivered) as error:
            await run.deliver(outgoing, MessageRef(REQUESTER, "404"))
        assert error.value.reason == "chat_gone"


async def test_a_file_is_sent_by_its_path(terminal: NewTerminal, tmp_path: Path) -> None:
    path = tmp_path / "my receipt.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    run = terminal({})
    assert await run.type(f"/attach '{path}' my receipt") == ""
    [event] = run.events
    assert isinstance(event, MessageReceived)
    [attachment] = event.attachments
    assert event.text == "my receipt"
    assert (attachment.name, attachment.kind, attachment.size) == ("my receipt.png", AttachmentKind.PHOTO, 16)
    pieces = [piece async for piece in run.platform.open_file(attachment)]
    assert b"".join(pieces) == path.read_bytes()
    path.unlink()
    with pytest.raises(NeverDelivered):
        [piece async for piece in run.platform.open_file(attachment)]


async def test_a_file_that_cannot_be_sent_is_said(terminal: NewTerminal, tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    run = terminal({})
    screen = await run.type("/attach", "/attach 'no end", f"/attach {tmp_path}", f"/attach {huge}")
    assert screen == f"*> cannot read\n*> cannot read 'no end\n*> cannot read {tmp_path}\n*> over 20 MB\n"
    assert run.events == []


async def test_the_end_of_the_input_waits_for_pending_work(terminal: NewTerminal) -> None:
    run = terminal({"": [], "last": [say("answered")]})
    reading, writing = os.pipe()
    os.write(writing, "日本語\r\n\n  \nlast".encode())
    os.close(writing)
    lines = [line async for line in read_lines(reading)]
    os.close(reading)
    assert lines == ["日本語", "", "  ", "last"]
    assert await run.type(*lines) == "bot> answered\n"
    assert [event.text for event in run.events if isinstance(event, MessageReceived)] == ["日本語", "last"]


async def test_a_terminal_is_asked_and_gets_the_same_words(terminal: NewTerminal) -> None:
    class Tty(io.StringIO):
        def isatty(self) -> bool:
            return True

    run = terminal({"hi": [say("**Which**?", buttons=COINS)]})
    run.output = Tty()
    screen = await run.type("hi")
    for part in ("You> ", "bot> ", "Which", "[1] BTC  [2] ETH  [3] Other"):
        assert part in screen


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**a** *b* `c`", "a b c"),
        ("1. one\n2. two\n   - inner\n3. three", "1. one\n2. two\n  - inner\n3. three"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("[help](https://example.com) and <https://example.com/x>", "help (https://example.com) and https://example.com/x"),
        ("a\nb\n\nc", "a\nb\nc"),
        ("<b>x</b> ![pic](https://example.com/p.png)", "<b>x</b> !pic (https://example.com/p.png)"),
        ("```\n**x**\n```", "**x**"),
    ],
)  # fmt: skip
def test_markdown_becomes_plain_lines(markdown: str, plain: str) -> None:
    assert render(Content(text=markdown)).plain == plain


def test_other_peoples_text_cannot_steer_the_terminal() -> None:
    hostile = "a\x1b[2Jb\x07\x9bc\u202ed\r"
    assert clean(hostile) == "a[2Jbcd"
    file = Attachment(platform=PlatformName.TELEGRAM, kind=AttachmentKind.DOCUMENT, handle="x", name="\x1bx.pdf")
    content = Content(text="**\x1b]0;x**", markup=Markup.PLAIN, author="\x1bEve", attachments=(file,))
    assert render(content).plain == "Eve: **]0;x**\n📎 x.pdf (1 KB)"
    assert "\x1b" not in render(Content(text="a \x1b[31m [x](https://e.example/\x1b)")).plain


def test_a_message_keeps_its_numbers_and_nobody_elses() -> None:
    numbers = Numbers()
    first = numbers.assign(1, [[Button("a", "a"), Button("b", "b")]])
    assert [number for number, _ in first] == [1, 2]
    assert [number for number, _ in numbers.assign(2, [[Button("c", "c")]])] == [3]
    assert [number for number, _ in numbers.assign(1, [[Button("d", "d")]])] == [1]
    assert numbers.button("2") is None
    assert numbers.button("3") == Button("c", "c")
    numbers.clear()
    assert numbers.button("1") is None
