"""What one Discord message says, apart from who says it and where: words, files, or neither."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import discord

from bot.model import Attachment, AttachmentKind, PlatformName

_MENTION = re.compile(r"<@!?(\d{1,20})>")
_EMOJI = re.compile(r"<a?(:\w{2,32}:)\d{1,20}>")


@dataclass(frozen=True, slots=True)
class Contents:
    """`unreadable` names what was sent instead of text and files."""

    text: str
    attachments: tuple[Attachment, ...] = ()
    unreadable: str = ""


def contents_of(message: discord.Message) -> Contents:
    """Everything that can be read in it; never empty without a name for what it is."""
    attachments = tuple(_attachments(message))
    parts = (_named(message, message.content), *_forwarded(message))
    text = "\n".join(filter(None, parts)) or ("" if attachments else _words(message))
    unreadable = "" if text or attachments else ("forward" if message.message_snapshots else "message")
    return Contents(text, attachments, unreadable)


def without_call(text: str, bot_id: int) -> str:
    """The text without the mention of the bot at its start: where it must be called, that is not part of it."""
    return re.sub(rf"^\s*<@!?{bot_id}>\s*", "", text)


def _named(message: discord.Message, text: str) -> str:
    """What was typed; Discord's codes for names and emoji as the writer saw them."""
    names = {user.id: user.display_name for user in message.mentions}

    def named(mention: re.Match[str]) -> str:
        name = names.get(int(mention[1]))
        return mention[0] if name is None or _is_me(message, int(mention[1])) else f"@{name}"

    return _EMOJI.sub(r"\1", _MENTION.sub(named, text))


def _is_me(message: discord.Message, user_id: int) -> bool:
    return message.guild is not None and message.guild.me is not None and message.guild.me.id == user_id


def _forwarded(message: discord.Message) -> Iterator[str]:
    """Somebody else's words are shown as such, and are never taken for a command. Discord tells no name."""
    for snapshot in message.message_snapshots:
        words = _EMOJI.sub(r"\1", snapshot.content) or _shown(snapshot.embeds) or _stickers(snapshot.stickers)
        if words:
            yield f"↪ {words}"


def _words(message: discord.Message) -> str:
    """What is neither text nor file, in signs and words that need no translation."""
    if message.poll is not None:
        return "\n".join((f"📊 {message.poll.question}", *(f"– {answer.text}" for answer in message.poll.answers)))
    return _stickers(message.stickers) or _shown(message.embeds)


def _stickers(stickers: list[discord.StickerItem]) -> str:
    return "\n".join(f"🖼 {sticker.name}" for sticker in stickers)


def _shown(embeds: list[discord.Embed]) -> str:
    """A message of nothing but embeds, such as the share of an app."""
    lines: list[str | None] = []
    for embed in embeds:
        lines += [
            embed.title,
            embed.description,
            *(f"{field.name}: {field.value}" for field in embed.fields),
            embed.url,
        ]
    return "\n".join(line for line in lines if line)


def _attachments(message: discord.Message) -> Iterator[Attachment]:
    forwarded = (file for snapshot in message.message_snapshots for file in snapshot.attachments)
    for file in (*message.attachments, *forwarded):
        yield Attachment(
            platform=PlatformName.DISCORD,
            kind=_kind(file),
            handle=f"{message.channel.id}/{message.id}/{file.id}",
            name=file.filename,
            size=file.size,
            content_type=file.content_type or "",
        )


def _kind(file: discord.Attachment) -> AttachmentKind:
    if file.is_voice_message():
        return AttachmentKind.VOICE
    match (file.content_type or "").partition("/")[0]:
        case "image":
            return AttachmentKind.PHOTO
        case "video":
            return AttachmentKind.VIDEO
        case "audio":
            return AttachmentKind.AUDIO
        case _:
            return AttachmentKind.DOCUMENT
