"""`support-bot retry`: what was set aside is wanted again; the running bot, or the next one, does it.

Only marks are made here, so that it works beside a running bot as well as without one.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bot.changes import DropAside, SetAside, WantAside
from bot.config import Settings
from bot.ports import Store
from bot.store import open_store

MICROSECONDS = 1_000_000


async def retry(
    settings: Settings, number: int | None, *, only_list: bool = False, forget: bool = False
) -> list[str]:
    """Mark one set-aside event, or all of them; the lines that tell the operator what comes of it.

    With `only_list` nothing is marked; with `forget` the one that is named is dropped for good.
    """
    url = settings.store.url.get_secret_value() if settings.store.url else ""
    store = await open_store(settings.store.path, url, beside=True)
    try:
        found = [aside for aside in await store.set_aside() if number is None or aside.id == number]
        if not found:
            return ["Nothing is set aside." if number is None else f"There is no set-aside event {number}."]
        lines = [line_of(aside) for aside in found]
        if only_list:
            return lines
        if forget:
            await store.commit(tuple(DropAside(aside.id) for aside in found))
            return [*lines, "Forgotten."]
        return [*lines, *await _marked(store, found)]
    finally:
        await store.close()


async def _marked(store: Store, found: Sequence[SetAside]) -> Sequence[str]:
    again = [aside for aside in found if aside.event is not None]
    if again:
        await store.commit(tuple(WantAside(aside.id) for aside in again))
    return list(_summed_up(len(again), len(found) - len(again)))


def _summed_up(again: int, kept: int) -> Iterator[str]:
    if again:
        yield f"{again} will be done again: within a minute if the bot is running, otherwise when it starts."
    if kept:
        yield f"{kept} cannot be done again, only ids were kept; the log has the reason, and --forget drops one."


def line_of(aside: SetAside) -> str:
    """One set-aside event for an operator: ids and the moment, never what somebody wrote."""
    at = datetime.fromtimestamp(aside.at / MICROSECONDS, UTC).isoformat(" ", "seconds")
    what = type(aside.event).__name__ if aside.event else "ids alone"
    return f"{aside.id}  {at}  {what}  {aside.key}  error {aside.error_id}"
