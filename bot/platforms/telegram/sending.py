"""Delivery -> API calls -> Receipt. What a row asks is done, nothing else; errors leave as the two of ours.

Telegram has no idempotency key. So that a retry repeats as little as possible, this module remembers, for as long as
the process lives, how far a row got before it failed: the topic it opened and the parts that arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, assert_never

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ReactionEmoji
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.model import AttachmentKind, ChatRef, Content, MessageRef, PlatformName
from bot.outgoing import DeliveryKind, Outgoing
from bot.platforms.places import linked
from bot.platforms.telegram.albums import album_of, media_of
from bot.platforms.telegram.errors import outcome_of, says
from bot.platforms.telegram.files import Upload, is_no_photo, opened
from bot.platforms.telegram.moving import Moves
from bot.platforms.telegram.rendering import CAPTION_LIMIT, Part, parts_of
from bot.platforms.telegram.topics import Topics
from bot.ports import Delivery, FetchFile, NeverDelivered, Receipt

_DELETED_AT_ONCE = 100
_REMEMBERED = 1000
_VARIATION = "\ufe0f"
# Telegram allows a fixed set of reactions, and the usual marks of success and failure are not in it.
_SUBSTITUTES = {"✅": "👌", "❌": "👎"}
_ANY_REACTION = "👍"
_REACTIONS = {emoji.value.replace(_VARIATION, ""): emoji.value for emoji in ReactionEmoji}
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(slots=True)
class _Progress:
    """How far a row has come; good only as long as the row still says the same."""

    content: Content | None
    thread_id: str | None = None
    sent: list[MessageRef] = field(default_factory=list)


class Sending:
    """Carries out deliveries with the bot; see `ports.Platform.deliver`."""

    def __init__(self, bot: Bot, moves: Moves, topics: Topics) -> None:
        self._bot = bot
        self._topics = topics
        self._moves = moves
        self._begun: dict[int, _Progress] = {}

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        """Do what the row asks; TryLater or NeverDelivered when it cannot be done."""
        number = delivery.outgoing.id
        try:
            receipt = await self._carry_out_where_it_moved(delivery, fetch)
        except NeverDelivered:
            self._begun.pop(number, None)
            raise
        except TelegramError as error:
            outcome = outcome_of(error)
            if isinstance(outcome, NeverDelivered):
                self._begun.pop(number, None)
            raise outcome from error
        self._begun.pop(number, None)
        return receipt

    async def _carry_out_where_it_moved(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        """A group that became a supergroup has a new number; its old messages cannot be reached any more."""
        outgoing = delivery.outgoing
        outgoing = replace(outgoing, chat=replace(outgoing.chat, chat_id=self._moves.of(outgoing.chat.chat_id)))
        try:
            return await self._topics.as_if_open(
                outgoing, partial(self._carry_out, replace(delivery, outgoing=outgoing), fetch)
            )
        except ChatMigrated as error:
            await self._moves.learn(outgoing.chat.chat_id, error.new_chat_id)
            if outgoing.kind not in (DeliveryKind.SEND, DeliveryKind.OPEN_THREAD):
                raise
            return await self._carry_out_where_it_moved(delivery, fetch)

    async def _carry_out(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        outgoing = delivery.outgoing
        match outgoing.kind:
            case DeliveryKind.SEND:
                return Receipt(await self._send(outgoing, outgoing.chat, delivery.quoted, fetch))
            case DeliveryKind.EDIT:
                return Receipt(await self._edit(delivery, fetch))
            case DeliveryKind.OPEN_THREAD:
                return await self._open_thread(outgoing, fetch)
            case DeliveryKind.SHOW_STATUS:
                await self._topics.show(outgoing)
                return Receipt()
            case DeliveryKind.REACT:
                return await self._react(outgoing)
            case DeliveryKind.DELETE:
                return await self._delete((outgoing.target,) if outgoing.target else delivery.links)
            case _:
                assert_never(outgoing.kind)

    # Messages

    async def _send(
        self, outgoing: Outgoing, chat: ChatRef, quoted: MessageRef | None, fetch: FetchFile
    ) -> tuple[MessageRef, ...]:
        progress, parts = self._progress(outgoing), parts_of(_content(outgoing))
        while left := parts[len(progress.sent) :]:
            first = None if progress.sent else quoted
            if album := album_of(left):
                progress.sent += await self._send_album(album, chat, first)
            else:
                progress.sent.append(await self._send_part(left[0], chat, first, fetch))
        return tuple(progress.sent)

    async def _send_album(
        self, album: Sequence[Part], chat: ChatRef, quoted: MessageRef | None
    ) -> Sequence[MessageRef]:
        media = [media_of(part) for part in album]
        messages = await self._bot.send_media_group(media=media, **_envelope(chat, quoted, album[0]))
        return [_link(message, chat) for message in messages]

    async def _send_part(self, part: Part, chat: ChatRef, quoted: MessageRef | None, fetch: FetchFile) -> MessageRef:
        envelope = _envelope(chat, quoted, part) | {"reply_markup": part.keyboard}
        if part.attachment is None:
            text, entities = part.text.text, part.text.entities()
            message = await self._bot.send_message(
                text=text, entities=entities, link_preview_options=_NO_PREVIEW, **envelope
            )
        else:
            message = await self._send_file(part, envelope, fetch)
        return _link(message, chat)

    async def _send_file(self, part: Part, envelope: dict[str, Any], fetch: FetchFile) -> Message:
        assert part.attachment is not None
        envelope |= {"caption": part.text.text, "caption_entities": part.text.entities()}
        async with opened(part.attachment, fetch) as upload:
            try:
                return await self._send_as(upload, envelope)
            except BadRequest as error:
                if isinstance(upload.source, str) or not is_no_photo(error):
                    raise
        # Opened anew, since the first attempt has read the file to its end.
        async with opened(part.attachment, fetch) as upload:
            return await self._bot.send_document(document=upload.source, **envelope)

    async def _send_as(self, upload: Upload, envelope: dict[str, Any]) -> Message:
        match upload.kind:
            case AttachmentKind.PHOTO:
                return await self._bot.send_photo(photo=upload.source, **envelope)
            case AttachmentKind.VIDEO:
                return await self._bot.send_video(video=upload.source, **envelope)
            case AttachmentKind.VOICE:
                return await self._bot.send_voice(voice=upload.source, **envelope)
            case AttachmentKind.AUDIO:
                return await self._bot.send_audio(audio=upload.source, **envelope)
            case AttachmentKind.DOCUMENT:
                return await self._bot.send_document(document=upload.source, **envelope)
            case _:
                assert_never(upload.kind)

    async def _edit(self, delivery: Delivery, fetch: FetchFile) -> tuple[MessageRef, ...]:
        """Each part replaces the message that held it; what the new text needs no longer is taken away."""
        parts, links = parts_of(_content(delivery.outgoing)), delivery.links
        if not links:
            raise NeverDelivered("chat_gone", "there is no message to edit")
        for part, link in zip(parts, links, strict=False):
            await self._edit_part(part, link)
        if len(parts) < len(links):
            await self._delete(links[len(parts) :])
            return links[: len(parts)]
        progress = self._progress(delivery.outgoing)
        for part in parts[len(links) + len(progress.sent) :]:
            progress.sent.append(await self._send_part(part, links[0].chat, None, fetch))
        return (*links, *progress.sent)

    async def _edit_part(self, part: Part, link: MessageRef) -> None:
        try:
            if part.attachment is None:
                await self._edit_text(part, link)
            else:
                await self._edit_caption(part, link)
        except BadRequest as error:
            if says(error, "no text in the message") and part.text.length <= CAPTION_LIMIT:
                await self._edit_caption(part, link)
            elif not says(error, "message is not modified"):
                raise

    async def _edit_text(self, part: Part, link: MessageRef) -> None:
        text, entities = part.text.text, part.text.entities()
        await self._bot.edit_message_text(
            text, entities=entities, link_preview_options=_NO_PREVIEW, reply_markup=part.keyboard, **_place(link)
        )

    async def _edit_caption(self, part: Part, link: MessageRef) -> None:
        text, entities = part.text.text, part.text.entities()
        await self._bot.edit_message_caption(
            caption=text, caption_entities=entities, reply_markup=part.keyboard, **_place(link)
        )

    async def _delete(self, links: tuple[MessageRef, ...]) -> Receipt:
        """Messages that are gone already count as deleted: the platform passes over them."""
        by_chat: dict[str, list[int]] = {}
        for link in links:
            by_chat.setdefault(link.chat.chat_id, []).append(int(link.message_id))
        for chat_id, ids in by_chat.items():
            for start in range(0, len(ids), _DELETED_AT_ONCE):
                await self._bot.delete_messages(chat_id, ids[start : start + _DELETED_AT_ONCE])
        return Receipt()

    async def _react(self, outgoing: Outgoing) -> Receipt:
        if outgoing.target is None:
            raise NeverDelivered("refused", "there is no message to react to")
        target = outgoing.target
        reaction = _reaction(outgoing.reaction) if outgoing.reaction else None
        await self._bot.set_message_reaction(target.chat.chat_id, int(target.message_id), reaction)
        return Receipt()

    # Threads

    async def _open_thread(self, outgoing: Outgoing, fetch: FetchFile) -> Receipt:
        progress = self._progress(outgoing)
        if progress.thread_id is None:
            progress.thread_id = await self._topics.open(outgoing)
        thread = replace(outgoing.chat, thread_id=progress.thread_id)
        messages = await self._send(outgoing, thread, None, fetch)
        return Receipt(messages, replace(thread, chat_id=messages[0].chat.chat_id))

    def _progress(self, outgoing: Outgoing) -> _Progress:
        progress = self._begun.get(outgoing.id)
        if progress is None:
            # Rows that were given up elsewhere must not be remembered for ever.
            for number in list(self._begun)[: len(self._begun) - _REMEMBERED + 1]:
                del self._begun[number]
            progress = self._begun[outgoing.id] = _Progress(outgoing.content)
        elif progress.content != outgoing.content:
            # The row was joined or edited meanwhile: its parts are others, a topic stays a topic.
            progress.content, progress.sent = outgoing.content, []
        return progress


def _envelope(chat: ChatRef, quoted: MessageRef | None, part: Part) -> dict[str, Any]:
    """Where a message goes and what it answers; an answer to what is gone is sent all the same."""
    envelope: dict[str, Any] = {"chat_id": chat.chat_id}
    if chat.thread_id:
        envelope["message_thread_id"] = int(chat.thread_id)
    if part.is_silent:
        envelope["disable_notification"] = True
    if quoted is not None and quoted.chat.chat_id == chat.chat_id:
        envelope["reply_parameters"] = ReplyParameters(int(quoted.message_id), allow_sending_without_reply=True)
    return envelope


def _content(outgoing: Outgoing) -> Content:
    if outgoing.content is None:
        raise NeverDelivered("refused", "there is nothing to send")
    return linked(outgoing.content, _address)


def _address(chat_id: str, thread_id: str) -> str:
    """Only members can open it: https://core.telegram.org/api/links#message-links"""
    private = chat_id.removeprefix("-100")
    return f"https://t.me/c/{private}/{thread_id}" if private != chat_id else ""


def _reaction(emoji: str) -> str:
    plain = emoji.replace(_VARIATION, "")
    return _SUBSTITUTES.get(plain) or _REACTIONS.get(plain, _ANY_REACTION)


def _place(link: MessageRef) -> dict[str, Any]:
    return {"chat_id": link.chat.chat_id, "message_id": int(link.message_id)}


def _link(message: Message, chat: ChatRef) -> MessageRef:
    where = ChatRef(PlatformName.TELEGRAM, str(message.chat_id), chat.thread_id)
    return MessageRef(where, str(message.message_id))
