"""What the page posts: each message is kept in the Room, masked, and only then handed over as typed.

A post carries an id made by the page. Posting again after a broken connection makes neither a second message nor a
second event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from bot.events import ChoicePicked, MessageReceived, StaffPicked, StaffWrote
from bot.model import ChatRef, Content, Markup, MessageRef
from bot.platforms.web.files import Files
from bot.platforms.web.forms import Form, number, read_fields, read_message
from bot.platforms.web.identity import STAFF, welcome
from bot.platforms.web.inbox import Inbox
from bot.platforms.web.labels import Labels
from bot.platforms.web.reading import known_thread, known_visitor
from bot.platforms.web.render import message_for_page
from bot.platforms.web.streams import Streams
from bot.ports import Clock, Room, RoomMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    room: Room
    clock: Clock
    mask: Callable[[str], str]
    labels: Labels
    files: Files
    streams: Streams
    inbox: Inbox

    def routes(self) -> Sequence[web.RouteDef]:
        return (
            web.post("/api/requester", self.become_somebody_new),
            web.post("/api/requester/messages", self.post_requester_message),
            web.post("/api/requester/presses", self.press_requester_button),
            web.post("/api/staff/messages", self.post_staff_message),
            web.post("/api/staff/presses", self.press_staff_button),
            web.post("/api/typing", self.tell_typing),
        )

    async def become_somebody_new(self, _request: web.Request) -> web.Response:
        """Forget who this browser was."""
        response = web.json_response({})
        welcome(response)
        return response

    async def post_requester_message(self, request: web.Request) -> web.Response:
        visitor = known_visitor(request)
        form = await read_message(request, self.files)
        key = f"web:message:{visitor.user_id}:{form.nonce}"
        sender = self.labels.introduce(visitor, form.language)
        async with self.inbox.turn(visitor.chat):
            posted = await self._keep(key, visitor.chat, form, sender.name)
            event = MessageReceived(
                key=key, at=self.clock.now(), chat=visitor.chat, sender=sender, message=_ref(posted),
                text=form.text, attachments=form.files,
            )  # fmt: skip
            await self.inbox.hand_over(event)
        return web.json_response(message_for_page(posted))

    async def press_requester_button(self, request: web.Request) -> web.Response:
        visitor = known_visitor(request)
        form = await read_fields(request)
        key, pressed = f"web:press:{visitor.user_id}:{form.nonce}", form.pressed
        sender = self.labels.introduce(visitor, form.language)
        async with self.inbox.turn(visitor.chat):
            await self._show_choice(key, visitor.chat, form, sender.name)
            event = ChoicePicked(key=key, at=self.clock.now(), chat=visitor.chat, sender=sender, data=pressed)
            await self.inbox.hand_over(event)
        return web.json_response({})

    async def post_staff_message(self, request: web.Request) -> web.Response:
        form = await read_message(request, self.files)
        agent, chat = form.agent, await known_thread(self.room, form.thread)
        key = f"web:staff:{agent.user_id}:{form.nonce}"
        async with self.inbox.turn(chat):
            posted = await self._keep(key, chat, form, agent.name)
            event = StaffWrote(
                key=key, at=self.clock.now(), chat=chat, agent=agent, message=_ref(posted), text=form.text,
                attachments=form.files,
            )  # fmt: skip
            await self.inbox.hand_over(event)
        return web.json_response(message_for_page(posted))

    async def press_staff_button(self, request: web.Request) -> web.Response:
        form = await read_fields(request)
        agent, chat = form.agent, await known_thread(self.room, form.thread)
        key, pressed = f"web:staff-press:{agent.user_id}:{form.nonce}", form.pressed
        async with self.inbox.turn(chat):
            event = StaffPicked(key=key, at=self.clock.now(), chat=chat, agent=agent, data=pressed)
            await self.inbox.hand_over(event)
        return web.json_response({})

    async def tell_typing(self, request: web.Request) -> web.Response:
        """Pass a typing ping on to the other end of the same ticket; kept nowhere, and agents stay nameless there."""
        form = await read_fields(request)
        if "agent" in form.fields:
            chat, name = replace(STAFF, thread_id=form.thread), ""
        else:
            visitor = known_visitor(request)
            chat, name = visitor.chat, self.labels.introduce(visitor, form.language).name
        for other in await self.room.counterparts(chat):
            self.streams.tell_typing(other, name)
        return web.json_response({})

    async def _keep(self, key: str, chat: ChatRef, form: Form, author: str) -> RoomMessage:
        files = tuple(replace(file, name=self.mask(file.name)) for file in form.files)
        content = Content(text=self.mask(form.text), markup=Markup.PLAIN, attachments=files)
        posted = await self.room.post(key, chat, content, author=author)
        self.streams.wake()
        return posted

    async def _show_choice(self, key: str, chat: ChatRef, form: Form, author: str) -> None:
        """Leave the pressed button's label in the chat as what the requester said, so that it reads as a talk."""
        prompt = await self.room.load(number(form.fields.get("message")) or 0)
        if prompt is None or prompt.chat != chat:
            return
        labels = [one.label for row in prompt.content.buttons for one in row if one.data == form.pressed]
        if labels:
            content = Content(text=labels[0], markup=Markup.PLAIN)
            await self.room.post(key, chat, content, author=author, quoted=str(prompt.id))
            self.streams.wake()


def _ref(message: RoomMessage) -> MessageRef:
    return MessageRef(message.chat, str(message.id))
