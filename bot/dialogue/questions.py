"""A question typed freely: clearly known, one of several, or honestly unknown."""

from bot.dialogue import checklists, faq
from bot.dialogue.context import Context, Decision
from bot.model import Conversation
from bot.understanding.matching import Match, Verdict


def question(conversation: Conversation, match: Match, context: Context) -> Decision:
    """What the match of the words leads to."""
    match match.verdict:
        case Verdict.CLEAR if match.candidates[0].entry in context.knowledge.checklists:
            return checklists.start(conversation, match.candidates[0].entry, context)
        case Verdict.CLEAR:
            return faq.answer(conversation, match.candidates[0].entry, context)
        case Verdict.CLOSE:
            return faq.clarify(conversation, match, context)
        case Verdict.NONE:
            return faq.unknown(conversation, context)
