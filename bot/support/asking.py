"""What a turn about `/export` and `/erase` has to know beside the conversation; other turns do not load it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.dialogue import privacy
from bot.dialogue.hearing import command_of
from bot.dialogue.options import picked_option
from bot.events import ChoicePicked, RequesterEvent
from bot.forgetting import DataRequest, RequestKind
from bot.model import Conversation, Ticket
from bot.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    tickets: Sequence[Ticket] = ()
    asked: Mapping[RequestKind, DataRequest] = field(default_factory=dict)
    elsewhere: Sequence[Conversation] = ()


def is_about_data(event: RequesterEvent, conversation: Conversation) -> bool:
    """Whether it may ask for something about what is kept: a command, a button, or the words of one."""
    if isinstance(event, ChoicePicked):
        return picked_option(event.data, conversation) in privacy.BUTTONS
    command = command_of(event.text)
    if command is not None:
        return command.name in tuple(RequestKind)
    prompt = conversation.prompt
    return prompt is not None and not privacy.BUTTONS.isdisjoint(prompt.options)


async def asking(requester_id: int, store: Store) -> Asking:
    """Everything that decides about such a wish; whoever calls holds the requester's lock."""
    found = [await store.data_request(requester_id, kind) for kind in RequestKind]
    return Asking(
        tickets=await store.every_ticket_of(requester_id),
        asked={request.kind: request for request in found if request},
        elsewhere=await store.conversations_of(requester_id),
    )
