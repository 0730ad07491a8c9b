"""What exists in the fake Telegram: accounts, chats, topics, messages, files, and how each looks on the wire.

No rules live here; whether something may be sent, edited or seen is decided in the modules of methods.
"""

from dataclasses import dataclass, field
from typing import Any

Wire = dict[str, Any]

ADMIN_FLAGS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def without_none(**fields: Any) -> Wire:
    """Return the fields that are there: the platform leaves a field out rather than sending null."""
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(slots=True, eq=False)
class Account:
    """A person or a bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def wire(self) -> Wire:
        return without_none(
            id=self.id,
            is_bot=self.is_bot,
            first_name=self.first_name,
            last_name=self.last_name or None,
            username=self.username or None,
            language_code=self.language_code or None,
        )


# Telegram's own accounts, which stand in `from` where a chat speaks.
GROUP_ANONYMOUS_BOT = Account(1087968824, "Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_BOT = Account(136817688, "Channel", username="Channel_Bot", is_bot=True)


@dataclass(slots=True, eq=False)
class Membership:
    """What one account is in one group."""

    account: Account
    status: str
    can_manage_topics: bool = False
    is_anonymous: bool = False
    custom_title: str = ""

    @property
    def is_inside(self) -> bool:
        return self.status in ("creator", "administrator", "member")

    @property
    def is_admin(self) -> bool:
        return self.status in ("creator", "administrator")

    @property
    def may_manage_topics(self) -> bool:
        return self.status == "creator" or (self.status == "administrator" and self.can_manage_topics)

    def wire(self) -> Wire:
        wire: Wire = {"status": self.status, "user": self.account.wire()}
        if self.is_admin:
            wire["is_anonymous"] = self.is_anonymous
            wire |= without_none(custom_title=self.custom_title or None)
        if self.status == "kicked":
            wire["until_date"] = 0
        if self.status == "administrator":
            wire |= dict.fromkeys(ADMIN_FLAGS, False) | {"can_manage_chat": True, "can_delete_messages": True}
            wire |= {
                "can_be_edited": False,
                "can_pin_messages": True,
                "can_manage_topics": self.can_manage_topics,
            }
        return wire


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat, a group (forum or not) or a channel, with everything said in it."""

    id: int
    kind: str
    title: str = ""
    person: Account | None = None
    is_forum: bool = False
    members: dict[int, Membership] = field(default_factory=dict)
    history: "list[Message]" = field(default_factory=list)
    topics_by_id: "dict[int, Topic]" = field(default_factory=dict)
    actions: list[tuple[str, int | None]] = field(default_factory=list)
    newest_id: int = 0
    moved_to: int | None = None
    username: str = ""

    @property
    def messages(self) -> "list[Message]":
        """What a person sees in this chat, oldest first, edits applied, without the chat's service lines."""
        return [message for message in self.history if not message.service]

    @property
    def topics(self) -> "list[Topic]":
        """The topics that exist now, oldest first."""
        return list(self.topics_by_id.values())

    def topic(self, name: str) -> "Topic":
        """Return the one topic of this name; more or fewer fail the test with the names there are."""
        found = [topic for topic in self.topics if topic.name == name]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} topics are named {name!r}; there are {[t.name for t in self.topics]}")
        return found[0]

    def find(self, message_id: int) -> "Message | None":
        return next((message for message in self.history if message.id == message_id), None)

    def wire(self) -> Wire:
        wire: Wire = {"id": self.id, "type": self.kind}
        if self.person is None:
            named = without_none(title=self.title, username=self.username or None)
            return wire | named | ({"is_forum": True} if self.is_forum else {})
        person = {k: v for k, v in self.person.wire().items() if k in ("first_name", "last_name", "username")}
        return wire | person

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id} {self.title or (self.person and self.person.first_name)!r}>"


