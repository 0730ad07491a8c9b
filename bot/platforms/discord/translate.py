"""Messages, buttons and slash commands -> events. Reads what Discord sent and decides nothing.

What is neither a direct message nor in the staff channel gives no event at all.
"""

import re
from collections.abc import Iterator

import discord

from bot.config import Discord
from bot.events import ChoicePicked, MessageReceived, StaffPicked, StaffWrote
from bot.model import Agent, Attachment, AttachmentKind, ChatRef, MessageRef, Person, PlatformName, Standing
from bot.platforms.discord.interactions import message_id_of, moment_of

_NAME = PlatformName.DISCORD
_HUMAN = (discord.MessageType.default, discord.MessageType.reply)
_MENTION = re.compile(r"<@!?(\d{1,20})>")
_EMOJI = re.compile(r"<a?(:\w{2,32}:)\d{1,20}>")


def is_from_a_person(message: discord.Message) -> bool:
    """Whether somebody wrote it: no bot, no webhook, not one of Discord's own lines ("pinned a message")."""
    author = message.author
    return not (author.bot or author.system or message.webhook_id) and message.type in _HUMAN


def staff_chat(channel: object, settings: Discord) -> ChatRef | None:
    """The staff channel or its thread as ours; None where the channel, whatever its class, is neither."""
    staff = settings.staff_channel
    if staff is None:
        return None
    if isinstance(channel, discord.Thread):
        return ChatRef(_NAME, staff, str(channel.id)) if str(channel.parent_id) == staff else None
    return ChatRef(_NAME, staff) if str(getattr(channel, "id", "")) == staff else None


def received(message: discord.Message) -> MessageReceived:
    """A direct message."""
    chat = ChatRef(_NAME, str(message.channel.id))
    text, attachments = _text(message), tuple(_attachments(message))
    return MessageReceived(
        key=_message_key(message),
        at=moment_of(message.id),
        chat=chat,
        sender=_person(message.author),
        message=MessageRef(chat, str(message.id)),
        text=text,
        attachments=attachments,
        unreadable="" if text or attachments else _unreadable(message),
    )


def written(message: discord.Message, chat: ChatRef, settings: Discord, bot_id: int) -> StaffWrote | None:
    """A message in the staff channel; None when nothing in it can be read (no intent, a lone sticker)."""
    text, attachments = _without_call(_text(message), bot_id), tuple(_attachments(message))
    if not text and not attachments:
        return None
    return StaffWrote(
        key=_message_key(message),
        at=moment_of(message.id),
        chat=chat,
        agent=_agent(message.author, settings),
        message=MessageRef(chat, str(message.id)),
        text=text,
        attachments=attachments,
        reply_to=_reply_to(message, chat),
    )


def picked(
    interaction: discord.Interaction, data: str, chat: ChatRef | None, settings: Discord, token: str
) -> ChoicePicked | StaffPicked:
    """A pressed button; `chat` is the staff chat it was pressed in, None in a direct message."""
    key, at = f"discord:interaction:{interaction.id}", moment_of(interaction.id)
    if chat is None:
        place = ChatRef(_NAME, str(interaction.channel_id))
        sender = _person(interaction.user, interaction.locale.value)
        return ChoicePicked(key=key, at=at, chat=place, sender=sender, data=data, interaction=token)
    agent = _agent(interaction.user, settings)
    return StaffPicked(key=key, at=at, chat=chat, agent=agent, data=data, interaction=token)


def commanded(
    interaction: discord.Interaction, text: str, chat: ChatRef | None, settings: Discord, token: str
) -> MessageReceived | StaffWrote:
    """A slash command as the text "/name words"; `chat` as in `picked`."""
    key, at = f"discord:interaction:{interaction.id}", moment_of(interaction.id)
    if chat is not None:
        return StaffWrote(
            key=key,
            at=at,
            chat=chat,
            agent=_agent(interaction.user, settings),
            message=MessageRef(chat, message_id_of(interaction)),
            text=text,
            interaction=token,
        )
    place = ChatRef(_NAME, str(interaction.channel_id))
    return MessageReceived(
        key=key,
        at=at,
        chat=place,
        sender=_person(interaction.user, interaction.locale.value),
        message=MessageRef(place, message_id_of(interaction)),
        text=text,
        interaction=token,
    )


def standing(author: discord.User | discord.Member, settings: Discord) -> Standing:
    """What Discord says now of somebody in the staff channel; unknown counts as an outsider."""
    if not isinstance(author, discord.Member) or not _is_staff(author, settings):
        return Standing.OUTSIDER
    rights = author.guild_permissions
    leads = rights.administrator or rights.manage_guild
    return Standing.ADMINISTRATOR if leads else Standing.MEMBER


def _is_staff(member: discord.Member, settings: Discord) -> bool:
    if str(member.guild.id) != settings.guild:
        return False
    if settings.staff_role is not None:
        return member.get_role(int(settings.staff_role)) is not None
    channel = member.guild.get_channel(int(settings.staff_channel)) if settings.staff_channel else None
    return channel is not None and channel.permissions_for(member).view_channel


def _message_key(message: discord.Message) -> str:
    return f"discord:message:{message.channel.id}:{message.id}"


def _person(user: discord.User | discord.Member, locale: str = "") -> Person:
    return Person(_NAME, str(user.id), user.display_name, locale)


def _agent(user: discord.User | discord.Member, settings: Discord) -> Agent:
    return Agent(_NAME, str(user.id), user.display_name, standing(user, settings))


def _text(message: discord.Message) -> str:
    """What was typed, or forwarded; Discord's codes for names and emoji as the writer saw them."""
    forwarded = (snapshot.content for snapshot in message.message_snapshots if snapshot.content)
    text = message.content or next(forwarded, "")
    names = {user.id: user.display_name for user in message.mentions}

    def named(mention: re.Match[str]) -> str:
        name = names.get(int(mention[1]))
        return mention[0] if name is None or _is_me(message, int(mention[1])) else f"@{name}"

    return _EMOJI.sub(r"\1", _MENTION.sub(named, text))


def _is_me(message: discord.Message, user_id: int) -> bool:
    return message.guild is not None and message.guild.me is not None and message.guild.me.id == user_id


def _without_call(text: str, bot_id: int) -> str:
    """The text without the mention of the bot at its start: where it must be called, that is not part of it."""
    return re.sub(rf"^\s*<@!?{bot_id}>\s*", "", text)


def _attachments(message: discord.Message) -> Iterator[Attachment]:
    forwarded = (file for snapshot in message.message_snapshots for file in snapshot.attachments)
    for file in (*message.attachments, *forwarded):
        content_type = file.content_type or ""
        yield Attachment(
            platform=_NAME,
            kind=AttachmentKind.PHOTO if content_type.startswith("image/") else AttachmentKind.DOCUMENT,
            handle=f"{message.channel.id}/{message.id}/{file.id}",
            name=file.filename,
            size=file.size,
            content_type=content_type,
        )


def _unreadable(message: discord.Message) -> str:
    if message.stickers:
        return "sticker"
    if message.poll is not None:
        return "poll"
    return "forward" if message.message_snapshots else "message"


def _reply_to(message: discord.Message, chat: ChatRef) -> MessageRef | None:
    reference = message.reference
    if reference is None or reference.message_id is None or message.type is not discord.MessageType.reply:
        return None
    return MessageRef(chat, str(reference.message_id)) if reference.channel_id == message.channel.id else None
