"""WebPlatform: a delivery becomes a message of the Room, and every open page is woken to read it there.

It keeps no history itself and never sees a text that is to be stored before `mask` has gone over it.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from aiohttp import web

from bot.model import Attachment, AttachmentKind, ChatRef, Content, MessageRef, PlatformName
from bot.outgoing import DeliveryKind, Outgoing
from bot.platforms.web.files import LARGEST_FILE, Files, TooLarge, read_pieces
from bot.platforms.web.identity import STAFF, is_chat
from bot.platforms.web.inbox import Inbox
from bot.platforms.web.labels import Labels
from bot.platforms.web.posting import Posting
from bot.platforms.web.reading import Reading
from bot.platforms.web.streams import Streams
from bot.ports import Clock, Delivery, FetchFile, Handle, NeverDelivered, Receipt, Room, RoomMessage

Texts = Callable[[str], Mapping[str, str]]


class WebPlatform:
    """See `ports.Platform`. Anybody who can open the page can also be staff: serve it to this machine only.

    `texts` gives the labels of the page (`page.*`) in a language, `languages` what can be picked, by code, and
    `mask` the text without secrets.
    """

    name = PlatformName.WEB
    staff_chat = STAFF

    def __init__(
        self, *, room: Room, clock: Clock, folder: Path, mask: Callable[[str], str], texts: Texts,
        languages: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._room = room
        self._files = Files(folder)
        self._streams = Streams(room)
        self._inbox = Inbox()
        labels = Labels(texts, languages)
        self._reading = Reading(room=room, labels=labels, files=self._files, streams=self._streams)
        self._posting = Posting(
            room=room, clock=clock, mask=mask, labels=labels, files=self._files, streams=self._streams,
            inbox=self._inbox,
        )  # fmt: skip

    def routes(self) -> Sequence[web.RouteDef]:
        """What the page asks for and posts; to be served beside the page itself."""
        return (*self._reading.routes(), *self._posting.routes())

    @property
    def has_answered(self) -> bool:
        """Always: there is nobody else to reach."""
        return True

    async def run(self, handle: Handle) -> None:
        await self._room.ensure_thread(STAFF)
        try:
            await self._inbox.run(handle)
        finally:
            self._streams.end()

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        try:
            receipt = await self._carry_out(delivery, fetch)
        finally:
            self._streams.wake()
        return receipt

    async def already_delivered(self, outgoing: Outgoing) -> Receipt | None:
        """Exact for messages and threads; everything else may simply be done again."""
        posted = await self._room.find(_key(outgoing))
        return _receipt(posted, outgoing) if posted else None

    async def show_at_work(self, chat: ChatRef, kind: AttachmentKind) -> None:
        """Nothing: what is sent is there at once."""

    async def open_file(self, attachment: Attachment) -> AsyncIterator[bytes]:
        async for piece in read_pieces(self._files.path_of(attachment.handle)):
            yield piece

    async def _carry_out(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        outgoing = delivery.outgoing
        match outgoing.kind:
            case DeliveryKind.SEND:
                return await self._send(delivery, fetch)
            case DeliveryKind.OPEN_THREAD:
                return await self._open_thread(outgoing, fetch)
            case DeliveryKind.EDIT:
                return await self._edit(delivery, fetch)
            case DeliveryKind.SHOW_STATUS:
                closed = outgoing.status is not None and outgoing.status.is_done
                _expect(not outgoing.chat.thread_id or await self._room.set_closed(outgoing.chat, closed))
            case DeliveryKind.REACT:
                _expect(await self._room.react(_id_of(outgoing.target), outgoing.reaction))
            case DeliveryKind.DELETE:
                for message in _doomed(delivery):
                    await self._room.delete(_id_of(message))
            case _:
                assert_never(outgoing.kind)
        return Receipt()

    async def _send(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        outgoing = delivery.outgoing
        _expect(is_chat(outgoing.chat))
        _expect(not outgoing.chat.thread_id or await self._room.load_thread(outgoing.chat) is not None)
        posted = await self._room.post(
            _key(outgoing), outgoing.chat, await self._own(outgoing, fetch), ticket_id=outgoing.ticket_id,
            quoted=delivery.quoted.message_id if delivery.quoted else "",
        )  # fmt: skip
        return _receipt(posted, outgoing)

    async def _open_thread(self, outgoing: Outgoing, fetch: FetchFile) -> Receipt:
        _expect(outgoing.chat.chat_id == STAFF.chat_id)
        content = await self._own(outgoing, fetch)
        card = await self._room.open_thread(
            _key(outgoing), outgoing.chat, outgoing.title, content, outgoing.ticket_id
        )
        return _receipt(card, outgoing)

    async def _edit(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        edited = delivery.links[0] if delivery.links else None
        _expect(await self._room.edit(_id_of(edited), await self._own(delivery.outgoing, fetch)))
        return Receipt(delivery.links)

    async def _own(self, outgoing: Outgoing, fetch: FetchFile) -> Content:
        """The content with every file in our own folder, since the page can show no other."""
        content = outgoing.content or Content(text="")
        files = [await self._own_file(attachment, fetch) for attachment in content.attachments]
        return replace(content, attachments=tuple(files))

    async def _own_file(self, attachment: Attachment, fetch: FetchFile) -> Attachment:
        if attachment.platform is PlatformName.WEB and not attachment.is_changed:
            return attachment
        try:
            async with fetch(attachment) as path:
                return await self._files.add_copy(attachment.name, path)
        except TooLarge as error:
            raise NeverDelivered("too_large", limit=LARGEST_FILE) from error


def _key(outgoing: Outgoing) -> str:
    return f"delivery:{outgoing.id}"


def _receipt(posted: RoomMessage, outgoing: Outgoing) -> Receipt:
    thread = posted.chat if outgoing.kind is DeliveryKind.OPEN_THREAD else None
    return Receipt((MessageRef(posted.chat, str(posted.id)),), thread)


def _doomed(delivery: Delivery) -> Sequence[MessageRef]:
    target = delivery.outgoing.target
    return (*delivery.links, target) if target else delivery.links


def _id_of(message: MessageRef | None) -> int:
    _expect(message is not None and message.message_id.isdecimal())
    return int(message.message_id) if message else 0


def _expect(there: bool) -> None:
    if not there:
        raise NeverDelivered("chat_gone", "There is no such chat, thread or message on the page.")
