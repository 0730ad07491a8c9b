"""`/export` and `/erase`: wishes that are confirmed, announced, carried out later and can be cancelled until then.

Whoever got hold of an account for a moment must not be able to take everything with them, or to make it disappear:
that is what the delay is for, and why every other chat of the requester hears of it at once.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import Say, Text
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.hearing import with_language
from bot.dialogue.options import option
from bot.forgetting import CancelRequest, DataRequest, RequestKind, StartRequest
from bot.model import Conversation, Ticket
from bot.timing import HOUR

CANCEL_WORDS = frozenset({"cancel", "stop", "no", "取消", "キャンセル", "中止"})
BUTTONS = frozenset({"export_yes", "export_cancel", "erase_yes", "erase_cancel", "leave"})


def notice(context: Context) -> Text:
    """What is kept, for how long, and what can be asked for about it."""
    return Text("privacy", {"tickets": context.policy.tickets_days, "texts": context.policy.texts_days})


def asked(kind: RequestKind, conversation: Conversation, argument: str, context: Context) -> Decision:
    """What the command leads to: the question whether it is meant, how long it will take, or why it cannot be."""
    if argument.lower() in CANCEL_WORDS:
        return _cancel(kind, conversation, context)
    if waiting := context.asked.get(kind):
        told = _waiting(waiting, context)
        return ask(conversation, (told,), [option(f"{kind}_cancel", context.knowledge)])
    if kind is RequestKind.ERASE and (refused := refusal(context.tickets)):
        return say(conversation, refused)
    options = [option(key, context.knowledge) for key in (f"{kind}_yes", "leave")]
    when = {"when": _when(_delay(kind, context))}
    question = Text("export.question", when) if kind is RequestKind.EXPORT else Text("erase.question", when)
    return ask(conversation, (question,), options, columns=2)


def pressed(conversation: Conversation, verb: str, context: Context) -> Decision:
    """What a button under such a question does; what it may do is looked at now, not when it was shown."""
    conversation = with_language(replace(conversation, prompt=None), context)
    match verb:
        case "export_yes":
            return _start(RequestKind.EXPORT, conversation, context)
        case "erase_yes":
            return _start(RequestKind.ERASE, conversation, context)
        case "export_cancel":
            return _cancel(RequestKind.EXPORT, conversation, context)
        case "erase_cancel":
            return _cancel(RequestKind.ERASE, conversation, context)
        case _:
            return say(conversation, Text("request.left"))


def refusal(tickets: Sequence[Ticket]) -> Text | None:
    """Why nothing can be erased, if so: somebody is at work on a ticket, or one has to be kept."""
    if unfinished := [ticket.number for ticket in tickets if not ticket.status.is_done]:
        return Text("erase.refused_open", {"number": unfinished[0]})
    if any(ticket.legal_hold for ticket in tickets):
        return Text("erase.refused_hold")
    return None


def _start(kind: RequestKind, conversation: Conversation, context: Context) -> Decision:
    if kind in context.asked:
        return asked(kind, conversation, "", context)
    if kind is RequestKind.ERASE and (refused := refusal(context.tickets)):
        return say(conversation, refused)
    hours = _delay(kind, context)
    request = DataRequest(
        id=0, requester_id=conversation.requester_id, kind=kind, chat=conversation.chat,
        language=conversation.language, created_at=context.now, due_at=context.now + hours * HOUR,
    )  # fmt: skip
    when = {"when": _when(hours)}
    promise, announced = (
        (Text("export.promised", when), Text("export.announced", when))
        if kind is RequestKind.EXPORT
        else (Text("erase.promised", when), Text("erase.announced", when))
    )
    promised = ask(conversation, (promise,), [option(f"{kind}_cancel", context.knowledge)])
    return promised.then(StartRequest(request), *_elsewhere(announced, conversation, context))


def _cancel(kind: RequestKind, conversation: Conversation, context: Context) -> Decision:
    if kind not in context.asked:
        return say(conversation, Text("request.none"))
    told = Text("export.cancelled") if kind is RequestKind.EXPORT else Text("erase.cancelled")
    done = say(conversation, told)
    return done.then(CancelRequest(kind), *_elsewhere(told, conversation, context))


def _elsewhere(text: Text, conversation: Conversation, context: Context) -> tuple[Say, ...]:
    others = (one for one in context.elsewhere if one.chat != conversation.chat)
    spoken = (replace(one, language=one.language or conversation.language) for one in others)
    return tuple(Say(parts=(text,), elsewhere=one) for one in spoken)


def _waiting(request: DataRequest, context: Context) -> Text:
    left = {"when": _when(max(-(-(request.due_at - context.now) // HOUR), 0))}
    return Text("export.waiting", left) if request.kind is RequestKind.EXPORT else Text("erase.waiting", left)


def _when(hours: int) -> Text:
    return Text("request.when", {"count": hours}) if hours else Text("request.at_once")


def _delay(kind: RequestKind, context: Context) -> int:
    policy = context.policy
    return policy.export_delay_hours if kind is RequestKind.EXPORT else policy.erase_delay_hours
