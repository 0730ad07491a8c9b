"""An event that could not be handled is kept, so that it neither blocks the next one nor is lost."""

from typing import assert_never

import structlog

from bot.changes import SetAside
from bot.events import (
    BotBlocked,
    ChoicePicked,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PlatformEvent,
    StaffDeleted,
    StaffEdited,
    StaffPicked,
    StaffWrote,
    TokenShared,
)
from bot.logs import error_id
from bot.ports import Clock, Store
from bot.support.masking import mask_event
from bot.support.proving import without_codes
from bot.support.subject import written_at
from bot.support.tickets import ticket_of
from bot.understanding.account_codes import AccountCodes

log = structlog.get_logger()


class SettingAside:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def keep(self, event: PlatformEvent, error: Exception, codes: AccountCodes | None) -> None:
        """Commit the masked event with an id that the log has, too."""
        id = error_id()
        log.error("event set aside", key=event.key, error_id=id, exc_info=error)
        masked, owner = None, None
        try:
            masked = await self._masked(event, codes)
            owner = await self._owner_of(event)
        except Exception as second:  # Masking, or what it needs, is what failed: keep the ids alone.
            log.error("event kept by its ids alone", key=event.key, error_id=id, exc_info=second)
        text = masked.text if isinstance(masked, MessageReceived | MessageEdited | StaffWrote | StaffEdited) else ""
        aside = SetAside(
            id=self._clock.new_id(), platform=event.chat.platform, key=event.key, error_id=id, text=text,
            at=self._clock.now(), event=masked, requester_id=owner,
        )  # fmt: skip
        await self._store.commit((aside,))

    async def _owner_of(self, event: PlatformEvent) -> int | None:
        """Whose words may be in it, so that they can be found when those are to be erased."""
        match event:
            case MessageReceived() | ChoicePicked() | MessageEdited() | BotBlocked():
                return await self._store.find_requester(event.sender.platform, event.sender.user_id)
            case StaffWrote() | StaffPicked():
                ticket = await ticket_of(event, self._store)
                return ticket.requester_id if ticket else None
            case TokenShared():
                return None
            case MessageDeleted() | StaffEdited() | StaffDeleted():
                message = await written_at(event.message, self._store)
                return message.requester_id if message else None
            case _:
                assert_never(event)

    async def _masked(self, event: PlatformEvent, codes: AccountCodes | None) -> PlatformEvent:
        """The event as a turn would mask it: the end of a secret is one only beside its beginning."""
        match event:
            case MessageReceived() | MessageEdited():
                loaded = await self._store.load_conversation(event.chat)
                known = without_codes(event, codes)
                return mask_event(known, loaded.conversation.recent if loaded.conversation else ())
            case _:
                return mask_event(event)
