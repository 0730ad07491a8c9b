"""The people of the fake Telegram, as a test plays them: they write, press, edit, react, moderate and leave."""

from typing import Any

from tests.servers.bot_api_calls import Upload
from tests.servers.bot_api_chats import drop_topic
from tests.servers.bot_api_envelope import too_long
from tests.servers.bot_api_media import store
from tests.servers.bot_api_members import MemberActs
from tests.servers.bot_api_objects import (
    CHANNEL_BOT,
    GROUP_ANONYMOUS_BOT,
    Account,
    Chat,
    Message,
    Topic,
    Wire,
)
from tests.servers.bot_api_text import found_entities, trimmed
from tests.servers.bot_api_world import Press, World

Place = Chat | Topic | None

_OTHER: dict[str, Wire] = {
    "location": {"location": {"latitude": 52.52, "longitude": 13.4}},
    "contact": {"contact": {"phone_number": "+4930123456", "first_name": "Ada"}},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "venue": {
        "venue": {"location": {"latitude": 52.52, "longitude": 13.4}, "title": "Bank", "address": "Street 1"},
        "location": {"latitude": 52.52, "longitude": 13.4},
    },
}


class Person(MemberActs):
    """Somebody with a Telegram account; whatever they do reaches the bot as an update, if it would in life."""

    def __init__(self, world: World, account: Account) -> None:
        super().__init__(world, account)
        self.chat = world.private_chat(account)

    @property
    def id(self) -> int:
        return self.account.id

    async def sends(self, text: str, *, reply_to: Message | None = None, quote: str = "") -> Message:
        """Write to the bot in private; the first message of all is what opens the chat for it."""
        return self._says(None, text, reply_to=reply_to, quote=_quoted(reply_to, quote))

    async def writes_in(
        self,
        group: Chat,
        topic: Topic | None,
        text: str,
        *,
        reply_to: Message | None = None,
        anonymous: bool = False,
        as_channel: Chat | None = None,
    ) -> Message:
        """Write in a group: in a topic, or in General and plain groups with None; anonymously or as a channel too."""
        return self._says(topic or group, text, reply_to=reply_to, anonymous=anonymous, as_channel=as_channel)

    async def replies(self, message: Message, text: str, *, anonymous: bool = False) -> Message:
        """Answer a message where it stands."""
        place = None if message.chat is self.chat else (message.topic or message.chat)
        return self._says(place, text, reply_to=message, anonymous=anonymous)

    async def sends_photo(self, content: bytes, caption: str = "", *, to: Place = None) -> Message:
        return self._says(to, caption, file=store(self.world, "photo", Upload("photo.png", "image/png", content)))

    async def sends_document(
        self,
        content: bytes,
        name: str,
        caption: str = "",
        *,
        mime: str = "application/octet-stream",
        to: Place = None,
        reply_to: Message | None = None,
    ) -> Message:
        file = store(self.world, "document", Upload(name, mime, content))
        return self._says(to, caption, file=file, reply_to=reply_to)

    async def sends_album(self, contents: list[bytes], caption: str = "", *, to: Place = None) -> list[Message]:
        """Send pictures as one album: several messages with one media_group_id, the caption on the first."""
        album = str(13_000_000_000_000_000 + self.world.number())
        uploads = [Upload("photo.png", "image/png", content) for content in contents]
        files = [store(self.world, "photo", upload) for upload in uploads]
        texts = [caption, *[""] * (len(files) - 1)]
        return [self._says(to, text, file=file, album=album) for text, file in zip(texts, files, strict=True)]

    async def sends_other(self, kind: str, *, to: Place = None) -> Message:
        """Send something that is no text, photo or document: a sticker, voice, video, location, contact, dice …"""
        if kind in _OTHER:
            return self._says(to, "", other=_OTHER[kind])
        return self._says(to, "", file=store(self.world, kind, Upload("file", "video/mp4", b"\x00" * 64)))

    async def shares_live_location(self, latitude: float, longitude: float) -> Message:
        """Send where one is, for an hour; every step from now on is an edit of it (`moves`)."""
        location = {"latitude": latitude, "longitude": longitude, "live_period": 3600}
        return self._says(None, "", other={"location": location})

    async def moves(self, message: Message, latitude: float, longitude: float, *, and_stops: bool = False) -> None:
        """Be somewhere else; stopped, the location is live no more."""
        message.other = {"location": {"latitude": latitude, "longitude": longitude}}
        if not and_stops:
            message.other["location"]["live_period"] = 3600
        self._changes(message)

    async def edits(self, message: Message, text: str) -> None:
        """Change one's own message (or its caption); the bot hears the new version only."""
        self._must_be_own(message)
        message.versions.append(message.text)
        message.text, message.entities = trimmed(text), found_entities(trimmed(text), [])
        self._changes(message)

    async def exchanges(self, message: Message, kind: str, content: Wire) -> None:
        """Put something else in the place of what one sent."""
        self._must_be_own(message)
        message.text, message.entities, message.other = "", [], {kind: content}
        self._changes(message)

    def _changes(self, message: Message) -> None:
        message.edit_date = int(self.world.now())
        if self.world.reaches_bot_in(message.chat):
            self.world.tell("edited_message", message.wire())
        self.world.changed()

    async def deletes(self, message: Message) -> None:
        """Delete a message for everybody; Telegram does not tell bots."""
        membership = message.chat.members.get(self.id)
        if not (membership and membership.is_admin):
            self._must_be_own(message)
        self.world.remove([message])

    def _must_be_own(self, message: Message) -> None:
        if message.sender is not self.account and message.sender is not GROUP_ANONYMOUS_BOT:
            raise AssertionError(f"{message!r} is not {self.account.first_name}'s.")

    async def presses(self, message: Message, label: str) -> Press:
        """Press the one button with this label under a message; the answer appears in what is returned."""
        if message not in message.chat.history:
            raise AssertionError(f"{message!r} is gone.")
        rows = message.markup["inline_keyboard"] if message.markup else []
        found = [button for row in rows for button in row if button["text"] == label]
        if len(found) != 1 or "callback_data" not in found[0]:
            raise AssertionError(f"No button {label!r} to press under {message!r}; there are {message.buttons}.")
        return self.presses_old(message, found[0]["callback_data"])

    def presses_old(self, message: Message, callback_data: str) -> Press:
        """Press a button one still sees although the message changed or went since: the data comes all the same."""
        number = self.world.number()
        press = Press(str(4_382_000_000_000_000_000 + number), message, callback_data, self.world.now())
        self.world.presses[press.id] = press
        shown: Wire = message.wire()
        if message not in message.chat.history:
            shown = {"chat": message.chat.wire(), "message_id": message.id, "date": 0}
        query: Wire = {"id": press.id, "from": self.account.wire(), "message": shown, "data": callback_data}
        self.world.tell("callback_query", query | {"chat_instance": str(-7_000_000_000 - message.chat.newest_id)})
        return press

    async def reacts(self, message: Message, emoji: str | None) -> None:
        """Put a reaction on a message, or take one's own off with None; bots hear of it only on request."""
        old = message.reactions_by.get(self.id, [])
        new = message.reactions_by[self.id] = [emoji] if emoji else []
        chat = message.chat
        if chat.person is not None or self.world.bot_in(chat).is_admin:
            change: Wire = {"chat": chat.wire(), "message_id": message.id, "user": self.account.wire()}
            kinds = [[{"type": "emoji", "emoji": e} for e in emojis] for emojis in (old, new)]
            change |= {"date": int(self.world.now()), "old_reaction": kinds[0], "new_reaction": kinds[1]}
            self.world.tell("message_reaction", change)
        self.world.changed()

    async def opens_topic(self, group: Chat, name: str) -> Topic:
        return self.world.open_topic(group, self.account, name)

    async def closes_topic(self, topic: Topic) -> None:
        topic.is_closed = True
        self.world.post(topic.chat, self.account, topic=topic, service={"forum_topic_closed": {}})

    async def reopens_topic(self, topic: Topic) -> None:
        topic.is_closed = False
        self.world.post(topic.chat, self.account, topic=topic, service={"forum_topic_reopened": {}})

    async def renames_topic(self, topic: Topic, name: str) -> None:
        topic.name = name
        self.world.post(topic.chat, self.account, topic=topic, service={"forum_topic_edited": {"name": name}})

    async def deletes_topic(self, topic: Topic) -> None:
        """Delete a topic with all its messages; Telegram does not tell bots."""
        drop_topic(self.world, topic)

    def _says(
        self,
        place: Place,
        text: str,
        *,
        anonymous: bool = False,
        as_channel: Chat | None = None,
        **fields: Any,
    ) -> Message:
        if too_long(text):
            raise AssertionError("Nobody can send a text of more than 4096 characters: the apps split it.")
        topic = place if isinstance(place, Topic) else None
        chat = topic.chat if topic else place if isinstance(place, Chat) else self.chat
        if topic is not None:
            self._must_be_open(topic)
        if chat is self.chat:
            self.starts()
        sender, sender_chat = self._speaker(chat, anonymous, as_channel)
        plain = trimmed(text)
        fields |= {"text": plain, "entities": found_entities(plain, [])}
        if anonymous and chat.members[self.id].custom_title:
            fields["author_signature"] = chat.members[self.id].custom_title
        return self.world.post(chat, sender, topic=topic, sender_chat=sender_chat, **fields)

    def _must_be_open(self, topic: Topic) -> None:
        membership = topic.chat.members.get(self.id)
        if topic not in topic.chat.topics:
            raise AssertionError(f"{topic!r} was deleted; nobody can write in it.")
        if topic.is_closed and not (membership and membership.may_manage_topics):
            raise AssertionError(f"{topic!r} is closed; only administrators write in it.")

    def _speaker(self, chat: Chat, anonymous: bool, as_channel: Chat | None) -> tuple[Account, Chat | None]:
        """Who stands in `from`: for a chat that speaks, one of Telegram's own accounts."""
        membership = chat.members.get(self.id)
        if chat.person is None and not (membership and membership.is_inside):
            raise AssertionError(f"{self.account.first_name} is not in {chat!r} and cannot write there.")
        if as_channel is not None:
            return CHANNEL_BOT, as_channel
        if not anonymous:
            return self.account, None
        if membership is None or not membership.is_admin:
            raise AssertionError(f"Only administrators write anonymously, and {self.account.first_name} is none.")
        return GROUP_ANONYMOUS_BOT, chat


def _quoted(message: Message | None, quote: str) -> Wire | None:
    if message is None or not quote:
        return None
    return {"text": quote, "position": message.text.index(quote), "is_manual": True}
