"""A ticket's thread that somebody deleted is made anew, with its card, so that what was on its way there arrives.

This happens within the attempt that found it gone: rows of one lane leave one after the other, so nobody else makes
a second one. A crash in between may leave a thread with nothing but the card.
"""

from collections.abc import Mapping
from dataclasses import replace

import structlog

from bot.model import ChatRef, PlatformName
from bot.outbox import LinkMessage, SetTicketThread, UnlinkMessage
from bot.outgoing import DeliveryKind, Outgoing
from bot.ports import Clock, Delivery, FetchFile, NeverDelivered, Platform, Store

_GONE = "chat_gone"

log = structlog.get_logger()


class Reopening:
    def __init__(self, store: Store, clock: Clock, platforms: Mapping[PlatformName, Platform]) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms

    async def thread_for(self, row: Outgoing, error: NeverDelivered, fetch: FetchFile) -> ChatRef:
        """The new thread for a row whose own is gone; the error itself where that is not what happened."""
        is_gone = error.reason == _GONE and row.kind is DeliveryKind.SEND and row.in_thread and row.chat.thread_id
        card = await self._store.card_of(row.ticket_id) if is_gone and row.ticket_id else None
        if card is None or row.ticket_id is None:
            raise error
        place = ChatRef(row.chat.platform, row.chat.chat_id)
        opening = replace(
            card, id=self._clock.new_id(), kind=DeliveryKind.OPEN_THREAD, chat=place, interaction="", attempts=0
        )
        receipt = await self._platforms[place.platform].deliver(Delivery(opening), fetch)
        thread = receipt.thread or place
        links = [LinkMessage(card.message_id, ref, part, row.ticket_id) for part, ref in enumerate(receipt.messages)]
        await self._store.commit((UnlinkMessage(card.message_id), *links, SetTicketThread(row.ticket_id, thread)))
        log.warning("thread made anew", ticket=row.ticket_id, gone=row.chat.thread_id)
        return thread