@dataclass(slots=True, eq=False)
class Topic:
    """A thread of a forum; its id is the id of the service message that opened it."""

    chat: Chat
    id: int
    name: str
    icon_color: int = 7322096
    icon: str = ""
    is_closed: bool = False
    creator: Account | None = None

    @property
    def messages(self) -> "list[Message]":
        """What people see in this topic, oldest first."""
        return [message for message in self.chat.messages if message.topic is self]

    def wire(self) -> Wire:
        wire: Wire = {"name": self.name, "icon_color": self.icon_color}
        return wire | without_none(icon_custom_emoji_id=self.icon or None)

    def __repr__(self) -> str:
        return f"<topic {self.id} {self.name!r}{' closed' if self.is_closed else ''}>"


@dataclass(slots=True, eq=False, kw_only=True)
class StoredFile:
    """A file on the platform's servers; `description` is what a message says of it, without its ids."""

    id: str
    unique_id: str
    path: str
    kind: str
    content: bytes
    name: str = ""
    description: Wire = field(default_factory=dict)
    thumbnail: "StoredFile | None" = None

    def wire(self) -> Wire:
        ids: Wire = {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}
        return ids | self.description

    def media(self) -> Wire:
        """Return the field a message carries: `{"document": …}`, or for a photo its sizes, smallest first."""
        if self.kind != "photo":
            return {self.kind: self.wire()}
        sizes = [self.thumbnail, self] if self.thumbnail else [self]
        return {"photo": [size.wire() for size in sizes]}


@dataclass(slots=True, eq=False, kw_only=True)
class Message:
    """One message as everybody sees it now; `text` is the caption where there is a file."""

    chat: Chat
    id: int
    date: int
    sender: Account
    sender_chat: Chat | None = None
    author_signature: str = ""
    text: str = ""
    entities: list[Wire] = field(default_factory=list)
    file: StoredFile | None = None
    other: Wire = field(default_factory=dict)
    service: Wire = field(default_factory=dict)
    topic: Topic | None = None
    thread_id: int | None = None
    reply_to: "Message | None" = None
    quote: Wire | None = None
    forward_origin: Wire | None = None
    link_preview: Wire | None = None
    album: str = ""
    markup: Wire | None = None
    keyboard: Wire | None = None
    edit_date: int = 0
    is_silent: bool = False
    is_protected: bool = False
    versions: list[str] = field(default_factory=list)
    reactions_by: dict[int, list[str]] = field(default_factory=dict)

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of the buttons under the message, row by row."""
        rows = self.markup["inline_keyboard"] if self.markup else []
        return [[button["text"] for button in row] for row in rows]

    @property
    def reactions(self) -> list[str]:
        """Every emoji somebody has put on the message."""
        return [emoji for emojis in self.reactions_by.values() for emoji in emojis]

    @property
    def is_media(self) -> bool:
        return self.file is not None

    def wire(self, *, with_reply: bool = True) -> Wire:
        """Return the message as the platform sends it now; a replied-to message comes without its own reply."""
        wire: Wire = {
            "message_id": self.id,
            "date": self.date,
            "chat": self.chat.wire(),
            "from": self.sender.wire(),
        }
        wire |= without_none(
            message_thread_id=self.thread_id,
            is_topic_message=True if self.topic else None,
            sender_chat=self.sender_chat.wire() if self.sender_chat else None,
            author_signature=self.author_signature or None,
            media_group_id=self.album or None,
            edit_date=self.edit_date or None,
            has_protected_content=self.is_protected or None,
            forward_origin=self.forward_origin,
            quote=self.quote,
            reply_markup=self.markup,
            link_preview_options=self.link_preview,
        )
        if with_reply and self.reply_to is not None:
            wire["reply_to_message"] = self.reply_to.wire(with_reply=False)
        return wire | self._content() | self.service | self.other

    def _content(self) -> Wire:
        names = ("caption", "caption_entities") if self.is_media else ("text", "entities")
        content: Wire = self.file.media() if self.file else {}
        if self.text:
            content[names[0]] = self.text
        if self.entities:
            content[names[1]] = [dict(entity) for entity in self.entities]
        return content

    def __repr__(self) -> str:
        what = self.text or (self.file and self.file.kind) or next(iter(self.other | self.service), "empty")
        where = f" in {self.topic.name!r}" if self.topic else ""
        marks = "".join(f" {emoji}" for emoji in self.reactions)
        return f"<{self.id}{where} {self.sender.first_name}: {what!r:.200}{marks} {self.buttons or ''}>"
