"""What the staff chat is told that belongs to no ticket: said ahead of everything that waits for it."""

from collections.abc import Iterable

from bot.actions import Text
from bot.changes import Change, SeeEvent
from bot.events import TokenShared
from bot.model import ChatRef
from bot.outgoing import Priority
from bot.ports import Clock, Store
from bot.support.brain import Brain
from bot.support.contents import Contents
from bot.support.posting import Posting


class Announcing:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def say(self, chats: Iterable[ChatRef], text: Text, brain: Brain, *because: Change) -> None:
        """Tell staff chats; with `because` only if what it is about was not seen before."""
        changes = [*because]
        content = Contents(brain).for_staff(text)
        posting = Posting(changes, self._clock, self._clock.now())
        for chat in chats:
            posting.to_place(chat, content, priority=Priority.NEW_TICKET)
        await self._store.commit(tuple(changes))

    async def token_shared(self, event: TokenShared, brain: Brain) -> str:
        """Tell with what to do, whichever platform staff are on."""
        if chats := brain.rules.desks.all:
            seen = SeeEvent(event.key, self._clock.now())
            await self.say(chats, Text(f"desk.token_shared.{event.sign}"), brain, seen)
        return event.sign
