"""A message that was changed or taken back, in everything that shows it or will.

What has not left is changed where it waits; behind what has, or may have, an edit or a deletion follows in the same
lane. Which of the two it is decides the store when it writes, since the courier does not wait for anybody.
"""

from dataclasses import replace

from bot.changes import Change, ReviseMessage, WithdrawMessage
from bot.joining import content_of, revised
from bot.outbox import CancelDelivery, QueueFollowUp, ReplacePayload
from bot.outgoing import DeliveryKind, Outgoing
from bot.ports import Clock
from bot.support.subject import Subject


def revise(subject: Subject, text: str, clock: Clock, now: int) -> list[Change]:
    """The message says something else from now on."""
    message_id = subject.message.id
    changes: list[Change] = [ReviseMessage(message_id, text)]
    for row in subject.rows:
        shown = content_of(row, message_id)
        if shown is None:
            continue
        content = replace(shown, text=text)
        changed = revised(row, message_id, content)
        assert changed is not None
        edit = replace(_later(row, DeliveryKind.EDIT, message_id, clock, now), content=content)
        changes += [ReplacePayload(changed), QueueFollowUp(edit, row.id)]
    return changes


def withdraw(subject: Subject, clock: Clock, now: int) -> list[Change]:
    """The message is to be seen nowhere any more; beside the deletion nothing is said."""
    message_id = subject.message.id
    changes: list[Change] = [WithdrawMessage(message_id, now)]
    for row in subject.rows:
        if rest := revised(row, message_id, None):
            edit = replace(_later(row, DeliveryKind.EDIT, row.message_id, clock, now), content=rest.content)
            changes += [ReplacePayload(rest), QueueFollowUp(edit, row.id)]
        else:
            deletion = replace(_later(row, DeliveryKind.DELETE, message_id, clock, now), content=None)
            changes += [CancelDelivery(row.id), QueueFollowUp(deletion, row.id)]
    return changes


def _later(row: Outgoing, kind: DeliveryKind, message_id: int, clock: Clock, now: int) -> Outgoing:
    """A row of the same lane that does something to what the row shows."""
    return replace(
        row, id=clock.new_id(), kind=kind, message_id=message_id, due_at=now, quoted_id=None, interaction="",
        album="", joined=(), is_told=False, attempts=0, revision=0,
    )  # fmt: skip
