"""From a row that may leave to what leaves: the row alone, or with what waits behind it and can go along.

A platform that must be waited for is asked once for many words instead of many times: that is what keeps a desk
readable, and within its budget, when people write in a hurry.
"""

from dataclasses import dataclass

from bot.changes import Changes
from bot.joining import MOST_JOINED, is_joinable, join
from bot.outbox import JoinDelivery, MarkSending, PassFreeze, ReplacePayload
from bot.outgoing import Outgoing, StaffPart
from bot.ports import Store


@dataclass(frozen=True, slots=True)
class Claim:
    """What will leave, and the changes that say so: refused together if one of the rows has changed meanwhile."""

    row: Outgoing
    changes: Changes


async def claim(store: Store, row: Outgoing, now: int) -> Claim:
    """Claim the row for sending; rows that go along keep saying, by `joined_to`, where they went."""
    # Asked in the unit itself: no freeze slips in between reading a row and claiming it.
    passing = (PassFreeze(),) if row.staff_part is StaffPart.WORDS else ()
    if not is_joinable(row):
        return Claim(row, (*passing, MarkSending(row.id, row.revision, now)))
    followers = {one.id: one for one in await store.followers_of(row, MOST_JOINED - 1)}
    whole = join(row, tuple(followers.values()))
    if whole is row:
        return Claim(row, (*passing, MarkSending(row.id, row.revision, now)))
    along = [followers[part.row_id] for part in whole.joined[1:]]
    return Claim(
        whole,
        (
            *passing,
            ReplacePayload(whole),
            MarkSending(row.id, row.revision + 1, now),
            *(JoinDelivery(one.id, one.revision, row.id, now) for one in along),
        ),
    )
