"""The terminal as a platform: one requester and one agent, both the person who types.

Lines in, lines out. What the bot said is kept in the Room, so that deliveries are exact and buttons have their
numbers again after a restart; what was typed is not kept.
"""

import asyncio
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TextIO, assert_never

from bot.events import ChoicePicked, MessageReceived, StaffPicked, StaffWrote
from bot.model import Agent, Attachment, AttachmentKind, ChatRef, MessageRef, Person, PlatformName, Standing
from bot.outgoing import DeliveryKind, Outgoing
from bot.platforms.console.files import LARGEST_FILE, describe, read_file
from bot.platforms.console.screen import Numbers, Screen, render
from bot.ports import Clock, Delivery, FetchFile, Handle, NeverDelivered, Receipt, Room, RoomMessage, RoomThread

REQUESTER = ChatRef(PlatformName.CONSOLE, "requester")
STAFF = ChatRef(PlatformName.CONSOLE, "staff")
SHOWN_MESSAGES = 20


class ConsolePlatform:
    """See `ports.Platform`. `run` ends when the lines do.

    `settled` returns when everything that is due has been delivered: the next line is read only then, so that a
    number always means what is on the screen. `texts` gives the terminal's own texts (`console.*`) in a language.
    """

    name = PlatformName.CONSOLE
    staff_chat = STAFF

    def __init__(
        self, *, room: Room, clock: Clock, texts: Callable[[str], Mapping[str, str]], language: str,
        lines: AsyncIterator[str], output: TextIO, settled: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._room = room
        self._clock = clock
        self._texts = texts(language)
        self._lines = lines
        self._screen = Screen(output)
        self._settled = settled
        self._person = Person(self.name, "console", self._text("requester_name"), language)
        self._agent = Agent(self.name, "console-agent", self._text("agent_name"), Standing.ADMINISTRATOR)
        self._at = REQUESTER
        self._numbers: dict[ChatRef, Numbers] = {}
        self._answered = True

    @property
    def has_answered(self) -> bool:
        """Always: there is nobody else to reach."""
        return True

    async def run(self, handle: Handle) -> None:
        await self._find_last_prompt()
        self._notice("welcome")
        self._screen.ask(self._whose(self._at))
        async for line in self._lines:
            self._answered = False
            await self._take(line.strip(), handle)
            await self._settled()
            self._screen.ask(self._whose(self._at))
        await self._settled()

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:  # noqa: ARG002 -- names suffice here.
        outgoing = delivery.outgoing
        match outgoing.kind:
            case DeliveryKind.SEND | DeliveryKind.OPEN_THREAD:
                return await self._post(outgoing)
            case DeliveryKind.EDIT:
                await self._edit(delivery)
            case DeliveryKind.SHOW_STATUS:
                await self._show_status(outgoing)
            case DeliveryKind.REACT:
                await self._remark(outgoing.target.chat if outgoing.target else outgoing.chat, outgoing.reaction)
            case DeliveryKind.DELETE:
                target = delivery.outgoing.target
                for message in (target,) if target else delivery.links:
                    await self._room.delete(_id_of(message))
                await self._remark(outgoing.chat, self._text("deleted"))
            case _:
                assert_never(outgoing.kind)
        return Receipt(delivery.links if outgoing.kind is DeliveryKind.EDIT else ())

    async def already_delivered(self, outgoing: Outgoing) -> Receipt | None:
        """Exact for messages and threads; everything else may simply be done again."""
        posted = await self._room.find(_key(outgoing))
        return _receipt(posted, outgoing) if posted else None

    async def show_at_work(self, chat: ChatRef, kind: AttachmentKind) -> None:
        """Nothing: what is sent is there at once."""

    async def open_file(self, attachment: Attachment) -> AsyncIterator[bytes]:
        async for piece in read_file(attachment.handle):
            yield piece

    async def _show_status(self, outgoing: Outgoing) -> None:
        """Of a ticket's status the terminal shows whether its thread is closed."""
        closed = outgoing.status is not None and outgoing.status.is_done
        thread = await self._room.load_thread(outgoing.chat)
        if thread and thread.closed != closed:
            await self._room.set_closed(outgoing.chat, closed)
            await self._remark(outgoing.chat, self._text("thread_closed" if closed else "thread_reopened"))

    async def _take(self, line: str, handle: Handle) -> None:
        """Commands of the terminal itself are few; every other line is for the bot."""
        command, _, rest = line.partition(" ")
        match command:
            case "":
                return
            case "/staff":
                self._at = STAFF
                await self._show_desk()
            case "/requester":
                self._at = REQUESTER
                self._notice("at_requester")
            case "/thread" if self._at.chat_id == STAFF.chat_id:
                await self._enter_thread(rest.strip().lstrip("#"))
            case "/attach":
                await self._attach(rest, handle)
            case _ if button := self._numbers_of(self._at).button(line):
                await self._press(button.data, handle)
            case _:
                await self._write(line, (), handle)

    async def _write(self, text: str, attachments: tuple[Attachment, ...], handle: Handle) -> None:
        message = MessageRef(self._at, str(self._clock.new_id()))
        key, at = f"console:message:{message.message_id}", self._clock.now()
        event: MessageReceived | StaffWrote
        if self._at == REQUESTER:
            event = MessageReceived(
                key=key, at=at, chat=self._at, sender=self._person, message=message, text=text,
                attachments=attachments,
            )  # fmt: skip
        else:
            event = StaffWrote(
                key=key, at=at, chat=self._at, agent=self._agent, message=message, text=text,
                attachments=attachments,
            )  # fmt: skip
        await handle(event)

    async def _press(self, pressed: str, handle: Handle) -> None:
        key, at = f"console:press:{self._clock.new_id()}", self._clock.now()
        if self._at == REQUESTER:
            await handle(ChoicePicked(key=key, at=at, chat=self._at, sender=self._person, data=pressed))
        else:
            await handle(StaffPicked(key=key, at=at, chat=self._at, agent=self._agent, data=pressed))

    async def _attach(self, typed: str, handle: Handle) -> None:
        try:
            words = shlex.split(typed)
        except ValueError:
            words = [typed]
        attachment = await asyncio.to_thread(describe, words[0] if words else "")
        if attachment is None:
            self._notice("cannot_read", path=typed)
        elif attachment.size > LARGEST_FILE:
            self._notice("too_large", limit=str(LARGEST_FILE // 2**20))
        else:
            await self._write(" ".join(words[1:]), (attachment,), handle)

    async def _post(self, outgoing: Outgoing) -> Receipt:
        if outgoing.content is None or outgoing.chat.chat_id not in (REQUESTER.chat_id, STAFF.chat_id):
            raise NeverDelivered("chat_gone", "There is no such chat in the terminal.")
        if outgoing.kind is DeliveryKind.OPEN_THREAD:
            content, title = outgoing.content, outgoing.title
            posted = await self._room.open_thread(_key(outgoing), STAFF, title, content, outgoing.ticket_id)
        else:
            posted = await self._room.post(
                _key(outgoing), outgoing.chat, outgoing.content, ticket_id=outgoing.ticket_id
            )
        if outgoing.chat == REQUESTER and not self._answered:
            # The first answer to a line: numbers on the screen above it no longer mean anything.
            self._answered = True
            self._numbers_of(REQUESTER).clear()
        await self._show(posted, outgoing.title)
        return _receipt(posted, outgoing)

    async def _edit(self, delivery: Delivery) -> None:
        message_id, content = _id_of(delivery.links[0] if delivery.links else None), delivery.outgoing.content
        posted = await self._room.load(message_id)
        if posted is None or content is None or not await self._room.edit(message_id, content):
            raise NeverDelivered("chat_gone", "The message to edit is not there.")
        await self._show(replace(posted, content=content), self._text("edited"))

    async def _show(self, message: RoomMessage, title: str = "") -> None:
        numbered = self._numbers_of(message.chat).assign(message.id, message.content.buttons)
        text = render(message.content, title)
        self._screen.show(await self._name_of(message.chat), text, numbered)

    async def _remark(self, chat: ChatRef, remark: str) -> None:
        self._screen.say(await self._name_of(chat), remark)

    async def _show_desk(self) -> None:
        self._notice("at_desk")
        threads = await self._threads()
        if not threads:
            self._notice("no_threads")
        for number, thread in enumerate(threads, 1):
            state = f" ({self._text('thread_closed')})" if thread.closed else ""
            self._screen.say(f"staff #{number}", f"{thread.title}{state}")

    async def _enter_thread(self, number: str) -> None:
        threads = await self._threads()
        if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= len(threads)):
            self._notice("no_such_thread", number=number)
            return
        self._at = threads[int(number) - 1].chat
        self._numbers_of(self._at).clear()
        for message in await self._room.messages(self._at, limit=SHOWN_MESSAGES):
            await self._show(message)

    async def _threads(self) -> Sequence[RoomThread]:
        return await self._room.threads(STAFF)

    async def _find_last_prompt(self) -> None:
        """The numbers of a question that was asked before a restart and is still the last thing said."""
        for message in await self._room.messages(REQUESTER, limit=1):
            self._numbers_of(REQUESTER).assign(message.id, message.content.buttons)

    async def _name_of(self, chat: ChatRef) -> str:
        if chat.chat_id != STAFF.chat_id:
            return "bot"
        chats = [thread.chat for thread in await self._threads()]
        return f"staff #{chats.index(chat) + 1}" if chat in chats else "staff"

    def _whose(self, chat: ChatRef) -> str:
        return self._person.name if chat == REQUESTER else self._agent.name

    def _numbers_of(self, chat: ChatRef) -> Numbers:
        return self._numbers.setdefault(chat, Numbers())

    def _notice(self, key: str, **values: str) -> None:
        self._screen.say("*", self._text(key).format(**values))

    def _text(self, key: str) -> str:
        return self._texts[f"console.{key}"]


def _key(outgoing: Outgoing) -> str:
    return f"delivery:{outgoing.id}"


def _receipt(posted: RoomMessage, outgoing: Outgoing) -> Receipt:
    thread = posted.chat if outgoing.kind is DeliveryKind.OPEN_THREAD else None
    return Receipt((MessageRef(posted.chat, str(posted.id)),), thread)


def _id_of(message: MessageRef | None) -> int:
    if message is None or not message.message_id.isdecimal():
        raise NeverDelivered("chat_gone", "There is no such message in the terminal.")
    return int(message.message_id)
