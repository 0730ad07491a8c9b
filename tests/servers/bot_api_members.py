"""How people come and go in the fake Telegram: starting and blocking the bot, joining, leaving, being made admin."""

from tests.servers.bot_api_objects import Account, Chat, Membership, Wire
from tests.servers.bot_api_world import World


class MemberActs:
    """The part of a person that is about membership."""

    def __init__(self, world: World, account: Account) -> None:
        self.world = world
        self.account = account

    def starts(self) -> None:
        """Open the private chat with the bot (writing does it too); one who had blocked it unblocks it."""
        self.world.has_started.add(self.account.id)
        if self.account.id in self.world.has_blocked:
            self._set_blocked(False)

    async def blocks_bot(self) -> None:
        """Block the bot: it is told, and everything it sends from now on is refused with 403."""
        self.starts()
        self._set_blocked(True)

    async def unblocks_bot(self) -> None:
        self._set_blocked(False)

    async def deletes_account(self) -> None:
        """Be gone: what the bot sends is refused with 403, and no update says so."""
        self.world.is_deactivated.add(self.account.id)
        self.world.changed()

    async def joins(self, group: Chat) -> None:
        """Join a group: a line in it, and chat_member for a bot that asked for it."""
        self._become(group, Membership(self.account, "member"))
        self.world.post(group, self.account, service={"new_chat_members": [self.account.wire()]})

    async def leaves(self, group: Chat) -> None:
        """Leave a group: a line in it, and chat_member for a bot that asked for it."""
        self.world.post(group, self.account, service={"left_chat_member": self.account.wire()})
        self._become(group, Membership(self.account, "left"))

    async def promotes(self, group: Chat, other: "MemberActs") -> None:
        """Make somebody an administrator."""
        other._become(group, Membership(other.account, "administrator", can_manage_topics=True), by=self.account)

    async def demotes(self, group: Chat, other: "MemberActs") -> None:
        """Make an administrator an ordinary member."""
        other._become(group, Membership(other.account, "member"), by=self.account)

    async def upgrades(self, group: Chat, new_id: int) -> Chat:
        """Turn a basic group into a forum: it gets a new id, and the old one only says where it went."""
        bigger = self.world.chats[new_id] = Chat(new_id, "supergroup", group.title, is_forum=True)
        bigger.members = dict(group.members)
        self.world.post(group, self.account, service={"migrate_to_chat_id": new_id})
        self.world.post(bigger, self.account, service={"migrate_from_chat_id": group.id})
        group.moved_to = new_id
        return bigger

    async def sets_bot_rights(self, group: Chat, status: str, *, can_manage_topics: bool = False) -> None:
        """Make the bot `administrator`, `member`, `left` or `kicked`; it hears it as my_chat_member."""
        bot = self.world.bot
        old = self.world.bot_in(group)
        new = group.members[bot.id] = Membership(bot, status, can_manage_topics=can_manage_topics)
        self._tell(group, "my_chat_member", old, new, self.account)

    def _become(self, group: Chat, new: Membership, by: Account | None = None) -> None:
        old = group.members.get(self.account.id) or Membership(self.account, "left")
        group.members[self.account.id] = new
        if self.world.bot_in(group).is_admin:
            self._tell(group, "chat_member", old, new, by or self.account)

    def _set_blocked(self, is_blocked: bool) -> None:
        if is_blocked == (self.account.id in self.world.has_blocked):
            return
        (self.world.has_blocked.add if is_blocked else self.world.has_blocked.discard)(self.account.id)
        was, now = ("member", "kicked") if is_blocked else ("kicked", "member")
        bot, chat = self.world.bot, self.world.private_chat(self.account)
        self._tell(chat, "my_chat_member", Membership(bot, was), Membership(bot, now), self.account)

    def _tell(self, chat: Chat, kind: str, old: Membership, new: Membership, by: Account) -> None:
        change: Wire = {"chat": chat.wire(), "from": by.wire(), "date": int(self.world.now())}
        self.world.tell(kind, change | {"old_chat_member": old.wire(), "new_chat_member": new.wire()})
