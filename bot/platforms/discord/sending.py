"""A delivery becomes its API calls. No decisions: the row says what to do, the receipt what came of it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, assert_never

import discord
import structlog

from bot.config import Discord
from bot.model import ChatRef, Content, MessageRef
from bot.outgoing import DeliveryKind, Outgoing
from bot.platforms.discord import threads
from bot.platforms.discord.bodies import body_of, change_of
from bot.platforms.discord.cards import parts_for
from bot.platforms.discord.client import Client
from bot.platforms.discord.errors import MESSAGE_GONE, REFUSED, is_interaction_over, outcomes
from bot.platforms.discord.files import UPLOAD_LIMIT, opened
from bot.platforms.discord.interactions import Token, is_message
from bot.platforms.discord.marks import Marks
from bot.platforms.discord.opening import Opening
from bot.platforms.discord.refusals import explained
from bot.platforms.discord.render import Part, shortened
from bot.platforms.places import linked
from bot.ports import Clock, Delivery, FetchFile, NeverDelivered, Receipt

log = structlog.get_logger(__name__)


def nonce_of(outgoing: Outgoing, number: int) -> str:
    """Within some minutes Discord takes a message with the same nonce only once; at most 25 characters."""
    return f"{outgoing.id}.{number}" if number else str(outgoing.id)


class Sender:
    """Carries out deliveries through one logged-in client."""

    def __init__(self, client: Client, settings: Discord, clock: Clock, marks: Marks) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._marks = marks

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        """Do what the row asks; raises TryLater or NeverDelivered."""
        try:
            return await self._carry_out(delivery, fetch)
        except NeverDelivered as error:
            raise explained(error, self._client, self._client.staff, delivery.outgoing.chat) from error

    async def _carry_out(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        kind = delivery.outgoing.kind
        match kind:
            case DeliveryKind.SEND:
                return Receipt(await self._send(delivery, _content(delivery), fetch))
            case DeliveryKind.EDIT:
                return await self._edit(delivery, _content(delivery))
            case DeliveryKind.OPEN_THREAD:
                return await self._open_thread(delivery.outgoing, _content(delivery), fetch)
            case DeliveryKind.SHOW_STATUS:
                with outcomes():
                    await self._marks.show(self._client, delivery.outgoing)
                return Receipt()
            case DeliveryKind.REACT:
                return await self._react(delivery.outgoing)
            case DeliveryKind.DELETE:
                target = delivery.outgoing.target
                return await (self._delete_theirs(target) if target else self._delete(delivery.links))
            case _:
                assert_never(kind)

    async def _send(self, delivery: Delivery, content: Content, fetch: FetchFile) -> tuple[MessageRef, ...]:
        outgoing = delivery.outgoing
        if not outgoing.interaction and self._has_no_floor(outgoing.chat):
            log.info("discord_forum_holds_posts_alone", outgoing=outgoing.id)
            return ()
        reference = _reference(outgoing.chat, delivery.quoted)
        webhook = self._webhook(outgoing)
        sent = []
        for number, part in enumerate(self._parts(outgoing, content)):
            if webhook is not None:
                answer = await self._answer(webhook, outgoing, part, fetch)
                if answer is not None:
                    sent.append(answer)
                    continue
                webhook = None
            sent.append(await self._post(outgoing, outgoing.chat, number, part, fetch, reference))
            reference = None
        return tuple(sent)

    async def _post(
        self,
        outgoing: Outgoing,
        chat: ChatRef,
        number: int,
        part: Part,
        fetch: FetchFile,
        reference: discord.MessageReference | None = None,
    ) -> MessageRef:
        channel = self._client.get_partial_messageable(_channel_id(chat))
        more: dict[str, Any] = {} if reference is None else {"reference": reference, "mention_author": False}

        async def post() -> discord.Message:
            async with opened(part.attachments, fetch, self._limit(chat)) as files:
                return await channel.send(**body_of(part, files), nonce=nonce_of(outgoing, number), **more)

        with outcomes():
            message = await threads.as_if_open(self._client, chat, post, stays_open=True)
        return MessageRef(chat, str(message.id))

    async def _answer(
        self, webhook: discord.Webhook, outgoing: Outgoing, part: Part, fetch: FetchFile
    ) -> MessageRef | None:
        """Answers the interaction, staff in a whisper; None when it can no longer be answered."""
        whisper = self._is_staff_chat(outgoing.chat)
        await self._client.waiting.end(webhook.token or "")
        async with opened(part.attachments, fetch, self._limit(outgoing.chat)) as files:
            with outcomes():
                try:
                    message = await webhook.send(**body_of(part, files), ephemeral=whisper, wait=True)
                except discord.HTTPException as error:
                    if not is_interaction_over(error):
                        raise
                    log.info("interaction_is_over", outgoing=outgoing.id, error=error.code)
                    return None
        return MessageRef(outgoing.chat, str(message.id))

    async def _edit(self, delivery: Delivery, content: Content) -> Receipt:
        """The first message gets the new text and buttons; what its later parts no longer say is deleted."""
        links = delivery.links
        if not links:
            raise NeverDelivered(MESSAGE_GONE, "there is no message to edit")
        parts = shortened(self._parts(delivery.outgoing, content), len(links))
        for link, part in zip(links, parts, strict=False):
            edit = partial(self._message(link).edit, **change_of(part))
            with outcomes():
                await threads.as_if_open(self._client, link.chat, edit)
        await self._delete(links[len(parts) :])
        return Receipt(links[: len(parts)])

    async def _open_thread(self, outgoing: Outgoing, content: Content, fetch: FetchFile) -> Receipt:
        async def post(chat: ChatRef, number: int, part: Part) -> MessageRef:
            return await self._post(outgoing, chat, number, part, fetch)

        def files(part: Part) -> AbstractAsyncContextManager[list[discord.File]]:
            return opened(part.attachments, fetch, self._limit(outgoing.chat))

        opening = Opening(self._client, self._marks, outgoing, post, files)
        return await opening.carry_out(self._parts(outgoing, content))

    async def _react(self, outgoing: Outgoing) -> Receipt:
        target = outgoing.target
        if target is None:
            raise NeverDelivered(REFUSED, "there is no message to react to")
        if not is_message(target.message_id):
            return Receipt()  # A command that could not be said aloud: nothing can be put on it.
        message = self._message(target)
        with outcomes():
            await threads.as_if_open(self._client, target.chat, lambda: message.add_reaction(outgoing.reaction))
        return Receipt()

    async def _delete(self, links: Sequence[MessageRef]) -> Receipt:
        for link in links:
            message = self._message(link)
            with outcomes():
                try:
                    await threads.as_if_open(self._client, link.chat, message.delete)
                except discord.NotFound:
                    log.info("message_was_gone", channel=link.chat.chat_id, message=link.message_id)
        return Receipt()

    async def _delete_theirs(self, target: MessageRef) -> Receipt:
        """Somebody else's message; in a direct message no bot may, so nothing is tried."""
        place = self._client.get_channel(_channel_id(target.chat))
        is_in_server = isinstance(place, discord.abc.GuildChannel | discord.Thread)
        if not (is_in_server or self._is_staff_chat(target.chat)) or not is_message(target.message_id):
            return Receipt()
        return await self._delete((target,))

    def _parts(self, outgoing: Outgoing, content: Content) -> tuple[Part, ...]:
        content = linked(content, self._address)
        if self._settings.message_content:
            return parts_for(outgoing, content)
        # What agents type is hidden from the bot, so the card has a way to write to it.
        guild = self._client.get_guild(int(self._settings.guild)) if self._settings.guild else None
        locale = guild.preferred_locale if guild else discord.Locale.american_english
        return parts_for(outgoing, content, self._client.reply_form.button(locale))

    def _has_no_floor(self, chat: ChatRef) -> bool:
        """A forum holds posts alone: what is for everybody in it has no place there."""
        return not chat.thread_id and isinstance(self._client.get_channel(int(chat.chat_id)), discord.ForumChannel)

    def _address(self, _chat_id: str, thread_id: str) -> str:
        guild = self._settings.guild
        return f"https://discord.com/channels/{guild}/{thread_id}" if guild else ""

    def _webhook(self, outgoing: Outgoing) -> discord.Webhook | None:
        token = Token.read(outgoing.interaction) if outgoing.interaction else None
        return token.webhook(self._client) if token and token.is_fresh(self._clock.now()) else None

    def _message(self, link: MessageRef) -> discord.PartialMessage:
        return self._client.get_partial_messageable(_channel_id(link.chat)).get_partial_message(int(link.message_id))

    def _is_staff_chat(self, chat: ChatRef) -> bool:
        return self._client.staff.has(chat.chat_id)

    def _limit(self, chat: ChatRef) -> int:
        guild = self._client.get_guild(int(self._settings.guild)) if self._settings.guild else None
        return guild.filesize_limit if guild and self._is_staff_chat(chat) else UPLOAD_LIMIT


def _content(delivery: Delivery) -> Content:
    content = delivery.outgoing.content
    if content is None:
        raise NeverDelivered(REFUSED, "there is nothing to show")
    return content


def _channel_id(chat: ChatRef) -> int:
    return int(chat.thread_id or chat.chat_id)


def _reference(chat: ChatRef, quoted: MessageRef | None) -> discord.MessageReference | None:
    """The reply; none where the thread says what is meant, and Discord takes none to another channel's message."""
    if quoted is None or quoted.chat != chat or chat.thread_id or not is_message(quoted.message_id):
        return None
    channel_id = _channel_id(quoted.chat)
    return discord.MessageReference(
        message_id=int(quoted.message_id), channel_id=channel_id, fail_if_not_exists=False
    )
