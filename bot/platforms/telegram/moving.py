"""The new number of a group that became a supergroup: learned wherever Telegram tells it, and kept here alone.

It is written down, so that everything goes to the right place until an operator changes the setting, and afterwards.
"""

from collections.abc import Mapping

import structlog

from bot.model import ChatRef, PlatformName
from bot.outbox import MoveChat
from bot.ports import Clock, Store

log = structlog.get_logger(__name__)


class Moves:
    """Which number a group has now; `named` are the staff chats, each with the setting that names it."""

    def __init__(self, store: Store, clock: Clock, named: Mapping[str, str]) -> None:
        self._named = named
        self._store = store
        self._clock = clock
        self._moved: dict[str, str] = {}

    def of(self, chat_id: str) -> str:
        """The number as far as it is known; asks nobody."""
        return self._moved.get(chat_id, chat_id)

    async def load(self, chat_id: str) -> str:
        """The number that was learned in an earlier run, if any; the operator is reminded of it."""
        moved = (await self._store.moved(_chat(chat_id))).chat_id
        if moved != chat_id:
            self._note(chat_id, moved)
        return moved

    async def learn(self, chat_id: str, new_id: int) -> None:
        """The platform says that a group has another number from now on."""
        if self.of(chat_id) == str(new_id):
            return
        await self._store.commit((MoveChat(_chat(chat_id), _chat(str(new_id)), self._clock.now()),))
        if self.of(chat_id) != str(new_id):  # Both groups tell of it, and may do so at the same time.
            self._note(chat_id, str(new_id))

    def _note(self, chat_id: str, new_id: str) -> None:
        setting = self._named.get(chat_id, "the setting that names it")
        log.error("telegram_staff_chat_moved", chat=chat_id, do=f"set {setting} to {new_id}")
        self._moved[chat_id] = new_id


def _chat(chat_id: str) -> ChatRef:
    return ChatRef(PlatformName.TELEGRAM, chat_id)
