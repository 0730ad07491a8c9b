"""What requesters can ask for with a slash, and the choice of a language."""

from dataclasses import replace

from bot.actions import Text, literal
from bot.dialogue import checklists, faq, handoff, intake, privacy
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.hearing import Command
from bot.dialogue.menu import greet, menu
from bot.dialogue.options import option
from bot.dialogue.withdrawing import asked_back
from bot.forgetting import RequestKind
from bot.model import Conversation, Mode
from bot.understanding.normalize import fold


def carry_out(conversation: Conversation, command: Command, context: Context) -> Decision:
    """Do what the command says; an unknown one is told so, with those there are."""
    match command.name:
        case "start" | "support":
            return _begin(conversation, command.argument, context)
        case "help":
            return say(conversation, Text("help"))
        case "language":
            return _language(conversation, command.argument, context)
        case "status":
            return handoff.status(conversation, context)
        case "tickets":
            return handoff.tickets(conversation, context)
        case "close":
            return handoff.close(conversation, context)
        case "human":
            return handoff.start(conversation, context)
        case "delete":
            return asked_back(conversation, context)
        case "verify_account":
            return say(conversation, Text("identity.needed"))
        case "privacy":
            return say(conversation, privacy.notice(context))
        case "export":
            return privacy.asked(RequestKind.EXPORT, conversation, command.argument, context)
        case "erase":
            return privacy.asked(RequestKind.ERASE, conversation, command.argument, context)
        case _:
            return say(conversation, Text("command.unknown"), Text("help"))


def _begin(conversation: Conversation, wanted: str, context: Context) -> Decision:
    """Begin again, or at the place that a link named: `https://t.me/<bot>?start=<id of an entry or checklist>`."""
    if context.open_ticket is None and wanted in context.knowledge.checklists:
        return checklists.start(conversation, wanted, context)
    if context.open_ticket is None and wanted in context.knowledge.entries:
        return faq.answer(conversation, wanted, context)
    return greet(conversation, context)


def choose_language(conversation: Conversation, code: str, context: Context) -> Decision:
    """From now on this language, whatever is typed; what was being asked is asked again in it."""
    chosen = replace(conversation, language=code, language_chosen=True)
    told = Text("language.chosen", {"language": literal(context.knowledge.languages[code].name)})
    if ticket := context.open_ticket:
        return intake.again(chosen, ticket, context, told)
    if chosen.mode is Mode.IN_CHECKLIST:
        return checklists.resume(chosen, context, told)
    return menu(chosen, context, told, Text("menu"))


def _language(conversation: Conversation, wanted: str, context: Context) -> Decision:
    languages = context.knowledge.languages
    known = {fold(name): code for code, language in languages.items() for name in (code, language.name)}
    if code := known.get(fold(wanted)):
        return choose_language(conversation, code, context)
    options = [option(f"lang:{code}", context.knowledge) for code in languages]
    return ask(conversation, (Text("language.choose"),), options, columns=2)
