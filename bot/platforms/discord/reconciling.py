"""After a crash: did a row that was being sent arrive? Only looks; sends nothing."""

import discord

from bot.model import ChatRef, MessageRef, made_at
from bot.outgoing import DeliveryKind, Outgoing
from bot.platforms.discord import threads
from bot.platforms.discord.errors import outcomes
from bot.platforms.discord.interactions import moment_of
from bot.platforms.discord.render import Part, parts_of, title_of
from bot.platforms.discord.sending import nonce_of
from bot.ports import NeverDelivered, Receipt

_LOOKED_AT = 50


async def already_delivered(client: discord.Client, outgoing: Outgoing) -> Receipt | None:
    """What became of the row; None when it did not arrive, nobody can know, or doing it again does no harm."""
    try:
        with outcomes():
            match outgoing.kind:
                case DeliveryKind.SEND:
                    return await _find_messages(client, outgoing)
                case DeliveryKind.OPEN_THREAD:
                    return await threads.find_opened(client, outgoing.chat, title_of(outgoing.title))
                case _:
                    return None
    except NeverDelivered:
        # A chat that cannot be read is no proof; sending will say what is wrong.
        return None


async def _find_messages(client: discord.Client, outgoing: Outgoing) -> Receipt | None:
    if outgoing.content is None:
        return None
    chat = outgoing.chat
    channel = client.get_partial_messageable(int(chat.thread_id or chat.chat_id))
    newest = [message async for message in channel.history(limit=_LOOKED_AT)]
    own = [message for message in reversed(newest) if client.user and message.author.id == client.user.id]
    # When the row is due may have been put off since; the first attempt came after the row was made.
    since = made_at(outgoing.id) - threads.CLOCKS_DIFFER_BY
    found = []
    for number, part in enumerate(parts_of(outgoing.content)):
        message = next((m for m in own if is_it(m, part, nonce_of(outgoing, number), since)), None)
        if message is None:
            return None
        own.remove(message)
        found.append(_ref(chat, message))
    return Receipt(tuple(found))


def is_it(message: discord.Message, part: Part, nonce: str, since: int) -> bool:
    """Whether our own message is this part: by its nonce, or by what it says and that it is not older."""
    if message.nonce is not None:
        return str(message.nonce) == nonce
    same = message.content.strip() == part.text.strip() and len(message.attachments) == len(part.attachments)
    return same and moment_of(message.id) >= since


def _ref(chat: ChatRef, message: discord.Message) -> MessageRef:
    return MessageRef(chat, str(message.id))
