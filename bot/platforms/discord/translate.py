"""Messages, buttons and slash commands -> events. Reads what Discord sent and decides nothing.

What is neither a direct message nor in a staff channel gives no event at all.
"""

from datetime import UTC, datetime, timedelta

import discord

from bot.events import HIDDEN, ChoicePicked, MessageEdited, MessageReceived, StaffEdited, StaffPicked, StaffWrote
from bot.model import ChatRef, MessageRef, Person, PlatformName
from bot.platforms.discord.acknowledging import Acknowledged
from bot.platforms.discord.contents import Contents, contents_of, without_call
from bot.platforms.discord.interactions import message_id_of, moment_of
from bot.platforms.discord.staff import AGENTS, Staff

_NAME = PlatformName.DISCORD
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HUMAN = (discord.MessageType.default, discord.MessageType.reply)


def is_from_a_person(message: discord.Message) -> bool:
    """Whether somebody wrote it: no bot, no webhook, not one of Discord's own lines ("pinned a message")."""
    author = message.author
    return not (author.bot or author.system or message.webhook_id) and message.type in _HUMAN


def is_hidden(message: discord.Message, bot_id: int, *, shows_all: bool) -> bool:
    """Whether Discord keeps from us what a message in a server says: without the Message Content intent it does not
    show all.

    A mention of the bot, or a reply that pings it, is shown: https://docs.discord.com/developers/events/gateway
    """
    return not shows_all and all(user.id != bot_id for user in message.mentions)


def received(message: discord.Message, chat: ChatRef) -> MessageReceived:
    """A direct message."""
    contents = contents_of(message)
    return MessageReceived(
        key=_message_key(message),
        at=moment_of(message.id),
        chat=chat,
        sender=_person(message.author),
        message=MessageRef(chat, str(message.id)),
        text=contents.text,
        attachments=contents.attachments,
        unreadable=contents.unreadable,
        reply_to=_reply_to(message, chat),
    )


def written(
    message: discord.Message, chat: ChatRef, staff: Staff, bot_id: int, *, shows_all: bool
) -> StaffWrote | None:
    """A message in a staff channel; None when what it says is hidden and it is no agent's in a thread."""
    agent = staff.agent(message.author, chat)
    if not is_hidden(message, bot_id, shows_all=shows_all):
        contents = contents_of(message)
    elif chat.thread_id and agent.standing in AGENTS:
        contents = Contents("", unreadable=HIDDEN)
    else:
        return None
    return StaffWrote(
        key=_message_key(message),
        at=moment_of(message.id),
        chat=chat,
        agent=agent,
        message=MessageRef(chat, str(message.id)),
        text=without_call(contents.text, bot_id),
        attachments=contents.attachments,
        reply_to=_reply_to(message, chat),
        unreadable=contents.unreadable,
    )


def requester_edited(message: discord.Message, chat: ChatRef) -> MessageEdited:
    """A direct message as it reads since its writer changed it."""
    return MessageEdited(
        key=_edit_key(message),
        at=_edited_at(message),
        chat=chat,
        sender=_person(message.author),
        message=MessageRef(chat, str(message.id)),
        text=contents_of(message).text,
    )


def staff_edited(message: discord.Message, chat: ChatRef, staff: Staff, bot_id: int) -> StaffEdited:
    """A message in a staff channel as it reads since its writer changed it."""
    return StaffEdited(
        key=_edit_key(message),
        at=_edited_at(message),
        chat=chat,
        agent=staff.agent(message.author, chat),
        message=MessageRef(chat, str(message.id)),
        text=without_call(contents_of(message).text, bot_id),
    )


def picked(
    interaction: discord.Interaction, data: str, chat: ChatRef | None, staff: Staff, known: Acknowledged
) -> ChoicePicked | StaffPicked:
    """A pressed button; `chat` is the staff chat it was pressed in, None in a direct message."""
    key, at = f"discord:interaction:{interaction.id}", moment_of(interaction.id)
    if chat is None:
        place = ChatRef(_NAME, str(interaction.channel_id))
        sender = _person(interaction.user, interaction.locale.value)
        return ChoicePicked(key=key, at=at, chat=place, sender=sender, data=data, interaction=known.token)
    agent = staff.agent(interaction.user, chat)
    return StaffPicked(key=key, at=at, chat=chat, agent=agent, data=data, interaction=known.token)


def commanded(
    interaction: discord.Interaction, text: str, chat: ChatRef | None, staff: Staff, known: Acknowledged
) -> MessageReceived | StaffWrote:
    """A slash command, or a form that stands for one, as the text "/name words"; `chat` as in `picked`. The message
    with the button behind which the form was is what it is about."""
    key, at = f"discord:interaction:{interaction.id}", moment_of(interaction.id)
    if chat is not None:
        return StaffWrote(
            key=key,
            at=at,
            chat=chat,
            agent=staff.agent(interaction.user, chat),
            message=MessageRef(chat, known.message_id),
            text=text,
            attachments=known.attachments,
            reply_to=MessageRef(chat, str(interaction.message.id)) if interaction.message else None,
            interaction=known.token,
        )
    place = ChatRef(_NAME, str(interaction.channel_id))
    return MessageReceived(
        key=key,
        at=at,
        chat=place,
        sender=_person(interaction.user, interaction.locale.value),
        message=MessageRef(place, known.message_id),
        text=text,
        interaction=known.token,
    )


def entered(
    interaction: discord.Interaction, place_id: int, words: Contents, message: discord.Message | None
) -> MessageReceived:
    """What somebody asked in a public channel, as if they had written it in their private chat.

    Their message stays what it was: where it holds a secret, it is that message which has to go.
    """
    place = ChatRef(_NAME, str(place_id))
    here = ChatRef(_NAME, str(interaction.channel_id))
    return MessageReceived(
        key=f"discord:interaction:{interaction.id}",
        at=moment_of(interaction.id),
        chat=place,
        sender=_person(interaction.user, interaction.locale.value),
        message=MessageRef(here, str(message.id)) if message else MessageRef(place, message_id_of(interaction)),
        text=words.text,
        attachments=words.attachments,
        unreadable=words.unreadable,
    )


def _message_key(message: discord.Message) -> str:
    return f"discord:message:{message.channel.id}:{message.id}"


def _edited_at(message: discord.Message) -> int:
    # Only a change of what was written moves it; a link's preview that comes later does not.
    assert message.edited_at is not None
    return (message.edited_at - _EPOCH) // timedelta(microseconds=1)


def _edit_key(message: discord.Message) -> str:
    return f"discord:edited:{message.channel.id}:{message.id}:{_edited_at(message)}"


def _person(user: discord.User | discord.Member, locale: str = "") -> Person:
    return Person(_NAME, str(user.id), user.display_name, locale)


def _reply_to(message: discord.Message, chat: ChatRef) -> MessageRef | None:
    reference = message.reference
    if reference is None or reference.message_id is None or message.type is not discord.MessageType.reply:
        return None
    return MessageRef(chat, str(reference.message_id)) if reference.channel_id == message.channel.id else None
