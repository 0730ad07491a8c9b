"""Asks the exchange about accounts, beside everything else: nothing of a conversation ever waits for it.

A question stays in the store until its answer is there as an event. Starting one makes it due again a while later, so
that a crash in between only asks twice.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.account_changes import DropLookUp, PostponeLookUp, StartLookUp
from bot.accounts import Facts, LookUp, NeverAnswered, Problem
from bot.changes import AddInternalEvent
from bot.delivery.backoff import backoff_seconds
from bot.internal_events import AccountLookedUp, InternalEvent
from bot.logs import error_id
from bot.ports import Accounts, Clock, Store, TryLater
from bot.timing import SECOND

MOST_UNDER_WAY = 10
MOST_ATTEMPTS = 4
LEASE_SECONDS = 30

log = structlog.get_logger()


class LookUps:
    """Runs those that are due; without `accounts` there is nobody to ask."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        accounts: Accounts | None,
        tell: Callable[[InternalEvent], Awaitable[None]],
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._accounts = accounts
        self._tell = tell
        self._wake = wake
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_at_work(self) -> bool:
        return bool(self._tasks)

    async def start_due(self) -> float:
        """Start as many as may be under way; nothing is said of when to look again."""
        free = MOST_UNDER_WAY - len(self._tasks)
        if self._accounts is None or free <= 0:
            return 0
        now = self._clock.now()
        for due in await self._store.due_look_ups(now, free):
            if await self._store.commit((StartLookUp(due.id, now + LEASE_SECONDS * SECOND),)):
                task = asyncio.create_task(self._run(due, self._accounts), name=f"look-up {due.id}")
                self._tasks.add(task)
                task.add_done_callback(self._ended)
        return 0

    async def finish(self) -> None:
        """Let go of what is under way: it is asked again after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._wake()

    async def _run(self, due: LookUp, accounts: Accounts) -> None:
        try:
            if facts := await self._answer(due, accounts):
                await self._answered(due, facts)
        except Exception as error:  # The store is in trouble: the question is due again when its lease is over.
            log.error("look-up not recorded", look_up=due.id, error_id=error_id(), exc_info=error)

    async def _answer(self, due: LookUp, accounts: Accounts) -> Facts | None:
        """What was said, or that nobody will say; None when it is asked again later."""
        try:
            return await accounts.look_up(due.query)
        except TryLater as error:
            if due.attempts + 1 < MOST_ATTEMPTS:
                wait = error.after_seconds or backoff_seconds(due.attempts + 1)
                await self._store.commit((PostponeLookUp(due.id, self._clock.now() + int(wait * SECOND)),))
                return None
            log.warning("look-up given up", look_up=due.id, ticket=due.ticket_id, why=str(error))
        except NeverAnswered as error:
            log.error("look-up refused", look_up=due.id, ticket=due.ticket_id, why=str(error))
        except Exception as error:
            log.error("look-up failed", look_up=due.id, ticket=due.ticket_id, error_id=error_id(), exc_info=error)
        return Facts(account=due.query.account, problem=Problem.UNANSWERED)

    async def _answered(self, due: LookUp, facts: Facts) -> None:
        now = self._clock.now()
        event = AccountLookedUp(id=self._clock.new_id(), at=now, ticket_id=due.ticket_id, facts=facts)
        if await self._store.commit((DropLookUp(due.id), AddInternalEvent(event))):
            await self._tell(event)
